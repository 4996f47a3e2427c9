#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <boost/json.hpp>

#include "base/random.h"
#include "gen/reasons.h"
#include "identity/identity.h"
#include "testing/world.h"

// For tests: the module on a real database, spoken to through its HTTP routes, with a clock that the test
// moves and letters that the test reads.
namespace luso::identity::testing {

class LettersKept final : public Letters {
 public:
  Task<Result<void>> post(io::PgSessionPtr /*transaction*/, Letter letter) override {
    sent.push_back(std::move(letter));
    co_return Result<void>();
  }

  void wake() override { ++wakes; }

  std::vector<Letter> sent;
  int wakes = 0;
};

class Listener final : public AccountListener {
 public:
  Task<Result<void>> account_created(io::PgSessionPtr /*transaction*/, AccountCreated account) override {
    if (refuses) co_return gen::fail(gen::reasons::kPgUnavailable);
    created.push_back(account.username);
    co_return Result<void>();
  }

  Task<void> account_banned(UserId user_id) override {
    banned.push_back(user_id);
    co_return;
  }

  Task<void> account_closed(UserId user_id) override {
    closed.push_back(user_id);
    co_return;
  }

  bool refuses = false;
  std::vector<UserId> closed;
  std::vector<std::string> created;
  std::vector<UserId> banned;
};

struct Answer {
  int status = 0;
  std::string body;
  io::HttpHeaders headers;

  [[nodiscard]] boost::json::value json() const { return boost::json::parse(body); }

  [[nodiscard]] std::string text(const char* field) const { return json().at(field).as_string().c_str(); }

  [[nodiscard]] std::string reason() const {
    if (status < 400) return {};
    return json().at("error").at("reason").as_string().c_str();
  }

  // The session cookie as a browser would send it back; empty when none was set.
  [[nodiscard]] std::string cookie() const {
    const std::string_view header = headers.get("Set-Cookie");
    return std::string(header.substr(0, header.find(';')));
  }
};

inline constexpr const char* kPassword = "uma frase longa e segura";

class Town {
 public:
  explicit Town(IdentitySettings settings = cheap())
      : identity(settings, clock, system_random(), world.reactors(), world.pg(), letters),
        router_({}, identity.sessions(), identity.limits()) {
    identity.listen(listener);
    router_.add(gen::routes_of(identity.api()));
  }

  static IdentitySettings cheap() {
    return {.registration_open = true,
            .argon2 = {.passes = 1, .memory_bytes = 8U << 10U},
            .seal_key = Secret(std::string(Sealer::kKeyBytes, 'k'))};
  }

  // What a caller has to show.
  struct As {
    std::string cookie = {};
    std::string bearer = {};
    std::string remote = "203.0.113.9";
  };

  Answer call(std::string method, std::string path, std::string body = {}) {
    return call(As{}, std::move(method), std::move(path), std::move(body));
  }

  Answer call(As as, std::string method, std::string path, std::string body = {}) {
    io::HttpRequest request;
    request.method = std::move(method);
    request.target = path;
    request.path = std::move(path);
    request.body = std::move(body);
    request.remote = boost::asio::ip::make_address(as.remote);
    request.headers.add("Host", "lusotown.test");
    request.headers.add("User-Agent", "Firefox on a boat");
    request.headers.add("Sec-Fetch-Site", "same-origin");
    if (!request.body.empty()) request.headers.add("Content-Type", "application/json");
    if (!as.cookie.empty()) request.headers.add("Cookie", as.cookie);
    if (!as.bearer.empty()) request.headers.add("Authorization", "Bearer " + as.bearer);
    io::HttpResponse response = world.run(router_.handle(request));
    return {
        .status = response.status, .body = std::get<std::string>(response.body), .headers = response.headers};
  }

  Answer register_account(const std::string& username, const std::string& email) {
    gen::RegisterRequest body{.username = username, .email = email, .password = kPassword};
    return call("POST", "/api/v1/accounts", gen::to_json(body));
  }

  Answer confirm(const std::string& token) {
    return call("POST", "/api/v1/accounts/confirm", gen::to_json(gen::TokenRequest{.token = token}));
  }

  Answer sign_in(const std::string& login, const std::string& password = kPassword,
                 const std::string& old_cookie = {}) {
    const gen::SignInRequest body{.login = login, .password = password};
    return call({.cookie = old_cookie}, "POST", "/api/v1/sessions", gen::to_json(body));
  }

  // A confirmed user, made as the command line makes them.
  User user(const std::string& username, Role role = Role::viewer) {
    NewAccount account{
        .username = username, .email = username + "@exemplo.pt", .password = Secret(kPassword)};
    return world.run(identity.accounts().create(std::move(account), role, Accounts::IfThere::refuse)).value();
  }

  // The cookie of a user who has just signed in.
  std::string signed_in(const std::string& username, Role role = Role::viewer) {
    user(username, role);
    return sign_in(username).cookie();
  }

  bool is_signed_in(const std::string& cookie) {
    return call({.cookie = cookie}, "GET", "/api/v1/account").status == 200;
  }

  std::string count(const std::string& table) {
    return world.database().execute("SELECT count(*) FROM " + table).front();
  }

  luso::testing::World world;
  ManualClock clock{std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now())};
  LettersKept letters;
  Listener listener;
  Identity identity;

 private:
  io::ApiRouter router_;
};

}  // namespace luso::identity::testing
