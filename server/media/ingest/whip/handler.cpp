#include "media/ingest/whip/handler.h"

#include <utility>

#include "base/log.h"
#include "base/text.h"
#include "media/call_on.h"

namespace luso::media {
namespace {

using io::HttpRequest;
using io::HttpResponse;

constexpr std::string_view kPrefix = "/whip/";
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
      front_({.reactors = services_.reactors,
              .ports = services_.ports,
              .settings = services_.settings,
              .random = services_.random},
             kPrefix, [this](HttpRequest& request) { return join(request); }) {}

Task<Result<HttpResponse>> WhipHandler::join(HttpRequest& request) {
  Result<HttpResponse> response = co_await ask_and_begin(request);
  if (response) co_return response;
  const Error& why = response.error();
  services_.metrics.refused(why.reason);
  log::info("whip.refused", {{"remote", request.remote.to_string()},
                             {"reason", why.reason},
                             {"detail", why.detail},
                             {"request_id", request.request_id}});
  co_return response;
}

Task<Result<HttpResponse>> WhipHandler::ask_and_begin(HttpRequest& request) {
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
    front_.remove(*url_id);
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
  webrtc::SignalFront::Begun begun =
      front_.begin(std::make_shared<Session>(std::move(publisher)), *peer, plan);
  *url_id = std::move(begun.url_id);
  return std::move(begun.response);
}

}  // namespace luso::media
