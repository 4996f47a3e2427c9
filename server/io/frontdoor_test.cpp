#include "io/frontdoor.h"

#include <gtest/gtest.h>

#include "io/internal/test_http.h"

namespace luso::io {
namespace {
using testing::RawClient;
using testing::TestServer;

HttpHandler say(std::string text) {
  return [text](HttpRequest& /*request*/) -> Task<HttpResponse> {
    co_return HttpResponse::text(200, "text/plain", text);
  };
}

TEST(Frontdoor, TheLongestFittingPrefixAnswers) {
  Frontdoor door;
  door.mount({.prefix = "/", .name = "web", .handler = say("web"), .body_limit = {}});
  door.mount({.prefix = "/hls/", .name = "hls", .handler = say("hls"), .body_limit = {}});
  door.mount({.prefix = "/hls/@", .name = "never", .handler = say("exact only"), .body_limit = {}});
  door.mount({.prefix = "/healthz", .name = "health", .handler = health_handler(), .body_limit = {}});
  TestServer server([&](HttpRequest& request) { return door.handle(request); });
  RawClient client(server.port());

  EXPECT_EQ(client.get("/hls/7/index.m3u8").body, "hls");
  EXPECT_EQ(client.get("/hls").body, "web");
  EXPECT_EQ(client.get("/healthz").body, "ok\n");
  EXPECT_EQ(client.get("/healthz/x").body, "web");
}

TEST(Frontdoor, OnlyWhoCameByTlsIsToldToStayWithIt) {
  Frontdoor door;
  door.mount({.prefix = "/", .name = "web", .handler = say("web"), .body_limit = {}});
  bool is_secure = false;
  TestServer server([&](HttpRequest& request) {
    request.secure = is_secure;
    return door.handle(request);
  });
  RawClient client(server.port());
  is_secure = true;
  EXPECT_EQ(client.get("/").headers["strict-transport-security"], "") << "nobody asked for it";

  door.insist_on_tls();

  EXPECT_EQ(client.get("/").headers["strict-transport-security"], "max-age=31536000");
  is_secure = false;
  EXPECT_EQ(client.get("/").headers["strict-transport-security"], "");
}

TEST(Frontdoor, TheRedirectKeepsTheAddressAndNothingElseOfTheRequest) {
  TestServer server(redirect_handler("https://lusotown.example"));
  RawClient client(server.port());

  auto moved = client.get("/@ana?t=1");

  EXPECT_EQ(moved.status, 308);
  EXPECT_EQ(moved.headers["location"], "https://lusotown.example/@ana?t=1");
}

TEST(Frontdoor, EachMountHasItsBodyLimit) {
  Frontdoor door;
  door.mount({.prefix = "/api/", .name = "api", .handler = say(""), .body_limit = [](const HttpRequest&) {
                return 5U;
              }});
  door.mount({.prefix = "/hls/", .name = "hls", .handler = say(""), .body_limit = {}});
  HttpRequest api, hls;
  api.path = "/api/x";
  hls.path = "/hls/x";

  EXPECT_EQ(door.body_limit(api), 5U);
  EXPECT_EQ(door.body_limit(hls), 0U);
}

TEST(Frontdoor, ReadinessNamesWhatIsMissing) {
  bool up = false;
  Frontdoor door;
  const auto ask = [&]() -> Task<Result<void>> {
    if (!up) co_return fail(ErrorKind::unavailable, "pg.unavailable");
    co_return Result<void>();
  };
  door.mount({.prefix = "/readyz",
              .name = "ready",
              .handler = ready_handler({{"postgres", ask}}),
              .body_limit = {}});
  TestServer server([&](HttpRequest& request) { return door.handle(request); });
  RawClient client(server.port());

  const auto before = client.get("/readyz");
  up = true;
  const auto after = client.get("/readyz");

  EXPECT_EQ(before.status, 503);
  EXPECT_EQ(before.body, "postgres: pg.unavailable\n");
  EXPECT_EQ(after.status, 200);
}

TEST(Frontdoor, MetricsAreForItsScrapersOnly) {
  Frontdoor door;
  door.mount({.prefix = "/metrics",
              .name = "metrics",
              .handler = metrics_handler(TrustedProxies::parse({"127.0.0.0/8"}).value()),
              .body_limit = {}});
  door.mount({.prefix = "/other",
              .name = "other",
              .handler = metrics_handler(TrustedProxies::parse({"10.0.0.0/8"}).value()),
              .body_limit = {}});
  TestServer server([&](HttpRequest& request) { return door.handle(request); });
  RawClient client(server.port());

  EXPECT_NE(client.get("/metrics").body.find("luso_http_request_seconds_count{handler=\"metrics\"}"),
            std::string::npos);
  EXPECT_EQ(client.get("/other").status, 404);
}

}  // namespace
}  // namespace luso::io
