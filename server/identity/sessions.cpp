#include "identity/sessions.h"

#include <utility>

#include "base/log.h"
#include "base/text.h"
#include "gen/reasons.h"
#include "identity/rules.h"
#include "identity/session_store.h"
#include "identity/store.h"
#include "identity/tokens.h"

namespace luso::identity {

using io::PgSessionPtr;
using io::Principal;

Task<Result<Sessions::Opened>> Sessions::sign_in(SignIn attempt) {
  const std::string login = ascii_lower(trim(attempt.login));
  CO_TRY_VOID(tools_.limits.take(kSignInAccount, login));
  CO_TRY(User user, co_await check_credentials(login, attempt.password));
  tools_.limits.refund(kSignInAccount, login);
  if (user.is_banned) co_return gen::fail(gen::reasons::kIdentityBanned);
  co_return co_await open(std::move(user), std::move(attempt.user_agent), std::move(attempt.old_token));
}

Task<Result<User>> Sessions::check_credentials(std::string login, Secret password) {
  CO_TRY(std::optional<User> user, co_await store::find_user_by_login(&tools_.pg, std::move(login)));
  if (!user) {
    CO_TRY_VOID(co_await tools_.hasher.verify_nobody(std::move(password)));
    co_return gen::fail(gen::reasons::kIdentityBadCredentials);
  }
  CO_TRY(const PasswordVerdict verdict, co_await tools_.hasher.verify(password, user->password_hash));
  if (!verdict.is_right) co_return gen::fail(gen::reasons::kIdentityBadCredentials);
  if (verdict.is_outdated) CO_TRY_VOID(co_await rehash(&*user, std::move(password)));
  co_return *std::move(user);
}

// The only moment when we have the password is the moment to hash it at today's cost.
Task<Result<void>> Sessions::rehash(User* user, Secret password) {
  CO_TRY(std::string hash, co_await tools_.hasher.hash(std::move(password)));
  const auto write = [&](PgSessionPtr transaction) -> Task<Result<void>> {
    CO_TRY(const User now, co_await store::lock_user(transaction, user->id));
    if (now.password_hash != user->password_hash) co_return gen::fail(gen::reasons::kIdentityBadCredentials);
    co_return co_await store::set_password_hash(transaction, user->id, hash);
  };
  CO_TRY_VOID(co_await tools_.pg.transaction<void>(write));
  user->password_hash = std::move(hash);
  log::info("identity.password_rehashed", {{"user_id", user->id.value}});
  co_return Result<void>();
}

Task<Result<Sessions::Opened>> Sessions::open(User user, std::string user_agent,
                                              std::optional<std::string> old_token) {
  NewToken token = make_token(tools_.random);
  const WallTime now = tools_.clock.now();
  const store::SessionRow row{
      .user_id = user.id,
      .token_hash = token.hash,
      .user_agent = std::string(first_code_points(user_agent, rules::kUserAgentLengthMax)),
      .created_at = now,
      .expires_at = now + rules::kSessionIdleMax};
  const auto write = [&](PgSessionPtr transaction) -> Task<Result<void>> {
    CO_TRY(const User as_it_is, co_await store::lock_user(transaction, user.id));
    // Changed or banned while we were hashing.
    if (as_it_is.password_hash != user.password_hash)
      co_return gen::fail(gen::reasons::kIdentityBadCredentials);
    if (as_it_is.is_banned) co_return gen::fail(gen::reasons::kIdentityBanned);
    if (old_token)
      CO_TRY_VOID(co_await store::delete_session_of_token(transaction, hash_of_token(*old_token)));
    CO_TRY_VOID(co_await store::insert_session(transaction, row, rules::kSessionsPerUserMax));
    co_return Result<void>();
  };
  CO_TRY_VOID(co_await tools_.pg.transaction<void>(write));
  log::info("identity.signed_in", {{"user_id", user.id.value}, {"username", user.username}});
  co_return Opened{.user = std::move(user), .token = std::move(token.text)};
}

Task<Result<void>> Sessions::sign_out(std::string token) {
  CO_TRY(const PgSessionPtr session, co_await tools_.pg.acquire());
  co_return co_await store::delete_session_of_token(session, hash_of_token(token));
}

Task<Result<std::vector<SignedIn>>> Sessions::list(UserId user) {
  CO_TRY(const PgSessionPtr session, co_await tools_.pg.acquire());
  co_return co_await store::list_sessions(session, user, tools_.clock.now());
}

Task<Result<void>> Sessions::revoke(UserId user, SessionId id) {
  CO_TRY(const PgSessionPtr session, co_await tools_.pg.acquire());
  CO_TRY(const bool was_there, co_await store::delete_session(session, user, id));
  if (!was_there) co_return gen::fail(gen::reasons::kIdentityNoSuchSession);
  co_return Result<void>();
}

Task<Result<std::optional<Principal>>> Sessions::authenticate(const io::HttpRequest* request) {
  if (const auto token = api_token_of(*request)) co_return co_await by_api_token(std::string(*token));
  if (const auto token = session_token_of(*request)) co_return co_await by_cookie(std::string(*token));
  co_return std::nullopt;
}

Task<Result<std::optional<Principal>>> Sessions::by_cookie(std::string token) {
  const WallTime now = tools_.clock.now();
  CO_TRY(const PgSessionPtr session, co_await tools_.pg.acquire());
  CO_TRY(std::optional<store::Holder> holder,
         co_await store::find_session(session, hash_of_token(token), now));
  if (!holder) co_return std::nullopt;
  if (now - *holder->last_seen_at >= rules::kSessionTouchEvery) {
    const SessionId id = holder->principal.session_id;
    CO_TRY_VOID(co_await store::touch_session(session, id, now, now + rules::kSessionIdleMax));
  }
  co_return std::move(holder->principal);
}

Task<Result<std::optional<Principal>>> Sessions::by_api_token(std::string token) {
  const WallTime now = tools_.clock.now();
  CO_TRY(const PgSessionPtr session, co_await tools_.pg.acquire());
  CO_TRY(std::optional<store::TokenHolder> found,
         co_await store::find_api_token(session, hash_of_token(token), now));
  if (!found) co_return std::nullopt;
  const std::optional<WallTime> last_used_at = found->holder.last_seen_at;
  if (!last_used_at || now - *last_used_at >= rules::kSessionTouchEvery) {
    CO_TRY_VOID(co_await store::touch_api_token(session, found->token_id, now));
  }
  co_return std::move(found->holder.principal);
}

Task<Result<Sessions::CreatedApiToken>> Sessions::create_api_token(UserId user, NewApiToken asked) {
  NewToken token = make_token(tools_.random, kApiTokenPrefix);
  const WallTime now = tools_.clock.now();
  store::ApiTokenRow row{.user_id = user,
                         .name = std::move(asked.name),
                         .token_hash = token.hash,
                         .scopes = std::move(asked.scopes),
                         .created_at = now,
                         .expires_at = std::nullopt};
  if (asked.expires_in_days) row.expires_at = now + std::chrono::days(*asked.expires_in_days);
  const auto write = [&](PgSessionPtr transaction) -> Task<Result<ApiToken>> {
    CO_TRY_VOID(co_await store::lock_user(transaction, user));
    CO_TRY(const std::vector<ApiToken> tokens, co_await store::list_api_tokens(transaction, user));
    if (std::ssize(tokens) >= rules::kApiTokensPerUserMax)
      co_return gen::fail(gen::reasons::kIdentityTooManyTokens);
    CO_TRY(ApiToken created, co_await store::insert_api_token(transaction, row));
    store::AuditEntry entry{.at = now,
                            .action = "identity.api_token_created",
                            .actor = user,
                            .subject = user,
                            .detail = created.name};
    CO_TRY_VOID(co_await store::audit(transaction, std::move(entry)));
    co_return created;
  };
  CO_TRY(ApiToken created, co_await tools_.pg.transaction<ApiToken>(write));
  co_return CreatedApiToken{.text = std::move(token.text), .token = std::move(created)};
}

Task<Result<std::vector<ApiToken>>> Sessions::list_api_tokens(UserId user) {
  CO_TRY(const PgSessionPtr session, co_await tools_.pg.acquire());
  co_return co_await store::list_api_tokens(session, user);
}

Task<Result<void>> Sessions::revoke_api_token(UserId user, ApiTokenId id) {
  CO_TRY(const PgSessionPtr session, co_await tools_.pg.acquire());
  CO_TRY(const bool was_there, co_await store::delete_api_token(session, user, id));
  if (!was_there) co_return gen::fail(gen::reasons::kIdentityNoSuchToken);
  co_return Result<void>();
}

}  // namespace luso::identity
