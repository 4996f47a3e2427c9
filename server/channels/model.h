#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"

namespace luso::channels {

// What a user shows the town. Read together with what the reader may ask at once: is it on air, do I follow
// it?
struct Channel {
  ChannelId id;
  UserId user_id;
  std::string username;
  std::string display_name;
  std::optional<std::string> avatar_url;
  std::optional<std::string> banner_url;
  std::string description;
  std::string language;               // pt-PT, pt-BR or other
  std::optional<std::string> region;  // A code of gen::Region
  std::string default_title;
  std::string default_category;  // A category's slug
  std::int64_t followers_count = 0;
  std::optional<StreamId> live_stream_id;
  bool is_following = false;
  WallTime created_at;
};

// The channel a new account starts with.
struct NewChannel {
  UserId user_id;
  std::string username;
  std::string display_name;  // Empty: the username.
  std::string locale;        // Of the account: pt-PT, pt-BR or en.
};

// What an owner may change; an empty optional stays as it is.
struct ChannelChange {
  std::optional<std::string> display_name;
  std::optional<std::string> description;
  std::optional<std::string> language;
  std::optional<std::string> region;  // "none" takes it away.
  std::optional<std::string> default_title;
  std::optional<std::string> default_category;
  std::optional<std::int64_t> streams_per_day;  // Staff's to give, by the command line; no API call sets it.
};

struct FollowState {
  bool is_following = false;
  std::int64_t followers_count = 0;
};

struct Category {
  std::string slug;
  std::string name_pt;
  std::string name_pt_br;
  std::string name_en;
  std::string description_pt;
  std::string description_en;
  std::vector<std::string> tags;
  bool portuguese_focused = false;
  std::int64_t live_count = 0;
  std::int64_t viewer_count = 0;  // Of all that is on air in it.
};

struct ChannelPage {
  std::vector<Channel> items;
  std::optional<std::string> next_cursor;
};

}  // namespace luso::channels
