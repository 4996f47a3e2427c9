#include "io/websocket.h"

#include <algorithm>
#include <array>
#include <vector>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/metrics.h"
#include "base/text.h"
#include "io/tcp.h"

namespace luso::io {
namespace asio = boost::asio;
namespace ws = proto::websocket;

namespace {

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kReadBytes = 4 * 1024;
constexpr std::size_t kFramesPerWrite = 64;

struct SocketMetrics {
  metrics::Gauge& open;
  metrics::Counter& too_slow;
};

SocketMetrics& socket_metrics() {
  static SocketMetrics all{
      .open = metrics::registry().gauge("luso_websocket_connections", "WebSockets open now."),
      .too_slow = metrics::registry().counter("luso_websocket_too_slow_total",
                                              "WebSockets closed for reading too slowly."),
  };
  return all;
}

iovec piece_of(ByteView bytes) {
  return {.iov_base = const_cast<std::uint8_t*>(bytes.data()),
          .iov_len = bytes.size()};  // The kernel only reads it.
}

bool comes_from_own_page(const HttpRequest& request) {
  const std::string_view origin = request.headers.get("Origin");
  if (origin.empty()) return true;
  const std::size_t authority = origin.find("://");
  return authority != std::string_view::npos &&
         equals_ignoring_case(origin.substr(authority + 3), request.headers.get("Host"));
}

HttpResponse refusal(int status, ErrorKind kind, std::string_view reason, const HttpRequest& request) {
  HttpResponse response = HttpResponse::error(
      {.kind = kind, .reason = reason, .detail = {}, .field = {}, .retry_after_s = 0}, request);
  response.status = status;
  return response;
}

}  // namespace

// The sockets of this thread that have something to send, until the turn of the loop is over: a room's
// message is queued for all of them first, and several messages for one leave together.
class WebSocket::Turn {
 public:
  void add(WebSocket& socket) {
    if (waiting_.empty()) asio::post(socket.executor_, [this] { end(); });
    waiting_.push_back(&socket);
  }

  void remove(const WebSocket& socket) { std::ranges::replace(waiting_, &socket, nullptr); }

  static Turn& of_this_thread() {
    thread_local Turn turn;
    return turn;
  }

 private:
  void end() {
    // A flush sends and never queues, so nobody comes or goes meanwhile.
    for (WebSocket* socket : waiting_) {
      if (socket != nullptr) socket->flush();
    }
    waiting_.clear();
  }

  std::vector<WebSocket*> waiting_;
};

WebSocket::WebSocket(Wire& wire, asio::any_io_executor executor, WebSocketLimits limits)
    : wire_(wire),
      limits_(limits),
      parser_({.message_bytes_max = limits.message_bytes_max}),
      work_(executor, asio::steady_timer::time_point::max()),
      drained_(executor, asio::steady_timer::time_point::max()),
      heard_at_(std::chrono::steady_clock::now()),
      executor_(executor),
      loops_(executor) {
  loops_.spawn([this] { return write_loop(); });
  if (limits_.ping_every.count() > 0) loops_.spawn([this] { return ping_loop(); });
}

WebSocket::~WebSocket() {
  if (scheduled_) Turn::of_this_thread().remove(*this);
}

Task<std::optional<WebSocketMessage>> WebSocket::receive() {
  for (;;) {
    while (const auto event = parser_.next()) {
      auto message = take(*event);
      if (closing_) co_return std::nullopt;
      if (message) co_return message;
    }
    if (closing_) co_return std::nullopt;
    const std::span<std::uint8_t> bytes = parser_.prepare(kReadBytes);
    const std::span<char> room(reinterpret_cast<char*>(bytes.data()), bytes.size());
    const std::size_t size = co_await wire_.read_some(room);
    if (size == 0) {
      // Asked to stop, the socket still works; otherwise the peer is gone.
      const auto state = co_await asio::this_coro::cancellation_state;
      if (state.cancelled() == asio::cancellation_type::none) closing_ = broken_ = true;
      co_return std::nullopt;
    }
    parser_.commit(size);
    heard_at_ = std::chrono::steady_clock::now();
  }
}

std::optional<WebSocketMessage> WebSocket::take(const ws::Event& event) {
  switch (event.kind) {
    case ws::Event::Kind::text:
    case ws::Event::Kind::binary:
      return WebSocketMessage{.is_text = event.kind == ws::Event::Kind::text,
                              .payload = std::string(as_text(event.payload))};
    case ws::Event::Kind::ping:
      send(share(ws::write_frame(ws::Opcode::pong, event.payload)));
      return std::nullopt;
    case ws::Event::Kind::pong: return std::nullopt;
    case ws::Event::Kind::close:
      // 5.5.1: the same code goes back; a close without one is answered without one.
      close(event.code == ws::CloseCode::no_status ? ws::CloseCode::normal : event.code);
      return std::nullopt;
    case ws::Event::Kind::fail:
      misused_ = true;
      close(event.code, as_text(event.payload));
      return std::nullopt;
  }
  return std::nullopt;
}

bool WebSocket::send(SharedBytes frame) {
  if (closing_) return false;
  if (outbox_.size() >= limits_.outbox_frames_max ||
      outbox_bytes_ + frame->size() > limits_.outbox_bytes_max) {
    socket_metrics().too_slow.add();
    too_slow_ = true;
    close(ws::CloseCode::try_again_later, "reading too slowly");
    return false;
  }
  outbox_bytes_ += frame->size();
  outbox_.push_back(std::move(frame));
  schedule();
  return true;
}

bool WebSocket::send_text(std::string_view text) {
  return send(share(ws::write_frame(ws::Opcode::text, as_bytes(text))));
}

// The close frame is always queued, however full the outbox is: it is the last.
void WebSocket::close(ws::CloseCode code, std::string_view reason) {
  if (closing_) return;
  closing_ = true;
  outbox_.push_back(share(ws::write_close(code, reason)));
  outbox_bytes_ += outbox_.back()->size();
  schedule();
  // Wakes a receive() that waits for the peer: it has nothing more to say that we want to hear.
  boost::system::error_code ignored;
  wire_.socket().shutdown(asio::ip::tcp::socket::shutdown_receive, ignored);
}

void WebSocket::schedule() {
  if (scheduled_ || stuck_) return;
  scheduled_ = true;
  Turn::of_this_thread().add(*this);
}

void WebSocket::flush() {
  scheduled_ = false;
  while (!outbox_.empty() && !broken_ && !stuck_) {
    std::array<iovec, kFramesPerWrite> pieces{};
    const std::size_t count = std::min(outbox_.size(), kFramesPerWrite);
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < count; ++i) {
      pieces.at(i) = piece_of(ByteView(*outbox_[i]).subspan(i == 0 ? front_written_ : 0));
      bytes += pieces.at(i).iov_len;
    }
    const std::ptrdiff_t written = wire_.try_write(std::span(pieces).first(count));
    if (written < 0) return break_off();
    forget(static_cast<std::size_t>(written));
    if (static_cast<std::size_t>(written) == bytes) continue;
    stuck_ = true;
    work_.cancel();
  }
  if (outbox_.empty()) drained_.cancel();
}

void WebSocket::forget(std::size_t written) {
  outbox_bytes_ -= written;
  written += front_written_;
  while (!outbox_.empty() && written >= outbox_.front()->size()) {
    written -= outbox_.front()->size();
    outbox_.pop_front();
  }
  front_written_ = written;
}

void WebSocket::break_off() {
  closing_ = broken_ = true;
  wire_.abort();
  drained_.cancel();
}

// For what the kernel did not take at once.
Task<void> WebSocket::write_loop() {
  for (;;) {
    while (!stuck_) co_await work_.async_wait(kNoThrow);
    while (!outbox_.empty()) {
      std::array<SharedBytes, kFramesPerWrite> frames;  // They must live until they are written.
      std::array<iovec, kFramesPerWrite> pieces{};
      const std::size_t count = std::min(outbox_.size(), kFramesPerWrite);
      std::size_t bytes = 0;
      for (std::size_t i = 0; i < count; ++i) {
        frames.at(i) = outbox_[i];
        pieces.at(i) = piece_of(ByteView(*frames.at(i)).subspan(i == 0 ? front_written_ : 0));
        bytes += pieces.at(i).iov_len;
      }
      if (!co_await wire_.write(std::span(pieces).first(count))) {
        break_off();
        co_return;
      }
      forget(bytes);
    }
    stuck_ = false;
    drained_.cancel();
  }
}

Task<void> WebSocket::ping_loop() {
  const SharedBytes ping = share(ws::write_frame(ws::Opcode::ping, {}));
  asio::steady_timer timer(co_await asio::this_coro::executor);
  for (;;) {
    timer.expires_after(limits_.ping_every);
    co_await timer.async_wait(asio::use_awaitable);
    if (std::chrono::steady_clock::now() - heard_at_ > limits_.silence_max) {
      break_off();
      co_return;
    }
    send(ping);
  }
}

Task<void> WebSocket::shut() {
  close(ws::CloseCode::normal);
  const MonoTime deadline = std::chrono::steady_clock::now() + limits_.close_deadline;
  while (!outbox_.empty() && !broken_ && std::chrono::steady_clock::now() < deadline) {
    drained_.expires_at(deadline);
    co_await drained_.async_wait(kNoThrow);
  }
  if (!outbox_.empty()) wire_.abort();
  co_await loops_.close();
}

HttpResponse upgrade_to_websocket(const HttpRequest& request, WebSocketOptions options,
                                  std::function<Task<void>(WebSocket&)> serve) {
  if (!options.any_origin && !comes_from_own_page(request))
    return refusal(403, ErrorKind::forbidden, "api.csrf", request);
  const auto accept = ws::accept_upgrade({.connection = request.headers.get("Connection"),
                                          .upgrade = request.headers.get("Upgrade"),
                                          .version = request.headers.get("Sec-WebSocket-Version"),
                                          .key = request.headers.get("Sec-WebSocket-Key")});
  if (!accept) {
    HttpResponse response = refusal(426, ErrorKind::invalid, "api.invalid", request);
    response.headers.add("Upgrade", "websocket");
    response.headers.add("Sec-WebSocket-Version", "13");
    return response;
  }
  HttpResponse response{.status = 101, .headers = {}, .body = std::string()};
  response.headers.add("Upgrade", "websocket");
  response.headers.add("Connection", "Upgrade");
  response.headers.add("Sec-WebSocket-Accept", *accept);
  response.body = Takeover{
      [limits = options.limits, serve = std::move(serve)](Wire& wire, std::string early) -> Task<void> {
        // The socket has loops to end, also when this task itself is asked to stop.
        co_await asio::this_coro::throw_if_cancelled(false);
        const auto body = serve;
        WebSocket socket(wire, co_await asio::this_coro::executor, limits);
        socket.feed(early);
        socket_metrics().open.add(1);
        co_await body(socket);
        const bool stopping =
            (co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none;
        if (stopping) socket.close(ws::CloseCode::going_away, "the server is stopping");
        co_await socket.shut();
        socket_metrics().open.add(-1);
      }};
  return response;
}

}  // namespace luso::io
