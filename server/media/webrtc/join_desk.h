#pragma once

#include "base/clock.h"
#include "io/http.h"
#include "io/reactor.h"
#include "media/settings.h"
#include "media/webrtc/join_limits.h"
#include "media/webrtc/negotiation.h"
#include "media/webrtc/port.h"

namespace luso::media::webrtc {

// Where every POST of an offer begins, for viewers and publishers alike: is it an offer, and not one too
// many?
class JoinDesk {
 public:
  JoinDesk(io::Reactors& reactors, const WebRtcSettings& settings, Clock& clock)
      : reactors_(reactors),
        clock_(clock),
        limits_({.node_per_s_max = settings.joins_per_s_max,
                 .address_per_s_max = settings.address_joins_per_s_max}) {}

  // On any reactor. Fails with "webrtc.not_acceptable", "webrtc.not_sdp", "webrtc.too_many_joins" and the
  // reasons of sdp::parse().
  [[nodiscard]] Task<Result<proto::sdp::Session>> admit(const io::HttpRequest& request);

 private:
  io::Reactors& reactors_;
  Clock& clock_;
  JoinLimits limits_;  // On the first reactor.
};

[[nodiscard]] PeerOptions peer_options(const Plan& plan);
// The candidates that the settings let us tell of.
[[nodiscard]] std::vector<proto::sdp::Candidate> candidates_of(const PeerPort& port,
                                                               const WebRtcSettings& settings);
// Our side of a session, on its peer's reactor.
[[nodiscard]] LocalTransport local_transport(const Peer& peer, const PeerPort& port,
                                             const WebRtcSettings& settings);

}  // namespace luso::media::webrtc
