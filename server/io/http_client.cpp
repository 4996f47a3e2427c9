#include "io/http_client.h"

#include <array>
#include <span>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/check.h"
#include "base/clock.h"
#include "base/text.h"
#include "io/internal/input_buffer.h"
#include "io/tcp.h"

namespace luso::io {
namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kReadBytes = 16 * 1024;

std::string text_of(const ClientRequest& request) {
  std::string text = request.method + ' ' + request.target + " HTTP/1.1\r\n";
  for (const auto& [name, value] : request.headers.all()) {
    if (equals_ignoring_case(name, "content-length") || equals_ignoring_case(name, "connection")) continue;
    text.append(name).append(": ").append(value).append("\r\n");
  }
  const bool may_have_body = request.method != "GET" && request.method != "HEAD";
  if (may_have_body || !request.body.empty())
    text += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  text += "\r\n";
  return text;
}

bool is_repeatable(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "OPTIONS";
}

// One connection and the message on it. Shared by the pool or a response's body, and by the timer that
// watches it.
class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  Exchange(asio::any_io_executor executor, RequestParser::Limits limits)
      : socket_(executor), timer_(executor), parser_(limits) {}

  // Aborts the connection unless watch() or relax() is called again in time.
  void watch(std::chrono::milliseconds patience) {
    timer_.expires_after(patience);
    timer_.async_wait([weak = weak_from_this()](boost::system::error_code error) {
      const auto self = weak.lock();
      if (error || !self || self->timer_.expiry() > std::chrono::steady_clock::now()) return;
      self->late_ = true;
      self->abort();
    });
  }

  void relax() { timer_.cancel(); }

  [[nodiscard]] Task<bool> connect(tcp::endpoint endpoint) {
    auto [error] = co_await socket_.async_connect(endpoint, kNoThrow);
    if (error) co_return false;
    wire_ = std::make_unique<Wire>(std::move(socket_));
    co_return true;
  }

  // Writes the request and reads to the end of the response's head, informational ones passed over.
  [[nodiscard]] Task<bool> begin(const ClientRequest* request) {
    const std::string head = text_of(*request);
    const std::array pieces{
        iovec{.iov_base = const_cast<char*>(head.data()), .iov_len = head.size()},
        iovec{.iov_base = const_cast<char*>(request->body.data()), .iov_len = request->body.size()}};
    if (!co_await wire_->write(pieces)) co_return false;
    do {
      parser_.start(request->method == "HEAD");
      if (co_await read_until_event() != ParseState::head_done) co_return false;
    } while (parser_.head().status < 200 && parser_.head().status != 101);
    co_return parser_.head().status != 101;
  }

  // What is there of the body, or the next piece that comes; empty at its end.
  [[nodiscard]] Task<Result<std::optional<SharedBytes>>> next_piece() {
    while (parser_.body().empty() && !ended_) {
      const ParseState state = co_await read_until_event();
      if (state == ParseState::done) ended_ = true;
      if (state != ParseState::done && parser_.body().empty()) {
        co_return fail(late_ ? ErrorKind::timeout : ErrorKind::internal, "io.bad_gateway",
                       "the body broke off");
      }
    }
    if (parser_.body().empty()) co_return std::optional<SharedBytes>();
    const std::string& body = parser_.body();
    SharedBytes piece = share(Bytes(body.begin(), body.end()));
    parser_.body().clear();
    co_return std::optional<SharedBytes>(std::move(piece));
  }

  // Nothing of this response is left to read, and another request may follow.
  [[nodiscard]] bool is_reusable() {
    return ended_ && input_.empty() && parser_.keep_alive() && !wire_->peer_is_gone();
  }

  // True when the head says that there is no body.
  [[nodiscard]] bool settle_without_body() {
    const Parsed parsed = parser_.feed(input_.unread());
    input_.consume(parsed.consumed);
    ended_ = parsed.state == ParseState::done;
    return ended_ && parser_.body().empty();
  }

  void reset() { ended_ = late_ = false; }

  [[nodiscard]] ResponseHead& head() { return parser_.head(); }

  [[nodiscard]] bool is_late() const { return late_; }

  [[nodiscard]] bool is_gone() const { return wire_->peer_is_gone(); }

  void abort() {
    boost::system::error_code ignored;
    socket_.close(ignored);
    if (wire_) wire_->abort();
  }

  MonoTime idle_since;

 private:
  // head_done, done, or need_more with body bytes at hand; anything else is the end of this connection.
  [[nodiscard]] Task<ParseState> read_until_event() {
    for (;;) {
      if (!input_.empty()) {
        const Parsed parsed = parser_.feed(input_.unread());
        input_.consume(parsed.consumed);
        if (parsed.state != ParseState::need_more || !parser_.body().empty()) co_return parsed.state;
      }
      const std::size_t size = co_await wire_->read_some(input_.prepare(kReadBytes));
      if (size == 0) co_return late_ ? ParseState::bad : parser_.feed_end();
      input_.commit(size);
    }
  }

  tcp::socket socket_;
  asio::steady_timer timer_;
  std::unique_ptr<Wire> wire_;
  internal::InputBuffer input_;
  ResponseParser parser_;
  bool ended_ = false;
  bool late_ = false;
};

using ExchangePtr = std::shared_ptr<Exchange>;

}  // namespace

// One reactor's connections.
class HttpClient::Pool : public std::enable_shared_from_this<Pool> {
 public:
  Pool(Settings settings, tcp::endpoint endpoint, asio::any_io_executor executor)
      : settings_(std::move(settings)), endpoint_(std::move(endpoint)), executor_(std::move(executor)) {}

  [[nodiscard]] Task<Result<ClientResponse>> send(ClientRequest request) {
    if (is_repeatable(request.method)) {
      if (const ExchangePtr kept = take_idle()) {
        const Ticket ticket(shared_from_this());
        kept->watch(settings_.response_deadline);
        if (co_await kept->begin(&request)) co_return respond(kept, ticket);
        if (kept->is_late()) co_return fail(ErrorKind::timeout, "io.bad_gateway", "no answer in time");
      }
    }
    co_return co_await send_on_fresh(std::move(request));
  }

  void close_idle() {
    for (const ExchangePtr& exchange : idle_) exchange->abort();
    idle_.clear();
  }

 private:
  // Counts a connection in use for as long as somebody holds it.
  class Ticket {
   public:
    explicit Ticket(std::shared_ptr<Pool> pool)
        : held_(new char, [pool](const char* mark) {
            delete mark;
            --pool->busy_;
          }) {
      ++pool->busy_;
    }

   private:
    std::shared_ptr<char> held_;
  };

  [[nodiscard]] Task<Result<ClientResponse>> send_on_fresh(ClientRequest request) {
    if (busy_ >= settings_.connections_max) {
      co_return fail(ErrorKind::unavailable, "io.web_down", "every connection is busy");
    }
    const Ticket ticket(shared_from_this());
    auto exchange = std::make_shared<Exchange>(executor_, settings_.limits);
    exchange->watch(settings_.connect_deadline);
    if (!co_await exchange->connect(endpoint_))
      co_return fail(ErrorKind::unavailable, "io.web_down", "no connection");
    exchange->watch(settings_.response_deadline);
    if (co_await exchange->begin(&request)) co_return respond(exchange, ticket);
    if (exchange->is_late()) co_return fail(ErrorKind::timeout, "io.bad_gateway", "no answer in time");
    co_return fail(ErrorKind::internal, "io.bad_gateway", "not an answer");
  }

  [[nodiscard]] ClientResponse respond(const ExchangePtr& exchange, const Ticket& ticket) {
    ClientResponse response{.status = exchange->head().status,
                            .headers = std::move(exchange->head().headers),
                            .has_body = false,
                            .body = {}};
    if (exchange->settle_without_body()) {
      keep(exchange);
      return response;
    }
    response.has_body = true;
    exchange->watch(settings_.stall_deadline);
    response.body = [pool = shared_from_this(), exchange,
                     ticket]() -> Task<Result<std::optional<SharedBytes>>> {
      const auto here = pool;  // The function may be dropped while it waits.
      const auto mine = exchange;
      auto piece = co_await mine->next_piece();
      mine->watch(here->settings_.stall_deadline);
      if (piece && !*piece) here->keep(mine);
      co_return piece;
    };
    return response;
  }

  void keep(const ExchangePtr& exchange) {
    exchange->relax();
    if (!exchange->is_reusable() || idle_.size() >= settings_.idle_max) return;
    exchange->reset();
    exchange->idle_since = std::chrono::steady_clock::now();
    idle_.push_back(exchange);
  }

  // The newest that is still good; the others behind it are older.
  [[nodiscard]] ExchangePtr take_idle() {
    while (!idle_.empty()) {
      ExchangePtr exchange = std::move(idle_.back());
      idle_.pop_back();
      const bool fresh = std::chrono::steady_clock::now() - exchange->idle_since < settings_.idle_deadline;
      if (fresh && !exchange->is_gone()) return exchange;
      if (!fresh) idle_.clear();
    }
    return nullptr;
  }

  Settings settings_;
  tcp::endpoint endpoint_;
  asio::any_io_executor executor_;
  std::vector<ExchangePtr> idle_;  // Oldest first.
  std::size_t busy_ = 0;
};

HttpClient::HttpClient(Reactors& reactors, Settings settings) : settings_(std::move(settings)) {
  const auto endpoint = endpoint_of(settings_.address, settings_.port);
  LUSO_CHECK(endpoint.has_value());
  for (std::size_t i = 0; i < reactors.size(); ++i) {
    Reactor& reactor = reactors.at(i);
    pools_.emplace_back(&reactor, std::make_shared<Pool>(settings_, *endpoint, reactor.executor()));
  }
}

HttpClient::~HttpClient() = default;

Task<Result<ClientResponse>> HttpClient::send(ClientRequest request) {
  Reactor* here = Reactor::current();
  LUSO_CHECK(here != nullptr);
  co_return co_await pools_.at(here->index()).second->send(std::move(request));
}

void HttpClient::close_idle() {
  for (const auto& [reactor, pool] : pools_) reactor->post([kept = pool] { kept->close_idle(); });
}

}  // namespace luso::io
