#include "identity/farewells.h"

#include <utility>

#include "base/log.h"
#include "base/text.h"
#include "gen/reasons.h"
#include "identity/farewell_store.h"
#include "identity/proof.h"
#include "identity/rules.h"
#include "identity/session_store.h"
#include "identity/store.h"
#include "identity/two_factor_store.h"

namespace luso::identity {

using io::PgSessionPtr;

namespace {

Letter letter_to(LetterKind kind, const User& user) {
  return {.kind = kind, .to = user.email, .name = user.display_name, .locale = user.locale, .token = {}};
}

}  // namespace

Task<Result<WallTime>> Farewells::ask(UserId id, Wish wish) {
  CO_TRY(const User user, co_await proof::of_password(tools_, id, wish.password, "password"));
  if (ascii_lower(trim(wish.username)) != user.username) {
    Error error = gen::fail(gen::reasons::kIdentityWrongUsername).value();
    error.field = "username";
    co_return tl::unexpected(std::move(error));
  }
  const WallTime erase_after = tools_.clock.now() + rules::kFarewellLife;
  const auto write = [&](PgSessionPtr transaction) -> Task<Result<void>> {
    CO_TRY(const std::size_t admins, co_await store::lock_admins(transaction));
    if (user.role == Role::admin && admins == 1) co_return gen::fail(gen::reasons::kIdentityLastAdmin);
    CO_TRY_VOID(co_await proof::of_code_if_on(tools_, transaction, user, wish.code));
    co_return co_await close(transaction, user, erase_after);
  };
  CO_TRY_VOID(co_await tools_.pg.transaction<void>(write));
  tools_.letters.wake();
  log::info("identity.account_closed", {{"user_id", id.value}});
  for (AccountListener* listener : listeners_) co_await listener->account_closed(id);
  co_return erase_after;
}

Task<Result<void>> Farewells::close(PgSessionPtr transaction, User user, WallTime erase_after) {
  CO_TRY_VOID(co_await store::set_erase_after(transaction, user.id, erase_after));
  CO_TRY_VOID(co_await store::delete_sessions_of(transaction, user.id, SessionId{}));
  CO_TRY_VOID(co_await store::delete_api_tokens_of(transaction, user.id));
  CO_TRY_VOID(co_await store::delete_second_steps_of(transaction, user.id));
  CO_TRY_VOID(co_await store::delete_resets_of(transaction, user.id));
  store::AuditEntry entry{.at = tools_.clock.now(),
                          .action = "identity.account_closed",
                          .actor = user.id,
                          .subject = user.id,
                          .detail = {}};
  CO_TRY_VOID(co_await store::audit(transaction, std::move(entry)));
  co_return co_await tools_.letters.post(transaction, letter_to(LetterKind::account_closed, user));
}

Task<Result<void>> Farewells::sweep() {
  const WallTime now = tools_.clock.now();
  CO_TRY(const PgSessionPtr session, co_await tools_.pg.acquire());
  CO_TRY_VOID(co_await store::delete_held_usernames(session, now));
  CO_TRY(const std::vector<UserId> leaving, co_await store::list_leaving(session, now, kErasedAtOnce));
  for (const UserId id : leaving) {
    CO_TRY_VOID(co_await tools_.pg.transaction<void>(
        [this, id](PgSessionPtr transaction) { return erase(std::move(transaction), id); }));
    log::info("identity.account_erased", {{"user_id", id.value}});
  }
  if (!leaving.empty()) tools_.letters.wake();
  co_return Result<void>();
}

Task<Result<void>> Farewells::erase(PgSessionPtr transaction, UserId id) {
  const WallTime now = tools_.clock.now();
  CO_TRY(const User user, co_await store::lock_user(transaction, id));
  // Signed in while we were on our way: somebody changed their mind in time.
  if (!user.erase_after || *user.erase_after > now) co_return Result<void>();
  CO_TRY_VOID(co_await store::hold_username(transaction, user.username, now + rules::kUsernameHold));
  CO_TRY_VOID(co_await store::forget_traces(transaction, user.id, user.email));
  CO_TRY_VOID(co_await store::delete_user(transaction, user.id));
  store::AuditEntry entry{.at = now,
                          .action = "identity.account_erased",
                          .actor = std::nullopt,
                          .subject = user.id,
                          .detail = {}};
  CO_TRY_VOID(co_await store::audit(transaction, std::move(entry)));
  // The last letter; its row goes when it has gone out.
  co_return co_await tools_.letters.post(transaction, letter_to(LetterKind::account_erased, user));
}

}  // namespace luso::identity
