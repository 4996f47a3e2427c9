#pragma once

#include <memory>

#include "gen/sitemap.h"
#include "io/pg.h"

namespace luso::live {

// What search engines are told about: channels that were on air or say something of themselves, in pages by
// id. Suspended ones are left out. Any reactor may call.
[[nodiscard]] std::unique_ptr<gen::SitemapApi> make_sitemap_api(io::Pg& pg);

}  // namespace luso::live
