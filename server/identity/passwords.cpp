#include "identity/passwords.h"

#include <utility>

#include "base/log.h"
#include "base/text.h"
#include "gen/reasons.h"
#include "identity/rules.h"
#include "identity/session_store.h"
#include "identity/store.h"
#include "identity/tokens.h"
#include "identity/two_factor_store.h"

namespace luso::identity {

using io::PgSessionPtr;

Task<Result<void>> Passwords::forgot(std::string email, Locale locale) {
  const std::string key = rules::email_key(email);
  if (!tools_.limits.take(kMailTo, key)) co_return Result<void>();
  const NewToken token = make_token(tools_.random);
  const WallTime now = tools_.clock.now();
  const auto write = [&](PgSessionPtr transaction) -> Task<Result<void>> {
    CO_TRY(const std::optional<User> user, co_await store::find_user_by_login(transaction, key));
    store::ResetRow row{.token_hash = token.hash,
                        .user_id = std::nullopt,
                        .created_at = now,
                        .expires_at = now + rules::kResetLife};
    Letter letter{.kind = LetterKind::no_account, .to = key, .name = key, .locale = locale, .token = {}};
    if (user) {
      row.user_id = user->id;
      letter = {.kind = LetterKind::reset_password,
                .to = user->email,
                .name = user->display_name,
                .locale = user->locale,
                .token = token.text};
    }
    CO_TRY_VOID(co_await store::insert_reset(transaction, std::move(row)));
    co_return co_await tools_.letters.post(transaction, std::move(letter));
  };
  CO_TRY_VOID(co_await tools_.pg.transaction<void>(write));
  tools_.letters.wake();
  co_return Result<void>();
}

Task<Result<void>> Passwords::reset(std::string token, Secret password) {
  const std::string token_hash = hash_of_token(token);
  const WallTime now = tools_.clock.now();
  CO_TRY(const std::optional<UserId> id, co_await store::find_reset(&tools_.pg, token_hash, now));
  if (!id) co_return gen::fail(gen::reasons::kIdentityBadToken);
  CO_TRY(const std::optional<User> user, co_await store::find_user(&tools_.pg, *id));
  if (!user) co_return gen::fail(gen::reasons::kIdentityBadToken);
  CO_TRY_VOID(rules::check_password(password.reveal(), user->username, user->email));
  CO_TRY(const std::string hash, co_await tools_.hasher.hash(password));

  const auto write = [&](PgSessionPtr transaction) -> Task<Result<void>> {
    CO_TRY(const std::optional<UserId> taken, co_await store::take_reset(transaction, token_hash, now));
    if (!taken) co_return gen::fail(gen::reasons::kIdentityBadToken, "used meanwhile");
    Change change{.old_hash = user->password_hash,
                  .new_hash = hash,
                  .kept = SessionId{},
                  .action = "identity.password_reset"};
    co_return co_await write_change(transaction, *taken, std::move(change));
  };
  CO_TRY_VOID(co_await tools_.pg.transaction<void>(write));
  tools_.letters.wake();
  log::info("identity.password_reset", {{"user_id", id->value}});
  co_return Result<void>();
}

Task<Result<void>> Passwords::change(UserId id, SessionId kept, Secret current, Secret password) {
  CO_TRY(const std::optional<User> user, co_await store::find_user(&tools_.pg, id));
  if (!user) co_return gen::fail(gen::reasons::kIdentityNotFound);
  CO_TRY_VOID(tools_.limits.take(kSignInAccount, user->username));
  CO_TRY(const PasswordVerdict verdict,
         co_await tools_.hasher.verify(std::move(current), user->password_hash));
  if (!verdict.is_right) {
    Error error = gen::fail(gen::reasons::kIdentityWrongPassword).value();
    error.field = "current_password";
    co_return tl::unexpected(std::move(error));
  }
  tools_.limits.refund(kSignInAccount, user->username);
  CO_TRY_VOID(rules::check_password(password.reveal(), user->username, user->email));
  CO_TRY(const std::string hash, co_await tools_.hasher.hash(password));

  const auto write = [&](PgSessionPtr transaction) -> Task<Result<void>> {
    Change change{.old_hash = user->password_hash,
                  .new_hash = hash,
                  .kept = kept,
                  .action = "identity.password_changed"};
    co_return co_await write_change(transaction, id, std::move(change));
  };
  CO_TRY_VOID(co_await tools_.pg.transaction<void>(write));
  tools_.letters.wake();
  log::info("identity.password_changed", {{"user_id", id.value}});
  co_return Result<void>();
}

// The user's row lock puts this in line with sign-ins, which look at the hash under the same lock: no session
// that the old password opened is left behind.
Task<Result<void>> Passwords::write_change(PgSessionPtr transaction, UserId id, Change change) {
  CO_TRY(const User user, co_await store::lock_user(transaction, id));
  if (user.password_hash != change.old_hash)
    co_return gen::fail(gen::reasons::kPgRetry, "the password changed meanwhile");
  CO_TRY_VOID(co_await store::set_password_hash(transaction, id, change.new_hash));
  CO_TRY_VOID(co_await store::delete_sessions_of(transaction, id, change.kept));
  CO_TRY_VOID(co_await store::delete_resets_of(transaction, id));
  CO_TRY_VOID(co_await store::delete_second_steps_of(transaction, id));
  store::AuditEntry entry{.at = tools_.clock.now(),
                          .action = std::string(change.action),
                          .actor = id,
                          .subject = id,
                          .detail = {}};
  CO_TRY_VOID(co_await store::audit(transaction, std::move(entry)));
  Letter letter{.kind = LetterKind::password_changed,
                .to = user.email,
                .name = user.display_name,
                .locale = user.locale,
                .token = {}};
  co_return co_await tools_.letters.post(transaction, std::move(letter));
}

}  // namespace luso::identity
