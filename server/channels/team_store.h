#pragma once

#include <optional>
#include <string>
#include <vector>

#include "channels/permissions.h"
#include "io/pg.h"

namespace luso::channels {

struct TeamPerson {
  UserId id;
  std::string username;
  std::string display_name;
  std::optional<std::string> avatar_url;
};

struct TeamMember {
  TeamPerson person;
  TeamRole role{};
  WallTime created_at;
  std::optional<WallTime> accepted_at;  // Empty: asked, and no right yet.
};

struct Team {
  TeamRole my_role{};
  std::vector<TeamMember> members;  // The owner first.
};

// The same from the member's side.
struct Membership {
  TeamPerson channel;  // Its owner, by the channel's name.
  TeamRole role{};
  WallTime created_at;
  std::optional<WallTime> accepted_at;
};

// The SQL of teams. What changes something works inside the caller's transaction.
class TeamStore {
 public:
  explicit TeamStore(io::Pg& pg) : pg_(pg) {}

  [[nodiscard]] Task<Result<std::vector<TeamMember>>> list(UserId owner);
  [[nodiscard]] Task<Result<std::vector<Membership>>> list_memberships(UserId member);

  // Puts changes of one team in line. Empty when there is no such channel.
  struct ChannelRow {
    ChannelId id;
    TeamPerson owner;  // By the channel's name.
    std::int64_t members_count = 0;
  };

  [[nodiscard]] static Task<Result<std::optional<ChannelRow>>> lock(io::PgSessionPtr session,
                                                                    std::string channel);

  [[nodiscard]] static Task<Result<std::optional<TeamMember>>> find(io::PgSessionPtr session,
                                                                    ChannelId channel, std::string member);

  struct NewMember {
    ChannelId channel;
    UserId user;
    TeamRole role{};
    UserId invited_by;
    WallTime at;
  };

  // False when they are on it, or asked, already.
  [[nodiscard]] static Task<Result<bool>> insert(io::PgSessionPtr session, NewMember member);
  [[nodiscard]] static Task<Result<void>> set_role(io::PgSessionPtr session, ChannelId channel, UserId member,
                                                   TeamRole role);
  [[nodiscard]] static Task<Result<void>> accept(io::PgSessionPtr session, ChannelId channel, UserId member,
                                                 WallTime at);
  [[nodiscard]] static Task<Result<void>> remove(io::PgSessionPtr session, ChannelId channel, UserId member);

 private:
  io::Pg& pg_;
};

}  // namespace luso::channels
