#include "identity/two_factor.h"

#include <utility>

#include "base/log.h"
#include "base/text.h"
#include "gen/reasons.h"
#include "identity/proof.h"
#include "identity/store.h"
#include "identity/totp.h"
#include "identity/two_factor_store.h"

namespace luso::identity {

using io::PgSessionPtr;

namespace {

constexpr std::size_t kRecoveryCodeBytes = 10;  // 80 bits: not to be guessed, even from the hashes.
constexpr std::size_t kGroup = 4;

// "abcd-efgh-ijkl-mnop": base 32 has no 0, 1, 8 or 9 to mistake for letters.
std::string new_recovery_code(Random& random) {
  const std::string bare = ascii_lower(totp::base32(random.bytes(kRecoveryCodeBytes)));
  std::string code;
  for (std::size_t i = 0; i < bare.size(); ++i) {
    if (i > 0 && i % kGroup == 0) code += '-';
    code += bare[i];
  }
  return code;
}

std::vector<std::string> new_recovery_codes(Random& random) {
  std::vector<std::string> codes;
  while (codes.size() < TwoFactor::kRecoveryCodes) codes.push_back(new_recovery_code(random));
  return codes;
}

std::vector<std::string> hashes_of(UserId user, const std::vector<std::string>& codes) {
  std::vector<std::string> hashes;
  hashes.reserve(codes.size());
  for (const std::string& code : codes)
    hashes.push_back(proof::hash_of_recovery_code(user, totp::without_spaces(code)));
  return hashes;
}

bool is_on(const std::optional<store::TwoFactorRow>& row) {
  return row && row->confirmed_at;
}

}  // namespace

Task<Result<TwoFactor::Status>> TwoFactor::status(UserId id) {
  CO_TRY(const PgSessionPtr session, co_await tools_.pg.acquire());
  CO_TRY(const std::optional<store::TwoFactorRow> row, co_await store::find_two_factor(session, id));
  if (!is_on(row)) co_return Status{};
  CO_TRY(const std::int64_t left, co_await store::count_recovery_codes(session, id));
  co_return Status{.on_since = row->confirmed_at, .recovery_codes_left = left};
}

Task<Result<TwoFactor::NewSecret>> TwoFactor::begin(UserId id, Secret password) {
  CO_TRY(const User user, co_await proof::of_password(tools_, id, std::move(password), "password"));
  const Bytes secret = tools_.random.bytes(totp::kSecretBytes);
  const std::string sealed =
      tools_.sealer.seal(as_text(secret), proof::owner_of_secret(user.id), tools_.random);
  const WallTime now = tools_.clock.now();
  const auto write = [&](PgSessionPtr transaction) -> Task<Result<void>> {
    CO_TRY(const std::optional<store::TwoFactorRow> row, co_await store::lock_two_factor(transaction, id));
    if (is_on(row)) co_return gen::fail(gen::reasons::kIdentityTwoFactorOn);
    co_return co_await store::write_two_factor(transaction, id, sealed, now);
  };
  CO_TRY_VOID(co_await tools_.pg.transaction<void>(write));
  co_return NewSecret{.base32 = totp::base32(secret), .uri = totp::otpauth_uri(secret, user.username)};
}

Task<Result<std::vector<std::string>>> TwoFactor::confirm(UserId id, std::string code) {
  const std::vector<std::string> codes = new_recovery_codes(tools_.random);
  const WallTime now = tools_.clock.now();
  CO_TRY_VOID(tools_.limits.take(kSecondStep, std::to_string(id.value)));
  const auto write = [&](PgSessionPtr transaction) -> Task<Result<void>> {
    CO_TRY(User user, co_await store::lock_user(transaction, id));
    CO_TRY(const std::optional<store::TwoFactorRow> row, co_await store::lock_two_factor(transaction, id));
    if (!row) co_return gen::fail(gen::reasons::kIdentityTwoFactorOff);
    if (is_on(row)) co_return gen::fail(gen::reasons::kIdentityTwoFactorOn);
    const std::optional<Secret> secret = tools_.sealer.unseal(row->sealed_secret, proof::owner_of_secret(id));
    const auto step =
        secret ? totp::accept(as_bytes(secret->reveal()), totp::without_spaces(code), now, 0) : std::nullopt;
    if (!step) co_return gen::fail(gen::reasons::kIdentityWrongCode);
    CO_TRY_VOID(co_await store::set_last_step(transaction, id, *step));
    CO_TRY_VOID(co_await store::confirm_two_factor(transaction, id, now));
    CO_TRY_VOID(co_await store::replace_recovery_codes(transaction, id, hashes_of(id, codes)));
    co_return co_await tell(transaction, std::move(user), LetterKind::two_factor_on, "identity.two_factor_on",
                            id);
  };
  CO_TRY_VOID(co_await tools_.pg.transaction<void>(write));
  tools_.limits.refund(kSecondStep, std::to_string(id.value));
  tools_.letters.wake();
  log::info("identity.two_factor_on", {{"user_id", id.value}});
  co_return codes;
}

Task<Result<std::vector<std::string>>> TwoFactor::renew_codes(UserId id, Secret password, std::string code) {
  CO_TRY(const User user, co_await proof::of_password(tools_, id, std::move(password), "password"));
  const std::vector<std::string> codes = new_recovery_codes(tools_.random);
  const auto write = [&](PgSessionPtr transaction) -> Task<Result<void>> {
    CO_TRY_VOID(co_await proof::of_code(tools_, transaction, user, code));
    CO_TRY_VOID(co_await store::replace_recovery_codes(transaction, id, hashes_of(id, codes)));
    co_return co_await tell(transaction, user, LetterKind::recovery_codes_renewed,
                            "identity.recovery_codes_renewed", id);
  };
  CO_TRY_VOID(co_await tools_.pg.transaction<void>(write));
  tools_.letters.wake();
  co_return codes;
}

Task<Result<void>> TwoFactor::disable(UserId id, Secret password, std::string code) {
  CO_TRY(const User user, co_await proof::of_password(tools_, id, std::move(password), "password"));
  const auto write = [&](PgSessionPtr transaction) -> Task<Result<void>> {
    CO_TRY_VOID(co_await proof::of_code(tools_, transaction, user, code));
    CO_TRY_VOID(co_await store::delete_two_factor(transaction, id));
    co_return co_await tell(transaction, user, LetterKind::two_factor_off, "identity.two_factor_off", id);
  };
  CO_TRY_VOID(co_await tools_.pg.transaction<void>(write));
  tools_.letters.wake();
  log::info("identity.two_factor_off", {{"user_id", id.value}});
  co_return Result<void>();
}

Task<Result<void>> TwoFactor::drop(Actor actor, std::string username) {
  const auto write = [&](PgSessionPtr transaction) -> Task<Result<void>> {
    CO_TRY(const User user, co_await store::lock_user_named(transaction, username));
    CO_TRY(const bool was_on, co_await store::delete_two_factor(transaction, user.id));
    if (!was_on) co_return gen::fail(gen::reasons::kIdentityTwoFactorOff);
    co_return co_await tell(transaction, user, LetterKind::two_factor_off, "identity.two_factor_dropped",
                            actor.id);
  };
  CO_TRY_VOID(co_await tools_.pg.transaction<void>(write));
  tools_.letters.wake();
  log::info("identity.two_factor_dropped", {{"username", username}});
  co_return Result<void>();
}

Task<Result<void>> TwoFactor::tell(PgSessionPtr transaction, User user, LetterKind kind, std::string action,
                                   std::optional<UserId> actor) {
  store::AuditEntry entry{.at = tools_.clock.now(),
                          .action = std::move(action),
                          .actor = actor,
                          .subject = user.id,
                          .detail = {}};
  CO_TRY_VOID(co_await store::audit(transaction, std::move(entry)));
  Letter letter{
      .kind = kind, .to = user.email, .name = user.display_name, .locale = user.locale, .token = {}};
  co_return co_await tools_.letters.post(transaction, std::move(letter));
}

}  // namespace luso::identity
