#include "io/http_server.h"

#include <atomic>
#include <list>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include "base/check.h"
#include "base/log.h"
#include "io/internal/http_connection.h"
#include "io/scope.h"

namespace luso::io {
namespace asio = boost::asio;
using asio::ip::tcp;
using internal::HttpConnection;
using internal::HttpContext;

namespace {

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);
constexpr auto kCheckEvery = std::chrono::milliseconds(500);
constexpr auto kPauseAfterAcceptError =
    std::chrono::milliseconds(100);  // No descriptors left: let some close first.

HttpContext make_context(HttpServer::Settings& settings, HttpHandler handler) {
  auto& metrics = metrics::registry();
  return {.limits = settings.limits,
          .trusted = {},
          .body_limit = std::move(settings.body_limit),
          .handler = std::move(handler),
          .connections = metrics.gauge("luso_http_connections", "Connections open now."),
          .requests = metrics.counter("luso_http_requests_total", "Requests handed to a handler."),
          .bytes_sent = metrics.counter("luso_http_sent_bytes_total", "Bytes sent, heads included."),
          .bad_requests =
              metrics.counter("luso_http_bad_requests_total", "Malformed or oversize requests refused."),
          .deadlines_missed = metrics.counter("luso_http_deadlines_missed_total",
                                              "Connections closed for a slow head, body or reader."),
          .handlers_cancelled = metrics.counter("luso_http_handlers_cancelled_total",
                                                "Handlers cancelled because their client went away.")};
}

void report(const std::exception_ptr& failure) {
  if (!failure) return;
  try {
    std::rethrow_exception(failure);
  } catch (const boost::system::system_error& error) {
    if (error.code() != asio::error::operation_aborted)
      log::error("http.connection_failed", {{"error", error.what()}});
  } catch (const std::exception& error) {
    log::error("http.connection_failed", {{"error", error.what()}});
  }
}

// The part of the server that lives on one reactor.
class Listener {
 public:
  Listener(const HttpContext& context, Reactor& reactor, tcp::acceptor acceptor, const TlsContext* tls,
           std::atomic<std::size_t>& open)
      : context_(context),
        reactor_(reactor),
        acceptor_(std::move(acceptor)),
        tls_(tls),
        open_(open),
        work_(reactor.executor()),
        all_ended_(reactor.executor(), asio::steady_timer::time_point::max()),
        refused_(metrics::registry().counter("luso_http_connections_refused_total",
                                             "Connections closed because there were too many.")) {}

  [[nodiscard]] Reactor& reactor() { return reactor_; }

  void start() {
    work_.spawn([this] { return accept_loop(); });
    work_.spawn([this] { return check_loop(); });
  }

  void begin_drain() {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    each([](HttpConnection& connection) { connection.begin_drain(); });
  }

  [[nodiscard]] Task<void> finish(MonoTime deadline) {
    co_await wait_for_all(deadline);
    each([](HttpConnection& connection) { connection.cancel(); });
    co_await wait_for_all(std::chrono::steady_clock::now() + std::chrono::seconds(1));
    each([](HttpConnection& connection) { connection.abort(); });
    co_await wait_for_all(MonoTime::max());
    co_await work_.close();
  }

 private:
  [[nodiscard]] Task<void> accept_loop() {
    while (acceptor_.is_open()) {
      auto [error, socket] = co_await acceptor_.async_accept(kNoThrow);
      if (!error) {
        admit(std::move(socket));
        continue;
      }
      if (error == asio::error::operation_aborted || error == asio::error::bad_descriptor) co_return;
      log::warn("http.accept_failed", {{"error", error.message()}});
      asio::steady_timer pause(reactor_.executor(), kPauseAfterAcceptError);
      co_await pause.async_wait(kNoThrow);
    }
  }

  void admit(tcp::socket socket) {
    if (open_.load(std::memory_order_relaxed) >= context_.limits.connections_max) {
      refused_.add();
      return;
    }
    open_.fetch_add(1, std::memory_order_relaxed);
    auto connection = connections_.emplace(connections_.end(), context_, std::move(socket), tls_);
    auto ended = [this, connection](const std::exception_ptr& failure) {
      report(failure);
      connections_.erase(connection);
      open_.fetch_sub(1, std::memory_order_relaxed);
      if (connections_.empty()) all_ended_.cancel();
    };
    asio::co_spawn(reactor_.executor(), connection->run(),
                   asio::bind_cancellation_slot(connection->slot(), ended));
  }

  [[nodiscard]] Task<void> check_loop() {
    asio::steady_timer timer(reactor_.executor());
    for (;;) {
      timer.expires_after(kCheckEvery);
      co_await timer.async_wait(asio::use_awaitable);
      const auto now = std::chrono::steady_clock::now();
      each([now](HttpConnection& connection) { connection.check(now); });
    }
  }

  // A connection may end, and leave the list, while it is being visited.
  template <typename F>
  void each(F visit) {
    for (auto at = connections_.begin(); at != connections_.end();) visit(*at++);
  }

  [[nodiscard]] Task<void> wait_for_all(MonoTime deadline) {
    while (!connections_.empty() && std::chrono::steady_clock::now() < deadline) {
      all_ended_.expires_at(deadline);
      co_await all_ended_.async_wait(kNoThrow);
    }
  }

  const HttpContext& context_;
  Reactor& reactor_;
  tcp::acceptor acceptor_;
  const TlsContext* tls_;
  std::atomic<std::size_t>& open_;
  std::list<HttpConnection> connections_;
  Scope work_;
  asio::steady_timer all_ended_;
  metrics::Counter& refused_;
};

}  // namespace

struct HttpServer::Impl {
  Reactors& reactors;
  Settings settings;
  HttpContext context;
  std::uint16_t port = 0;
  std::atomic<std::size_t> open = 0;
  std::vector<std::unique_ptr<Listener>> listeners;

  Impl(Reactors& all, Settings given, HttpHandler handler)
      : reactors(all), settings(std::move(given)), context(make_context(settings, std::move(handler))) {}
};

HttpServer::HttpServer(Reactors& reactors, Settings settings, HttpHandler handler)
    : impl_(std::make_unique<Impl>(reactors, std::move(settings), std::move(handler))) {}

HttpServer::~HttpServer() = default;

Result<void> HttpServer::start() {
  TRY(impl_->context.trusted, TrustedProxies::parse(impl_->settings.trusted_proxies));
  TRY(const tcp::endpoint endpoint, endpoint_of(impl_->settings.address, impl_->settings.port));
  TRY(std::vector<tcp::acceptor> acceptors, listen_on_all(impl_->reactors, endpoint));
  impl_->port = acceptors.front().local_endpoint().port();
  for (std::size_t i = 0; i < acceptors.size(); ++i) {
    Reactor& reactor = impl_->reactors.at(i);
    impl_->listeners.push_back(std::make_unique<Listener>(impl_->context, reactor, std::move(acceptors[i]),
                                                          impl_->settings.tls, impl_->open));
    reactor.post([listener = impl_->listeners.back().get()] { listener->start(); });
  }
  return {};
}

std::uint16_t HttpServer::port() const {
  return impl_->port;
}

Task<void> HttpServer::drain(std::chrono::milliseconds patience) {
  const MonoTime deadline = std::chrono::steady_clock::now() + patience;
  for (const auto& listener : impl_->listeners) {
    listener->reactor().post([one = listener.get()] { one->begin_drain(); });
  }
  for (const auto& listener : impl_->listeners) {
    co_await asio::co_spawn(listener->reactor().executor(), listener->finish(deadline), asio::use_awaitable);
  }
  impl_->listeners.clear();
}

std::size_t HttpServer::connections() const {
  return impl_->open.load(std::memory_order_relaxed);
}

}  // namespace luso::io
