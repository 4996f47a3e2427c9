#pragma once

#include <memory>

#include "gen/live.h"
#include "live/broadcasts.h"
#include "live/viewers.h"

namespace luso::live {

// The HTTP face of Broadcasts and Viewers; give it to gen::routes_of. Outlives the routes.
[[nodiscard]] std::unique_ptr<gen::LiveApi> make_api(Clock& clock, Broadcasts& broadcasts, Viewers& viewers);

}  // namespace luso::live
