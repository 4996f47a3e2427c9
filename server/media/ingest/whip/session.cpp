#include "media/ingest/whip/session.h"

#include <list>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "io/scope.h"
#include "media/ingest/whip/whip_connection.h"

namespace luso::media {
namespace asio = boost::asio;

// The part of it that lives on one reactor.
struct WhipIngest::Room {
  explicit Room(io::Reactor& r) : reactor(r), scope(r.executor()) {}

  io::Reactor& reactor;
  io::Scope scope;
  std::list<std::shared_ptr<WhipConnection>> sessions;
};

WhipIngest::WhipIngest(io::Reactors& reactors, const IngestContext& context)
    : reactors_(reactors), context_(context) {
  for (std::size_t i = 0; i < reactors_.size(); ++i)
    rooms_.push_back(std::make_unique<Room>(reactors_.at(i)));
}

WhipIngest::~WhipIngest() = default;

Task<Result<PublishGrant>> WhipIngest::ask(PublishRequest request) {
  try {
    if (context_.admit) CO_TRY_VOID(co_await context_.admit());
    co_return co_await context_.authority.may_publish(std::move(request));
  } catch (const std::exception& failure) {
    co_return fail(ErrorKind::internal, "api.internal", failure.what());
  }
}

Result<std::shared_ptr<WhipSession>> WhipIngest::open(Offer offer) {
  webrtc::PeerPort& port = offer.port;
  Room& room = *rooms_.at(port.reactor().index());
  const auto place = room.sessions.emplace(room.sessions.end());
  offer.over = [&room, place, over = std::move(offer.over)] {
    const auto session = std::move(*place);
    room.sessions.erase(place);
    if (over) over();
  };
  auto session = std::make_shared<WhipConnection>(context_, room.reactor, room.scope, offer);
  auto peer = port.open(std::move(offer.options), *session);
  if (!peer) {
    room.sessions.erase(place);
    return tl::unexpected(std::move(peer).error());
  }
  session->start(*std::move(peer));
  *place = session;
  return session;
}

Task<void> WhipIngest::close(Room& room) {
  const auto sessions = room.sessions;
  for (const auto& session : sessions) session->dismiss(UnpublishCause::server_stopping);
  co_await asio::post(room.reactor.executor(), asio::use_awaitable);  // Behind the dismissals.
  co_await room.scope.close();
}

Task<void> WhipIngest::stop() {
  for (const auto& room : rooms_)
    co_await asio::co_spawn(room->reactor.executor(), close(*room), asio::use_awaitable);
}

}  // namespace luso::media
