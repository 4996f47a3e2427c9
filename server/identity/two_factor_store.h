#pragma once

#include <optional>
#include <string>
#include <vector>

#include "identity/model.h"
#include "io/pg.h"

// The second step at the door, as SQL.
namespace luso::identity::store {

using io::PgSessionPtr;

struct TwoFactorRow {
  std::string sealed_secret;
  std::int64_t last_step = 0;
  std::optional<WallTime> confirmed_at;
};

[[nodiscard]] Task<Result<std::optional<TwoFactorRow>>> find_two_factor(PgSessionPtr session, UserId user);
// Locks the row until the transaction ends.
[[nodiscard]] Task<Result<std::optional<TwoFactorRow>>> lock_two_factor(PgSessionPtr session, UserId user);
// Over one that was never confirmed.
[[nodiscard]] Task<Result<void>> write_two_factor(PgSessionPtr session, UserId user,
                                                  std::string sealed_secret, WallTime now);
[[nodiscard]] Task<Result<void>> confirm_two_factor(PgSessionPtr session, UserId user, WallTime now);
[[nodiscard]] Task<Result<void>> set_last_step(PgSessionPtr session, UserId user, std::int64_t step);
[[nodiscard]] Task<Result<bool>> delete_two_factor(PgSessionPtr session, UserId user);

[[nodiscard]] Task<Result<void>> replace_recovery_codes(PgSessionPtr session, UserId user,
                                                        std::vector<std::string> hashes);
// Takes the code out, so that it works once.
[[nodiscard]] Task<Result<bool>> take_recovery_code(PgSessionPtr session, UserId user, std::string hash);
[[nodiscard]] Task<Result<std::int64_t>> count_recovery_codes(PgSessionPtr session, UserId user);

struct SecondStepRow {
  std::string token_hash;
  UserId user_id;
  std::string password_hash;
  WallTime created_at;
  WallTime expires_at;
};

[[nodiscard]] Task<Result<void>> insert_second_step(PgSessionPtr session, SecondStepRow row);

// Counts the try; nobody when there is none of that token, it is too old, or it has been tried often enough.
struct SecondStep {
  UserId user_id;
  std::string password_hash;
};

[[nodiscard]] Task<Result<std::optional<SecondStep>>> try_second_step(io::Pg* pg, std::string token_hash,
                                                                      std::int64_t tries_max, WallTime now);
[[nodiscard]] Task<Result<void>> delete_second_step(PgSessionPtr session, std::string token_hash);
[[nodiscard]] Task<Result<void>> delete_second_steps_of(PgSessionPtr session, UserId user);

}  // namespace luso::identity::store
