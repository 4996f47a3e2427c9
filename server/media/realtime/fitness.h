#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "media/frame.h"
#include "media/tracks.h"

namespace luso::media {

// Why browsers cannot play a publisher's picture over WebRTC as it comes.
enum class Obstacle : std::uint8_t {
  none,
  b_frames,           // Pictures are sent out of order; WebRTC players stutter or refuse.
  codec,              // Not one the viewer has, or in a profile that browsers do not decode.
  keyframe_interval,  // Whoever lost a picture would wait too long for the next start.
};
[[nodiscard]] std::string_view name_of(Obstacle obstacle);  // "b_frames"

// Learns from a publisher's frames whether WebRTC can carry them as they are. Pure: no clock but the frames'.
class FitnessMeter {
 public:
  static constexpr std::int64_t kKeyframeIntervalMaxUs = 4'000'000;
  static constexpr int kGoodIntervals = 5;  // In a row: they take the verdict of a long interval back.

  void on_tracks(const Tracks& tracks);  // Another encoder session: what was learnt is void.
  void on_frame(const Frame& frame);
  void on_break();  // A gap in the stream is no keyframe interval.

  // An encoder's very first frame tells, as a rule: whoever will send B-frames delays it.
  [[nodiscard]] bool has_b_frames() const { return b_frames_; }

  // Not 4:4:4, not 10 bits: of H.264 alone.
  [[nodiscard]] bool decodes_widely() const { return decodes_widely_; }

  // Between the newest two keyframes; 0 before there are two.
  [[nodiscard]] std::int64_t keyframe_interval_us() const { return interval_us_; }

  // What is in the way, for viewers who have the codec. B-frames are named before long intervals.
  [[nodiscard]] Obstacle obstacle() const;

 private:
  void on_keyframe(std::int64_t dts_us);
  [[nodiscard]] bool keyframe_is_overdue(std::int64_t now_us) const;

  bool in_order_ = false;  // Promised by the track's configuration.
  bool decodes_widely_ = true;
  bool b_frames_ = false;
  bool long_interval_ = false;
  int long_in_a_row_ = 0;
  int good_in_a_row_ = 0;
  std::int64_t interval_us_ = 0;
  std::optional<std::int64_t> last_keyframe_us_, highest_pts_us_;
};

}  // namespace luso::media
