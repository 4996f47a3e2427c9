#pragma once

#include <string>

#include "gen/identity.h"
#include "identity/accounts.h"
#include "identity/email_changes.h"
#include "identity/farewells.h"
#include "identity/passwords.h"
#include "identity/sessions.h"
#include "identity/two_factor.h"

namespace luso::identity {

// The contract's identity operations: between HTTP and the use cases, nothing else.
class Api final : public gen::IdentityApi {
 public:
  struct UseCases {
    Accounts& accounts;
    Passwords& passwords;
    Sessions& sessions;
    EmailChanges& emails;
    TwoFactor& two_factor;
    Farewells& farewells;
  };

  explicit Api(UseCases use)
      : accounts_(use.accounts),
        passwords_(use.passwords),
        sessions_(use.sessions),
        emails_(use.emails),
        two_factor_(use.two_factor),
        farewells_(use.farewells) {}

  Task<Result<gen::RegisterAccepted>> register_account(io::Call call, gen::RegisterRequest body) override;
  Task<Result<gen::Account>> confirm_account(io::Call call, gen::TokenRequest body) override;
  Task<Result<gen::Account>> sign_in(io::Call call, gen::SignInRequest body) override;
  Task<Result<gen::Account>> finish_sign_in(io::Call call, gen::SecondStepRequest body) override;
  Task<Result<gen::SessionList>> list_sessions(io::Call call) override;
  Task<Result<void>> revoke_other_sessions(io::Call call) override;
  Task<Result<void>> sign_out(io::Call call) override;
  Task<Result<void>> revoke_session(io::Call call, std::int64_t session_id) override;
  Task<Result<void>> forgot_password(io::Call call, gen::EmailRequest body) override;
  Task<Result<void>> reset_password(io::Call call, gen::ResetPasswordRequest body) override;
  Task<Result<void>> change_password(io::Call call, gen::ChangePasswordRequest body) override;
  Task<Result<gen::Account>> get_account(io::Call call) override;
  Task<Result<gen::Account>> update_account(io::Call call, gen::UpdateAccountRequest body) override;
  Task<Result<void>> change_email(io::Call call, gen::ChangeEmailRequest body) override;
  Task<Result<void>> confirm_email(io::Call call, gen::TokenRequest body) override;
  Task<Result<void>> undo_email(io::Call call, gen::TokenRequest body) override;
  Task<Result<gen::TwoFactor>> get_two_factor(io::Call call) override;
  Task<Result<gen::TwoFactorSecret>> begin_two_factor(io::Call call, gen::PasswordRequest body) override;
  Task<Result<gen::RecoveryCodes>> confirm_two_factor(io::Call call, gen::SecondStepRequest body) override;
  Task<Result<gen::RecoveryCodes>> renew_recovery_codes(io::Call call, gen::ProofRequest body) override;
  Task<Result<void>> disable_two_factor(io::Call call, gen::ProofRequest body) override;
  Task<Result<gen::Farewell>> delete_account(io::Call call, gen::DeleteAccountRequest body) override;
  Task<Result<gen::ApiTokenList>> list_api_tokens(io::Call call) override;
  Task<Result<gen::CreatedApiToken>> create_api_token(io::Call call,
                                                      gen::CreateApiTokenRequest body) override;
  Task<Result<void>> revoke_api_token(io::Call call, std::int64_t token_id) override;
  Task<Result<void>> set_user_role(io::Call call, std::string username, gen::SetRoleRequest body) override;
  Task<Result<void>> ban_user(io::Call call, std::string username, gen::BanRequest body) override;
  Task<Result<void>> unban_user(io::Call call, std::string username) override;

 private:
  Accounts& accounts_;
  Passwords& passwords_;
  Sessions& sessions_;
  EmailChanges& emails_;
  TwoFactor& two_factor_;
  Farewells& farewells_;
};

}  // namespace luso::identity
