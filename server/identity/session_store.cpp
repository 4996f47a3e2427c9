#include "identity/session_store.h"

#include <utility>

#include "base/check.h"

namespace luso::identity::store {
namespace {

using io::PgParam;
using io::PgParams;
using io::PgResult;
using io::PgRow;
using io::Statement;

const Statement kInsertSession{"identity.insert_session", R"sql(
  INSERT INTO sessions (user_id, token_hash, user_agent, created_at, last_seen_at, expires_at)
  VALUES ($1, $2, $3, $4, $4, $5)
  RETURNING id)sql"};

const Statement kTrimSessions{"identity.trim_sessions", R"sql(
  DELETE FROM sessions WHERE id IN (
    SELECT id FROM sessions WHERE user_id = $1 ORDER BY last_seen_at DESC, id DESC OFFSET $2))sql"};

const Statement kFindSession{"identity.find_session", R"sql(
  SELECT s.id, s.last_seen_at, s.user_id, u.username, u.role
  FROM sessions s
  JOIN users u ON u.id = s.user_id
  WHERE s.token_hash = $1 AND s.expires_at > $2
    AND NOT EXISTS (SELECT FROM bans b WHERE b.user_id = s.user_id))sql"};

const Statement kTouchSession{"identity.touch_session", R"sql(
  UPDATE sessions SET last_seen_at = $2, expires_at = $3 WHERE id = $1)sql"};

const Statement kListSessions{"identity.list_sessions", R"sql(
  SELECT id, created_at, last_seen_at, user_agent
  FROM sessions
  WHERE user_id = $1 AND expires_at > $2
  ORDER BY last_seen_at DESC, id DESC)sql"};

const Statement kDeleteSession{"identity.delete_session", R"sql(
  DELETE FROM sessions WHERE user_id = $1 AND id = $2)sql"};

const Statement kDeleteSessionOfToken{"identity.delete_session_of_token", R"sql(
  DELETE FROM sessions WHERE token_hash = $1)sql"};

const Statement kDeleteSessionsOf{"identity.delete_sessions_of", R"sql(
  DELETE FROM sessions WHERE user_id = $1 AND id <> $2)sql"};

const Statement kInsertApiToken{"identity.insert_api_token", R"sql(
  INSERT INTO api_tokens (user_id, name, token_hash, scopes, created_at, expires_at)
  VALUES ($1, $2, $3, $4, $5, $6)
  RETURNING id, name, scopes, created_at, last_used_at, expires_at)sql"};

const Statement kListApiTokens{"identity.list_api_tokens", R"sql(
  SELECT id, name, scopes, created_at, last_used_at, expires_at
  FROM api_tokens
  WHERE user_id = $1
  ORDER BY id DESC)sql"};

const Statement kDeleteApiToken{"identity.delete_api_token", R"sql(
  DELETE FROM api_tokens WHERE user_id = $1 AND id = $2)sql"};

const Statement kDeleteApiTokensOf{"identity.delete_api_tokens_of", R"sql(
  DELETE FROM api_tokens WHERE user_id = $1)sql"};

const Statement kFindApiToken{"identity.find_api_token", R"sql(
  SELECT t.id, t.scopes, t.last_used_at, t.user_id, u.username, u.role
  FROM api_tokens t
  JOIN users u ON u.id = t.user_id
  WHERE t.token_hash = $1 AND (t.expires_at IS NULL OR t.expires_at > $2)
    AND NOT EXISTS (SELECT FROM bans b WHERE b.user_id = t.user_id))sql"};

const Statement kTouchApiToken{"identity.touch_api_token", R"sql(
  UPDATE api_tokens SET last_used_at = $2 WHERE id = $1)sql"};

io::Principal principal_of(const PgRow& row) {
  const std::optional<gen::Role> role = gen::parse<gen::Role>(row.text("role"));
  LUSO_CHECK(role.has_value());
  io::Principal principal;
  principal.user_id = row.id<UserId>("user_id");
  principal.username = row.text("username");
  principal.role = from_contract(*role);
  return principal;
}

ApiToken api_token_of(const PgRow& row) {
  return {.id = row.id<ApiTokenId>("id"),
          .name = row.text("name"),
          .scopes = row.text_array("scopes"),
          .created_at = row.time("created_at"),
          .last_used_at = row.optional_time("last_used_at"),
          .expires_at = row.optional_time("expires_at")};
}

Task<Result<std::int64_t>> run(PgSessionPtr session, const Statement& statement, PgParams params) {
  CO_TRY(const PgResult rows, co_await session->query(statement, std::move(params)));
  co_return rows.affected();
}

}  // namespace

Task<Result<SessionId>> insert_session(PgSessionPtr session, SessionRow row, std::int64_t kept_max) {
  PgParams params{row.user_id, PgParam::bytea(row.token_hash), row.user_agent, row.created_at,
                  row.expires_at};
  CO_TRY(const PgResult rows, co_await session->query(kInsertSession, std::move(params)));
  PgParams trim{row.user_id, kept_max};
  CO_TRY_VOID(co_await session->query(kTrimSessions, std::move(trim)));
  co_return rows.front().id<SessionId>("id");
}

Task<Result<std::optional<Holder>>> find_session(PgSessionPtr session, std::string token_hash, WallTime now) {
  PgParams params{PgParam::bytea(token_hash), now};
  CO_TRY(const PgResult rows, co_await session->query(kFindSession, std::move(params)));
  if (rows.empty()) co_return std::nullopt;
  const PgRow row = rows.front();
  Holder holder{.principal = principal_of(row), .last_seen_at = row.time("last_seen_at")};
  holder.principal.session_id = row.id<SessionId>("id");
  holder.principal.by_cookie = true;
  co_return holder;
}

Task<Result<void>> touch_session(PgSessionPtr session, SessionId id, WallTime now, WallTime expires_at) {
  PgParams params{id, now, expires_at};
  CO_TRY_VOID(co_await session->query(kTouchSession, std::move(params)));
  co_return Result<void>();
}

Task<Result<std::vector<SignedIn>>> list_sessions(PgSessionPtr session, UserId user, WallTime now) {
  PgParams params{user, now};
  CO_TRY(const PgResult rows, co_await session->query(kListSessions, std::move(params)));
  std::vector<SignedIn> list;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const PgRow row = rows.row(i);
    list.push_back({.id = row.id<SessionId>("id"),
                    .created_at = row.time("created_at"),
                    .last_seen_at = row.time("last_seen_at"),
                    .user_agent = row.text("user_agent")});
  }
  co_return list;
}

Task<Result<bool>> delete_session(PgSessionPtr session, UserId user, SessionId id) {
  PgParams params{user, id};
  CO_TRY(const std::int64_t deleted, co_await run(std::move(session), kDeleteSession, std::move(params)));
  co_return deleted > 0;
}

Task<Result<void>> delete_session_of_token(PgSessionPtr session, std::string token_hash) {
  PgParams params{PgParam::bytea(token_hash)};
  CO_TRY_VOID(co_await run(std::move(session), kDeleteSessionOfToken, std::move(params)));
  co_return Result<void>();
}

Task<Result<std::int64_t>> delete_sessions_of(PgSessionPtr session, UserId user, SessionId kept) {
  PgParams params{user, kept};
  return run(std::move(session), kDeleteSessionsOf, std::move(params));
}

Task<Result<void>> delete_api_tokens_of(PgSessionPtr session, UserId user) {
  PgParams params{user};
  CO_TRY_VOID(co_await run(std::move(session), kDeleteApiTokensOf, std::move(params)));
  co_return Result<void>();
}

Task<Result<ApiToken>> insert_api_token(PgSessionPtr session, ApiTokenRow row) {
  PgParams params{row.user_id,    row.name,      PgParam::bytea(row.token_hash), PgParam::array(row.scopes),
                  row.created_at, row.expires_at};
  CO_TRY(const PgResult rows, co_await session->query(kInsertApiToken, std::move(params)));
  co_return api_token_of(rows.front());
}

Task<Result<std::vector<ApiToken>>> list_api_tokens(PgSessionPtr session, UserId user) {
  PgParams params{user};
  CO_TRY(const PgResult rows, co_await session->query(kListApiTokens, std::move(params)));
  std::vector<ApiToken> list;
  list.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) list.push_back(api_token_of(rows.row(i)));
  co_return list;
}

Task<Result<bool>> delete_api_token(PgSessionPtr session, UserId user, ApiTokenId id) {
  PgParams params{user, id};
  CO_TRY(const std::int64_t deleted, co_await run(std::move(session), kDeleteApiToken, std::move(params)));
  co_return deleted > 0;
}

Task<Result<std::optional<TokenHolder>>> find_api_token(PgSessionPtr session, std::string token_hash,
                                                        WallTime now) {
  PgParams params{PgParam::bytea(token_hash), now};
  CO_TRY(const PgResult rows, co_await session->query(kFindApiToken, std::move(params)));
  if (rows.empty()) co_return std::nullopt;
  const PgRow row = rows.front();
  TokenHolder found{
      .holder = {.principal = principal_of(row), .last_seen_at = row.optional_time("last_used_at")},
      .token_id = row.id<ApiTokenId>("id")};
  found.holder.principal.scopes = row.text_array("scopes");
  co_return found;
}

Task<Result<void>> touch_api_token(PgSessionPtr session, ApiTokenId id, WallTime now) {
  PgParams params{id, now};
  CO_TRY_VOID(co_await run(std::move(session), kTouchApiToken, std::move(params)));
  co_return Result<void>();
}

}  // namespace luso::identity::store
