#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "channels/permissions.h"
#include "gen/reasons.h"
#include "io/pg.h"

namespace luso::channels {

// May this caller do that with this channel? Every service that acts on a channel asks here first. Any
// reactor may call.
class Access {
 public:
  explicit Access(io::Pg& pg) : pg_(pg) {}

  // Empty for everybody who is not on the team.
  [[nodiscard]] Task<Result<std::optional<TeamRole>>> role_of(UserId caller, UserId owner);

  // channels.role_forbidden for somebody on the team, `outsider` for everybody else.
  [[nodiscard]] Task<Result<void>> require(UserId caller, UserId owner, Action action, gen::Reason outsider);

  // Remembers in the audit log what somebody on the team did in the owner's name; of the owner nothing.
  [[nodiscard]] Task<Result<void>> note(WallTime at, UserId caller, UserId owner, std::string action);

  // Whose channel a call is about: the caller's own when it names none, else that channel's owner once the
  // caller may do this there. Where the channel is not there it says so: its page says it to anybody.
  [[nodiscard]] Task<Result<UserId>> owner_for(UserId caller, std::optional<std::string> channel,
                                               Action action);

 private:
  io::Pg& pg_;
};

}  // namespace luso::channels
