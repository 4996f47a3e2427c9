#include "identity/email_changes.h"

#include <utility>

#include "base/log.h"
#include "base/text.h"
#include "gen/reasons.h"
#include "identity/email_store.h"
#include "identity/proof.h"
#include "identity/rules.h"
#include "identity/session_store.h"
#include "identity/store.h"
#include "identity/tokens.h"
#include "identity/two_factor_store.h"

namespace luso::identity {

using io::PgSessionPtr;

namespace {

Letter letter_to(LetterKind kind, const User& user, std::string address, std::string token) {
  return {.kind = kind,
          .to = std::move(address),
          .name = user.display_name,
          .locale = user.locale,
          .token = std::move(token)};
}

}  // namespace

Task<Result<void>> EmailChanges::ask(UserId id, Wish wish) {
  const std::string email(trim(wish.email));
  CO_TRY(const User user, co_await proof::of_password(tools_, id, wish.password, "password"));
  if (rules::email_key(email) == rules::email_key(user.email)) {
    Error error = gen::fail(gen::reasons::kIdentitySameEmail).value();
    error.field = "email";
    co_return tl::unexpected(std::move(error));
  }
  const bool may_write = tools_.limits.take(kMailTo, rules::email_key(email)).has_value();
  const NewToken token = make_token(tools_.random);
  const auto write = [&](PgSessionPtr transaction) -> Task<Result<void>> {
    CO_TRY_VOID(co_await proof::of_code_if_on(tools_, transaction, user, wish.code));
    // A mailbox that has had its letters gets no more of them, and the answer does not say so.
    if (!may_write) co_return Result<void>();
    co_return co_await write_wish(transaction, user, email, token.text);
  };
  CO_TRY_VOID(co_await tools_.pg.transaction<void>(write));
  tools_.letters.wake();
  co_return Result<void>();
}

// One look, one row and one letter whether the address is somebody's or not; a token nobody is sent opens
// nothing.
Task<Result<void>> EmailChanges::write_wish(PgSessionPtr transaction, User user, std::string email,
                                            std::string token) {
  const WallTime now = tools_.clock.now();
  CO_TRY(const std::optional<User> holder,
         co_await store::find_user_by_login(transaction, rules::email_key(email)));
  CO_TRY_VOID(co_await store::delete_unconfirmed_emails_of(transaction, user.id));
  store::EmailChangeRow row{.user_id = user.id,
                            .old_email = user.email,
                            .new_email = email,
                            .token_hash = hash_of_token(token),
                            .confirmed_at = std::nullopt,
                            .created_at = now,
                            .expires_at = now + rules::kRegistrationLife};
  CO_TRY_VOID(co_await store::insert_email_change(transaction, std::move(row)));
  CO_TRY_VOID(co_await audit(transaction, user.id, "identity.email_change_asked"));
  Letter letter = letter_to(LetterKind::confirm_email, user, email, std::move(token));
  if (holder) letter = letter_to(LetterKind::email_in_use, *holder, holder->email, {});
  co_return co_await tools_.letters.post(transaction, std::move(letter));
}

Task<Result<void>> EmailChanges::confirm(std::string token) {
  const std::string hash = hash_of_token(token);
  CO_TRY(const UserId id, co_await tools_.pg.transaction<UserId>([&](PgSessionPtr transaction) {
    return write_confirmed(std::move(transaction), hash);
  }));
  tools_.letters.wake();
  log::info("identity.email_changed", {{"user_id", id.value}});
  co_return Result<void>();
}

Task<Result<UserId>> EmailChanges::write_confirmed(PgSessionPtr transaction, std::string token_hash) {
  const WallTime now = tools_.clock.now();
  CO_TRY(const std::optional<store::EmailChangeRow> change,
         co_await store::lock_email_change(transaction, token_hash, now));
  if (!change || change->confirmed_at) co_return gen::fail(gen::reasons::kIdentityBadToken);
  CO_TRY(const User user, co_await store::lock_user(transaction, change->user_id));
  Result<void> changed = co_await store::set_email(transaction, user.id, change->new_email);
  if (!changed && changed.error().reason == gen::reasons::kPgUniqueViolation.name)
    co_return gen::fail(gen::reasons::kIdentityBadToken, "the address became somebody's meanwhile");
  CO_TRY_VOID(std::move(changed));
  NewToken undo = make_token(tools_.random);
  CO_TRY_VOID(co_await store::confirm_email_change(transaction, token_hash, undo.hash, now,
                                                   now + rules::kEmailUndoLife));
  CO_TRY_VOID(co_await store::delete_resets_of(transaction, user.id));
  CO_TRY_VOID(co_await audit(transaction, user.id, "identity.email_changed"));
  Letter letter = letter_to(LetterKind::email_changed, user, user.email, std::move(undo.text));
  CO_TRY_VOID(co_await tools_.letters.post(transaction, std::move(letter)));
  co_return user.id;
}

Task<Result<void>> EmailChanges::undo(std::string token) {
  const std::string hash = hash_of_token(token);
  CO_TRY(const UserId id, co_await tools_.pg.transaction<UserId>([&](PgSessionPtr transaction) {
    return write_undone(std::move(transaction), hash);
  }));
  tools_.letters.wake();
  log::info("identity.email_change_undone", {{"user_id", id.value}});
  co_return Result<void>();
}

Task<Result<UserId>> EmailChanges::write_undone(PgSessionPtr transaction, std::string token_hash) {
  const WallTime now = tools_.clock.now();
  CO_TRY(const std::optional<store::EmailChangeRow> change,
         co_await store::lock_email_change(transaction, token_hash, now));
  if (!change || !change->confirmed_at) co_return gen::fail(gen::reasons::kIdentityBadToken);
  CO_TRY(const User user, co_await store::lock_user(transaction, change->user_id));
  Result<void> changed = co_await store::set_email(transaction, user.id, change->old_email);
  if (!changed && changed.error().reason == gen::reasons::kPgUniqueViolation.name)
    co_return gen::fail(gen::reasons::kIdentityBadToken, "the old address became somebody's meanwhile");
  CO_TRY_VOID(std::move(changed));
  CO_TRY_VOID(co_await lock_out(transaction, user.id, *change->confirmed_at));
  CO_TRY_VOID(co_await audit(transaction, user.id, "identity.email_change_undone"));
  NewToken reset = make_token(tools_.random);
  store::ResetRow row{
      .token_hash = reset.hash, .user_id = user.id, .created_at = now, .expires_at = now + rules::kResetLife};
  CO_TRY_VOID(co_await store::insert_reset(transaction, std::move(row)));
  Letter letter = letter_to(LetterKind::reset_password, user, change->old_email, std::move(reset.text));
  CO_TRY_VOID(co_await tools_.letters.post(transaction, std::move(letter)));
  co_return user.id;
}

Task<Result<void>> EmailChanges::lock_out(PgSessionPtr transaction, UserId id, WallTime changed_at) {
  constexpr std::string_view kNoPassword = "!";  // No hash: no password fits until a reset sets one.
  CO_TRY_VOID(co_await store::set_password_hash(transaction, id, std::string(kNoPassword)));
  CO_TRY_VOID(co_await store::delete_sessions_of(transaction, id, SessionId{}));
  CO_TRY_VOID(co_await store::delete_api_tokens_of(transaction, id));
  CO_TRY_VOID(co_await store::delete_second_steps_of(transaction, id));
  CO_TRY_VOID(co_await store::delete_resets_of(transaction, id));
  CO_TRY_VOID(co_await store::delete_email_changes_of(transaction, id));
  // A second step that was there before is the owner's own and stays.
  CO_TRY(const std::optional<store::TwoFactorRow> step, co_await store::find_two_factor(transaction, id));
  if (step && (!step->confirmed_at || *step->confirmed_at >= changed_at))
    CO_TRY_VOID(co_await store::delete_two_factor(transaction, id));
  co_return Result<void>();
}

Task<Result<void>> EmailChanges::audit(PgSessionPtr transaction, UserId id, std::string action) {
  store::AuditEntry entry{
      .at = tools_.clock.now(), .action = std::move(action), .actor = id, .subject = id, .detail = {}};
  return store::audit(std::move(transaction), std::move(entry));
}

}  // namespace luso::identity
