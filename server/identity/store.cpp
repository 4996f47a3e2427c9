#include "identity/store.h"

#include <utility>

#include "base/check.h"
#include "gen/reasons.h"
#include "identity/rules.h"

namespace luso::identity::store {
namespace {

using io::PgParam;
using io::PgParams;
using io::PgResult;
using io::PgRow;
using io::Statement;

const Statement kFindUser{"identity.find_user", R"sql(
  SELECT u.id, u.username, u.display_name, u.avatar_url, u.email, u.password_hash, u.role, u.locale, u.region, u.created_at, u.erase_after,
         b.user_id IS NOT NULL AS is_banned
  FROM users u LEFT JOIN bans b ON b.user_id = u.id
  WHERE u.id = $1)sql"};

const Statement kFindUserByUsername{"identity.find_user_by_username", R"sql(
  SELECT u.id, u.username, u.display_name, u.avatar_url, u.email, u.password_hash, u.role, u.locale, u.region, u.created_at, u.erase_after,
         b.user_id IS NOT NULL AS is_banned
  FROM users u LEFT JOIN bans b ON b.user_id = u.id
  WHERE u.username = $1)sql"};

const Statement kFindUserByEmail{"identity.find_user_by_email", R"sql(
  SELECT u.id, u.username, u.display_name, u.avatar_url, u.email, u.password_hash, u.role, u.locale, u.region, u.created_at, u.erase_after,
         b.user_id IS NOT NULL AS is_banned
  FROM users u LEFT JOIN bans b ON b.user_id = u.id
  WHERE u.email_key = $1)sql"};

const Statement kLockUser{"identity.lock_user", R"sql(
  SELECT u.id, u.username, u.display_name, u.avatar_url, u.email, u.password_hash, u.role, u.locale, u.region, u.created_at, u.erase_after,
         EXISTS (SELECT FROM bans b WHERE b.user_id = u.id) AS is_banned
  FROM users u
  WHERE u.id = $1
  FOR UPDATE)sql"};

const Statement kLockUserNamed{"identity.lock_user_named", R"sql(
  SELECT u.id, u.username, u.display_name, u.avatar_url, u.email, u.password_hash, u.role, u.locale, u.region, u.created_at, u.erase_after,
         EXISTS (SELECT FROM bans b WHERE b.user_id = u.id) AS is_banned
  FROM users u
  WHERE u.username = $1
  FOR UPDATE)sql"};

const Statement kInsertUser{"identity.insert_user", R"sql(
  INSERT INTO users (username, display_name, email, email_key, password_hash, role, locale, created_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
  RETURNING id)sql"};

const Statement kUpdateProfile{"identity.update_profile", R"sql(
  UPDATE users SET display_name = coalesce($2, display_name), locale = coalesce($3, locale),
                   region = nullif(coalesce($4::text, region), 'none')
  WHERE id = $1)sql"};

const Statement kSetPasswordHash{"identity.set_password_hash", R"sql(
  UPDATE users SET password_hash = $2 WHERE id = $1)sql"};

const Statement kSetRole{"identity.set_role", R"sql(
  UPDATE users SET role = $2 WHERE id = $1)sql"};

const Statement kLockAdmins{"identity.lock_admins", R"sql(
  SELECT id FROM users WHERE role = 'admin' ORDER BY id FOR UPDATE)sql"};

const Statement kInsertPending{"identity.insert_pending", R"sql(
  INSERT INTO pending_registrations
    (token_hash, username, display_name, email, email_key, password_hash, locale, created_at, expires_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9))sql"};

const Statement kTakePending{"identity.take_pending", R"sql(
  DELETE FROM pending_registrations
  WHERE token_hash = $1 AND expires_at > $2
  RETURNING username, display_name, email, password_hash, locale)sql"};

const Statement kDeletePendingOf{"identity.delete_pending_of", R"sql(
  DELETE FROM pending_registrations WHERE email_key = $1)sql"};

const Statement kInsertReset{"identity.insert_reset", R"sql(
  INSERT INTO password_resets (token_hash, user_id, created_at, expires_at) VALUES ($1, $2, $3, $4))sql"};

const Statement kFindReset{"identity.find_reset", R"sql(
  SELECT user_id FROM password_resets WHERE token_hash = $1 AND expires_at > $2 AND user_id IS NOT NULL)sql"};

const Statement kTakeReset{"identity.take_reset", R"sql(
  DELETE FROM password_resets WHERE token_hash = $1 AND expires_at > $2 AND user_id IS NOT NULL
  RETURNING user_id)sql"};

const Statement kDeleteResetsOf{"identity.delete_resets_of", R"sql(
  DELETE FROM password_resets WHERE user_id = $1)sql"};

const Statement kInsertBan{"identity.insert_ban", R"sql(
  INSERT INTO bans (user_id, reason, by_user_id, created_at) VALUES ($1, $2, $3, $4)
  ON CONFLICT (user_id) DO UPDATE SET reason = excluded.reason, by_user_id = excluded.by_user_id)sql"};

const Statement kDeleteBan{"identity.delete_ban", R"sql(
  DELETE FROM bans WHERE user_id = $1)sql"};

const Statement kAudit{"identity.audit", R"sql(
  INSERT INTO audit_log (at, action, actor_id, subject_id, detail) VALUES ($1, $2, $3, $4, $5))sql"};

const Statement kDeleteExpiredPending{"identity.delete_expired_pending", R"sql(
  DELETE FROM pending_registrations WHERE expires_at <= $1)sql"};

const Statement kDeleteExpiredResets{"identity.delete_expired_resets", R"sql(
  DELETE FROM password_resets WHERE expires_at <= $1)sql"};

const Statement kDeleteExpiredSessions{"identity.delete_expired_sessions", R"sql(
  DELETE FROM sessions WHERE expires_at <= $1)sql"};

const Statement kDeleteExpiredSteps{"identity.delete_expired_second_steps", R"sql(
  DELETE FROM second_steps WHERE expires_at <= $1)sql"};

const Statement kDeleteExpiredEmails{"identity.delete_expired_email_changes", R"sql(
  DELETE FROM email_changes WHERE expires_at <= $1)sql"};

Role role_of(const PgRow& row) {
  const std::optional<gen::Role> role = gen::parse<gen::Role>(row.text("role"));
  LUSO_CHECK(role.has_value());
  return from_contract(*role);
}

Locale locale_of(const PgRow& row) {
  const std::optional<Locale> locale = gen::parse<Locale>(row.text("locale"));
  LUSO_CHECK(locale.has_value());
  return *locale;
}

std::optional<gen::AccountRegion> region_of(const PgRow& row) {
  const std::optional<std::string> region = row.optional_text("region");
  return region ? gen::parse<gen::AccountRegion>(*region) : std::nullopt;
}

User user_of(const PgRow& row) {
  return {.id = row.id<UserId>("id"),
          .username = row.text("username"),
          .display_name = row.text("display_name"),
          .avatar_url = row.optional_text("avatar_url"),
          .email = row.text("email"),
          .password_hash = row.text("password_hash"),
          .role = role_of(row),
          .locale = locale_of(row),
          .region = region_of(row),
          .created_at = row.time("created_at"),
          .is_banned = row.boolean("is_banned"),
          .erase_after = row.optional_time("erase_after")};
}

std::optional<User> user_in(const PgResult& rows) {
  if (rows.empty()) return std::nullopt;
  return user_of(rows.front());
}

std::optional<UserId> user_id_in(const PgResult& rows) {
  if (rows.empty()) return std::nullopt;
  return rows.front().id<UserId>("user_id");
}

Result<User> user_there(const PgResult& rows) {
  if (rows.empty()) return gen::fail(gen::reasons::kIdentityNotFound);
  return user_of(rows.front());
}

// The constraint says who was first.
Error as_taken(Error error) {
  if (error.reason != gen::reasons::kPgUniqueViolation.name) return error;
  const bool by_name = error.field == "users_username_key";
  Error taken =
      gen::fail(by_name ? gen::reasons::kIdentityUsernameTaken : gen::reasons::kIdentityEmailTaken).value();
  taken.field = by_name ? "username" : "email";
  return taken;
}

Task<Result<void>> run(PgSessionPtr session, const Statement& statement, PgParams params) {
  CO_TRY_VOID(co_await session->query(statement, std::move(params)));
  co_return Result<void>();
}

}  // namespace

Task<Result<std::optional<User>>> find_user_by_login(PgSessionPtr session, std::string login) {
  const bool is_email = login.find('@') != std::string::npos;
  PgParams params{login};
  CO_TRY(const PgResult rows,
         co_await session->query(is_email ? kFindUserByEmail : kFindUserByUsername, std::move(params)));
  co_return user_in(rows);
}

Task<Result<std::optional<User>>> find_user(PgSessionPtr session, UserId id) {
  PgParams params{id};
  CO_TRY(const PgResult rows, co_await session->query(kFindUser, std::move(params)));
  co_return user_in(rows);
}

Task<Result<std::optional<User>>> find_user_by_login(io::Pg* pg, std::string login) {
  CO_TRY(PgSessionPtr session, co_await pg->acquire());
  co_return co_await find_user_by_login(std::move(session), std::move(login));
}

Task<Result<std::optional<User>>> find_user(io::Pg* pg, UserId id) {
  CO_TRY(PgSessionPtr session, co_await pg->acquire());
  co_return co_await find_user(std::move(session), id);
}

Task<Result<User>> lock_user(PgSessionPtr session, UserId id) {
  PgParams params{id};
  CO_TRY(const PgResult rows, co_await session->query(kLockUser, std::move(params)));
  co_return user_there(rows);
}

Task<Result<User>> lock_user_named(PgSessionPtr session, std::string username) {
  PgParams params{username};
  CO_TRY(const PgResult rows, co_await session->query(kLockUserNamed, std::move(params)));
  co_return user_there(rows);
}

Task<Result<User>> insert_user(PgSessionPtr session, UserRow row) {
  PgParams params{row.username,
                  row.display_name,
                  row.email,
                  rules::email_key(row.email),
                  row.password_hash,
                  name_of(row.role),
                  gen::to_text(row.locale),
                  row.created_at};
  Result<PgResult> inserted = co_await session->query(kInsertUser, std::move(params));
  if (!inserted) co_return tl::unexpected(as_taken(std::move(inserted.error())));
  co_return User{.id = inserted->front().id<UserId>("id"),
                 .username = row.username,
                 .display_name = row.display_name,
                 .avatar_url = std::nullopt,
                 .email = row.email,
                 .password_hash = row.password_hash,
                 .role = row.role,
                 .locale = row.locale,
                 .region = std::nullopt,
                 .created_at = row.created_at,
                 .is_banned = false,
                 .erase_after = std::nullopt};
}

Task<Result<void>> update_profile(PgSessionPtr session, UserId id, AccountChanges changes) {
  std::optional<std::string_view> locale;
  if (changes.locale) locale = gen::to_text(*changes.locale);
  std::optional<std::string_view> region;
  if (changes.region) region = gen::to_text(*changes.region);
  PgParams params{id, changes.display_name, locale, region};
  return run(std::move(session), kUpdateProfile, std::move(params));
}

Task<Result<void>> set_password_hash(PgSessionPtr session, UserId id, std::string hash) {
  PgParams params{id, hash};
  return run(std::move(session), kSetPasswordHash, std::move(params));
}

Task<Result<void>> set_role(PgSessionPtr session, UserId id, Role role) {
  PgParams params{id, name_of(role)};
  return run(std::move(session), kSetRole, std::move(params));
}

Task<Result<std::size_t>> lock_admins(PgSessionPtr session) {
  CO_TRY(const PgResult rows, co_await session->query(kLockAdmins, PgParams()));
  co_return rows.size();
}

Task<Result<void>> insert_pending(PgSessionPtr session, PendingRegistration pending) {
  const UserRow& user = pending.user;
  PgParams params{PgParam::bytea(pending.token_hash),
                  user.username,
                  user.display_name,
                  user.email,
                  rules::email_key(user.email),
                  user.password_hash,
                  gen::to_text(user.locale),
                  user.created_at,
                  pending.expires_at};
  return run(std::move(session), kInsertPending, std::move(params));
}

Task<Result<std::optional<UserRow>>> take_pending(PgSessionPtr session, std::string token_hash,
                                                  WallTime now) {
  PgParams params{PgParam::bytea(token_hash), now};
  CO_TRY(const PgResult rows, co_await session->query(kTakePending, std::move(params)));
  if (rows.empty()) co_return std::nullopt;
  const PgRow row = rows.front();
  co_return UserRow{.username = row.text("username"),
                    .display_name = row.text("display_name"),
                    .email = row.text("email"),
                    .password_hash = row.text("password_hash"),
                    .role = Role::viewer,
                    .locale = locale_of(row),
                    .created_at = now};
}

Task<Result<void>> delete_pending_of(PgSessionPtr session, std::string email_key) {
  PgParams params{email_key};
  return run(std::move(session), kDeletePendingOf, std::move(params));
}

Task<Result<void>> insert_reset(PgSessionPtr session, ResetRow row) {
  PgParams params{PgParam::bytea(row.token_hash), row.user_id, row.created_at, row.expires_at};
  return run(std::move(session), kInsertReset, std::move(params));
}

Task<Result<std::optional<UserId>>> find_reset(io::Pg* pg, std::string token_hash, WallTime now) {
  PgParams params{PgParam::bytea(token_hash), now};
  CO_TRY(const PgResult rows, co_await pg->query(kFindReset, std::move(params)));
  co_return user_id_in(rows);
}

Task<Result<std::optional<UserId>>> take_reset(PgSessionPtr session, std::string token_hash, WallTime now) {
  PgParams params{PgParam::bytea(token_hash), now};
  CO_TRY(const PgResult rows, co_await session->query(kTakeReset, std::move(params)));
  co_return user_id_in(rows);
}

Task<Result<void>> delete_resets_of(PgSessionPtr session, UserId id) {
  PgParams params{id};
  return run(std::move(session), kDeleteResetsOf, std::move(params));
}

Task<Result<void>> insert_ban(PgSessionPtr session, UserId id, std::string reason, std::optional<UserId> by,
                              WallTime now) {
  PgParams params{id, reason, by, now};
  return run(std::move(session), kInsertBan, std::move(params));
}

Task<Result<bool>> delete_ban(PgSessionPtr session, UserId id) {
  PgParams params{id};
  CO_TRY(const PgResult rows, co_await session->query(kDeleteBan, std::move(params)));
  co_return rows.affected() > 0;
}

Task<Result<void>> audit(PgSessionPtr session, AuditEntry entry) {
  PgParams params{entry.at, entry.action, entry.actor, entry.subject, entry.detail};
  return run(std::move(session), kAudit, std::move(params));
}

Task<Result<std::int64_t>> delete_expired(PgSessionPtr session, WallTime now) {
  std::int64_t deleted = 0;
  for (const Statement* statement : {&kDeleteExpiredPending, &kDeleteExpiredResets, &kDeleteExpiredSessions,
                                     &kDeleteExpiredSteps, &kDeleteExpiredEmails}) {
    PgParams params{now};
    CO_TRY(const PgResult rows, co_await session->query(*statement, std::move(params)));
    deleted += rows.affected();
  }
  co_return deleted;
}

}  // namespace luso::identity::store
