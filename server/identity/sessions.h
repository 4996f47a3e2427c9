#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/secret.h"
#include "identity/model.h"
#include "identity/tools.h"

namespace luso::identity {

// Who is signed in where, and with which tokens programs call. Any reactor may call.
class Sessions final : public io::Authenticator {
 public:
  explicit Sessions(Tools tools) : tools_(tools) {}

  struct Opened {
    User user;
    std::string token;  // For the cookie.
  };

  struct SignIn {
    std::string login;  // Username or e-mail.
    Secret password;
    std::string user_agent;
    std::optional<std::string> old_token;  // The session this browser had; it ends, so that tokens rotate.
  };

  // Either a session, or the first of two steps.
  struct FirstStep {
    std::optional<Opened> opened;
    std::string second_step_token;  // When there is a second step; it opens nothing by itself.
  };

  // The same answer and the same work for a wrong name as for a wrong password; a ban, or a second step,
  // shows only to who knows the password.
  [[nodiscard]] Task<Result<FirstStep>> sign_in(SignIn attempt);

  struct SecondStep {
    std::string token;
    std::string code;
    std::string user_agent;
    std::optional<std::string> old_token;
  };

  [[nodiscard]] Task<Result<Opened>> finish_sign_in(SecondStep attempt);
  // For somebody who has just shown a letter's token, or all that the door asks for. An account on its way
  // out stays after all.
  [[nodiscard]] Task<Result<Opened>> open(User user, std::string user_agent,
                                          std::optional<std::string> old_token);
  // Ending a session that is gone already is fine.
  [[nodiscard]] Task<Result<void>> sign_out(std::string token);

  [[nodiscard]] Task<Result<std::vector<SignedIn>>> list(UserId user);
  [[nodiscard]] Task<Result<void>> revoke(UserId user, SessionId id);
  [[nodiscard]] Task<Result<void>> revoke_others(UserId user, SessionId kept);

  // By session cookie, else by personal API token. Using a session keeps it alive.
  Task<Result<std::optional<io::Principal>>> authenticate(const io::HttpRequest* request) override;

  struct NewApiToken {
    std::string name;
    std::vector<std::string> scopes;
    std::optional<int> expires_in_days;
  };

  struct CreatedApiToken {
    std::string text;  // Shown once.
    ApiToken token;
  };

  [[nodiscard]] Task<Result<CreatedApiToken>> create_api_token(UserId user, NewApiToken asked);
  [[nodiscard]] Task<Result<std::vector<ApiToken>>> list_api_tokens(UserId user);
  [[nodiscard]] Task<Result<void>> revoke_api_token(UserId user, ApiTokenId id);

 private:
  Task<Result<std::string>> begin_second_step(User user);
  Task<Result<void>> reopen(io::PgSessionPtr transaction, User user);
  Task<Result<User>> check_credentials(std::string login, Secret password);
  Task<Result<void>> rehash(User* user, Secret password);
  Task<Result<std::optional<io::Principal>>> by_cookie(std::string token);
  Task<Result<std::optional<io::Principal>>> by_api_token(std::string token);

  Tools tools_;
};

}  // namespace luso::identity
