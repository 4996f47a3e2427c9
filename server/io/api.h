#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "io/http.h"

// The visible chain an API request goes through: request id, deadline, authentication, CSRF, rate limit,
// decode and validate, handler, error to status, one log line, one histogram sample. The route table is
// generated from the contract (server/gen); what a route needs is data on it.
namespace luso::io {

enum class Role : std::uint8_t { viewer, creator, moderator, admin };
[[nodiscard]] std::string_view name_of(Role role);

// Who is calling.
struct Principal {
  UserId user_id;
  std::string username;
  Role role = Role::viewer;
  SessionId session_id;             // 0 when an API token was used.
  bool by_cookie = false;           // Cookie calls need the CSRF defence; bearer tokens do not.
  std::vector<std::string> scopes;  // Of an API token; empty means all the user may do.
};

enum class Auth : std::uint8_t {
  none,       // Anybody; the principal is not looked up.
  optional,   // Anybody; the principal is there when the caller is signed in.
  user,       // 401 without a principal.
  moderator,  // 403 below moderator.
  admin
};

// What one handler knows about its request. A cheap handle: copy it into coroutines. The request outlives the
// call.
class Call {
 public:
  struct State {
    HttpRequest* request = nullptr;
    std::vector<std::string> path_values;  // Decoded, in the order of the route's pattern.
    std::optional<Principal> principal;
    HttpHeaders response_headers;  // Added to the response: Set-Cookie, Cache-Control…
    int success_status = 200;      // From the contract; a handler may change it.
    BodySource stream;             // When set, the body instead of what the handler returns.
    std::chrono::steady_clock::time_point deadline;
  };

  explicit Call(std::shared_ptr<State> state) : state_(std::move(state)) {}

  [[nodiscard]] const HttpRequest& request() const { return *state_->request; }

  [[nodiscard]] const std::optional<Principal>& principal() const { return state_->principal; }

  // The signed-in caller; only on routes whose auth is user or above.
  [[nodiscard]] const Principal& user() const { return *state_->principal; }

  [[nodiscard]] const std::string& path_value(std::size_t index) const {
    return state_->path_values.at(index);
  }

  void add_header(std::string name, std::string value) const {
    state_->response_headers.add(std::move(name), std::move(value));
  }

  void set_status(int status) const { state_->success_status = status; }

  // The answer is written while it is sent, after the deadline if need be. The source outlives the request.
  void stream(BodySource source) const { state_->stream = std::move(source); }

  [[nodiscard]] State& state() const { return *state_; }

 private:
  std::shared_ptr<State> state_;
};

struct Route {
  std::string_view operation_id;  // "follow_channel": the label in logs and metrics
  std::string_view method;        // "PUT"
  std::string_view pattern;       // "/api/v1/channels/{username}/follow"
  Auth auth = Auth::none;
  std::string_view scope;       // Scope an API token needs, or empty.
  std::string_view rate_class;  // Name of a limit in RateLimiter, or empty.
  std::size_t body_bytes_max = 64 * 1024;
  // Content types a body may have, one space between; a body that is not JSON is the handler's own to read.
  std::string_view body_types = "application/json";
  int success_status = 200;
  int cache_s =
      0;  // How long anybody may keep a 200; it has an ETag then. Only where everybody reads the same.
  // Decodes, validates, calls the service, encodes. Returns the JSON body (empty for 204).
  std::function<Task<Result<std::string>>(Call)> handle;
};

// Plugged in by app: identity knows sessions and tokens.
class Authenticator {
 public:
  virtual ~Authenticator() = default;
  // Nobody: empty optional. A broken or expired credential counts as nobody.
  virtual Task<Result<std::optional<Principal>>> authenticate(const HttpRequest* request) = 0;
};

// Plugged in by app. Charges one token of `rate_class` to the caller (user when known, else network prefix).
class RateLimiter {
 public:
  virtual ~RateLimiter() = default;
  virtual Result<void> charge(std::string_view rate_class, const HttpRequest& request,
                              const std::optional<Principal>& principal) = 0;
};

struct ApiSettings {
  std::vector<std::string>
      public_origins;  // Origins cookie calls may come from besides the request's own Host.
  std::chrono::milliseconds deadline{
      10'000};  // Then the handler is cancelled and the answer is 504 "api.timeout".
};

// Finds the route and runs the chain. 404 "api.no_such_route" and 405 with Allow are the router's own
// answers.
//
// Cookie calls with an unsafe method must come from our own pages: Origin is the request's own scheme and
// host, or one of public_origins; a browser that sends no Origin must say Sec-Fetch-Site: same-origin. An API
// token made for some scopes opens the routes of those scopes only.
class ApiRouter {
 public:
  ApiRouter(ApiSettings settings, Authenticator& authenticator, RateLimiter& limiter);
  ~ApiRouter();
  // Before the first request. Two routes of one method and pattern stop the process.
  void add(std::vector<Route> routes);
  [[nodiscard]] Task<HttpResponse> handle(HttpRequest& request);
  // How long a body the request's route takes: for HttpServer::Settings::body_limit.
  [[nodiscard]] std::size_t body_limit(const HttpRequest& head) const;
  [[nodiscard]] const std::vector<Route>& routes() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace luso::io
