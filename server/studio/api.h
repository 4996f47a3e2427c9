#pragma once

#include <memory>

#include "gen/studio.h"
#include "studio/checklists.h"

namespace luso::studio {

// The HTTP face of the studio; give it to gen::routes_of. Outlives the routes.
[[nodiscard]] std::unique_ptr<gen::StudioApi> make_api(Checklists& checklists);

}  // namespace luso::studio
