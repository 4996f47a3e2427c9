#include "io/api.h"

#include <algorithm>
#include <array>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/check.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/text.h"
#include "io/http_content.h"
#include "io/internal/api_rules.h"

namespace luso::io {
namespace asio = boost::asio;
using internal::RoutePattern;

namespace {

// One handler's place in the table, with its numbers.
struct Entry {
  std::size_t route = 0;
  RoutePattern pattern;
  metrics::Histogram* seconds = nullptr;
  std::array<metrics::Counter*, 6> answers{};  // By the first digit of the status.
};

struct Match {
  const Entry* entry = nullptr;  // Null: the path is known, the method is not.
  std::vector<std::string> path_values;
  std::vector<std::string> allowed;  // Methods of this path; empty when there is no such path.
};

Error error_of(ErrorKind kind, std::string_view reason) {
  return {.kind = kind, .reason = reason, .detail = {}, .field = {}, .retry_after_s = 0};
}

// Nothing is thrown past here: a broken handler is a 500, a cancelled one ends with the connection.
Task<Result<std::string>> run_guarded(const Route* route, Call call) {
  try {
    co_return co_await route->handle(std::move(call));
  } catch (const std::exception& failure) {
    co_return fail(ErrorKind::internal, "api.internal", failure.what());
  }
}

void log_request(const Route& route, const Call::State& state, int status, std::chrono::nanoseconds spent,
                 const Error* failure) {
  const auto us = std::chrono::duration_cast<std::chrono::microseconds>(spent).count();
  const std::int64_t user_id = state.principal ? state.principal->user_id.value : 0;
  const std::string& request_id = state.request->request_id;
  if (failure == nullptr) {
    log::info("api.request", {{"request_id", request_id},
                              {"operation", route.operation_id},
                              {"status", status},
                              {"us", us},
                              {"user_id", user_id}});
    return;
  }
  log::write(status >= 500 ? log::Level::error : log::Level::info, "api.request",
             {{"request_id", request_id},
              {"operation", route.operation_id},
              {"status", status},
              {"us", us},
              {"user_id", user_id},
              {"reason", failure->reason},
              {"detail", failure->detail}});
}

void add_api_headers(HttpResponse& response) {
  // An answer is data: opened as a page, it may do nothing.
  response.headers.add("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
  if (!response.headers.has("Cache-Control")) response.headers.add("Cache-Control", "no-store");
}

// The same for everybody, and for a while: caches on the way may keep it, and ask with its tag afterwards.
// The tag is a weak one, because the packed body goes by it too.
void make_cacheable(HttpResponse& response, const HttpRequest& request, int cache_s) {
  const std::string* const body = std::get_if<std::string>(&response.body);
  if (cache_s == 0 || response.status != 200 || body == nullptr) return;
  response.headers.set("Cache-Control", "public, max-age=" + std::to_string(cache_s));
  make_conditional(response, request, "W/" + etag_of(as_bytes(*body)));
}

}  // namespace

std::string_view name_of(Role role) {
  switch (role) {
    case Role::viewer: return "viewer";
    case Role::creator: return "creator";
    case Role::moderator: return "moderator";
    case Role::admin: return "admin";
  }
  return "viewer";
}

struct ApiRouter::Impl {
  ApiSettings settings;
  Authenticator& authenticator;
  RateLimiter& limiter;
  std::vector<Route> routes;
  std::vector<Entry> entries;  // Literal segments first.

  [[nodiscard]] Match find(std::string_view method, std::string_view path) const {
    Match match;
    for (const Entry& entry : entries) {
      auto values = entry.pattern.match(path);
      if (!values) continue;
      const Route& route = routes[entry.route];
      match.allowed.emplace_back(route.method);
      const bool fits = route.method == method || (method == "HEAD" && route.method == "GET");
      if (!fits || match.entry != nullptr) continue;
      match.entry = &entry;
      match.path_values = *std::move(values);
    }
    return match;
  }

  // Everything before the handler; fails with the first thing that is wrong.
  [[nodiscard]] Task<Result<void>> admit(const Route* route, const Call* call, const HttpRequest* request) {
    Call::State& state = call->state();
    if (route->auth != Auth::none) {
      CO_TRY(state.principal, co_await authenticator.authenticate(request));
    }
    const bool by_cookie = state.principal && state.principal->by_cookie;
    CO_TRY_VOID(internal::check_origin(*request, by_cookie, settings.public_origins));
    CO_TRY_VOID(internal::check_access(*route, state.principal));
    if (!route->rate_class.empty()) CO_TRY_VOID(limiter.charge(route->rate_class, *request, state.principal));
    CO_TRY_VOID(internal::check_content_type(*route, *request));
    co_return Result<void>();
  }

  [[nodiscard]] Task<Result<std::string>> run(const Route* route, Call call) {
    using asio::experimental::awaitable_operators::operator||;
    asio::steady_timer timer(co_await asio::this_coro::executor, call.state().deadline);
    auto outcome = co_await (run_guarded(route, call) || timer.async_wait(asio::use_awaitable));
    if (outcome.index() == 1) co_return fail(ErrorKind::timeout, "api.timeout");
    co_return std::get<0>(std::move(outcome));
  }

  [[nodiscard]] Task<HttpResponse> serve(const Entry* entry, std::vector<std::string> path_values,
                                         HttpRequest* request);
  [[nodiscard]] HttpResponse answer_without_route(const HttpRequest& request, const Match& match) const;
};

Task<HttpResponse> ApiRouter::Impl::serve(const Entry* entry, std::vector<std::string> path_values,
                                          HttpRequest* request) {
  const auto began = std::chrono::steady_clock::now();
  const Route& route = routes[entry->route];
  auto state = std::make_shared<Call::State>();
  state->request = request;
  state->path_values = std::move(path_values);
  state->success_status = route.success_status;
  state->deadline = began + settings.deadline;
  const Call call(state);

  Result<std::string> outcome;
  Result<void> admitted = co_await admit(&route, &call, request);
  if (admitted) {
    outcome = co_await run(&route, call);
  } else {
    outcome = tl::unexpected(std::move(admitted.error()));
  }

  const Error* const failure = outcome ? nullptr : &outcome.error();
  HttpResponse response = outcome ? HttpResponse::json(state->success_status, *std::move(outcome))
                                  : HttpResponse::error(outcome.error(), *request);
  if (outcome && state->stream) response.body = std::move(state->stream);
  if (response.status == 204) response.headers.remove("Content-Type");
  for (const auto& [name, value] : state->response_headers.all()) response.headers.add(name, value);
  if (response.status == 401) response.headers.add("WWW-Authenticate", "Bearer realm=\"lusotown\"");
  make_cacheable(response, *request, route.cache_s);
  if (route.auth != Auth::none) response.headers.add("Vary", "Cookie, Authorization");
  add_api_headers(response);
  compress_text(response, *request);

  const auto spent = std::chrono::steady_clock::now() - began;
  entry->seconds->observe(std::chrono::duration<double>(spent).count());
  entry->answers.at(static_cast<std::size_t>(std::clamp(response.status / 100, 1, 5)))->add();
  log_request(route, *state, response.status, spent, failure);
  co_return response;
}

HttpResponse ApiRouter::Impl::answer_without_route(const HttpRequest& request, const Match& match) const {
  HttpResponse response;
  if (match.allowed.empty()) {
    response = HttpResponse::error(error_of(ErrorKind::not_found, "api.no_such_route"), request);
  } else {
    std::vector<std::string> allowed = match.allowed;
    if (std::find(allowed.begin(), allowed.end(), "GET") != allowed.end()) allowed.emplace_back("HEAD");
    allowed.emplace_back("OPTIONS");
    if (request.method == "OPTIONS") {
      response = HttpResponse{.status = 204, .headers = {}, .body = std::string()};
    } else {
      response = HttpResponse::error(error_of(ErrorKind::invalid, "api.method_not_allowed"), request);
      response.status = 405;
    }
    response.headers.add("Allow", join(allowed, ", "));
  }
  add_api_headers(response);
  return response;
}

ApiRouter::ApiRouter(ApiSettings settings, Authenticator& authenticator, RateLimiter& limiter)
    : impl_(std::make_unique<Impl>(Impl{.settings = std::move(settings),
                                        .authenticator = authenticator,
                                        .limiter = limiter,
                                        .routes = {},
                                        .entries = {}})) {}

ApiRouter::~ApiRouter() = default;

void ApiRouter::add(std::vector<Route> routes) {
  constexpr std::array kClasses{"1xx", "1xx", "2xx", "3xx", "4xx", "5xx"};
  auto& metrics = metrics::registry();
  for (Route& route : routes) {
    const auto is_same = [&route](const Route& other) {
      return other.method == route.method && other.pattern == route.pattern;
    };
    LUSO_CHECK(std::none_of(impl_->routes.begin(), impl_->routes.end(), is_same));
    LUSO_CHECK(route.cache_s == 0 || (route.method == "GET" && route.auth == Auth::none));
    Entry entry{
        .route = impl_->routes.size(),
        .pattern = RoutePattern(route.pattern),
        .seconds = &metrics.histogram("luso_api_request_seconds", "Time to answer an API request.",
                                      metrics::latency_bounds_s(), {{"operation", route.operation_id}}),
        .answers = {}};
    for (std::size_t i = 1; i < kClasses.size(); ++i) {
      entry.answers.at(i) = &metrics.counter("luso_api_requests_total", "API requests by how they ended.",
                                             {{"operation", route.operation_id}, {"status", kClasses.at(i)}});
    }
    impl_->entries.push_back(std::move(entry));
    impl_->routes.push_back(std::move(route));
  }
  std::sort(impl_->entries.begin(), impl_->entries.end(), [](const Entry& a, const Entry& b) {
    if (a.pattern.goes_before(b.pattern)) return true;
    return !b.pattern.goes_before(a.pattern) && a.route < b.route;
  });
}

Task<HttpResponse> ApiRouter::handle(HttpRequest& request) {
  Match match = impl_->find(request.method, request.path);
  if (match.entry == nullptr) co_return impl_->answer_without_route(request, match);
  co_return co_await impl_->serve(match.entry, std::move(match.path_values), &request);
}

std::size_t ApiRouter::body_limit(const HttpRequest& head) const {
  const Match match = impl_->find(head.method, head.path);
  return match.entry == nullptr ? 0 : impl_->routes[match.entry->route].body_bytes_max;
}

const std::vector<Route>& ApiRouter::routes() const {
  return impl_->routes;
}

}  // namespace luso::io
