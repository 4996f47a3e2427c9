#include "media/webrtc/transport_metrics.h"

namespace luso::media::webrtc {

std::string_view name_of(Drop drop) {
  switch (drop) {
    case Drop::unknown_address: return "unknown_address";
    case Drop::not_webrtc: return "not_webrtc";
    case Drop::bad_stun: return "bad_stun";
    case Drop::unknown_user: return "unknown_user";
    case Drop::bad_integrity: return "bad_integrity";
    case Drop::dtls_flood: return "dtls_flood";
    case Drop::early_media: return "early_media";
    case Drop::malformed_media: return "malformed_media";
    case Drop::forged_media: return "forged_media";
    case Drop::replayed_media: return "replayed_media";
    case Drop::too_many_sources: return "too_many_sources";
    case Drop::tcp_garbage: return "tcp_garbage";
    case Drop::tcp_silent: return "tcp_silent";
    case Drop::tcp_too_many: return "tcp_too_many";
  }
  return "unknown";
}

std::string_view name_of(PeerEnd end) {
  switch (end) {
    case PeerEnd::closed_by_remote: return "closed_by_remote";
    case PeerEnd::never_connected: return "never_connected";
    case PeerEnd::handshake_failed: return "handshake_failed";
    case PeerEnd::wrong_certificate: return "wrong_certificate";
    case PeerEnd::consent_expired: return "consent_expired";
    case PeerEnd::server_stopping: return "server_stopping";
  }
  return "unknown";
}

TransportMetrics::TransportMetrics(metrics::Registry& registry)
    : peers(registry.gauge("luso_webrtc_peers", "WebRTC peers, connected or connecting.")),
      tcp_connections(registry.gauge("luso_webrtc_tcp_connections", "ICE-TCP connections.")),
      checks(registry.counter("luso_webrtc_checks_total", "ICE checks answered.")),
      moves(registry.counter("luso_webrtc_moves_total", "Peers that moved to another address.")),
      handshake_s(registry.histogram("luso_webrtc_handshake_seconds",
                                     "From a peer's first DTLS datagram to its keys.",
                                     metrics::latency_bounds_s())) {
  for (std::size_t i = 0; i < kDropsCount; ++i) {
    drops_[i] = &registry.counter("luso_webrtc_dropped_total",
                                  "What came by WebRTC's ports and went no further, by reason.",
                                  {{"reason", name_of(static_cast<Drop>(i))}});
  }
  for (std::size_t i = 0; i < kEndsCount; ++i) {
    ends_[i] =
        &registry.counter("luso_webrtc_ended_total", "WebRTC peers that ended by themselves, by cause.",
                          {{"cause", name_of(static_cast<PeerEnd>(i))}});
  }
}

}  // namespace luso::media::webrtc
