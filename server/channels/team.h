#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "channels/access.h"
#include "channels/team_store.h"
#include "identity/letters.h"
#include "identity/limits.h"
#include "identity/store.h"

namespace luso::channels {

// People who look after a channel together. Every change is in the audit log. Any reactor may call.
class Teams {
 public:
  Teams(const Clock& clock, io::Pg& pg, identity::Letters& letters, identity::RateLimits& limits)
      : clock_(clock), pg_(pg), letters_(letters), limits_(limits), access_(pg), store_(pg) {}

  // The owner first. Invitations without an answer are the owner's business alone.
  [[nodiscard]] Task<Result<Team>> get(UserId caller, std::string channel);

  // The invited get a letter; when their mailbox has had enough for now they find it in their studio.
  [[nodiscard]] Task<Result<TeamMember>> invite(UserId caller, std::string channel, std::string username,
                                                TeamRole role);
  [[nodiscard]] Task<Result<TeamMember>> change(UserId caller, std::string channel, std::string member,
                                                TeamRole role);
  [[nodiscard]] Task<Result<void>> remove(UserId caller, std::string channel, std::string member);

  // Invitations first, then the newest.
  [[nodiscard]] Task<Result<std::vector<Membership>>> list_memberships(UserId caller);
  // Accepting twice is accepting once. The owner gets a letter.
  [[nodiscard]] Task<Result<Membership>> accept(UserId caller, std::string channel);
  // Declines an invitation, or leaves the team.
  [[nodiscard]] Task<Result<void>> leave(UserId caller, std::string channel);

 private:
  struct Fact;
  [[nodiscard]] Task<Result<TeamMember>> invite_in(io::PgSessionPtr transaction, Fact fact,
                                                   std::string username);
  [[nodiscard]] Task<Result<void>> note(io::PgSessionPtr transaction, Fact fact, UserId subject);
  [[nodiscard]] Task<Result<void>> tell(io::PgSessionPtr transaction, identity::LetterKind kind,
                                        identity::User reader, std::string about);

  const Clock& clock_;
  io::Pg& pg_;
  identity::Letters& letters_;
  identity::RateLimits& limits_;
  Access access_;
  TeamStore store_;
};

}  // namespace luso::channels
