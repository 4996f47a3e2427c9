#include "identity/farewell_store.h"

#include <utility>

#include "identity/rules.h"

namespace luso::identity::store {
namespace {

using io::PgParams;
using io::PgResult;
using io::Statement;

const Statement kSetEraseAfter{"identity.set_erase_after", R"sql(
  UPDATE users SET erase_after = $2 WHERE id = $1)sql"};

const Statement kListLeaving{"identity.list_leaving", R"sql(
  SELECT id FROM users WHERE erase_after <= $1 ORDER BY erase_after, id LIMIT $2)sql"};

const Statement kHoldUsername{"identity.hold_username", R"sql(
  INSERT INTO held_usernames (username, held_until) VALUES ($1, $2)
  ON CONFLICT (username) DO UPDATE SET held_until = excluded.held_until)sql"};

const Statement kIsHeld{"identity.is_held", R"sql(
  SELECT EXISTS (SELECT FROM held_usernames WHERE username = $1 AND held_until > $2) AS is_held)sql"};

const Statement kDeleteHeld{"identity.delete_held_usernames", R"sql(
  DELETE FROM held_usernames WHERE held_until <= $1)sql"};

const Statement kForgetAudit{"identity.forget_audit", R"sql(
  UPDATE audit_log SET detail = '' WHERE subject_id = $1 AND detail <> '')sql"};

const Statement kForgetLetters{"identity.forget_letters", R"sql(
  DELETE FROM letter_outbox WHERE lower(recipient) = $1)sql"};

const Statement kForgetPending{"identity.forget_pending", R"sql(
  DELETE FROM pending_registrations WHERE email_key = $1)sql"};

const Statement kDeleteUser{"identity.delete_user", R"sql(
  DELETE FROM users WHERE id = $1)sql"};

Task<Result<void>> run(PgSessionPtr session, const Statement& statement, PgParams params) {
  CO_TRY_VOID(co_await session->query(statement, std::move(params)));
  co_return Result<void>();
}

}  // namespace

Task<Result<void>> set_erase_after(PgSessionPtr session, UserId user, std::optional<WallTime> erase_after) {
  PgParams params{user, erase_after};
  return run(std::move(session), kSetEraseAfter, std::move(params));
}

Task<Result<std::vector<UserId>>> list_leaving(PgSessionPtr session, WallTime now, std::int64_t limit) {
  PgParams params{now, limit};
  CO_TRY(const PgResult rows, co_await session->query(kListLeaving, std::move(params)));
  std::vector<UserId> list;
  list.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) list.push_back(rows.row(i).id<UserId>("id"));
  co_return list;
}

Task<Result<void>> hold_username(PgSessionPtr session, std::string username, WallTime until) {
  PgParams params{username, until};
  return run(std::move(session), kHoldUsername, std::move(params));
}

Task<Result<bool>> is_held(io::Pg* pg, std::string username, WallTime now) {
  PgParams params{username, now};
  CO_TRY(const PgResult rows, co_await pg->query(kIsHeld, std::move(params)));
  co_return rows.front().boolean("is_held");
}

Task<Result<void>> delete_held_usernames(PgSessionPtr session, WallTime now) {
  PgParams params{now};
  return run(std::move(session), kDeleteHeld, std::move(params));
}

Task<Result<void>> forget_traces(PgSessionPtr session, UserId user, std::string email) {
  PgParams of_user{user};
  CO_TRY_VOID(co_await run(session, kForgetAudit, std::move(of_user)));
  PgParams to_address{rules::email_key(email)};
  CO_TRY_VOID(co_await run(session, kForgetLetters, std::move(to_address)));
  PgParams of_address{rules::email_key(email)};
  co_return co_await run(session, kForgetPending, std::move(of_address));
}

Task<Result<void>> delete_user(PgSessionPtr session, UserId user) {
  PgParams params{user};
  return run(std::move(session), kDeleteUser, std::move(params));
}

}  // namespace luso::identity::store
