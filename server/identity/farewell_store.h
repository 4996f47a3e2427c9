#pragma once

#include <optional>
#include <string>
#include <vector>

#include "identity/model.h"
#include "io/pg.h"

// Accounts on their way out, as SQL.
namespace luso::identity::store {

using io::PgSessionPtr;

// Empty: the account stays.
[[nodiscard]] Task<Result<void>> set_erase_after(PgSessionPtr session, UserId user,
                                                 std::optional<WallTime> erase_after);
[[nodiscard]] Task<Result<std::vector<UserId>>> list_leaving(PgSessionPtr session, WallTime now,
                                                             std::int64_t limit);

[[nodiscard]] Task<Result<void>> hold_username(PgSessionPtr session, std::string username, WallTime until);
[[nodiscard]] Task<Result<bool>> is_held(io::Pg* pg, std::string username, WallTime now);
[[nodiscard]] Task<Result<void>> delete_held_usernames(PgSessionPtr session, WallTime now);

// What names the person and hangs on no foreign key: audit details, letters on their way, wishes for another
// account.
[[nodiscard]] Task<Result<void>> forget_traces(PgSessionPtr session, UserId user, std::string email);
// With everything that hangs on it: the migrations say what goes and what only forgets whose it was.
[[nodiscard]] Task<Result<void>> delete_user(PgSessionPtr session, UserId user);

}  // namespace luso::identity::store
