#include "identity/accounts.h"

#include <utility>

#include "base/log.h"
#include "gen/reasons.h"
#include "identity/farewell_store.h"
#include "identity/rules.h"
#include "identity/session_store.h"
#include "identity/tokens.h"

namespace luso::identity {

using io::PgSessionPtr;

Task<Result<void>> Accounts::ask_for(NewAccount asked) {
  if (!settings_.registration_open) co_return gen::fail(gen::reasons::kIdentityRegistrationClosed);
  CO_TRY(const NewAccount account, rules::accept_account(std::move(asked)));
  CO_TRY_VOID(rules::check_not_reserved(account.username));
  CO_TRY(const std::optional<User> holder, co_await store::find_user_by_login(&tools_.pg, account.username));
  if (holder) co_return gen::fail(gen::reasons::kIdentityUsernameTaken);
  CO_TRY(const bool is_held, co_await store::is_held(&tools_.pg, account.username, tools_.clock.now()));
  if (is_held) co_return gen::fail(gen::reasons::kIdentityUsernameTaken);
  CO_TRY(std::string hash, co_await tools_.hasher.hash(account.password));
  // A mailbox that has had its letters gets no more of them, and the answer does not say so.
  if (!tools_.limits.take(kMailTo, rules::email_key(account.email))) co_return Result<void>();

  const NewToken token = make_token(tools_.random);
  const WallTime now = tools_.clock.now();
  const store::PendingRegistration pending{.user = {.username = account.username,
                                                    .display_name = account.display_name,
                                                    .email = account.email,
                                                    .password_hash = std::move(hash),
                                                    .role = Role::viewer,
                                                    .locale = account.locale,
                                                    .created_at = now},
                                           .token_hash = token.hash,
                                           .expires_at = now + rules::kRegistrationLife};
  CO_TRY_VOID(co_await tools_.pg.transaction<void>([&](PgSessionPtr transaction) {
    return write_registration(std::move(transaction), pending, token.text);
  }));
  tools_.letters.wake();
  co_return Result<void>();
}

// A known e-mail gets a reset, an unknown one a registration: one look, one row and one letter either way.
Task<Result<void>> Accounts::write_registration(PgSessionPtr transaction, store::PendingRegistration pending,
                                                std::string token) {
  const store::UserRow& asked = pending.user;
  CO_TRY(const std::optional<User> known,
         co_await store::find_user_by_login(transaction, rules::email_key(asked.email)));
  Letter letter{.kind = LetterKind::confirm_account,
                .to = asked.email,
                .name = asked.username,  // Not the display name: a stranger wrote it to somebody's mailbox.
                .locale = asked.locale,
                .token = std::move(token)};
  if (known) {
    letter.kind = LetterKind::already_registered;
    letter.to = known->email;
    letter.name = known->display_name;
    letter.locale = known->locale;
    store::ResetRow reset{.token_hash = pending.token_hash,
                          .user_id = known->id,
                          .created_at = asked.created_at,
                          .expires_at = asked.created_at + rules::kResetLife};
    CO_TRY_VOID(co_await store::insert_reset(transaction, std::move(reset)));
  } else {
    CO_TRY_VOID(co_await store::insert_pending(transaction, std::move(pending)));
  }
  co_return co_await tools_.letters.post(transaction, std::move(letter));
}

Task<Result<User>> Accounts::confirm(std::string token) {
  const std::string hash = hash_of_token(token);
  CO_TRY(User user, co_await tools_.pg.transaction<User>(
                        [&](PgSessionPtr transaction) { return open(std::move(transaction), hash); }));
  log::info("identity.account_opened", {{"user_id", user.id.value}, {"username", user.username}});
  co_return user;
}

Task<Result<User>> Accounts::open(PgSessionPtr transaction, std::string token_hash) {
  const WallTime now = tools_.clock.now();
  CO_TRY(std::optional<store::UserRow> row,
         co_await store::take_pending(transaction, std::move(token_hash), now));
  if (!row) co_return gen::fail(gen::reasons::kIdentityBadToken);
  const std::string email_key = rules::email_key(row->email);
  Result<User> user = co_await store::insert_user(transaction, *std::move(row));
  if (!user && user.error().reason == gen::reasons::kIdentityEmailTaken.name) {
    co_return gen::fail(gen::reasons::kIdentityBadToken, "the e-mail was confirmed with another letter");
  }
  if (!user) co_return tl::unexpected(std::move(user.error()));
  CO_TRY_VOID(co_await store::delete_pending_of(transaction, email_key));
  CO_TRY_VOID(co_await tell_created(transaction, *user));
  co_return std::move(*user);
}

Task<Result<void>> Accounts::tell_created(PgSessionPtr transaction, User user) {
  store::AuditEntry entry{.at = user.created_at,
                          .action = "identity.account_opened",
                          .actor = std::nullopt,
                          .subject = user.id,
                          .detail = user.username};
  CO_TRY_VOID(co_await store::audit(transaction, std::move(entry)));
  for (AccountListener* listener : listeners_) {
    AccountCreated created{.user_id = user.id,
                           .username = user.username,
                           .display_name = user.display_name,
                           .locale = user.locale};
    CO_TRY_VOID(co_await listener->account_created(transaction, std::move(created)));
  }
  co_return Result<void>();
}

Task<Result<User>> Accounts::get(UserId id) {
  CO_TRY(std::optional<User> user, co_await store::find_user(&tools_.pg, id));
  if (!user) co_return gen::fail(gen::reasons::kIdentityNotFound);
  co_return *std::move(user);
}

Task<Result<User>> Accounts::update(UserId id, AccountChanges changes) {
  if (changes.display_name) {
    CO_TRY(changes.display_name, rules::clean_display_name(*changes.display_name));
  }
  CO_TRY(const PgSessionPtr session, co_await tools_.pg.acquire());
  CO_TRY_VOID(co_await store::update_profile(session, id, std::move(changes)));
  CO_TRY(std::optional<User> user, co_await store::find_user(session, id));
  if (!user) co_return gen::fail(gen::reasons::kIdentityNotFound);
  co_return *std::move(user);
}

Task<Result<void>> Accounts::set_role(Actor actor, std::string username, Role role) {
  const WallTime now = tools_.clock.now();
  const auto change = [&](PgSessionPtr transaction) -> Task<Result<void>> {
    CO_TRY(const std::size_t admins, co_await store::lock_admins(transaction));
    CO_TRY(const User user, co_await store::lock_user_named(transaction, username));
    const bool steps_down = user.role == Role::admin && role != Role::admin;
    if (steps_down && admins == 1) co_return gen::fail(gen::reasons::kIdentityLastAdmin);
    CO_TRY_VOID(co_await store::set_role(transaction, user.id, role));
    store::AuditEntry entry{.at = now,
                            .action = "identity.role_set",
                            .actor = actor.id,
                            .subject = user.id,
                            .detail = std::string(name_of(role))};
    co_return co_await store::audit(transaction, std::move(entry));
  };
  CO_TRY_VOID(co_await tools_.pg.transaction<void>(change));
  log::info("identity.role_set", {{"username", username}, {"role", name_of(role)}});
  co_return Result<void>();
}

Task<Result<void>> Accounts::ban(Actor actor, std::string username, std::string reason) {
  const WallTime now = tools_.clock.now();
  const auto change = [&](PgSessionPtr transaction) -> Task<Result<UserId>> {
    CO_TRY(const User user, co_await store::lock_user_named(transaction, username));
    CO_TRY_VOID(rules::may_ban(actor, user));
    CO_TRY_VOID(co_await store::insert_ban(transaction, user.id, reason, actor.id, now));
    CO_TRY_VOID(co_await store::delete_sessions_of(transaction, user.id, SessionId{}));
    store::AuditEntry entry{
        .at = now, .action = "identity.banned", .actor = actor.id, .subject = user.id, .detail = reason};
    CO_TRY_VOID(co_await store::audit(transaction, std::move(entry)));
    co_return user.id;
  };
  CO_TRY(const UserId banned, co_await tools_.pg.transaction<UserId>(change));
  log::info("identity.banned", {{"username", username}});
  for (AccountListener* listener : listeners_) co_await listener->account_banned(banned);
  co_return Result<void>();
}

Task<Result<void>> Accounts::unban(Actor actor, std::string username) {
  const WallTime now = tools_.clock.now();
  const auto change = [&](PgSessionPtr transaction) -> Task<Result<void>> {
    CO_TRY(const User user, co_await store::lock_user_named(transaction, username));
    CO_TRY_VOID(rules::may_ban(actor, user));
    CO_TRY(const bool was_banned, co_await store::delete_ban(transaction, user.id));
    if (!was_banned) co_return Result<void>();
    store::AuditEntry entry{
        .at = now, .action = "identity.unbanned", .actor = actor.id, .subject = user.id, .detail = {}};
    co_return co_await store::audit(transaction, std::move(entry));
  };
  CO_TRY_VOID(co_await tools_.pg.transaction<void>(change));
  log::info("identity.unbanned", {{"username", username}});
  co_return Result<void>();
}

Task<Result<User>> Accounts::create(NewAccount account, Role role, IfThere if_there) {
  CO_TRY(const NewAccount accepted, rules::accept_account(std::move(account)));
  CO_TRY(std::optional<User> there, co_await store::find_user_by_login(&tools_.pg, accepted.username));
  if (there && if_there == IfThere::replace_password) {
    co_return co_await replace_password(*std::move(there), accepted.password);
  }
  CO_TRY(const std::string hash, co_await tools_.hasher.hash(accepted.password));
  co_return co_await tools_.pg.transaction<User>(
      [&](PgSessionPtr transaction) { return insert(std::move(transaction), accepted, role, hash); });
}

Task<Result<User>> Accounts::insert(PgSessionPtr transaction, NewAccount account, Role role,
                                    std::string hash) {
  store::UserRow row{.username = account.username,
                     .display_name = account.display_name,
                     .email = account.email,
                     .password_hash = std::move(hash),
                     .role = role,
                     .locale = account.locale,
                     .created_at = tools_.clock.now()};
  CO_TRY(User user, co_await store::insert_user(transaction, std::move(row)));
  CO_TRY_VOID(co_await tell_created(transaction, user));
  co_return user;
}

// The same password again changes nothing, so that whoever is signed in stays signed in.
Task<Result<User>> Accounts::replace_password(User user, Secret password) {
  CO_TRY(const PasswordVerdict verdict, co_await tools_.hasher.verify(password, user.password_hash));
  if (verdict.is_right) co_return user;
  CO_TRY(const std::string hash, co_await tools_.hasher.hash(password));
  const auto change = [&](PgSessionPtr transaction) -> Task<Result<void>> {
    CO_TRY_VOID(co_await store::set_password_hash(transaction, user.id, hash));
    CO_TRY_VOID(co_await store::delete_sessions_of(transaction, user.id, SessionId{}));
    co_return co_await store::delete_resets_of(transaction, user.id);
  };
  CO_TRY_VOID(co_await tools_.pg.transaction<void>(change));
  co_return user;
}

Task<Result<void>> Accounts::sweep() {
  CO_TRY(const PgSessionPtr session, co_await tools_.pg.acquire());
  CO_TRY(const std::int64_t deleted, co_await store::delete_expired(session, tools_.clock.now()));
  if (deleted > 0) log::info("identity.swept", {{"rows", deleted}});
  co_return Result<void>();
}

}  // namespace luso::identity
