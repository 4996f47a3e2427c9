#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "media/egress/whep/rtp_unit.h"
#include "media/egress/whep/unit_ring.h"

namespace luso::media::whep::testing {

// Makes the units of a stream as its source would: 30 pictures a second, each of some packets, and sound on
// request.
class UnitMaker {
 public:
  static constexpr std::int64_t kFrameUs = 33'333;

  [[nodiscard]] RtpUnitPtr video(bool keyframe, std::size_t packets = 3) {
    const std::int64_t pts_us = frames_++ * kFrameUs;
    return make(TrackKind::video, keyframe, packets, pts_us);
  }

  [[nodiscard]] RtpUnitPtr audio() { return make(TrackKind::audio, false, 1, frames_ * kFrameUs); }

  // A keyframe of 20 packets and so many pictures of 3 behind it.
  void group(UnitRing& ring, int pictures) {
    ring.push(video(true, 20));
    for (int i = 0; i < pictures; ++i) ring.push(video(false));
  }

  void lose(std::uint64_t units) { serial_ += units; }  // Dropped on their way.

 private:
  RtpUnitPtr make(TrackKind kind, bool keyframe, std::size_t packets, std::int64_t pts_us) {
    auto unit = std::make_shared<RtpUnit>();
    unit->kind = kind;
    unit->keyframe = keyframe;
    unit->serial = serial_++;
    unit->packets_before = packets_;
    unit->pts_us = pts_us;
    unit->captured_at = WallTime(std::chrono::microseconds(1'790'000'000'000'000 + pts_us));
    for (std::size_t i = 0; i < packets; ++i) {
      unit->payloads.buffer().insert(unit->payloads.buffer().end(), 100, static_cast<std::uint8_t>(i));
      unit->payloads.close_payload();
    }
    packets_[static_cast<std::size_t>(kind)] += static_cast<std::int64_t>(packets);
    return unit;
  }

  std::uint64_t serial_ = 0;
  std::int64_t frames_ = 0;
  std::array<std::int64_t, 2> packets_{};
};

}  // namespace luso::media::whep::testing
