#include "io/proxy.h"

#include <atomic>
#include <future>
#include <thread>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>

#include "io/internal/test_http.h"

namespace luso::io {
namespace {
namespace asio = boost::asio;
using namespace std::chrono_literals;
using testing::Answer;
using testing::RawClient;
using testing::TestServer;

// A front server whose every path goes to `port`.
class Front {
 public:
  explicit Front(std::uint16_t port, HttpClient::Settings settings = {},
                 ReverseProxy::StandIn stand_in = nullptr) {
    settings.port = port;
    server_.emplace([this](HttpRequest& request) { return proxy_->handle(request); });
    proxy_.emplace(server_->reactors(), settings, std::move(stand_in));
  }

  // The handler needs the proxy, and the proxy's kept connections need the reactors.
  ~Front() {
    server_->drain(0ms);
    proxy_.reset();
  }

  Front(const Front&) = delete;
  Front& operator=(const Front&) = delete;

  [[nodiscard]] std::uint16_t port() const { return server_->port(); }

 private:
  std::optional<TestServer> server_;
  std::optional<ReverseProxy> proxy_;
};

std::uint16_t unused_port() {
  const TestServer gone([](HttpRequest&) -> Task<HttpResponse> { co_return HttpResponse{}; });
  return gone.port();
}

Bytes letters(std::size_t size) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>('a' + i % 26);
  return bytes;
}

// How many of them have bytes to read.
std::size_t answered(const std::vector<std::unique_ptr<RawClient>>& clients) {
  std::vector<pollfd> polls;
  for (const auto& client : clients)
    polls.push_back({.fd = client->descriptor(), .events = POLLIN, .revents = 0});
  return static_cast<std::size_t>(::poll(polls.data(), polls.size(), 0));
}

TEST(Proxy, TellsTheWebProcessWhoAsks) {
  TestServer web([](HttpRequest& request) -> Task<HttpResponse> {
    std::string all = request.method + ' ' + request.target + '\n';
    for (const auto& [name, value] : request.headers.all())
      all += std::string(name) + '=' + std::string(value) + '\n';
    co_return HttpResponse::text(201, "text/plain", all + request.body);
  });
  const Front front(web.port());
  RawClient client(front.port());

  const Answer answer = client.ask(
      "POST /a%20b?c HTTP/1.1\r\nHost: luso.test\r\nX-Forwarded-For: 6.6.6.6\r\nConnection: keep-alive, "
      "X-Hop\r\n"
      "X-Hop: 1\r\nTE: trailers\r\nCookie: luso=abc\r\nContent-Length: 3\r\n\r\nhey");

  EXPECT_EQ(answer.status, 201);
  EXPECT_TRUE(answer.body.starts_with("POST /a%20b?c\n"));
  EXPECT_TRUE(answer.body.ends_with("\nhey"));
  EXPECT_NE(answer.body.find("Host=luso.test\n"), std::string::npos);
  EXPECT_NE(answer.body.find("Cookie=luso=abc\n"), std::string::npos);
  EXPECT_NE(answer.body.find("X-Forwarded-For=127.0.0.1\n"), std::string::npos);
  EXPECT_NE(answer.body.find("X-Forwarded-Proto=http\n"), std::string::npos);
  EXPECT_EQ(answer.body.find("6.6.6.6"), std::string::npos);
  EXPECT_EQ(answer.body.find("X-Hop"), std::string::npos);
  EXPECT_EQ(answer.body.find("TE="), std::string::npos);
}

TEST(Proxy, KeepsItsConnectionToTheWebProcess) {
  TestServer web(
      [](HttpRequest&) -> Task<HttpResponse> { co_return HttpResponse::text(200, "text/plain", "x"); });
  const Front front(web.port());
  RawClient client(front.port());

  for (int i = 0; i < 5; ++i) EXPECT_EQ(client.get("/").body, "x");

  EXPECT_EQ(web.server().connections(), 1U);
}

TEST(Proxy, ABodyOfKnownLengthKeepsItsLength) {
  const auto body = share(letters(3'000'000));
  TestServer web([&](HttpRequest&) -> Task<HttpResponse> { co_return HttpResponse::shared("a/b", {body}); });
  const Front front(web.port());
  RawClient client(front.port());

  const Answer answer = client.get("/");

  EXPECT_EQ(answer.headers.at("content-length"), "3000000");
  EXPECT_EQ(answer.body, as_text(*body));
  EXPECT_EQ(client.get("/").body.size(), 3'000'000U);
}

TEST(Proxy, APieceIsPassedOnBeforeTheNextIsMade) {
  std::promise<void> go_on;
  auto gate = go_on.get_future().share();
  TestServer web([&](HttpRequest&) -> Task<HttpResponse> {
    BodySource source = [&, step = 0]() mutable -> Task<Result<std::optional<SharedBytes>>> {
      if (step++ == 0) co_return share({'1'});
      if (step > 2) co_return std::optional<SharedBytes>();
      while (gate.wait_for(0s) != std::future_status::ready) {
        asio::steady_timer pause(co_await asio::this_coro::executor, 1ms);
        co_await pause.async_wait(asio::use_awaitable);
      }
      co_return share({'2'});
    };
    co_return HttpResponse{.status = 200, .headers = {}, .body = std::move(source)};
  });
  const Front front(web.port());
  RawClient client(front.port());

  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  std::string seen;
  while (seen.find("\r\n1\r\n1\r\n") == std::string::npos) seen += client.take(1);
  go_on.set_value();
  while (seen.find("\r\n0\r\n\r\n") == std::string::npos) seen += client.take(1);

  EXPECT_NE(seen.find("\r\n1\r\n2\r\n"), std::string::npos);
}

TEST(Proxy, HeadAndNotModifiedHaveNoBody) {
  TestServer web([](HttpRequest& request) -> Task<HttpResponse> {
    if (request.path == "/same") co_return HttpResponse{.status = 304, .headers = {}, .body = std::string()};
    co_return HttpResponse::text(200, "text/plain", "four");
  });
  const Front front(web.port());
  RawClient client(front.port());

  client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(client.receive(false).headers.at("content-length"), "4");
  EXPECT_EQ(client.get("/same").status, 304);
  EXPECT_EQ(client.get("/").body, "four");
}

TEST(Proxy, APageSaysThatTheWebProcessIsDown) {
  const Front front(unused_port());
  RawClient client(front.port());

  const Answer page = client.get("/", "Accept: text/html\r\n");
  const Answer data = client.get("/");

  EXPECT_EQ(page.status, 503);
  EXPECT_EQ(page.headers.at("retry-after"), "3");
  EXPECT_NE(page.body.find("Já voltamos"), std::string::npos);
  EXPECT_NE(page.body.find("try again"), std::string::npos);
  EXPECT_EQ(data.status, 503);
  EXPECT_NE(data.body.find("io.web_down"), std::string::npos);
}

TEST(Proxy, AStandInSpeaksForTheWebProcessWhileItIsDown) {
  const auto page = [](const HttpRequest& request) -> Task<HttpResponse> {
    co_return HttpResponse::text(request.path == "/none" ? 404 : 200, "text/html", "<h1>A vila</h1>");
  };
  const Front front(unused_port(), {}, page);
  RawClient client(front.port());

  const Answer shown = client.get("/", "Accept: text/html\r\n");
  const Answer missing = client.get("/none", "Accept: text/html\r\n");
  const Answer data = client.get("/", "Accept: application/json\r\n");

  EXPECT_EQ(shown.status, 503);
  EXPECT_EQ(shown.body, "<h1>A vila</h1>");
  EXPECT_EQ(shown.headers.at("cache-control"), "no-store");
  EXPECT_EQ(missing.status, 503);
  EXPECT_NE(missing.body.find("Já voltamos"), std::string::npos);
  EXPECT_NE(data.body.find("io.web_down"), std::string::npos);
}

TEST(Proxy, AKeptConnectionThatClosedIsReplaced) {
  HttpServer::Settings impatient;
  impatient.limits.requests_per_connection_max = 1;
  TestServer web(
      [](HttpRequest&) -> Task<HttpResponse> { co_return HttpResponse::text(200, "text/plain", "x"); },
      impatient);
  const Front front(web.port());
  RawClient client(front.port());

  for (int i = 0; i < 5; ++i) EXPECT_EQ(client.get("/").body, "x");
}

TEST(Proxy, ALateAnswerIs504AndABrokenOneClosesTheConnection) {
  TestServer web([](HttpRequest& request) -> Task<HttpResponse> {
    if (request.path == "/late") {
      asio::steady_timer timer(co_await asio::this_coro::executor, 1h);
      co_await timer.async_wait(asio::use_awaitable);
    }
    BodySource source = [step = 0]() mutable -> Task<Result<std::optional<SharedBytes>>> {
      if (step++ == 0) co_return share({'1'});
      co_return fail(ErrorKind::internal, "api.internal");
    };
    co_return HttpResponse{.status = 200, .headers = {}, .body = std::move(source)};
  });
  HttpClient::Settings settings;
  settings.response_deadline = 100ms;
  const Front front(web.port(), settings);
  RawClient late(front.port());
  RawClient broken(front.port());

  EXPECT_EQ(late.get("/late").status, 504);
  broken.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(broken.take(std::string::npos).find("\r\n0\r\n\r\n"), std::string::npos);
}

TEST(Proxy, NonsenseIs502) {
  TestServer web([](HttpRequest&) -> Task<HttpResponse> {
    co_return HttpResponse{
        .status = 101, .headers = {}, .body = Takeover{[](Wire&, std::string) -> Task<void> { co_return; }}};
  });
  const Front front(web.port());
  RawClient client(front.port());

  EXPECT_EQ(client.get("/").status, 502);
}

TEST(Proxy, NoMoreConnectionsThanAllowed) {
  std::promise<void> go_on;
  auto gate = go_on.get_future().share();
  TestServer web([&](HttpRequest&) -> Task<HttpResponse> {
    while (gate.wait_for(0s) != std::future_status::ready) {
      asio::steady_timer pause(co_await asio::this_coro::executor, 1ms);
      co_await pause.async_wait(asio::use_awaitable);
    }
    co_return HttpResponse::text(200, "text/plain", "x");
  });
  HttpClient::Settings settings;
  settings.connections_max = 1;
  const Front front(web.port(), settings);
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 8; ++i) {
    clients.push_back(std::make_unique<RawClient>(front.port()));
    clients.back()->send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  }
  // Two reactors with one connection each: whoever comes third is told at once.
  while (answered(clients) < 6) std::this_thread::yield();
  go_on.set_value();

  int served = 0;
  for (const auto& client : clients) {
    if (client->receive().status == 200) ++served;
  }
  EXPECT_GE(served, 1);
  EXPECT_LE(served, 2);
}

}  // namespace
}  // namespace luso::io
