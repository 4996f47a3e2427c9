#pragma once

#include <optional>
#include <string>
#include <vector>

#include "identity/model.h"
#include "io/pg.h"

// Users and what is known about them, as SQL. Every function works on the session it is given: a transaction
// in progress, or a connection in autocommit.
namespace luso::identity::store {

using io::PgSessionPtr;

// By username, or by e-mail when there is an '@' in it; in lower case.
[[nodiscard]] Task<Result<std::optional<User>>> find_user_by_login(PgSessionPtr session, std::string login);
[[nodiscard]] Task<Result<std::optional<User>>> find_user(PgSessionPtr session, UserId id);
// Locks the row until the transaction ends; identity.not_found when there is none.
[[nodiscard]] Task<Result<User>> lock_user(PgSessionPtr session, UserId id);
[[nodiscard]] Task<Result<User>> lock_user_named(PgSessionPtr session, std::string username);

// The same on a connection that goes back to the pool at once: for whoever hashes a password next.
[[nodiscard]] Task<Result<std::optional<User>>> find_user_by_login(io::Pg* pg, std::string login);
[[nodiscard]] Task<Result<std::optional<User>>> find_user(io::Pg* pg, UserId id);

struct UserRow {
  std::string username;
  std::string display_name;
  std::string email;
  std::string password_hash;
  Role role = Role::viewer;
  Locale locale = Locale::pt_pt;
  WallTime created_at;
};

// identity.username_taken or identity.email_taken when somebody was first.
[[nodiscard]] Task<Result<User>> insert_user(PgSessionPtr session, UserRow row);
[[nodiscard]] Task<Result<void>> update_profile(PgSessionPtr session, UserId id, AccountChanges changes);
[[nodiscard]] Task<Result<void>> set_password_hash(PgSessionPtr session, UserId id, std::string hash);
[[nodiscard]] Task<Result<void>> set_role(PgSessionPtr session, UserId id, Role role);
// Locks every administrator, so that two cannot step down at once.
[[nodiscard]] Task<Result<std::size_t>> lock_admins(PgSessionPtr session);

struct PendingRegistration {
  UserRow user;
  std::string token_hash;
  WallTime expires_at;
};

[[nodiscard]] Task<Result<void>> insert_pending(PgSessionPtr session, PendingRegistration pending);
// Takes the registration out, so that its token works once.
[[nodiscard]] Task<Result<std::optional<UserRow>>> take_pending(PgSessionPtr session, std::string token_hash,
                                                                WallTime now);
[[nodiscard]] Task<Result<void>> delete_pending_of(PgSessionPtr session, std::string email_key);

struct ResetRow {
  std::string token_hash;
  std::optional<UserId> user_id;  // Nobody: the row only takes as long to write.
  WallTime created_at;
  WallTime expires_at;
};

[[nodiscard]] Task<Result<void>> insert_reset(PgSessionPtr session, ResetRow row);
[[nodiscard]] Task<Result<std::optional<UserId>>> find_reset(io::Pg* pg, std::string token_hash,
                                                             WallTime now);
[[nodiscard]] Task<Result<std::optional<UserId>>> take_reset(PgSessionPtr session, std::string token_hash,
                                                             WallTime now);
[[nodiscard]] Task<Result<void>> delete_resets_of(PgSessionPtr session, UserId id);

// Banning again changes the reason.
[[nodiscard]] Task<Result<void>> insert_ban(PgSessionPtr session, UserId id, std::string reason,
                                            std::optional<UserId> by, WallTime now);
[[nodiscard]] Task<Result<bool>> delete_ban(PgSessionPtr session, UserId id);

struct AuditEntry {
  WallTime at;
  std::string action;  // "identity.banned"
  std::optional<UserId> actor;
  std::optional<UserId> subject;
  std::string detail;
};

[[nodiscard]] Task<Result<void>> audit(PgSessionPtr session, AuditEntry entry);

// What nobody can use any more; the number of rows that went.
[[nodiscard]] Task<Result<std::int64_t>> delete_expired(PgSessionPtr session, WallTime now);

}  // namespace luso::identity::store
