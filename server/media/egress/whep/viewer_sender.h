#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/random.h"
#include "media/egress/whep/header_template.h"
#include "media/egress/whep/pacer.h"
#include "media/egress/whep/resend_guard.h"
#include "media/egress/whep/unit_ring.h"
#include "media/egress/whep/viewer.h"
#include "media/egress/whep/viewer_queue.h"
#include "media/webrtc/bandwidth_estimate.h"
#include "media/webrtc/peer.h"
#include "proto/rtcp.h"

namespace luso::media::whep {

// What some viewers were sent in one round, for the metrics.
struct SendTally {
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
  std::uint64_t dropped = 0;
  std::uint64_t skips = 0;
};

// One viewer's share of the fan-out: numbers a ring's packets for it, seals them with its keys, repeats what
// it lost and reports to it. All its state is here, and of fixed size. On the viewer's reactor.
class ViewerSender {
 public:
  static constexpr std::chrono::seconds kReportInterval{1};
  // A viewer that says it lost the picture is sent the pictures since the last keyframe again, at most so
  // often.
  static constexpr std::chrono::seconds kReplayInterval{2};
  static constexpr std::uint16_t kProbeOver = 32;       // A probe repeats so many of the newest packets...
  static constexpr std::int64_t kProbePacketsMax = 16;  // ...and in one round no more than this.

  struct Now {
    MonoTime mono;
    WallTime wall;
  };

  // The peer is ready and outlives this.
  ViewerSender(webrtc::Peer& peer, const ViewerPlan& plan, Random& random);

  // Sends what it is time for; says whether there is more to be sent a tick later.
  [[nodiscard]] bool pump(const UnitRing& ring, Now now, Pace pace, SendTally& tally);

  // Hundreds of viewers take turns, and what pump() touches of each is in no cache by then: to be fetched
  // while those before it are served, first this object, then what it knows of its peer's.
  void prefetch_own() const;
  void prefetch_peer() const;

  // A compound from the viewer. Says whether it lost the picture. Packets it asks for are sent at once.
  struct Feedback {
    bool picture_lost = false;
    bool malformed = false;
    std::uint32_t resent = 0;
    std::uint32_t refused = 0;
  };

  // `before`: the ring it left with its last move(), for packets from before it; may be null.
  [[nodiscard]] Feedback take_rtcp(ByteView compound, const UnitRing& ring, Now now,
                                   const UnitRing* before = nullptr);

  // For publishers that make no keyframes on demand. False when it was done a moment ago.
  bool replay(const UnitRing& ring, MonoTime now);

  // Goes on in another rendition's ring, which has a keyframe: same sources, numbers and times without a
  // step. False, and nothing is done, while half a picture is on its way out. The next pump() is with that
  // ring.
  [[nodiscard]] bool move(const UnitRing& ring);

  // Sends repetitions along with the media for a while, so much in all: what arrives of them proves what the
  // way carries. Nothing without RTX or without an estimate to gain from it.
  void probe(std::uint64_t bps, MonoTime now, Duration length);

  // From transport-wide feedback; null when that was not agreed on, or decides nothing.
  [[nodiscard]] const webrtc::BandwidthEstimate* estimate() const { return estimate_.get(); }

  [[nodiscard]] const ViewerStats& stats() const { return stats_; }

 private:
  struct Track {
    TrackQueue queue;
    std::uint32_t ssrc = 0;
    HeaderTemplate plain, keyframe;
    std::uint32_t packets = 0;  // Both for sender reports.
    std::uint32_t payload_bytes = 0;
  };

  struct Rtx {
    HeaderTemplate header;
    std::uint16_t sequence = 0;
  };

  struct Probe {
    std::uint64_t bps = 0;  // 0: none runs.
    MonoTime began, ends;
    std::uint64_t bytes_before = 0;  // Of everything, when it began.
    std::uint16_t back = 0;          // Which of the newest packets was repeated last.
  };

  struct ReportBasis {
    std::int64_t pts_us = 0;
    WallTime captured_at;
  };

  [[nodiscard]] Track make_track(TrackKind kind, const webrtc::MediaPlan& plan, PlayoutDelay delay,
                                 Random& random) const;
  [[nodiscard]] std::uint8_t transport_cc_id(const webrtc::MediaPlan& plan) const;
  [[nodiscard]] std::size_t send(Track& track, const PacketRun& run, MonoTime now, SendTally& tally);
  [[nodiscard]] bool pump_probe(const UnitRing& ring, MonoTime now);
  void number_transport(std::size_t bytes, MonoTime now);
  [[nodiscard]] bool pump_video(const UnitRing& ring, MonoTime now, Pace pace, SendTally& tally);
  void report(const UnitRing& ring, WallTime now);
  void append_report(const Track& track, ReportBasis basis, WallTime now, Bytes& out) const;

  // Where packets that were sent may be.
  struct Sent {
    const UnitRing& ring;
    const UnitRing* before = nullptr;
  };

  void take(const proto::rtcp::Nack& nack, const Sent& sent, MonoTime now, Feedback& feedback);
  [[nodiscard]] bool resend(Track& track, const Sent& sent, std::uint16_t sequence, MonoTime now);
  void take(const proto::rtcp::ReportBlock& block, WallTime now);
  [[nodiscard]] Track* track_of(std::uint32_t ssrc);

  // What pump() needs,
  webrtc::Peer& peer_;
  webrtc::Peer::WorkingSet peer_memory_;
  std::unique_ptr<webrtc::BandwidthEstimate> estimate_;  // While it decides something.
  std::uint16_t transport_sequence_ = 0;
  std::uint64_t transport_bytes_ = 0;
  std::optional<Track> video_, audio_;
  Pacer pacer_;
  Probe probe_;
  MonoTime report_at_{};
  ViewerStats stats_;
  // and what it does not.
  std::string cname_;
  std::optional<Rtx> rtx_;
  ResendGuard resends_;
  MonoTime replayed_at_{};
};

}  // namespace luso::media::whep
