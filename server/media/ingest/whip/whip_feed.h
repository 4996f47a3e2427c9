#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "media/ingest/media_event.h"
#include "media/ingest/whip/picture_order.h"
#include "media/webrtc/av_sync.h"
#include "media/webrtc/reorder_buffer.h"
#include "proto/codec.h"
#include "proto/rtp_h264.h"

namespace luso::media {

// One WHIP publisher's packets, in order, as media events: H.264 access units with their parameter sets taken
// out of band, in each size that it sends, and Opus. A picture that lost something is never passed on, nor
// what was predicted from it: a viewer sees the picture stand still for a moment, not fall apart.
class WhipFeed {
 public:
  static constexpr std::uint64_t kBrokenFramesMax = 500;  // In a row; then it is not what was announced.
  static constexpr std::size_t kParameterSetBytesMax = 16'384;

  explicit WhipFeed(std::size_t layers = 1) : layers_(layers) {}

  // Fail when nothing useful can come any more.
  [[nodiscard]] Result<void> take_video(const webrtc::ReorderBuffer::Packet& packet, WallTime at,
                                        MediaEvents& out, std::size_t layer = 0);
  [[nodiscard]] Result<void> take_audio(const webrtc::ReorderBuffer::Packet& packet, WallTime at,
                                        MediaEvents& out);

  // The pictures to come are of no use without a keyframe: something was lost on the way, or behind us.
  void need_keyframe() {
    for (Layer& layer : layers_) layer.waiting = true;
  }

  [[nodiscard]] bool needs_keyframe(std::size_t layer = 0) const { return layers_.at(layer).waiting; }

  [[nodiscard]] std::uint64_t keyframes(std::size_t layer = 0) const { return layers_.at(layer).keyframes; }

  [[nodiscard]] std::uint64_t frames_dropped() const { return dropped_; }

  [[nodiscard]] std::uint64_t b_frames(std::size_t layer = 0) const {
    return layers_.at(layer).order.overtakers();
  }

  [[nodiscard]] webrtc::AvSync& clock() { return clock_; }

 private:
  using Unit = proto::rtp::H264Depacketiser::AccessUnit;

  struct Layer {
    proto::rtp::H264Depacketiser depacketiser;
    PictureOrder order;
    Bytes parameter_sets;  // That came since the last keyframe.
    std::optional<proto::VideoTrack> track;
    bool waiting = true;
    std::uint64_t keyframes = 0;
    std::uint64_t broken = 0;  // In a row.
  };

  struct Arrival {
    std::size_t layer = 0;
    MonoTime arrived;
    WallTime at;
  };

  [[nodiscard]] Result<void> take_unit(Unit unit, const Arrival& arrival, MediaEvents& out);
  [[nodiscard]] static bool is_usable(const Layer& layer, const Unit& unit);
  static void keep_parameter_sets(ByteView sets, Layer& layer);
  [[nodiscard]] Result<void> renew_track(std::size_t index, MediaEvents& out);
  [[nodiscard]] Result<void> count_broken(const Error& error, std::uint64_t& count);

  webrtc::AvSync clock_;
  std::vector<Layer> layers_;
  std::vector<Unit> units_;
  bool has_audio_ = false;
  std::uint64_t dropped_ = 0;
  std::uint64_t broken_audio_ = 0;  // In a row.
};

}  // namespace luso::media
