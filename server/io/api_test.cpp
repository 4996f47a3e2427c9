#include "io/api.h"

#include <stdexcept>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "io/internal/test_http.h"

namespace luso::io {
namespace {
namespace asio = boost::asio;
using namespace std::chrono_literals;
using testing::Answer;
using testing::RawClient;
using testing::TestServer;

// Knows whom "Cookie: luso=NAME" and "Authorization: Bearer NAME" stand for.
class NamedPrincipals final : public Authenticator {
 public:
  Task<Result<std::optional<Principal>>> authenticate(const HttpRequest* request) override {
    std::string_view name = request->cookie("luso").value_or("");
    const bool by_cookie = !name.empty();
    if (const auto bearer = request->headers.get("Authorization"); bearer.starts_with("Bearer "))
      name = bearer.substr(7);
    if (name.empty()) co_return std::optional<Principal>();
    Principal principal;
    principal.user_id = UserId{7};
    principal.username = name;
    principal.by_cookie = by_cookie;
    if (name == "mod") principal.role = Role::moderator;
    if (name == "limited") principal.scopes = {"channel:write"};
    co_return principal;
  }
};

// Lets everybody through but the class "never".
class ClassLimiter final : public RateLimiter {
 public:
  Result<void> charge(std::string_view rate_class, const HttpRequest& /*request*/,
                      const std::optional<Principal>& /*principal*/) override {
    if (rate_class != "never") return {};
    return tl::unexpected(Error{.kind = ErrorKind::rate_limited,
                                .reason = "api.rate_limited",
                                .detail = {},
                                .field = {},
                                .retry_after_s = 30});
  }
};

Task<Result<std::string>> say_values(Call call) {
  std::string text = "[";
  for (const std::string& value : call.state().path_values) text += '"' + value + "\",";
  co_return text + '"' + (call.principal() ? call.principal()->username : "") + "\"]";
}

Route route(std::string_view name, std::string_view method, std::string_view pattern,
            Auth auth = Auth::none) {
  Route made;
  made.operation_id = name;
  made.method = method;
  made.pattern = pattern;
  made.auth = auth;
  made.handle = say_values;
  return made;
}

std::vector<Route> all_routes() {
  std::vector<Route> routes{
      route("one", "GET", "/api/v1/things/{id}"),
      route("current", "GET", "/api/v1/things/current"),
      route("put", "PUT", "/api/v1/things/{id}", Auth::user),
      route("peek", "POST", "/api/v1/peek", Auth::optional),
      route("mods", "GET", "/api/v1/mods", Auth::moderator),
      route("scoped", "GET", "/api/v1/scoped", Auth::user),
      route("never", "GET", "/api/v1/never"),
      route("slow", "GET", "/api/v1/slow"),
      route("throws", "GET", "/api/v1/throws"),
      route("gone", "DELETE", "/api/v1/gone"),
      route("field", "POST", "/api/v1/field"),
      route("picture", "PUT", "/api/v1/picture", Auth::user),
      route("kept", "GET", "/api/v1/kept/{id}"),
      route("streamed", "POST", "/api/v1/streamed", Auth::user),
  };
  routes[5].scope = "channel:write";
  routes[6].rate_class = "never";
  routes[7].handle = [](Call /*call*/) -> Task<Result<std::string>> {
    asio::steady_timer timer(co_await asio::this_coro::executor, 1h);
    co_await timer.async_wait(asio::use_awaitable);
    co_return "{}";
  };
  routes[8].handle = [](Call /*call*/) -> Task<Result<std::string>> {
    throw std::runtime_error("secret detail");
    co_return "{}";
  };
  routes[9].success_status = 204;
  routes[9].handle = [](Call call) -> Task<Result<std::string>> {
    call.add_header("Set-Cookie", "luso=; Max-Age=0");
    co_return std::string();
  };
  routes[10].body_bytes_max = 10;
  routes[10].handle = [](Call call) -> Task<Result<std::string>> {
    Error error{.kind = ErrorKind::invalid,
                .reason = "api.invalid",
                .detail = {},
                .field = "title",
                .retry_after_s = 0};
    if (call.request().body != "{}") co_return tl::unexpected(error);
    co_return "{}";
  };
  routes[11].body_types = "image/jpeg image/png";
  routes[11].handle = [](Call call) -> Task<Result<std::string>> {
    co_return std::to_string(call.request().body.size());
  };
  routes[12].cache_s = 60;
  routes[13].handle = [](Call call) -> Task<Result<std::string>> {
    call.add_header("Content-Disposition", "attachment");
    call.stream([left = 3]() mutable -> Task<Result<std::optional<SharedBytes>>> {
      if (left-- == 0) co_return std::optional<SharedBytes>();
      const ByteView bytes = as_bytes("piece ");
      co_return share(Bytes(bytes.begin(), bytes.end()));
    });
    if (call.request().body == "no")
      co_return tl::unexpected(Error{.kind = ErrorKind::forbidden,
                                     .reason = "api.forbidden",
                                     .detail = {},
                                     .field = {},
                                     .retry_after_s = 0});
    co_return std::string();
  };
  return routes;
}

class Api : public ::testing::Test {
 protected:
  Api()
      : router_({.public_origins = {"https://luso.example"}, .deadline = 1s}, authenticator_, limiter_),
        server_([this](HttpRequest& request) { return router_.handle(request); }, settings()) {}

  HttpServer::Settings settings() {
    router_.add(all_routes());
    HttpServer::Settings made;
    made.body_limit = [this](const HttpRequest& head) { return router_.body_limit(head); };
    return made;
  }

  Answer ask(std::string_view method, std::string_view target, std::string_view headers = {},
             std::string_view body = {}) const {
    RawClient client(server_.port());
    std::string text = std::string(method) + ' ' + std::string(target) + " HTTP/1.1\r\nHost: luso.test\r\n";
    if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    client.send(text + std::string(headers) + "\r\n" + std::string(body));
    return client.receive(method != "HEAD");
  }

  static std::string reason_of(const Answer& answer) {
    return boost::json::parse(answer.body).at("error").at("reason").as_string().c_str();
  }

  NamedPrincipals authenticator_;
  ClassLimiter limiter_;
  ApiRouter router_;
  TestServer server_;
};

TEST_F(Api, BytesOfTheNamedTypesGoToTheHandlerAsTheyAre) {
  const auto send = [this](std::string_view type) {
    return ask("PUT", "/api/v1/picture",
               "Authorization: Bearer ana\r\nContent-Type: " + std::string(type) + "\r\n", "\xFF\xD8\xFF");
  };

  EXPECT_EQ(send("image/png").body, "3");
  EXPECT_EQ(send("IMAGE/JPEG; q=1").body, "3");
  for (const char* type :
       {"application/json", "text/html", "image/svg+xml", "image", "image/jpeg image/png", ""}) {
    const Answer refused = send(type);
    EXPECT_EQ(refused.status, 400) << type;
    EXPECT_EQ(reason_of(refused), "api.wrong_type") << type;
  }
}

TEST_F(Api, WhatEverybodyReadsAlikeIsKeptAndAskedForByItsTag) {
  const Answer first = ask("GET", "/api/v1/kept/7");
  EXPECT_EQ(first.headers.at("cache-control"), "public, max-age=60");
  const std::string has = "If-None-Match: " + first.headers.at("etag") + "\r\n";

  const Answer again = ask("GET", "/api/v1/kept/7", has);
  const Answer other = ask("GET", "/api/v1/kept/8", has);

  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.body, "");
  EXPECT_EQ(again.headers.at("cache-control"), "public, max-age=60");
  EXPECT_EQ(other.status, 200);
  EXPECT_EQ(ask("GET", "/api/v1/things/7").headers.at("cache-control"), "no-store");
}

TEST_F(Api, RoutesByPatternWithLiteralsBeforeValues) {
  EXPECT_EQ(ask("GET", "/api/v1/things/a%20b").body, R"(["a b",""])");
  EXPECT_EQ(ask("GET", "/api/v1/things/current").body, R"([""])");
  EXPECT_EQ(ask("HEAD", "/api/v1/things/7").status, 200);
}

TEST_F(Api, AnUnknownPathIs404AndAnUnknownMethod405) {
  const Answer missing = ask("GET", "/api/v1/things/7/more");
  const Answer wrong = ask("DELETE", "/api/v1/things/7");
  const Answer options = ask("OPTIONS", "/api/v1/things/7");

  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(reason_of(missing), "api.no_such_route");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.headers.at("allow"), "GET, PUT, HEAD, OPTIONS");
  EXPECT_EQ(options.status, 204);
}

TEST_F(Api, AnErrorSaysItsReasonAndTheRequestsId) {
  const Answer answer = ask("POST", "/api/v1/field", "Content-Type: application/json\r\n", "[]");

  const auto error = boost::json::parse(answer.body).at("error");
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(error.at("reason"), "api.invalid");
  EXPECT_EQ(error.at("field"), "title");
  EXPECT_EQ(error.at("request_id").as_string(), answer.headers.at("x-request-id"));
}

TEST_F(Api, AccessIsByPrincipalRoleAndScope) {
  EXPECT_EQ(ask("PUT", "/api/v1/things/7").status, 401);
  EXPECT_EQ(ask("PUT", "/api/v1/things/7", "Authorization: Bearer ana\r\n").body, R"(["7","ana"])");
  EXPECT_EQ(ask("GET", "/api/v1/mods", "Authorization: Bearer ana\r\n").status, 403);
  EXPECT_EQ(ask("GET", "/api/v1/mods", "Authorization: Bearer mod\r\n").status, 200);
  EXPECT_EQ(ask("GET", "/api/v1/scoped", "Authorization: Bearer limited\r\n").status, 200);
  EXPECT_EQ(ask("PUT", "/api/v1/things/7", "Authorization: Bearer limited\r\n").status, 403);
}

TEST_F(Api, CookieCallsMustComeFromOurOwnPages) {
  const auto put = [&](std::string_view headers) {
    return ask("PUT", "/api/v1/things/7", "Cookie: luso=ana\r\n" + std::string(headers)).status;
  };

  EXPECT_EQ(put("Origin: http://luso.test\r\n"), 200);
  EXPECT_EQ(put("Origin: https://luso.example\r\n"), 200);
  EXPECT_EQ(put("Sec-Fetch-Site: same-origin\r\n"), 200);
  EXPECT_EQ(put(""), 403);
  EXPECT_EQ(put("Origin: null\r\n"), 403);
  EXPECT_EQ(put("Origin: http://evil.test\r\nSec-Fetch-Site: same-origin\r\n"), 403);
  EXPECT_EQ(put("Sec-Fetch-Site: cross-site\r\n"), 403);
  EXPECT_EQ(ask("GET", "/api/v1/scoped", "Cookie: luso=ana\r\nOrigin: http://evil.test\r\n").status, 200);
}

TEST_F(Api, ABrowserElsewhereCannotCallAsNobodyEither) {
  EXPECT_EQ(ask("POST", "/api/v1/peek", "Origin: http://evil.test\r\n").status, 403);
  EXPECT_EQ(ask("POST", "/api/v1/peek").status, 200);
}

TEST_F(Api, ARateLimitSaysWhenToComeBack) {
  const Answer answer = ask("GET", "/api/v1/never");

  EXPECT_EQ(answer.status, 429);
  EXPECT_EQ(answer.headers.at("retry-after"), "30");
}

TEST_F(Api, ABodyIsJsonOfTheRoutesSize) {
  EXPECT_EQ(ask("POST", "/api/v1/field", "Content-Type: application/json; charset=utf-8\r\n", "{}").status,
            200);
  EXPECT_EQ(reason_of(ask("POST", "/api/v1/field", "Content-Type: text/plain\r\n", "{}")), "api.bad_json");
  EXPECT_EQ(ask("POST", "/api/v1/field", "Content-Type: application/json\r\n", "12345678901").status, 413);
}

TEST_F(Api, ASlowHandlerIsCancelledAndAnswered504) {
  const Answer answer = ask("GET", "/api/v1/slow");

  EXPECT_EQ(answer.status, 504);
  EXPECT_EQ(reason_of(answer), "api.timeout");
}

TEST_F(Api, ABrokenHandlerIsA500WithoutItsDetail) {
  const Answer answer = ask("GET", "/api/v1/throws");

  EXPECT_EQ(answer.status, 500);
  EXPECT_EQ(answer.body.find("secret"), std::string::npos);
}

TEST_F(Api, LongAnswersArePackedForThoseWhoAcceptIt) {
  const Answer answer = ask("GET", "/api/v1/things/" + std::string(3000, 'x'), "Accept-Encoding: gzip\r\n");

  EXPECT_EQ(answer.headers.at("content-encoding"), "gzip");
  EXPECT_LT(answer.body.size(), 200U);
}

TEST_F(Api, AStreamedAnswerIsWrittenPieceByPieceAndARefusalIsNot) {
  constexpr std::string_view kAna =
      "Cookie: luso=ana\r\nOrigin: http://luso.test\r\nContent-Type: application/json\r\n";

  const Answer streamed = ask("POST", "/api/v1/streamed", kAna, "{}");
  EXPECT_EQ(streamed.status, 200);
  EXPECT_EQ(streamed.body, "piece piece piece ");
  EXPECT_EQ(streamed.headers.at("content-type"), "application/json");
  EXPECT_EQ(streamed.headers.at("content-disposition"), "attachment");
  EXPECT_EQ(streamed.headers.at("transfer-encoding"), "chunked");

  EXPECT_EQ(reason_of(ask("POST", "/api/v1/streamed", kAna, "no")), "api.forbidden");
}

TEST_F(Api, AnswersCarryTheHandlersHeadersAndTheStrictOnes) {
  const Answer answer = ask("DELETE", "/api/v1/gone");

  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(answer.headers.at("set-cookie"), "luso=; Max-Age=0");
  EXPECT_EQ(answer.headers.at("content-security-policy"), "default-src 'none'; frame-ancestors 'none'");
  EXPECT_EQ(answer.headers.at("cache-control"), "no-store");
  EXPECT_FALSE(answer.headers.contains("content-type"));
}

}  // namespace
}  // namespace luso::io
