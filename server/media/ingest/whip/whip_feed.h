#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "media/ingest/media_event.h"
#include "media/webrtc/av_sync.h"
#include "media/webrtc/reorder_buffer.h"
#include "proto/codec.h"
#include "proto/rtp_h264.h"

namespace luso::media {

// One WHIP publisher's packets, in order, as media events: H.264 access units with their parameter sets taken
// out of band, and Opus. A picture that lost something is never passed on, nor what was predicted from it: a
// viewer sees the picture stand still for a moment, not fall apart.
class WhipFeed {
 public:
  static constexpr std::uint64_t kBrokenFramesMax = 500;  // In a row; then it is not what was announced.
  static constexpr std::size_t kParameterSetBytesMax = 16'384;

  // Fail when nothing useful can come any more.
  [[nodiscard]] Result<void> take_video(const webrtc::ReorderBuffer::Packet& packet, WallTime at,
                                        MediaEvents& out);
  [[nodiscard]] Result<void> take_audio(const webrtc::ReorderBuffer::Packet& packet, WallTime at,
                                        MediaEvents& out);

  // The pictures to come are of no use without a keyframe: something was lost on the way, or behind us.
  void need_keyframe() { waiting_ = true; }

  [[nodiscard]] bool needs_keyframe() const { return waiting_; }

  [[nodiscard]] std::uint64_t keyframes() const { return keyframes_; }

  [[nodiscard]] std::uint64_t frames_dropped() const { return dropped_; }

  [[nodiscard]] webrtc::AvSync& clock() { return clock_; }

 private:
  using Unit = proto::rtp::H264Depacketiser::AccessUnit;

  [[nodiscard]] Result<void> take_unit(Unit unit, MonoTime arrived, WallTime at, MediaEvents& out);
  [[nodiscard]] bool is_usable(const Unit& unit) const;
  void keep_parameter_sets(ByteView sets);
  [[nodiscard]] Result<void> renew_track(MediaEvents& out);
  [[nodiscard]] Result<void> count_broken(const Error& error, std::uint64_t& count);

  webrtc::AvSync clock_;
  proto::rtp::H264Depacketiser depacketiser_;
  std::vector<Unit> units_;
  Bytes parameter_sets_;  // That came since the last keyframe.
  std::optional<proto::VideoTrack> video_;
  bool has_audio_ = false;
  bool waiting_ = true;
  std::uint64_t keyframes_ = 0;
  std::uint64_t dropped_ = 0;
  std::uint64_t broken_video_ = 0, broken_audio_ = 0;  // In a row.
};

}  // namespace luso::media
