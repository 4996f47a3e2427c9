#pragma once

#include <memory>

#include "channels/about.h"
#include "channels/access.h"
#include "channels/schedule.h"
#include "channels/service.h"
#include "gen/about.h"
#include "gen/channels.h"
#include "gen/schedule.h"

namespace luso::channels {

// The HTTP faces of this module; give them to gen::routes_of. They outlive the routes.
[[nodiscard]] std::unique_ptr<gen::ChannelsApi> make_api(Channels& channels);
[[nodiscard]] std::unique_ptr<gen::ScheduleApi> make_api(Clock& clock, Schedules& schedules, Access& access);
[[nodiscard]] std::unique_ptr<gen::AboutApi> make_api(const Clock& clock, Abouts& abouts, Access& access);

}  // namespace luso::channels
