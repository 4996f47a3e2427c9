#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/metrics.h"
#include "media/webrtc/peer.h"

namespace luso::media::webrtc {

// Why something that came from the network went no further.
enum class Drop : std::uint8_t {
  unknown_address,   // Not STUN, and no valid check came from there yet.
  not_webrtc,        // Neither STUN nor DTLS nor RTP (RFC 7983).
  bad_stun,          // Malformed, or STUN that ICE does not use.
  unknown_user,      // A check for a peer that we do not have.
  bad_integrity,     // A check that was not made with the peer's password.
  dtls_flood,        // DTLS faster than handshakes advance.
  early_media,       // SRTP before the keys are known.
  malformed_media,   // Too short to be SRTP.
  forged_media,      // SRTP that does not authenticate.
  replayed_media,    // SRTP that was here before, or is older than we remember.
  too_many_sources,  // An SSRC more than a peer may have.
  tcp_garbage,       // An ICE-TCP connection that spoke something else,
  tcp_silent,        // that never sent a valid check,
  tcp_too_many       // or was pushed out by others before it did.
};

inline constexpr std::size_t kDropsCount = 14;

[[nodiscard]] std::string_view name_of(Drop drop);

// What the WebRTC transport counts, over all ports. Any thread adds to it.
class TransportMetrics {
 public:
  explicit TransportMetrics(metrics::Registry& registry);

  void dropped(Drop drop) { drops_[static_cast<std::size_t>(drop)]->add(); }

  void ended(PeerEnd end) { ends_[static_cast<std::size_t>(end)]->add(); }

  metrics::Gauge& peers;
  metrics::Gauge& tcp_connections;
  metrics::Counter& checks;
  metrics::Counter& moves;
  metrics::Histogram& handshake_s;

 private:
  static constexpr std::size_t kEndsCount = 6;

  std::array<metrics::Counter*, kDropsCount> drops_{};
  std::array<metrics::Counter*, kEndsCount> ends_{};
};

}  // namespace luso::media::webrtc
