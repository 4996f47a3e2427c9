#include "io/http_server.h"

#include <atomic>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <future>
#include <stdexcept>
#include <thread>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>

#include "io/internal/test_http.h"
#include "io/tcp.h"

namespace luso::io {
namespace {
namespace asio = boost::asio;
using namespace std::chrono_literals;
using testing::Answer;
using testing::RawClient;
using testing::TestServer;

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: luso.test\r\n\r\n";

// Says what it was asked.
Task<HttpResponse> echo(HttpRequest& request) {
  co_return HttpResponse::text(
      200, "text/plain", request.method + ' ' + request.path + '|' + request.query + '|' + request.body);
}

Task<void> rest(std::chrono::milliseconds time) {
  asio::steady_timer timer(co_await asio::this_coro::executor, time);
  co_await timer.async_wait(asio::use_awaitable);
}

Bytes pattern(std::size_t size) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>((i * 31) >> 3U);
  return bytes;
}

TEST(HttpServer, AnswersSeveralRequestsOnOneConnection) {
  TestServer server(echo);
  RawClient client(server.port());

  EXPECT_EQ(client.get("/a%20b?c=d").body, "GET /a b|c=d|");
  const Answer posted = client.ask("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");

  EXPECT_EQ(posted.body, "POST /x||hello");
  EXPECT_EQ(posted.headers.at("x-content-type-options"), "nosniff");
  EXPECT_EQ(posted.headers.at("x-request-id").size(), 16U);
  EXPECT_TRUE(posted.headers.contains("date"));
}

TEST(HttpServer, AnswersPipelinedRequestsInOrder) {
  TestServer server(echo);
  RawClient client(server.port());

  client.send(
      "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nPOST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhiGET /3 "
      "HTTP/1.1\r\nHost: a\r\n\r\n");

  EXPECT_EQ(client.receive().body, "GET /1||");
  EXPECT_EQ(client.receive().body, "POST /2||hi");
  EXPECT_EQ(client.receive().body, "GET /3||");
}

TEST(HttpServer, ReadsAChunkedBody) {
  TestServer server(echo);
  RawClient client(server.port());

  const Answer answer = client.ask(
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nA: "
      "b\r\n\r\n");

  EXPECT_EQ(answer.body, "POST /||abcdefg");
  EXPECT_EQ(client.get("/next").body, "GET /next||");
}

TEST(HttpServer, ReadsAnEmptyChunkedBodyThatComesByteByByte) {
  TestServer server(echo);
  RawClient client(server.port());

  for (const char byte :
       std::string_view("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")) {
    client.send({&byte, 1});
    std::this_thread::yield();
  }

  EXPECT_EQ(client.receive().body, "POST /||");
  EXPECT_EQ(client.get("/next").body, "GET /next||");
}

TEST(HttpServer, HeadHasTheHeadersAndNoBody) {
  TestServer server(echo);
  RawClient client(server.port());

  client.send("HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n");
  const Answer head = client.receive(false);

  EXPECT_EQ(head.headers.at("content-length"), "9");
  EXPECT_EQ(client.get("/y").body, "GET /y||");
}

TEST(HttpServer, AsksForABodyThatWaitsToBeAskedFor) {
  TestServer server(echo);
  RawClient client(server.port());

  client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(client.receive().status, 100);
  client.send("ok");

  EXPECT_EQ(client.receive().body, "POST /||ok");
}

class MalformedRequest : public ::testing::TestWithParam<const char*> {};

TEST_P(MalformedRequest, IsAnsweredWith400AndTheConnectionCloses) {
  TestServer server(echo);
  RawClient client(server.port());

  EXPECT_EQ(client.ask(GetParam()).status, 400);
  EXPECT_TRUE(client.is_closed());
}

INSTANTIATE_TEST_SUITE_P(
    HttpServer, MalformedRequest,
    ::testing::Values(
        "BROKEN\r\n\r\n", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\n\r\n",
        "GET x HTTP/1.1\r\nHost: a\r\n\r\n", "GET /../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /a/%2e%2e/b HTTP/1.1\r\nHost: a\r\n\r\n", "GET /a%2fb HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /a%00 HTTP/1.1\r\nHost: a\r\n\r\n", "GET /a%zz HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /%ff HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
        "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"));

TEST(HttpServer, RefusesALongHead) {
  TestServer server(echo);
  RawClient client(server.port());

  EXPECT_EQ(client.get("/", "X: " + std::string(20'000, 'a') + "\r\n").status, 431);
  EXPECT_TRUE(client.is_closed());
}

TEST(HttpServer, RefusesManyHeaders) {
  TestServer server(echo);
  RawClient client(server.port());
  std::string headers;
  for (int i = 0; i < 150; ++i) headers += "A: b\r\n";

  EXPECT_EQ(client.get("/", headers).status, 431);
}

TEST(HttpServer, TheHandlersSideDecidesHowLongABodyMayBe) {
  HttpServer::Settings settings;
  settings.body_limit = [](const HttpRequest& head) { return head.path == "/large" ? 100U : 3U; };
  TestServer server(echo, settings);
  const auto post = [&](std::string_view path, std::string_view rest) {
    RawClient client(server.port());
    return client.ask("POST " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n" + std::string(rest)).status;
  };

  EXPECT_EQ(post("/large", "Content-Length: 4\r\n\r\nabcd"), 200);
  EXPECT_EQ(post("/small", "Content-Length: 4\r\n\r\nabcd"), 413);
  EXPECT_EQ(post("/small", "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n"), 413);
  EXPECT_EQ(post("/small", "Expect: 100-continue\r\nContent-Length: 4\r\n\r\n"), 413);
}

TEST(HttpServer, AnEndlessChunkHeaderIsRefused) {
  TestServer server(echo);
  RawClient client(server.port());

  EXPECT_EQ(client
                .ask("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;" +
                     std::string(100'000, 'x'))
                .status,
            400);
}

TEST(HttpServer, ASlowHeadIsClosed) {
  HttpServer::Settings settings;
  settings.limits.header_deadline = 100ms;
  TestServer server(echo, settings);
  RawClient client(server.port());

  client.send("GET / HTTP/1.1\r\n");

  EXPECT_TRUE(client.is_closed());
}

TEST(HttpServer, AnIdleConnectionIsClosed) {
  HttpServer::Settings settings;
  settings.limits.idle_deadline = 1s;
  TestServer server(echo, settings);
  RawClient client(server.port());

  EXPECT_EQ(client.get("/").status, 200);

  EXPECT_TRUE(client.is_closed());
}

TEST(HttpServer, AReaderThatStallsIsClosed) {
  HttpServer::Settings settings;
  settings.limits.stall_deadline = 100ms;
  const auto body = share(Bytes(64 * 1024 * 1024));
  TestServer server(
      [&](HttpRequest&) -> Task<HttpResponse> { co_return HttpResponse::shared("a/b", {body}); }, settings);
  RawClient client(server.port());

  client.send(kGet);
  while (server.server().connections() == 0) std::this_thread::yield();
  while (server.server().connections() > 0) std::this_thread::yield();

  EXPECT_LT(client.take(std::string::npos).size(), body->size());
}

TEST(HttpServer, AnAnswerAtHandNeedsNoCoroutine) {
  const auto body = share(pattern(5'000'000));  // More than the kernel takes at once.
  HttpHeaders fields;
  fields.add("ETag", "\"1\"");
  const auto prepared = std::make_shared<const PreparedFields>(fields);
  TestServer server([&](HttpRequest& request) {
    if (request.path == "/broken") throw std::runtime_error("on purpose");
    HttpResponse response = HttpResponse::shared("a/b", {body});
    response.prepared = prepared;
    return response;
  });
  RawClient client(server.port());

  const Answer whole = client.get("/");
  const Answer broken = client.get("/broken");

  EXPECT_TRUE(whole.body == as_text(*body));
  EXPECT_EQ(whole.headers.at("etag"), "\"1\"");
  EXPECT_EQ(broken.status, 500);
}

TEST(HttpServer, SharedPiecesArriveInOrder) {
  const auto one = share(pattern(100'000));
  const auto two = share(pattern(3'000'000));
  TestServer server([&](HttpRequest&) -> Task<HttpResponse> {
    co_return HttpResponse::shared("video/mp4", {one, two, one});
  });
  RawClient client(server.port());

  const std::string body = client.get("/").body;

  EXPECT_EQ(body, std::string(as_text(*one)) + std::string(as_text(*two)) + std::string(as_text(*one)));
}

TEST(HttpServer, SendsARangeOfAFile) {
  const auto path = std::filesystem::temp_directory_path() / ("luso_http_" + std::to_string(::getpid()));
  const Bytes content = pattern(5'000'000);
  std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(content.data()), 5'000'000);
  TestServer server([&](HttpRequest& request) -> Task<HttpResponse> {
    FileBody body{.path = path.string(), .offset = 1'000'000, .length = 2'000'000};
    if (request.path == "/all") body = {.path = path.string(), .offset = 0, .length = std::nullopt};
    if (request.path == "/none") body.path += ".missing";
    co_return HttpResponse{.status = 200, .headers = {}, .body = std::move(body)};
  });
  RawClient client(server.port());

  EXPECT_EQ(client.get("/").body, as_text(ByteView(content).subspan(1'000'000, 2'000'000)));
  EXPECT_EQ(client.get("/all").body, as_text(content));
  EXPECT_EQ(client.get("/none").status, 404);
  std::filesystem::remove(path);
}

TEST(HttpServer, AClientThatHangsUpDuringAFileEndsItsConnectionOnly) {
  const auto path = std::filesystem::temp_directory_path() / ("luso_http_" + std::to_string(::getpid()));
  std::ofstream(path) << "x";
  std::filesystem::resize_file(path, 256 * 1024 * 1024);
  TestServer server([&](HttpRequest&) -> Task<HttpResponse> {
    FileBody body{.path = path.string(), .offset = 0, .length = std::nullopt};
    co_return HttpResponse{.status = 200, .headers = {}, .body = std::move(body)};
  });
  {
    RawClient client(server.port());
    client.send(kGet);
    EXPECT_EQ(client.take(100'000).size(), 100'000U);
  }

  while (server.server().connections() > 0) std::this_thread::yield();

  RawClient next(server.port());
  next.send(kGet);
  EXPECT_TRUE(next.take(15).starts_with("HTTP/1.1 200"));
  std::filesystem::remove(path);
}

// Yields "0;" "1;" … and then ends, or breaks.
BodySource counting(int count, bool breaks) {
  return [next = 0, count, breaks]() mutable -> Task<Result<std::optional<SharedBytes>>> {
    if (next == count && breaks) co_return fail(ErrorKind::internal, "api.internal");
    if (next == count) co_return std::optional<SharedBytes>();
    const std::string text = std::to_string(next++) + ';';
    co_return share(Bytes(text.begin(), text.end()));
  };
}

TEST(HttpServer, AStreamedBodyIsSentInChunks) {
  TestServer server([](HttpRequest&) -> Task<HttpResponse> {
    co_return HttpResponse{.status = 200, .headers = {}, .body = counting(3, false)};
  });
  RawClient client(server.port());

  const Answer answer = client.get("/");
  EXPECT_EQ(answer.headers.at("transfer-encoding"), "chunked");
  EXPECT_EQ(answer.body, "0;1;2;");

  const Answer old = client.ask("GET / HTTP/1.0\r\n\r\n");
  EXPECT_FALSE(old.headers.contains("transfer-encoding"));
  EXPECT_EQ(old.body, "0;1;2;");
}

TEST(HttpServer, ABrokenStreamDoesNotLookComplete) {
  TestServer server([](HttpRequest&) -> Task<HttpResponse> {
    co_return HttpResponse{.status = 200, .headers = {}, .body = counting(3, true)};
  });
  RawClient client(server.port());

  client.send(kGet);

  const std::string all = client.take(std::string::npos);
  EXPECT_NE(all.find("2;"), std::string::npos);
  EXPECT_EQ(all.find("\r\n0\r\n\r\n"), std::string::npos);
}

TEST(HttpServer, AHandlerThatThrowsIsA500AndNotTheEnd) {
  TestServer server([](HttpRequest& request) -> Task<HttpResponse> {
    if (request.path == "/bad") throw std::runtime_error("oops");
    co_return HttpResponse::text(200, "text/plain", "fine");
  });
  RawClient client(server.port());

  EXPECT_EQ(client.get("/bad").status, 500);
  EXPECT_EQ(client.get("/good").body, "fine");
}

TEST(HttpServer, AHeaderValueCannotBreakTheResponse) {
  TestServer server([](HttpRequest&) -> Task<HttpResponse> {
    co_return HttpResponse::redirect(302, "/x\r\nSet-Cookie: a=b");
  });
  RawClient client(server.port());

  const Answer answer = client.get("/");

  EXPECT_FALSE(answer.headers.contains("set-cookie"));
  EXPECT_FALSE(answer.headers.contains("location"));
}

TEST(HttpServer, AHandlerIsCancelledWhenItsClientGoesAway) {
  std::promise<bool> cancelled;
  TestServer server([&](HttpRequest&) -> Task<HttpResponse> {
    asio::steady_timer timer(co_await asio::this_coro::executor, 1h);
    auto [error] = co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
    cancelled.set_value(error == asio::error::operation_aborted);
    co_return HttpResponse::text(200, "text/plain", "");
  });
  RawClient client(server.port());

  client.send(kGet);
  client.close();

  EXPECT_TRUE(cancelled.get_future().get());
}

TEST(HttpServer, ConnectionsBeyondTheLimitAreClosedAtOnce) {
  HttpServer::Settings settings;
  settings.limits.connections_max = 1;
  TestServer server(echo, settings);
  RawClient first(server.port());
  EXPECT_EQ(first.get("/").status, 200);

  RawClient second(server.port());

  EXPECT_TRUE(second.is_closed());
  EXPECT_EQ(first.get("/").status, 200);
}

TEST(HttpServer, AConnectionHasItsNumberOfRequests) {
  HttpServer::Settings settings;
  settings.limits.requests_per_connection_max = 2;
  TestServer server(echo, settings);
  RawClient client(server.port());

  EXPECT_FALSE(client.get("/").headers.contains("connection"));
  EXPECT_EQ(client.get("/").headers.at("connection"), "close");
  EXPECT_TRUE(client.is_closed());
}

TEST(HttpServer, OnlyATrustedProxySaysWhoTheClientIs) {
  const auto who = [](HttpRequest& request) -> Task<HttpResponse> {
    co_return HttpResponse::text(
        200, "text/plain",
        request.remote.to_string() + (request.secure ? " https " : " http ") + request.request_id);
  };
  constexpr std::string_view kForwarded =
      "X-Forwarded-For: 6.6.6.6, 203.0.113.9, 127.0.0.1\r\nX-Forwarded-Proto: https\r\nX-Request-Id: "
      "abc-1\r\n";
  HttpServer::Settings trusting;
  trusting.trusted_proxies = {"127.0.0.0/8"};
  TestServer trusts(who, trusting);
  TestServer doubts(who);

  EXPECT_EQ(RawClient(trusts.port()).get("/", kForwarded).body, "203.0.113.9 https abc-1");
  EXPECT_TRUE(RawClient(doubts.port()).get("/", kForwarded).body.starts_with("127.0.0.1 http "));
}

TEST(HttpServer, DrainFinishesWhatRunsAndClosesWhatIsIdle) {
  std::promise<void> began;
  TestServer server([&](HttpRequest& request) -> Task<HttpResponse> {
    if (request.path == "/slow") {
      began.set_value();
      co_await rest(50ms);
    }
    co_return HttpResponse::text(200, "text/plain", "finished");
  });
  RawClient idle(server.port());
  EXPECT_EQ(idle.get("/").status, 200);
  RawClient busy(server.port());
  busy.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
  began.get_future().wait();

  server.drain(5s);

  EXPECT_TRUE(idle.is_closed());
  const Answer answer = busy.receive();
  EXPECT_EQ(answer.body, "finished");
  EXPECT_EQ(answer.headers.at("connection"), "close");
}

TEST(HttpServer, DrainCancelsWhatRunsTooLong) {
  std::promise<void> began;
  TestServer server([&](HttpRequest&) -> Task<HttpResponse> {
    began.set_value();
    co_await rest(1h);
    co_return HttpResponse::text(200, "text/plain", "");
  });
  RawClient client(server.port());
  client.send(kGet);
  began.get_future().wait();

  server.drain(20ms);

  EXPECT_TRUE(client.is_closed());
}

TEST(HttpServer, AnotherProtocolCanTakeTheConnectionOver) {
  TestServer server([](HttpRequest&) -> Task<HttpResponse> {
    HttpResponse response{
        .status = 101, .headers = {}, .body = Takeover{[](Wire& wire, std::string early) -> Task<void> {
                                        co_await wire.write("early " + early);
                                      }}};
    response.headers.add("Upgrade", "parrot");
    response.headers.add("Connection", "Upgrade");
    co_return response;
  });
  RawClient client(server.port());

  const Answer answer = client.ask(std::string(kGet) + "hello");

  EXPECT_EQ(answer.status, 101);
  EXPECT_EQ(answer.headers.at("upgrade"), "parrot");
  EXPECT_EQ(client.take(std::string::npos), "early hello");
}

TEST(HttpServer, APortInUseIsAnError) {
  TestServer server(echo);
  Reactors reactors({.count = 1, .blocking_threads = 1});
  HttpServer::Settings settings;
  settings.port = server.port();
  HttpServer second(reactors, settings, echo);

  const Result<void> started = second.start();

  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().reason, "io.listen_failed");
}

}  // namespace
}  // namespace luso::io
