#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "io/reactor.h"
#include "media/webrtc/negotiation.h"
#include "media/webrtc/peer.h"

namespace luso::media::whep {

// How long the browser may keep pictures before it shows them (the playout-delay extension). 0 and 0: at
// once. Latency modes choose it; it holds for the whole session.
struct PlayoutDelay {
  std::chrono::milliseconds min{0}, max{0};  // In steps of 10 ms, up to 40'950.
  friend bool operator==(const PlayoutDelay&, const PlayoutDelay&) = default;
};

// What one viewer and we agreed on.
struct ViewerPlan {
  std::optional<webrtc::MediaPlan> video, audio;  // As planned by plan_whep(); ssrc and rtx_ssrc are used.
  std::string cname;                              // The sender's, as in the answer.
  webrtc::PeerOptions peer;
  PlayoutDelay playout_delay;
  // Number packets for transport-wide feedback, when it was agreed on. A browser then reports on every packet
  // ten to twenty times a second, which costs us a sixth of what it costs to send: only where the estimate
  // decides something, which is which of several renditions the viewer gets.
  bool measures_way = false;
};

// For overlays, logs and the studio.
struct ViewerStats {
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
  std::uint64_t retransmissions = 0;
  std::uint64_t nacked = 0;          // Packets asked for again,
  std::uint64_t nacks_refused = 0;   // of them not sent: too old, too many, asked a moment ago.
  std::uint64_t skips = 0;           // Times it fell behind and went on at a keyframe.
  std::uint64_t picture_losses = 0;  // PLI and FIR.
  double loss = 0;                   // Of the last reports, 0 to 1.
  std::chrono::microseconds rtt{0};  // 0: not known yet.
  std::chrono::microseconds jitter{0};
  std::uint64_t estimate_bps = 0;  // What the way to the viewer carries; 0: not known.
  std::size_t rung = 0;            // Which of several renditions it gets; 0: the stream's own picture.
  std::uint64_t moves = 0;         // Between them.
};

// Why a viewer is gone.
using ViewerEnded = std::function<void(webrtc::PeerEnd)>;

// One browser that watches. Lives on the reactor of its peer's port; all methods are called there.
class Viewer {
 public:
  virtual ~Viewer() = default;

  [[nodiscard]] virtual io::Reactor& reactor() const = 0;
  [[nodiscard]] virtual webrtc::Peer&
  peer() = 0;  // For the answer's credentials and ICE restarts; until close().
  [[nodiscard]] virtual ViewerStats stats() const = 0;

  // The viewer leaves: DELETE, a kick, the end of the stream. Its ended function is not called. Harmless when
  // repeated.
  virtual void close() = 0;
};

}  // namespace luso::media::whep
