#include "identity/email_store.h"

#include <utility>

#include "identity/rules.h"

namespace luso::identity::store {
namespace {

using io::PgParam;
using io::PgParams;
using io::PgResult;
using io::PgRow;
using io::Statement;

const Statement kInsert{"identity.insert_email_change", R"sql(
  INSERT INTO email_changes (user_id, old_email, new_email, token_hash, created_at, expires_at)
  VALUES ($1, $2, $3, $4, $5, $6))sql"};

const Statement kLock{"identity.lock_email_change", R"sql(
  SELECT user_id, old_email, new_email, token_hash, confirmed_at, created_at, expires_at
  FROM email_changes WHERE token_hash = $1 AND expires_at > $2
  FOR UPDATE)sql"};

const Statement kConfirm{"identity.confirm_email_change", R"sql(
  UPDATE email_changes SET token_hash = $2, confirmed_at = $3, expires_at = $4 WHERE token_hash = $1)sql"};

const Statement kDeleteUnconfirmed{"identity.delete_unconfirmed_emails_of", R"sql(
  DELETE FROM email_changes WHERE user_id = $1 AND confirmed_at IS NULL)sql"};

const Statement kDelete{"identity.delete_email_changes_of", R"sql(
  DELETE FROM email_changes WHERE user_id = $1)sql"};

const Statement kSetEmail{"identity.set_email", R"sql(
  UPDATE users SET email = $2, email_key = $3 WHERE id = $1)sql"};

Task<Result<void>> run(PgSessionPtr session, const Statement& statement, PgParams params) {
  CO_TRY_VOID(co_await session->query(statement, std::move(params)));
  co_return Result<void>();
}

}  // namespace

Task<Result<void>> insert_email_change(PgSessionPtr session, EmailChangeRow row) {
  PgParams params{row.user_id,    row.old_email, row.new_email, PgParam::bytea(row.token_hash),
                  row.created_at, row.expires_at};
  return run(std::move(session), kInsert, std::move(params));
}

Task<Result<std::optional<EmailChangeRow>>> lock_email_change(PgSessionPtr session, std::string token_hash,
                                                              WallTime now) {
  PgParams params{PgParam::bytea(token_hash), now};
  CO_TRY(const PgResult rows, co_await session->query(kLock, std::move(params)));
  if (rows.empty()) co_return std::nullopt;
  const PgRow row = rows.front();
  co_return EmailChangeRow{.user_id = row.id<UserId>("user_id"),
                           .old_email = row.text("old_email"),
                           .new_email = row.text("new_email"),
                           .token_hash = row.bytea("token_hash"),
                           .confirmed_at = row.optional_time("confirmed_at"),
                           .created_at = row.time("created_at"),
                           .expires_at = row.time("expires_at")};
}

Task<Result<void>> confirm_email_change(PgSessionPtr session, std::string token_hash, std::string undo_hash,
                                        WallTime now, WallTime expires_at) {
  PgParams params{PgParam::bytea(token_hash), PgParam::bytea(undo_hash), now, expires_at};
  return run(std::move(session), kConfirm, std::move(params));
}

Task<Result<void>> delete_unconfirmed_emails_of(PgSessionPtr session, UserId user) {
  PgParams params{user};
  return run(std::move(session), kDeleteUnconfirmed, std::move(params));
}

Task<Result<void>> delete_email_changes_of(PgSessionPtr session, UserId user) {
  PgParams params{user};
  return run(std::move(session), kDelete, std::move(params));
}

Task<Result<void>> set_email(PgSessionPtr session, UserId user, std::string email) {
  PgParams params{user, email, rules::email_key(email)};
  return run(std::move(session), kSetEmail, std::move(params));
}

}  // namespace luso::identity::store
