#include "media/webrtc/signal_front.h"

#include <utility>

#include <boost/asio/this_coro.hpp>

#include "media/webrtc/join_desk.h"
#include "media/webrtc/signal_http.h"

namespace luso::media::webrtc {

SignalFront::SignalFront(Services services, std::string_view prefix, Join join)
    : services_(services),
      join_(std::move(join)),
      urls_(services_.reactors, services_.random, std::string(prefix) + "session/",
            [this](std::size_t reactor) {
              return candidates_of(services_.ports.at(reactor), services_.settings);
            }) {}

Task<io::HttpResponse> SignalFront::answer(io::HttpRequest& request) {
  constexpr std::string_view kMethods = "POST, OPTIONS";
  // A session that was begun is finished, even for a client that has gone: the handshake's deadline ends it.
  co_await boost::asio::this_coro::throw_if_cancelled(false);
  if (auto id = urls_.id_in(request.path)) co_return co_await urls_.handle(request, *std::move(id));
  if (request.method == "OPTIONS") co_return preflight(kMethods);
  if (request.method != "POST") co_return method_not_allowed(request, kMethods);
  Result<io::HttpResponse> response = co_await join_(request);
  if (!response) co_return failure(std::move(response).error(), request);
  co_return *std::move(response);
}

SignalFront::Begun SignalFront::begin(std::shared_ptr<SignalledSession> session, const Peer& peer,
                                      const Plan& plan) {
  const PeerPort& port = services_.ports.at(io::Reactor::current()->index());
  const LocalTransport local = local_transport(peer, port, services_.settings);
  SessionUrls::Url url = urls_.add(std::move(session), plan.remote.ice_ufrag);
  return {.url_id = std::move(url.id),
          .response = created({.location = std::move(url.location),
                               .etag = std::move(url.etag),
                               .answer = write_answer(plan, local)},
                              services_.settings.ice_servers)};
}

}  // namespace luso::media::webrtc
