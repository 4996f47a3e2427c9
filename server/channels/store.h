#pragma once

#include <optional>
#include <string>
#include <vector>

#include "channels/cursor.h"
#include "channels/model.h"
#include "io/pg.h"

namespace luso::channels {

// The SQL of channels, follows and categories. Who is on air comes from the view channels_on_air, which live
// keeps.
class Store {
 public:
  explicit Store(io::Pg& pg) : pg_(pg) {}

  // `viewer` is whose is_following is asked for; 0 for a guest.
  [[nodiscard]] Task<Result<std::optional<Channel>>> find(std::string username, UserId viewer);
  [[nodiscard]] Task<Result<std::optional<Channel>>> find_of_user(UserId owner);

  // Both are idempotent and answer with the state afterwards.
  [[nodiscard]] Task<Result<FollowState>> follow(UserId follower, ChannelId channel, WallTime now);
  [[nodiscard]] Task<Result<FollowState>> unfollow(UserId follower, ChannelId channel);

  [[nodiscard]] Task<Result<void>> update(UserId owner, ChannelChange change);

  struct FollowingKeys {
    bool is_live = false;
    WallTime followed_at;
    ChannelId id;
  };

  struct Followed {
    Channel channel;
    FollowingKeys keys;
  };

  // Channels on air first, then the newest follow; `after` is where the page before ended.
  [[nodiscard]] Task<Result<std::vector<Followed>>> list_following(UserId follower,
                                                                   std::optional<FollowingKeys> after,
                                                                   int limit);

  [[nodiscard]] Task<Result<std::vector<Category>>> list_categories();
  // Writes the categories of a JSON array over those of the same slug; others stay.
  [[nodiscard]] Task<Result<void>> load_categories(std::string json);

  // Inside the caller's transaction.
  struct ChannelRow {
    UserId user_id;
    std::string display_name;
    std::string language;
    std::string default_title;
  };

  [[nodiscard]] static Task<Result<void>> insert(io::PgSessionPtr session, ChannelRow row);

 private:
  io::Pg& pg_;
};

}  // namespace luso::channels
