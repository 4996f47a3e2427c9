#include "identity/two_factor_store.h"

#include <utility>

namespace luso::identity::store {
namespace {

using io::PgParam;
using io::PgParams;
using io::PgResult;
using io::PgRow;
using io::Statement;

const Statement kFind{"identity.find_two_factor", R"sql(
  SELECT sealed_secret, last_step, confirmed_at FROM two_factor WHERE user_id = $1)sql"};

const Statement kLock{"identity.lock_two_factor", R"sql(
  SELECT sealed_secret, last_step, confirmed_at FROM two_factor WHERE user_id = $1 FOR UPDATE)sql"};

const Statement kWrite{"identity.write_two_factor", R"sql(
  INSERT INTO two_factor (user_id, sealed_secret, created_at) VALUES ($1, $2, $3)
  ON CONFLICT (user_id) DO UPDATE SET sealed_secret = excluded.sealed_secret, created_at = excluded.created_at,
                                      last_step = 0
  WHERE two_factor.confirmed_at IS NULL)sql"};

const Statement kConfirm{"identity.confirm_two_factor", R"sql(
  UPDATE two_factor SET confirmed_at = $2 WHERE user_id = $1)sql"};

const Statement kSetLastStep{"identity.set_last_step", R"sql(
  UPDATE two_factor SET last_step = $2 WHERE user_id = $1)sql"};

const Statement kDelete{"identity.delete_two_factor", R"sql(
  DELETE FROM two_factor WHERE user_id = $1)sql"};

const Statement kDeleteCodes{"identity.delete_recovery_codes", R"sql(
  DELETE FROM recovery_codes WHERE user_id = $1)sql"};

const Statement kInsertCode{"identity.insert_recovery_code", R"sql(
  INSERT INTO recovery_codes (user_id, code_hash) VALUES ($1, $2))sql"};

const Statement kTakeCode{"identity.take_recovery_code", R"sql(
  DELETE FROM recovery_codes WHERE user_id = $1 AND code_hash = $2)sql"};

const Statement kCountCodes{"identity.count_recovery_codes", R"sql(
  SELECT count(*) AS count FROM recovery_codes WHERE user_id = $1)sql"};

const Statement kInsertStep{"identity.insert_second_step", R"sql(
  INSERT INTO second_steps (token_hash, user_id, password_hash, created_at, expires_at)
  VALUES ($1, $2, $3, $4, $5))sql"};

const Statement kTryStep{"identity.try_second_step", R"sql(
  UPDATE second_steps SET tries = tries + 1
  WHERE token_hash = $1 AND tries < $2 AND expires_at > $3
  RETURNING user_id, password_hash)sql"};

const Statement kDeleteStep{"identity.delete_second_step", R"sql(
  DELETE FROM second_steps WHERE token_hash = $1)sql"};

const Statement kDeleteStepsOf{"identity.delete_second_steps_of", R"sql(
  DELETE FROM second_steps WHERE user_id = $1)sql"};

std::optional<TwoFactorRow> row_in(const PgResult& rows) {
  if (rows.empty()) return std::nullopt;
  const PgRow row = rows.front();
  return TwoFactorRow{.sealed_secret = row.bytea("sealed_secret"),
                      .last_step = row.integer("last_step"),
                      .confirmed_at = row.optional_time("confirmed_at")};
}

Task<Result<std::int64_t>> run(PgSessionPtr session, const Statement& statement, PgParams params) {
  CO_TRY(const PgResult rows, co_await session->query(statement, std::move(params)));
  co_return rows.affected();
}

Task<Result<void>> run_only(PgSessionPtr session, const Statement& statement, PgParams params) {
  CO_TRY_VOID(co_await run(std::move(session), statement, std::move(params)));
  co_return Result<void>();
}

}  // namespace

Task<Result<std::optional<TwoFactorRow>>> find_two_factor(PgSessionPtr session, UserId user) {
  PgParams params{user};
  CO_TRY(const PgResult rows, co_await session->query(kFind, std::move(params)));
  co_return row_in(rows);
}

Task<Result<std::optional<TwoFactorRow>>> lock_two_factor(PgSessionPtr session, UserId user) {
  PgParams params{user};
  CO_TRY(const PgResult rows, co_await session->query(kLock, std::move(params)));
  co_return row_in(rows);
}

Task<Result<void>> write_two_factor(PgSessionPtr session, UserId user, std::string sealed_secret,
                                    WallTime now) {
  PgParams params{user, PgParam::bytea(sealed_secret), now};
  return run_only(std::move(session), kWrite, std::move(params));
}

Task<Result<void>> confirm_two_factor(PgSessionPtr session, UserId user, WallTime now) {
  PgParams params{user, now};
  return run_only(std::move(session), kConfirm, std::move(params));
}

Task<Result<void>> set_last_step(PgSessionPtr session, UserId user, std::int64_t step) {
  PgParams params{user, step};
  return run_only(std::move(session), kSetLastStep, std::move(params));
}

Task<Result<bool>> delete_two_factor(PgSessionPtr session, UserId user) {
  PgParams codes{user};
  CO_TRY_VOID(co_await run(session, kDeleteCodes, std::move(codes)));
  PgParams params{user};
  CO_TRY(const std::int64_t deleted, co_await run(std::move(session), kDelete, std::move(params)));
  co_return deleted > 0;
}

Task<Result<void>> replace_recovery_codes(PgSessionPtr session, UserId user,
                                          std::vector<std::string> hashes) {
  PgParams params{user};
  CO_TRY_VOID(co_await run(session, kDeleteCodes, std::move(params)));
  for (const std::string& hash : hashes) {
    PgParams code{user, PgParam::bytea(hash)};
    CO_TRY_VOID(co_await run(session, kInsertCode, std::move(code)));
  }
  co_return Result<void>();
}

Task<Result<bool>> take_recovery_code(PgSessionPtr session, UserId user, std::string hash) {
  PgParams params{user, PgParam::bytea(hash)};
  CO_TRY(const std::int64_t taken, co_await run(std::move(session), kTakeCode, std::move(params)));
  co_return taken > 0;
}

Task<Result<std::int64_t>> count_recovery_codes(PgSessionPtr session, UserId user) {
  PgParams params{user};
  CO_TRY(const PgResult rows, co_await session->query(kCountCodes, std::move(params)));
  co_return rows.front().integer("count");
}

Task<Result<void>> insert_second_step(PgSessionPtr session, SecondStepRow row) {
  PgParams params{PgParam::bytea(row.token_hash), row.user_id, row.password_hash, row.created_at,
                  row.expires_at};
  return run_only(std::move(session), kInsertStep, std::move(params));
}

Task<Result<std::optional<SecondStep>>> try_second_step(io::Pg* pg, std::string token_hash,
                                                        std::int64_t tries_max, WallTime now) {
  PgParams params{PgParam::bytea(token_hash), tries_max, now};
  CO_TRY(const PgResult rows, co_await pg->query(kTryStep, std::move(params)));
  if (rows.empty()) co_return std::nullopt;
  co_return SecondStep{.user_id = rows.front().id<UserId>("user_id"),
                       .password_hash = rows.front().text("password_hash")};
}

Task<Result<void>> delete_second_step(PgSessionPtr session, std::string token_hash) {
  PgParams params{PgParam::bytea(token_hash)};
  return run_only(std::move(session), kDeleteStep, std::move(params));
}

Task<Result<void>> delete_second_steps_of(PgSessionPtr session, UserId user) {
  PgParams params{user};
  return run_only(std::move(session), kDeleteStepsOf, std::move(params));
}

}  // namespace luso::identity::store
