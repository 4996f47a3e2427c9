#pragma once

#include <optional>
#include <string>
#include <vector>

#include "identity/model.h"
#include "io/pg.h"

// Sessions and API tokens, as SQL. Only hashes of what their holders have.
namespace luso::identity::store {

using io::PgSessionPtr;

struct SessionRow {
  UserId user_id;
  std::string token_hash;
  std::string user_agent;
  WallTime created_at;
  WallTime expires_at;
};

// Keeps the `kept_max` sessions of the user that were used last, the new one among them.
[[nodiscard]] Task<Result<SessionId>> insert_session(PgSessionPtr session, SessionRow row,
                                                     std::int64_t kept_max);

struct Holder {
  io::Principal principal;
  std::optional<WallTime> last_seen_at;
};

// Nobody when the session is unknown or expired, or its user banned.
[[nodiscard]] Task<Result<std::optional<Holder>>> find_session(PgSessionPtr session, std::string token_hash,
                                                               WallTime now);
[[nodiscard]] Task<Result<void>> touch_session(PgSessionPtr session, SessionId id, WallTime now,
                                               WallTime expires_at);
[[nodiscard]] Task<Result<std::vector<SignedIn>>> list_sessions(PgSessionPtr session, UserId user,
                                                                WallTime now);
[[nodiscard]] Task<Result<bool>> delete_session(PgSessionPtr session, UserId user, SessionId id);
[[nodiscard]] Task<Result<void>> delete_session_of_token(PgSessionPtr session, std::string token_hash);
// All of the user's but `kept`; 0 keeps none.
[[nodiscard]] Task<Result<std::int64_t>> delete_sessions_of(PgSessionPtr session, UserId user,
                                                            SessionId kept);

[[nodiscard]] Task<Result<void>> delete_api_tokens_of(PgSessionPtr session, UserId user);

struct ApiTokenRow {
  UserId user_id;
  std::string name;
  std::string token_hash;
  std::vector<std::string> scopes;
  WallTime created_at;
  std::optional<WallTime> expires_at;
};

[[nodiscard]] Task<Result<ApiToken>> insert_api_token(PgSessionPtr session, ApiTokenRow row);
[[nodiscard]] Task<Result<std::vector<ApiToken>>> list_api_tokens(PgSessionPtr session, UserId user);
[[nodiscard]] Task<Result<bool>> delete_api_token(PgSessionPtr session, UserId user, ApiTokenId id);

struct TokenHolder {
  Holder holder;
  ApiTokenId token_id;
};

[[nodiscard]] Task<Result<std::optional<TokenHolder>>> find_api_token(PgSessionPtr session,
                                                                      std::string token_hash, WallTime now);
[[nodiscard]] Task<Result<void>> touch_api_token(PgSessionPtr session, ApiTokenId id, WallTime now);

}  // namespace luso::identity::store
