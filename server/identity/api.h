#pragma once

#include <string>

#include "gen/identity.h"
#include "identity/accounts.h"
#include "identity/passwords.h"
#include "identity/sessions.h"

namespace luso::identity {

// The contract's identity operations: between HTTP and the use cases, nothing else.
class Api final : public gen::IdentityApi {
 public:
  Api(Accounts& accounts, Passwords& passwords, Sessions& sessions)
      : accounts_(accounts), passwords_(passwords), sessions_(sessions) {}

  Task<Result<gen::RegisterAccepted>> register_account(io::Call call, gen::RegisterRequest body) override;
  Task<Result<gen::Account>> confirm_account(io::Call call, gen::TokenRequest body) override;
  Task<Result<gen::Account>> sign_in(io::Call call, gen::SignInRequest body) override;
  Task<Result<gen::SessionList>> list_sessions(io::Call call) override;
  Task<Result<void>> sign_out(io::Call call) override;
  Task<Result<void>> revoke_session(io::Call call, std::int64_t session_id) override;
  Task<Result<void>> forgot_password(io::Call call, gen::EmailRequest body) override;
  Task<Result<void>> reset_password(io::Call call, gen::ResetPasswordRequest body) override;
  Task<Result<void>> change_password(io::Call call, gen::ChangePasswordRequest body) override;
  Task<Result<gen::Account>> get_account(io::Call call) override;
  Task<Result<gen::Account>> update_account(io::Call call, gen::UpdateAccountRequest body) override;
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
};

}  // namespace luso::identity
