#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "channels/model.h"

// Decisions about channels. Pure: values in, values out.
namespace luso::channels::rules {

// Nobody is their own follower: the count says how many others care.
[[nodiscard]] Result<void> may_follow(UserId follower, UserId owner);

inline constexpr int kMembersMax = 20;  // A team besides its owner, the invited too; then channels.team_full.
inline constexpr int kMembershipsShownMax = 100;  // Of one person; the oldest beyond that are not listed.

// The owner is on the team already.
[[nodiscard]] Result<void> may_invite(UserId owner, UserId invited, std::int64_t members_count);

// Trims what will be shown on one line and refuses what would break it: control characters, nothing but
// spaces.
[[nodiscard]] Result<std::string> clean_line(std::string_view text, std::string_view field);
// The same for text of several lines, which may be empty.
[[nodiscard]] Result<std::string> clean_text(std::string_view text, std::string_view field);

// Every field that is there, cleaned.
[[nodiscard]] Result<ChannelChange> clean(ChannelChange change);

// A channel speaks its account's language and greets in it.
struct Defaults {
  std::string language;
  std::string title;
};

[[nodiscard]] Defaults defaults_for(std::string_view locale, std::string_view display_name);

}  // namespace luso::channels::rules
