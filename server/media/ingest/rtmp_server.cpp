#include "media/ingest/rtmp_server.h"

#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/log.h"

namespace luso::media {
namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::milliseconds kWatchInterval{500};  // Deadlines hold to about so much.
constexpr std::chrono::milliseconds kAcceptBackoff{100};  // Out of descriptors: wait, do not spin.
constexpr std::chrono::seconds kStopPatience{2};

}  // namespace

// The part of the server that lives on one reactor.
struct RtmpServer::Door {
  Door(io::Reactor& r, tcp::acceptor a)
      : reactor(r), acceptor(std::move(a)), scope(r.executor()), timer(r.executor()) {}

  io::Reactor& reactor;
  tcp::acceptor acceptor;
  io::Scope scope;
  asio::steady_timer timer;
  std::list<std::shared_ptr<RtmpSession>> sessions;
};

RtmpServer::RtmpServer(io::Reactors& reactors, const IngestContext& context, Settings settings)
    : reactors_(reactors), context_(context), settings_(std::move(settings)) {}

RtmpServer::~RtmpServer() = default;

Result<void> RtmpServer::start() {
  TRY(const tcp::endpoint endpoint, io::endpoint_of(settings_.address, settings_.port));
  TRY(std::vector<tcp::acceptor> acceptors, io::listen_on_all(reactors_, endpoint));
  port_ = acceptors.front().local_endpoint().port();
  for (std::size_t i = 0; i < acceptors.size(); ++i) {
    doors_.push_back(std::make_unique<Door>(reactors_.at(i), std::move(acceptors[i])));
    Door& door = *doors_.back();
    door.reactor.post([this, &door] {
      door.scope.spawn([this, &door] { return accept_loop(door); });
      door.scope.spawn([this, &door] { return watch_loop(door); });
    });
  }
  return {};
}

Task<void> RtmpServer::accept_loop(Door& door) {
  while (door.acceptor.is_open()) {
    auto [error, socket] = co_await door.acceptor.async_accept(kNoThrow);
    if (error == asio::error::operation_aborted || error == asio::error::bad_descriptor) co_return;
    if (error) {
      log::warn("rtmp.accept_failed", {{"error", error.message()}});
      asio::steady_timer pause(door.reactor.executor(), kAcceptBackoff);
      co_await pause.async_wait(kNoThrow);
      continue;
    }
    if (door.sessions.size() >= kConnectionsMax) {
      context_.metrics.refused("rtmp.too_many_connections");
      continue;
    }
    auto session = std::make_shared<RtmpSession>(context_, door.reactor, std::move(socket), settings_.tls);
    door.scope.spawn([this, &door, session = std::move(session)] { return serve(door, session); });
  }
}

Task<void> RtmpServer::serve(Door& door, std::shared_ptr<RtmpSession> session) {
  const auto place = door.sessions.insert(door.sessions.end(), session);
  try {
    co_await session->run();
  } catch (const std::exception& failure) {
    log::error("rtmp.session_failed", {{"error", failure.what()}});
  }
  door.sessions.erase(place);
}

Task<void> RtmpServer::watch_loop(Door& door) {
  for (;;) {
    door.timer.expires_after(kWatchInterval);
    const auto [error] = co_await door.timer.async_wait(kNoThrow);
    if (error) co_return;
    const MonoTime now = context_.clock.monotonic();
    for (const auto& session : door.sessions) session->check(now);
  }
}

Task<void> RtmpServer::close(Door& door) {
  boost::system::error_code ignored;
  door.acceptor.close(ignored);
  for (const auto& session : door.sessions) session->dismiss(UnpublishCause::server_stopping);
  const auto deadline = std::chrono::steady_clock::now() + kStopPatience;
  asio::steady_timer poll(door.reactor.executor());
  while (!door.sessions.empty() && std::chrono::steady_clock::now() < deadline) {
    poll.expires_after(std::chrono::milliseconds(10));
    co_await poll.async_wait(kNoThrow);
  }
  co_await door.scope.close();
}

Task<void> RtmpServer::stop() {
  for (const auto& door : doors_) {
    co_await asio::co_spawn(door->reactor.executor(), close(*door), asio::use_awaitable);
  }
}

}  // namespace luso::media
