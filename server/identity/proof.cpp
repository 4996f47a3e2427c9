#include "identity/proof.h"

#include <utility>

#include "base/log.h"
#include "gen/reasons.h"
#include "identity/store.h"
#include "identity/tokens.h"
#include "identity/totp.h"
#include "identity/two_factor_store.h"

namespace luso::identity::proof {

using io::PgSessionPtr;

namespace {

Error wrong(const gen::Reason& reason, std::string field) {
  Error error = gen::fail(reason).value();
  error.field = std::move(field);
  return error;
}

std::string payer_of(UserId user) {
  return std::to_string(user.value);
}

Task<Result<void>> of_recovery_code(Tools tools, PgSessionPtr transaction, User user, std::string bare) {
  CO_TRY_VOID(tools.limits.take(kRecoveryCode, payer_of(user.id)));
  CO_TRY(const bool taken,
         co_await store::take_recovery_code(transaction, user.id, hash_of_recovery_code(user.id, bare)));
  if (!taken) co_return tl::unexpected(wrong(gen::reasons::kIdentityWrongCode, "code"));
  tools.limits.refund(kRecoveryCode, payer_of(user.id));
  Letter letter{.kind = LetterKind::recovery_code_used,
                .to = user.email,
                .name = user.display_name,
                .locale = user.locale,
                .token = {}};
  co_return co_await tools.letters.post(transaction, std::move(letter));
}

}  // namespace

Task<Result<User>> of_password(Tools tools, UserId id, Secret password, std::string field) {
  CO_TRY(std::optional<User> user, co_await store::find_user(&tools.pg, id));
  if (!user) co_return gen::fail(gen::reasons::kIdentityNotFound);
  CO_TRY_VOID(tools.limits.take(kSignInAccount, user->username));
  CO_TRY(const PasswordVerdict verdict,
         co_await tools.hasher.verify(std::move(password), user->password_hash));
  if (!verdict.is_right)
    co_return tl::unexpected(wrong(gen::reasons::kIdentityWrongPassword, std::move(field)));
  tools.limits.refund(kSignInAccount, user->username);
  co_return *std::move(user);
}

Task<Result<void>> of_code(Tools tools, PgSessionPtr transaction, User user, std::string code) {
  CO_TRY(const std::optional<store::TwoFactorRow> row, co_await store::lock_two_factor(transaction, user.id));
  if (!row || !row->confirmed_at) co_return gen::fail(gen::reasons::kIdentityTwoFactorOff);
  const std::string bare = totp::without_spaces(code);
  if (!totp::looks_like_totp(bare))
    co_return co_await of_recovery_code(tools, std::move(transaction), std::move(user), bare);
  CO_TRY_VOID(tools.limits.take(kSecondStep, payer_of(user.id)));
  const std::optional<Secret> secret = tools.sealer.unseal(row->sealed_secret, owner_of_secret(user.id));
  if (!secret) {
    log::error("identity.secret_does_not_open", {{"user_id", user.id.value}});
    co_return gen::fail(gen::reasons::kApiInternal, "the key in keys/two_factor.key is another");
  }
  const auto step = totp::accept(as_bytes(secret->reveal()), bare, tools.clock.now(), row->last_step);
  if (!step) co_return tl::unexpected(wrong(gen::reasons::kIdentityWrongCode, "code"));
  tools.limits.refund(kSecondStep, payer_of(user.id));
  co_return co_await store::set_last_step(transaction, user.id, *step);
}

Task<Result<void>> of_code_if_on(Tools tools, PgSessionPtr transaction, User user,
                                 std::optional<std::string> code) {
  CO_TRY(const std::optional<store::TwoFactorRow> row, co_await store::find_two_factor(transaction, user.id));
  if (!row || !row->confirmed_at) co_return Result<void>();
  if (!code) co_return tl::unexpected(wrong(gen::reasons::kIdentityCodeNeeded, "code"));
  co_return co_await of_code(tools, std::move(transaction), std::move(user), *std::move(code));
}

std::string hash_of_recovery_code(UserId user, std::string_view bare_code) {
  return hash_of_token(payer_of(user) + ':' + std::string(bare_code));
}

std::string owner_of_secret(UserId user) {
  return "two_factor " + payer_of(user);
}

}  // namespace luso::identity::proof
