#include "media/ingest/whip/handler.h"

#include <utility>

#include <boost/asio/this_coro.hpp>

#include "base/log.h"
#include "base/text.h"
#include "media/call_on.h"
#include "media/webrtc/signal_http.h"

namespace luso::media {
namespace {

using io::HttpRequest;
using io::HttpResponse;

constexpr std::string_view kPrefix = "/whip/";
constexpr std::string_view kMethods = "POST, OPTIONS";
constexpr std::size_t kEncoderBytesMax = 200;  // Of the User-Agent, for the creator's panel.

// RFC 6750, 2.1; the scheme's name compares without case (RFC 9110, 11.1).
std::string_view bearer_token_of(const HttpRequest& request) {
  constexpr std::string_view kScheme = "Bearer ";
  const std::string_view field = request.headers.get("Authorization");
  if (!equals_ignoring_case(field.substr(0, kScheme.size()), kScheme)) return {};
  return trim(field.substr(kScheme.size()));
}

}  // namespace

// What a publisher's URL leads to. Lives on its port's reactor.
class WhipHandler::Session final : public webrtc::SignalledSession {
 public:
  explicit Session(std::shared_ptr<WhipSession> publisher) : publisher_(std::move(publisher)) {}

  [[nodiscard]] webrtc::Peer* peer() override { return publisher_->peer(); }

  void leave() override { publisher_->finish(); }

 private:
  std::shared_ptr<WhipSession> publisher_;
};

WhipHandler::WhipHandler(Services services)
    : services_(services),
      urls_(services_.reactors, services_.random, std::string(kPrefix) + "session/",
            [this](std::size_t reactor) {
              return candidates_of(services_.ports.at(reactor), services_.settings);
            }) {}

Task<HttpResponse> WhipHandler::operator()(HttpRequest& request) {
  // A session that was begun is finished, even for a client that has gone: the handshake's deadline ends it.
  co_await boost::asio::this_coro::throw_if_cancelled(false);
  if (auto id = urls_.id_in(request.path)) co_return co_await urls_.handle(request, *std::move(id));
  if (request.method == "OPTIONS") co_return webrtc::preflight(kMethods);
  if (request.method != "POST") co_return webrtc::method_not_allowed(request, kMethods);
  if (!webrtc::accepts(request, webrtc::kSdpType)) {
    HttpResponse refused = webrtc::failure(fail(ErrorKind::invalid, "webrtc.not_sdp").value(), request);
    refused.status = 406;
    co_return refused;
  }
  Result<HttpResponse> response = co_await join(request);
  if (response) co_return *std::move(response);
  const Error& why = response.error();
  services_.metrics.refused(why.reason);
  log::info("whip.refused", {{"remote", request.remote.to_string()},
                             {"reason", why.reason},
                             {"detail", why.detail},
                             {"request_id", request.request_id}});
  co_return webrtc::failure(why, request);
}

Task<Result<HttpResponse>> WhipHandler::join(HttpRequest& request) {
  const std::string_view token = bearer_token_of(request);
  if (token.empty()) co_return fail(ErrorKind::unauthenticated, "api.unauthenticated");
  CO_TRY(const proto::sdp::Session offer, co_await services_.desk.admit(request));
  CO_TRY(const webrtc::Plan plan, webrtc::plan_whip(offer));
  PublishRequest question{.stream_key = request.path.substr(kPrefix.size()),
                          .token = std::string(token),
                          .remote = request.remote,
                          .protocol = "whip"};
  CO_TRY(PublishGrant grant, co_await services_.ingest.ask(std::move(question)));
  webrtc::PeerPort& port = services_.ports.least_busy();
  std::string encoder(request.headers.get("User-Agent").substr(0, kEncoderBytesMax));
  auto open = [this, &port, &plan, &grant, &encoder] {
    return begin(port, plan, std::move(grant), std::move(encoder));
  };
  co_return co_await call_on(port.reactor(), std::move(open));
}

Result<HttpResponse> WhipHandler::begin(webrtc::PeerPort& port, const webrtc::Plan& plan, PublishGrant grant,
                                        std::string encoder) {
  // The URL is known only once the session is there, and the session may not outlive its URL.
  auto url_id = std::make_shared<std::string>();
  auto over = [this, url_id] {
    services_.metrics.whip_sessions.add(-1);
    urls_.remove(*url_id);
  };
  TRY(std::shared_ptr<WhipSession> publisher, services_.ingest.open({.port = port,
                                                                     .plan = plan,
                                                                     .options = peer_options(plan),
                                                                     .grant = std::move(grant),
                                                                     .encoder = std::move(encoder),
                                                                     .over = std::move(over)}));
  services_.metrics.whip_sessions.add(1);
  services_.metrics.whip_joins.add();
  const webrtc::Peer* peer = publisher->peer();
  if (peer == nullptr) return fail(ErrorKind::unavailable, "webrtc.full");
  const webrtc::LocalTransport local = local_transport(*peer, port, services_.settings);
  webrtc::SessionUrls::Url url =
      urls_.add(std::make_shared<Session>(std::move(publisher)), plan.remote.ice_ufrag);
  *url_id = url.id;
  return webrtc::created(
      {.location = std::move(url.location), .etag = std::move(url.etag), .answer = write_answer(plan, local)},
      services_.settings.ice_servers);
}

}  // namespace luso::media
