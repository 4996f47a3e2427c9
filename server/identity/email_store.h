#pragma once

#include <optional>
#include <string>

#include "identity/model.h"
#include "io/pg.h"

// E-mails on their way in and, for a while, back, as SQL.
namespace luso::identity::store {

using io::PgSessionPtr;

struct EmailChangeRow {
  UserId user_id;
  std::string old_email;
  std::string new_email;
  std::string token_hash;
  std::optional<WallTime> confirmed_at;
  WallTime created_at;
  WallTime expires_at;
};

[[nodiscard]] Task<Result<void>> insert_email_change(PgSessionPtr session, EmailChangeRow row);
// Locks the row until the transaction ends.
[[nodiscard]] Task<Result<std::optional<EmailChangeRow>>> lock_email_change(PgSessionPtr session,
                                                                            std::string token_hash,
                                                                            WallTime now);
// From now on the row answers to the undo letter's token.
[[nodiscard]] Task<Result<void>> confirm_email_change(PgSessionPtr session, std::string token_hash,
                                                      std::string undo_hash, WallTime now,
                                                      WallTime expires_at);
[[nodiscard]] Task<Result<void>> delete_unconfirmed_emails_of(PgSessionPtr session, UserId user);
[[nodiscard]] Task<Result<void>> delete_email_changes_of(PgSessionPtr session, UserId user);
// pg.unique_violation when it is somebody else's.
[[nodiscard]] Task<Result<void>> set_email(PgSessionPtr session, UserId user, std::string email);

}  // namespace luso::identity::store
