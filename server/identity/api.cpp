#include "identity/api.h"

#include <utility>

#include "base/text.h"
#include "gen/reasons.h"
#include "identity/tokens.h"

namespace luso::identity {
namespace {

gen::Account account_of(const User& user) {
  return {.id = user.id.value,
          .username = user.username,
          .display_name = user.display_name,
          .avatar_url = user.avatar_url,
          .email = user.email,
          .role = to_contract(user.role),
          .locale = user.locale,
          .region = user.region,
          .created_at = user.created_at};
}

gen::ApiToken contract_of(const ApiToken& token) {
  return {.id = token.id.value,
          .name = token.name,
          .scopes = token.scopes,
          .created_at = token.created_at,
          .last_used_at = token.last_used_at,
          .expires_at = token.expires_at};
}

Actor actor_of(const io::Call& call) {
  return {.id = call.user().user_id, .role = call.user().role};
}

// The first language of Accept-Language that we write in; the portals of Africa and Asia read European
// Portuguese.
Locale locale_of(const io::HttpRequest& request) {
  for (const std::string_view part : split(request.headers.get("Accept-Language"), ',')) {
    const std::string tag = ascii_lower(trim(split(part, ';').front()));
    if (tag == "pt-br") return Locale::pt_br;
    if (tag == "pt" || tag.starts_with("pt-")) return Locale::pt_pt;
    if (tag == "en" || tag.starts_with("en-")) return Locale::en;
  }
  return Locale::pt_pt;
}

std::string user_agent_of(const io::Call& call) {
  const std::string_view header = call.request().headers.get("User-Agent");
  return is_utf8(header) && !has_control_characters(header) ? std::string(header) : std::string();
}

std::optional<std::string> old_token_of(const io::Call& call) {
  const auto token = session_token_of(call.request());
  return token ? std::optional<std::string>(*token) : std::nullopt;
}

// Whoever sees the answer holds the session.
void set_cookie(const io::Call& call, std::string_view token) {
  call.add_header("Set-Cookie", session_cookie(token, call.request().secure));
  call.add_header("Cache-Control", "no-store");
}

}  // namespace

Task<Result<gen::RegisterAccepted>> Api::register_account(io::Call call, gen::RegisterRequest body) {
  gen::RegisterAccepted accepted{.email = body.email};
  NewAccount asked{.username = std::move(body.username),
                   .email = std::move(body.email),
                   .password = Secret(std::move(body.password)),
                   .display_name = body.display_name.value_or(""),
                   .locale = body.locale.value_or(locale_of(call.request()))};
  CO_TRY_VOID(co_await accounts_.ask_for(std::move(asked)));
  co_return accepted;
}

Task<Result<gen::Account>> Api::confirm_account(io::Call call, gen::TokenRequest body) {
  CO_TRY(User user, co_await accounts_.confirm(std::move(body.token)));
  CO_TRY(const Sessions::Opened opened,
         co_await sessions_.open(std::move(user), user_agent_of(call), old_token_of(call)));
  set_cookie(call, opened.token);
  co_return account_of(opened.user);
}

Task<Result<gen::Account>> Api::sign_in(io::Call call, gen::SignInRequest body) {
  Sessions::SignIn attempt{.login = std::move(body.login),
                           .password = Secret(std::move(body.password)),
                           .user_agent = user_agent_of(call),
                           .old_token = old_token_of(call)};
  CO_TRY(const Sessions::FirstStep step, co_await sessions_.sign_in(std::move(attempt)));
  if (!step.opened) {
    call.add_header("Set-Cookie", second_step_cookie(step.second_step_token, call.request().secure));
    co_return gen::fail(gen::reasons::kIdentitySecondStep);
  }
  set_cookie(call, step.opened->token);
  co_return account_of(step.opened->user);
}

Task<Result<gen::Account>> Api::finish_sign_in(io::Call call, gen::SecondStepRequest body) {
  const auto token = second_step_token_of(call.request());
  if (!token) co_return gen::fail(gen::reasons::kIdentitySecondStepExpired);
  Sessions::SecondStep attempt{.token = std::string(*token),
                               .code = std::move(body.code),
                               .user_agent = user_agent_of(call),
                               .old_token = old_token_of(call)};
  CO_TRY(const Sessions::Opened opened, co_await sessions_.finish_sign_in(std::move(attempt)));
  call.add_header("Set-Cookie", cleared_second_step_cookie(call.request().secure));
  set_cookie(call, opened.token);
  co_return account_of(opened.user);
}

Task<Result<gen::SessionList>> Api::list_sessions(io::Call call) {
  const SessionId current = call.user().session_id;
  CO_TRY(const std::vector<SignedIn> sessions, co_await sessions_.list(call.user().user_id));
  gen::SessionList list;
  for (const SignedIn& session : sessions) {
    list.items.push_back({.id = session.id.value,
                          .created_at = session.created_at,
                          .last_seen_at = session.last_seen_at,
                          .user_agent = session.user_agent,
                          .is_current = session.id == current});
  }
  co_return list;
}

Task<Result<void>> Api::revoke_other_sessions(io::Call call) {
  co_return co_await sessions_.revoke_others(call.user().user_id, call.user().session_id);
}

Task<Result<void>> Api::sign_out(io::Call call) {
  if (auto token = old_token_of(call)) CO_TRY_VOID(co_await sessions_.sign_out(*std::move(token)));
  call.add_header("Set-Cookie", cleared_session_cookie(call.request().secure));
  co_return Result<void>();
}

Task<Result<void>> Api::revoke_session(io::Call call, std::int64_t session_id) {
  co_return co_await sessions_.revoke(call.user().user_id, SessionId{session_id});
}

Task<Result<void>> Api::forgot_password(io::Call call, gen::EmailRequest body) {
  co_return co_await passwords_.forgot(std::move(body.email), locale_of(call.request()));
}

Task<Result<void>> Api::reset_password(io::Call, gen::ResetPasswordRequest body) {
  Secret password(std::move(body.password));
  co_return co_await passwords_.reset(std::move(body.token), std::move(password));
}

Task<Result<void>> Api::change_password(io::Call call, gen::ChangePasswordRequest body) {
  Secret current(std::move(body.current_password));
  Secret password(std::move(body.password));
  co_return co_await passwords_.change(call.user().user_id, call.user().session_id, std::move(current),
                                       std::move(password));
}

Task<Result<gen::Account>> Api::get_account(io::Call call) {
  CO_TRY(const User user, co_await accounts_.get(call.user().user_id));
  co_return account_of(user);
}

Task<Result<gen::Account>> Api::update_account(io::Call call, gen::UpdateAccountRequest body) {
  AccountChanges changes{
      .display_name = std::move(body.display_name), .locale = body.locale, .region = body.region};
  CO_TRY(const User user, co_await accounts_.update(call.user().user_id, std::move(changes)));
  co_return account_of(user);
}

Task<Result<gen::ApiTokenList>> Api::list_api_tokens(io::Call call) {
  CO_TRY(const std::vector<ApiToken> tokens, co_await sessions_.list_api_tokens(call.user().user_id));
  gen::ApiTokenList list;
  for (const ApiToken& token : tokens) list.items.push_back(contract_of(token));
  co_return list;
}

Task<Result<gen::CreatedApiToken>> Api::create_api_token(io::Call call, gen::CreateApiTokenRequest body) {
  Sessions::NewApiToken asked{
      .name = std::move(body.name), .scopes = {}, .expires_in_days = body.expires_in_days};
  for (const gen::CreateApiTokenRequestScopes scope : body.scopes)
    asked.scopes.emplace_back(gen::to_text(scope));
  CO_TRY(Sessions::CreatedApiToken created,
         co_await sessions_.create_api_token(call.user().user_id, std::move(asked)));
  call.add_header("Cache-Control", "no-store");
  co_return gen::CreatedApiToken{.token = std::move(created.text), .api_token = contract_of(created.token)};
}

Task<Result<void>> Api::revoke_api_token(io::Call call, std::int64_t token_id) {
  co_return co_await sessions_.revoke_api_token(call.user().user_id, ApiTokenId{token_id});
}

Task<Result<void>> Api::set_user_role(io::Call call, std::string username, gen::SetRoleRequest body) {
  co_return co_await accounts_.set_role(actor_of(call), std::move(username), from_contract(body.role));
}

Task<Result<void>> Api::ban_user(io::Call call, std::string username, gen::BanRequest body) {
  co_return co_await accounts_.ban(actor_of(call), std::move(username), std::move(body.reason));
}

Task<Result<void>> Api::unban_user(io::Call call, std::string username) {
  co_return co_await accounts_.unban(actor_of(call), std::move(username));
}

}  // namespace luso::identity
