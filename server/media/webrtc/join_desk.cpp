#include "media/webrtc/join_desk.h"

#include <utility>

#include "media/call_on.h"
#include "media/webrtc/signal_http.h"

namespace luso::media::webrtc {

Task<Result<proto::sdp::Session>> JoinDesk::admit(const io::HttpRequest& request) {
  if (!accepts(request, kSdpType)) co_return fail(ErrorKind::invalid, "webrtc.not_acceptable");
  if (!has_body_of(request, kSdpType)) co_return fail(ErrorKind::invalid, "webrtc.not_sdp");
  auto take = [this, &request] { return limits_.take(request.remote, clock_.monotonic()); };
  CO_TRY_VOID(co_await call_on(reactors_.home(), std::move(take)));
  co_return proto::sdp::parse(request.body);
}

PeerOptions peer_options(const Plan& plan) {
  return {.fingerprints = plan.remote.fingerprints, .setup = plan.remote.setup};
}

std::vector<proto::sdp::Candidate> candidates_of(const PeerPort& port, const WebRtcSettings& settings) {
  std::vector<proto::sdp::Candidate> told;
  for (const proto::sdp::Candidate& candidate : port.candidates()) {
    if (candidate.transport == "tcp" ? settings.offers_tcp : settings.offers_udp) told.push_back(candidate);
  }
  return told;
}

LocalTransport local_transport(const Peer& peer, const PeerPort& port, const WebRtcSettings& settings) {
  IceCredentials credentials = peer.local_credentials();
  return {.ice_ufrag = std::move(credentials.ufrag),
          .ice_pwd = std::move(credentials.password),
          .fingerprint = port.identity().fingerprint(),
          .candidates = candidates_of(port, settings)};
}

}  // namespace luso::media::webrtc
