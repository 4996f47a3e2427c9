#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <boost/asio/steady_timer.hpp>

#include "base/bytes.h"
#include "base/clock.h"
#include "io/http.h"
#include "io/scope.h"
#include "proto/websocket.h"

namespace luso::io {

class Wire;

struct WebSocketLimits {
  std::size_t message_bytes_max = 64 * 1024;        // A longer one closes with 1009.
  std::size_t outbox_frames_max = 256;              // A reader this far behind is closed with 1013.
  std::size_t outbox_bytes_max = 1024 * 1024;       // The same.
  std::chrono::milliseconds ping_every{25'000};     // Zero: the protocol inside sees to silence itself.
  std::chrono::milliseconds silence_max{60'000};    // A peer that says nothing, no pong either, is gone.
  std::chrono::milliseconds close_deadline{2'000};  // For what is queued, and the peer's own close.
};

struct WebSocketOptions {
  WebSocketLimits limits;
  bool any_origin =
      false;  // Whoever asks has looked at Origin; otherwise only the host's own pages may connect.
};

struct WebSocketMessage {
  bool is_text = true;
  std::string payload;
};

// One WebSocket, the server's side, on the reactor of its connection. Frames are made once and shared by all
// who get them; what is queued in one turn of the loop leaves in one system call, at the end of that turn.
class WebSocket {
 public:
  WebSocket(Wire& wire, boost::asio::any_io_executor executor, WebSocketLimits limits);
  ~WebSocket();
  WebSocket(const WebSocket&) = delete;
  WebSocket& operator=(const WebSocket&) = delete;

  // The next message; empty once the socket is closing, whoever began it. Pings are answered on the way.
  [[nodiscard]] Task<std::optional<WebSocketMessage>> receive();

  // Queues a whole frame (proto::websocket::write_frame), or several in one. False, and the end of this
  // socket, when the peer reads too slowly to keep up.
  bool send(SharedBytes frame);
  bool send_text(std::string_view text);
  void close(proto::websocket::CloseCode code, std::string_view reason = {});

  [[nodiscard]] bool is_closing() const { return closing_; }

  [[nodiscard]] std::size_t outbox_frames() const { return outbox_.size(); }

  // Closed because the peer did not read what was sent,
  [[nodiscard]] bool was_too_slow() const { return too_slow_; }

  // or because what it sent was no WebSocket, or beyond a limit.
  [[nodiscard]] bool was_misused() const { return misused_; }

 private:
  class Turn;
  friend HttpResponse upgrade_to_websocket(const HttpRequest& request, WebSocketOptions options,
                                           std::function<Task<void>(WebSocket&)> serve);

  void feed(std::string_view early) { parser_.feed(as_bytes(early)); }

  [[nodiscard]] std::optional<WebSocketMessage> take(const proto::websocket::Event& event);
  void schedule();                   // Flushes at the end of this turn.
  void flush();                      // What the kernel takes at once; the loop does the rest.
  void forget(std::size_t written);  // Of the outbox.
  void break_off();
  [[nodiscard]] Task<void> write_loop();
  [[nodiscard]] Task<void> ping_loop();
  [[nodiscard]] Task<void> shut();  // Sends what is queued, within the close deadline, and ends both loops.

  Wire& wire_;
  WebSocketLimits limits_;
  proto::websocket::Parser parser_;
  std::deque<SharedBytes> outbox_;
  std::size_t outbox_bytes_ = 0;
  std::size_t front_written_ = 0;  // Of the first frame.
  bool stuck_ = false;             // The kernel's buffer is full, or TLS is on: the loop writes.
  bool scheduled_ = false;
  boost::asio::steady_timer work_;     // Cancelled when there is something to write, or nothing more to come.
  boost::asio::steady_timer drained_;  // Cancelled when the outbox has run empty.
  MonoTime heard_at_;
  bool closing_ = false;
  bool broken_ = false;
  bool too_slow_ = false;
  bool misused_ = false;
  boost::asio::any_io_executor executor_;
  Scope loops_;
};

// The answer to an upgrade request: 101 and `serve`, or 400 / 403 / 426. `serve` returns when it has had
// enough; the socket is then closed. A page may connect only from the request's own host, unless the options
// say otherwise; programs send no Origin.
[[nodiscard]] HttpResponse upgrade_to_websocket(const HttpRequest& request, WebSocketOptions options,
                                                std::function<Task<void>(WebSocket&)> serve);

}  // namespace luso::io
