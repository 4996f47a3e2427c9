#include "identity/sessions.h"

#include <utility>

#include "base/log.h"
#include "base/text.h"
#include "gen/reasons.h"
#include "identity/farewell_store.h"
#include "identity/proof.h"
#include "identity/rules.h"
#include "identity/session_store.h"
#include "identity/store.h"
#include "identity/tokens.h"
#include "identity/two_factor_store.h"

namespace luso::identity {

using io::PgSessionPtr;
using io::Principal;

Task<Result<Sessions::FirstStep>> Sessions::sign_in(SignIn attempt) {
  const std::string login = ascii_lower(trim(attempt.login));
  CO_TRY_VOID(tools_.limits.take(kSignInAccount, login));
  CO_TRY(User user, co_await check_credentials(login, attempt.password));
  tools_.limits.refund(kSignInAccount, login);
  if (user.is_banned) co_return gen::fail(gen::reasons::kIdentityBanned);
  CO_TRY(std::string second_step_token, co_await begin_second_step(user));
  if (!second_step_token.empty())
    co_return FirstStep{.opened = std::nullopt, .second_step_token = std::move(second_step_token)};
  CO_TRY(Opened opened,
         co_await open(std::move(user), std::move(attempt.user_agent), std::move(attempt.old_token)));
  co_return FirstStep{.opened = std::move(opened), .second_step_token = {}};
}

// Empty when there is no second step.
Task<Result<std::string>> Sessions::begin_second_step(User user) {
  CO_TRY(const PgSessionPtr session, co_await tools_.pg.acquire());
  CO_TRY(const std::optional<store::TwoFactorRow> row, co_await store::find_two_factor(session, user.id));
  if (!row || !row->confirmed_at) co_return std::string();
  NewToken token = make_token(tools_.random);
  const WallTime now = tools_.clock.now();
  store::SecondStepRow step{.token_hash = token.hash,
                            .user_id = user.id,
                            .password_hash = user.password_hash,
                            .created_at = now,
                            .expires_at = now + rules::kSecondStepLife};
  CO_TRY_VOID(co_await store::insert_second_step(session, std::move(step)));
  co_return std::move(token.text);
}

Task<Result<Sessions::Opened>> Sessions::finish_sign_in(SecondStep attempt) {
  const std::string hash = hash_of_token(attempt.token);
  CO_TRY(const std::optional<store::SecondStep> step,
         co_await store::try_second_step(&tools_.pg, hash, rules::kSecondStepTriesMax, tools_.clock.now()));
  if (!step) co_return gen::fail(gen::reasons::kIdentitySecondStepExpired);
  CO_TRY(std::optional<User> user, co_await store::find_user(&tools_.pg, step->user_id));
  if (!user || user->password_hash != step->password_hash)
    co_return gen::fail(gen::reasons::kIdentitySecondStepExpired);
  const auto check = [&](PgSessionPtr transaction) -> Task<Result<void>> {
    CO_TRY_VOID(co_await proof::of_code(tools_, transaction, *user, attempt.code));
    co_return co_await store::delete_second_step(transaction, hash);
  };
  CO_TRY_VOID(co_await tools_.pg.transaction<void>(check));
  tools_.letters.wake();
  co_return co_await open(*std::move(user), std::move(attempt.user_agent), std::move(attempt.old_token));
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
    if (as_it_is.erase_after) CO_TRY_VOID(co_await reopen(transaction, as_it_is));
    if (old_token)
      CO_TRY_VOID(co_await store::delete_session_of_token(transaction, hash_of_token(*old_token)));
    CO_TRY_VOID(co_await store::insert_session(transaction, row, rules::kSessionsPerUserMax));
    co_return Result<void>();
  };
  CO_TRY_VOID(co_await tools_.pg.transaction<void>(write));
  if (user.erase_after) tools_.letters.wake();
  user.erase_after.reset();
  log::info("identity.signed_in", {{"user_id", user.id.value}, {"username", user.username}});
  co_return Opened{.user = std::move(user), .token = std::move(token.text)};
}

Task<Result<void>> Sessions::reopen(PgSessionPtr transaction, User user) {
  CO_TRY_VOID(co_await store::set_erase_after(transaction, user.id, std::nullopt));
  store::AuditEntry entry{.at = tools_.clock.now(),
                          .action = "identity.account_reopened",
                          .actor = user.id,
                          .subject = user.id,
                          .detail = {}};
  CO_TRY_VOID(co_await store::audit(transaction, std::move(entry)));
  Letter letter{.kind = LetterKind::account_reopened,
                .to = user.email,
                .name = user.display_name,
                .locale = user.locale,
                .token = {}};
  co_return co_await tools_.letters.post(transaction, std::move(letter));
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

Task<Result<void>> Sessions::revoke_others(UserId user, SessionId kept) {
  CO_TRY(const PgSessionPtr session, co_await tools_.pg.acquire());
  CO_TRY_VOID(co_await store::delete_sessions_of(session, user, kept));
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
