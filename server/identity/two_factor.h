#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/secret.h"
#include "identity/model.h"
#include "identity/tools.h"

namespace luso::identity {

// Two-step sign-in: an authenticator app's codes (TOTP), and ten recovery codes for the day the phone is
// gone. Resetting a password does not turn it off: whoever reads somebody's mail is not them. Any reactor may
// call.
class TwoFactor {
 public:
  static constexpr std::size_t kRecoveryCodes = 10;

  explicit TwoFactor(Tools tools) : tools_(tools) {}

  struct Status {
    std::optional<WallTime> on_since;
    std::int64_t recovery_codes_left = 0;
  };

  [[nodiscard]] Task<Result<Status>> status(UserId id);

  struct NewSecret {
    std::string base32;
    std::string uri;
  };

  // Nothing changes until a code is confirmed; beginning again forgets the secret before.
  [[nodiscard]] Task<Result<NewSecret>> begin(UserId id, Secret password);
  // On, with the codes that are shown this once.
  [[nodiscard]] Task<Result<std::vector<std::string>>> confirm(UserId id, std::string code);
  [[nodiscard]] Task<Result<std::vector<std::string>>> renew_codes(UserId id, Secret password,
                                                                   std::string code);
  [[nodiscard]] Task<Result<void>> disable(UserId id, Secret password, std::string code);
  // For the command line: whoever has neither phone nor codes, and has proved who they are to the staff.
  [[nodiscard]] Task<Result<void>> drop(Actor actor, std::string username);

 private:
  Task<Result<void>> tell(io::PgSessionPtr transaction, User user, LetterKind letter, std::string action,
                          std::optional<UserId> actor);

  Tools tools_;
};

}  // namespace luso::identity
