#pragma once

#include <optional>
#include <string>

#include "base/secret.h"
#include "identity/model.h"
#include "identity/tools.h"

// What somebody who is signed in already has to show again before an account changes hands or goes.
namespace luso::identity::proof {

// The user, when that is their password; identity.wrong_password of `field` otherwise. Guesses are charged to
// the account, as at the door.
[[nodiscard]] Task<Result<User>> of_password(Tools tools, UserId id, Secret password, std::string field);

// A code of the app or a recovery code, used up in the caller's transaction; identity.wrong_code otherwise.
// Guesses at the six digits are charged to one bucket of the account and recovery codes to another, so that
// whoever burns the first cannot keep the owner, who has the second, from coming in.
[[nodiscard]] Task<Result<void>> of_code(Tools tools, io::PgSessionPtr transaction, User user,
                                         std::string code);
// The same when two steps are on, and nothing when they are not; identity.code_needed without a code.
[[nodiscard]] Task<Result<void>> of_code_if_on(Tools tools, io::PgSessionPtr transaction, User user,
                                               std::optional<std::string> code);

// What the database keeps of a recovery code.
[[nodiscard]] std::string hash_of_recovery_code(UserId user, std::string_view bare_code);
// What a secret is sealed with, so that no row's opens in another's.
[[nodiscard]] std::string owner_of_secret(UserId user);

}  // namespace luso::identity::proof
