#pragma once

#include <memory>

#include "discovery/service.h"
#include "gen/discovery.h"

namespace luso::discovery {

// The HTTP face of Discovery; give it to gen::routes_of. Outlives the routes.
[[nodiscard]] std::unique_ptr<gen::DiscoveryApi> make_api(Discovery& discovery);

}  // namespace luso::discovery
