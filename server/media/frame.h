#pragma once

#include <cstdint>
#include <memory>

#include "base/bytes.h"
#include "base/clock.h"
#include "proto/codec.h"

namespace luso::media {

enum class TrackKind : std::uint8_t { video, audio };

// One access unit, immutable and shared by everybody who sends it on. Video payloads are length-prefixed NAL
// units (4 bytes, parameter sets out of band in the track) or AV1 temporal units; audio payloads are one raw
// AAC frame or one Opus packet.
struct Frame {
  TrackKind kind = TrackKind::video;
  bool keyframe = false;
  std::int64_t dts_us = 0;  // Decode time on the stream's own clock: starts near 0, never runs backwards.
  std::int64_t cts_offset_us = 0;  // Presentation time less decode time; over 0 when there are B-frames.
  WallTime captured_at;            // Wall clock of arrival, smoothed: PROGRAM-DATE-TIME and sender reports.
  Bytes payload;

  [[nodiscard]] std::int64_t pts_us() const { return dts_us + cts_offset_us; }
};

using FramePtr = std::shared_ptr<const Frame>;

}  // namespace luso::media
