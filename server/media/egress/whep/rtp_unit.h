#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/clock.h"
#include "media/frame.h"
#include "proto/rtp.h"

namespace luso::media::whep {

// One access unit cut into RTP payloads: made once at the stream's home, sent by every reactor to every
// viewer, changed by nobody.
struct RtpUnit {
  TrackKind kind = TrackKind::video;
  bool keyframe = false;
  bool follows_gap = false;  // Units before it were dropped on their way: begin anew at a keyframe.
  std::uint64_t serial = 0;  // Counts the source's units, of both kinds, without holes.
  // How many packets of each kind the source made before this unit, by TrackKind: where a unit stands among
  // the packets of its own kind, and which unit a given packet belongs to.
  std::array<std::int64_t, 2> packets_before{};
  std::int64_t pts_us = 0;
  WallTime captured_at;
  proto::rtp::Payloads payloads;  // One a packet; never empty.

  [[nodiscard]] std::int64_t first_packet() const { return packets_before[static_cast<std::size_t>(kind)]; }
};

using RtpUnitPtr = std::shared_ptr<const RtpUnit>;

}  // namespace luso::media::whep
