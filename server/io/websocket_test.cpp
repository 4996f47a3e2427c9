#include "io/websocket.h"

#include <array>
#include <cstdio>
#include <future>
#include <thread>

#include <gtest/gtest.h>

#include "io/internal/test_http.h"

namespace luso::io {
namespace {
namespace ws = proto::websocket;
using namespace std::chrono_literals;
using testing::Answer;
using testing::RawClient;
using testing::TestServer;

constexpr std::string_view kUpgrade =
    "GET /ws HTTP/1.1\r\nHost: luso.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

// RFC 6455, 5.3: clients mask what they send.
std::string masked(ws::Opcode opcode, std::string_view payload) {
  constexpr std::string_view kMask = "\x12\x34\x56\x78";
  std::string frame{static_cast<char>(0x80U | static_cast<unsigned>(opcode))};
  if (payload.size() < 126) {
    frame += static_cast<char>(0x80U | payload.size());
  } else {
    frame += static_cast<char>(0x80U | 126U);
    frame += static_cast<char>(payload.size() >> 8U);
    frame += static_cast<char>(payload.size() & 255U);
  }
  frame += kMask;
  for (std::size_t i = 0; i < payload.size(); ++i) frame += static_cast<char>(payload[i] ^ kMask[i % 4]);
  return frame;
}

struct Frame {
  ws::Opcode opcode = ws::Opcode::continuation;
  std::string payload;
};

Frame next_frame(RawClient& client) {
  const std::string head = client.take(2);
  if (head.size() < 2) return {};
  std::size_t size = static_cast<unsigned char>(head[1]);
  if (size == 126) {
    const std::string more = client.take(2);
    size = static_cast<std::size_t>(static_cast<unsigned char>(more[0])) << 8U |
           static_cast<unsigned char>(more[1]);
  }
  return {.opcode = static_cast<ws::Opcode>(head[0] & 15), .payload = client.take(size)};
}

unsigned close_code(const Frame& frame) {
  EXPECT_EQ(frame.opcode, ws::Opcode::close);
  if (frame.payload.size() < 2) return 0;
  return static_cast<unsigned>(static_cast<unsigned char>(frame.payload[0])) << 8U |
         static_cast<unsigned char>(frame.payload[1]);
}

Task<void> echo(WebSocket& socket) {
  while (const auto message = co_await socket.receive()) {
    const auto opcode = message->is_text ? ws::Opcode::text : ws::Opcode::binary;
    socket.send(share(ws::write_frame(opcode, as_bytes(message->payload))));
  }
}

// A server whose every request is an upgrade.
struct SocketServer {
  explicit SocketServer(std::function<Task<void>(WebSocket&)> serve = echo, WebSocketLimits limits = {})
      : server([serve, limits](HttpRequest& request) -> Task<HttpResponse> {
          const WebSocketOptions options{.limits = limits};
          co_return upgrade_to_websocket(request, options, serve);
        }) {}

  [[nodiscard]] std::uint16_t port() const { return server.port(); }

  TestServer server;
};

class OpenSocket {
 public:
  explicit OpenSocket(const SocketServer& server) : client(server.port()) {
    EXPECT_EQ(client.ask(std::string(kUpgrade) + "\r\n").status, 101);
  }

  RawClient client;
};

TEST(WebSocket, UpgradesAndEchoes) {
  const SocketServer server;
  RawClient client(server.port());

  const Answer answer = client.ask(std::string(kUpgrade) + "\r\n" + masked(ws::Opcode::text, "olá"));
  EXPECT_EQ(answer.headers.at("sec-websocket-accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  EXPECT_EQ(next_frame(client).payload, "olá");

  client.send(masked(ws::Opcode::binary, std::string(30'000, 'x')));
  const Frame large = next_frame(client);
  EXPECT_EQ(large.opcode, ws::Opcode::binary);
  EXPECT_EQ(large.payload.size(), 30'000U);
}

TEST(WebSocket, RefusesWhatIsNotAnUpgradeAndForeignPages) {
  const SocketServer server;

  EXPECT_EQ(RawClient(server.port()).get("/ws").status, 426);
  EXPECT_EQ(RawClient(server.port()).ask(std::string(kUpgrade) + "Origin: http://evil.test\r\n\r\n").status,
            403);
  EXPECT_EQ(RawClient(server.port()).ask(std::string(kUpgrade) + "Origin: http://luso.test\r\n\r\n").status,
            101);
}

TEST(WebSocket, AnswersPingsAndEchoesTheCloseCode) {
  const SocketServer server;
  OpenSocket open(server);

  open.client.send(masked(ws::Opcode::ping, "are you there"));
  const Frame pong = next_frame(open.client);
  open.client.send(masked(ws::Opcode::close,
                          "\x03\xe9"
                          "bye"));

  EXPECT_EQ(pong.opcode, ws::Opcode::pong);
  EXPECT_EQ(pong.payload, "are you there");
  EXPECT_EQ(close_code(next_frame(open.client)), 1001U);
  EXPECT_TRUE(open.client.is_closed());
}

TEST(WebSocket, AMessageTooLongClosesWith1009) {
  const SocketServer server(echo, {.message_bytes_max = 10});
  OpenSocket open(server);

  open.client.send(masked(ws::Opcode::text, "12345678901"));

  EXPECT_EQ(close_code(next_frame(open.client)), 1009U);
}

TEST(WebSocket, AnUnmaskedFrameClosesWith1002) {
  const SocketServer server;
  OpenSocket open(server);

  open.client.send(std::string("\x81\x01x", 3));

  EXPECT_EQ(close_code(next_frame(open.client)), 1002U);
}

TEST(WebSocket, AReaderTooFarBehindIsClosed) {
  std::promise<bool> fell_behind;
  const SocketServer server(
      [&](WebSocket& socket) -> Task<void> {
        const SharedBytes frame = share(ws::write_frame(ws::Opcode::binary, Bytes(60'000)));
        int sent = 0;
        while (sent < 1000 && socket.send(frame)) ++sent;
        fell_behind.set_value(sent < 1000);
        co_return;
      },
      {.outbox_frames_max = 16, .close_deadline = 100ms});
  const OpenSocket open(server);

  EXPECT_TRUE(fell_behind.get_future().get());
}

TEST(WebSocket, ASilentPeerIsGone) {
  const SocketServer server(echo, {.ping_every = 20ms, .silence_max = 50ms});
  OpenSocket open(server);

  while (next_frame(open.client).opcode == ws::Opcode::ping) {
  }

  EXPECT_TRUE(open.client.is_closed());
}

TEST(WebSocket, AStoppingServerSaysThatItGoesAway) {
  SocketServer server;
  OpenSocket open(server);
  open.client.send(masked(ws::Opcode::text, "x"));
  EXPECT_EQ(next_frame(open.client).payload, "x");

  server.server.drain(5s);

  EXPECT_EQ(close_code(next_frame(open.client)), 1001U);
}

TEST(WebSocket, ABodyThatReturnsClosesTheSocket) {
  const SocketServer server([](WebSocket& socket) -> Task<void> {
    socket.send_text("once");
    co_return;
  });
  OpenSocket open(server);

  EXPECT_EQ(next_frame(open.client).payload, "once");
  EXPECT_EQ(close_code(next_frame(open.client)), 1000U);
  EXPECT_TRUE(open.client.is_closed());
}

}  // namespace
}  // namespace luso::io
