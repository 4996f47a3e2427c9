#pragma once

#include <memory>

#include "channels/team.h"
#include "gen/team.h"

namespace luso::channels {

// The HTTP face of Teams; give it to gen::routes_of. Outlives the routes.
[[nodiscard]] std::unique_ptr<gen::TeamApi> make_api(Teams& teams);

}  // namespace luso::channels
