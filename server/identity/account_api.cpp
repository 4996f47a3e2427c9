// The operations that look after an account: its e-mail, its second step, its end.
#include <utility>

#include "identity/api.h"
#include "identity/tokens.h"

namespace luso::identity {
namespace {

// Whoever sees the answer holds what it shows.
void keep_secret(const io::Call& call) {
  call.add_header("Cache-Control", "no-store");
}

}  // namespace

Task<Result<void>> Api::change_email(io::Call call, gen::ChangeEmailRequest body) {
  EmailChanges::Wish wish{.email = std::move(body.email),
                          .password = Secret(std::move(body.password)),
                          .code = std::move(body.code)};
  co_return co_await emails_.ask(call.user().user_id, std::move(wish));
}

Task<Result<void>> Api::confirm_email(io::Call, gen::TokenRequest body) {
  co_return co_await emails_.confirm(std::move(body.token));
}

Task<Result<void>> Api::undo_email(io::Call, gen::TokenRequest body) {
  co_return co_await emails_.undo(std::move(body.token));
}

Task<Result<gen::TwoFactor>> Api::get_two_factor(io::Call call) {
  CO_TRY(const TwoFactor::Status status, co_await two_factor_.status(call.user().user_id));
  co_return gen::TwoFactor{.is_on = status.on_since.has_value(),
                           .since = status.on_since,
                           .recovery_codes_left = static_cast<std::int32_t>(status.recovery_codes_left)};
}

Task<Result<gen::TwoFactorSecret>> Api::begin_two_factor(io::Call call, gen::PasswordRequest body) {
  keep_secret(call);
  Secret password(std::move(body.password));
  CO_TRY(TwoFactor::NewSecret secret, co_await two_factor_.begin(call.user().user_id, std::move(password)));
  co_return gen::TwoFactorSecret{.secret = std::move(secret.base32), .otpauth_uri = std::move(secret.uri)};
}

Task<Result<gen::RecoveryCodes>> Api::confirm_two_factor(io::Call call, gen::SecondStepRequest body) {
  keep_secret(call);
  CO_TRY(std::vector<std::string> codes,
         co_await two_factor_.confirm(call.user().user_id, std::move(body.code)));
  co_return gen::RecoveryCodes{.codes = std::move(codes)};
}

Task<Result<gen::RecoveryCodes>> Api::renew_recovery_codes(io::Call call, gen::ProofRequest body) {
  keep_secret(call);
  Secret password(std::move(body.password));
  CO_TRY(std::vector<std::string> codes,
         co_await two_factor_.renew_codes(call.user().user_id, std::move(password), std::move(body.code)));
  co_return gen::RecoveryCodes{.codes = std::move(codes)};
}

Task<Result<void>> Api::disable_two_factor(io::Call call, gen::ProofRequest body) {
  Secret password(std::move(body.password));
  co_return co_await two_factor_.disable(call.user().user_id, std::move(password), std::move(body.code));
}

Task<Result<gen::Farewell>> Api::delete_account(io::Call call, gen::DeleteAccountRequest body) {
  Farewells::Wish wish{.username = std::move(body.username),
                       .password = Secret(std::move(body.password)),
                       .code = std::move(body.code)};
  CO_TRY(const WallTime erase_after, co_await farewells_.ask(call.user().user_id, std::move(wish)));
  call.add_header("Set-Cookie", cleared_session_cookie(call.request().secure));
  co_return gen::Farewell{.erase_after = erase_after};
}

}  // namespace luso::identity
