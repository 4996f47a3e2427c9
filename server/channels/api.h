#pragma once

#include <memory>

#include "channels/service.h"
#include "gen/channels.h"

namespace luso::channels {

// The HTTP face of Channels; give it to gen::routes_of. Outlives the routes.
[[nodiscard]] std::unique_ptr<gen::ChannelsApi> make_api(Channels& channels);

}  // namespace luso::channels
