#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "channels/access.h"
#include "channels/store.h"

namespace luso::channels {

// What can be done with channels: look at one, follow it, look after one's own. Any reactor may call.
class Channels {
 public:
  Channels(Clock& clock, io::Pg& pg) : clock_(clock), access_(pg), store_(pg) {}

  // `viewer` is whose is_following is asked for; 0 for a guest.
  [[nodiscard]] Task<Result<Channel>> get(std::string username, UserId viewer);
  [[nodiscard]] Task<Result<Channel>> get_of_user(UserId owner);

  // Following twice is following once.
  [[nodiscard]] Task<Result<FollowState>> follow(UserId follower, std::string username);
  [[nodiscard]] Task<Result<FollowState>> unfollow(UserId follower, std::string username);

  // The caller's own, or the named one where the caller may edit it.
  [[nodiscard]] Task<Result<Channel>> update(UserId caller, std::optional<std::string> channel,
                                             ChannelChange change);

  // Channels on air first, then the newest follow.
  [[nodiscard]] Task<Result<ChannelPage>> list_following(UserId follower, int limit,
                                                         std::optional<std::string> cursor);
  [[nodiscard]] Task<Result<std::vector<Category>>> list_categories();

  // Writes db/seed/categories.json, which the binary carries, over the table. Call after every migration.
  [[nodiscard]] Task<Result<void>> load_categories();

  // Opens the channel of a new account, inside the transaction that makes the account.
  [[nodiscard]] static Task<Result<void>> open(io::PgSessionPtr session, NewChannel channel);

 private:
  Clock& clock_;
  Access access_;
  Store store_;
};

}  // namespace luso::channels
