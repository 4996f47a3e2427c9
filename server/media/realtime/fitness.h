#pragma once

#include <array>
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
  codec,              // No H.264, and the viewer offers nothing else that would fit.
  keyframe_interval,  // Whoever lost a picture would wait too long for the next start.
};
[[nodiscard]] std::string_view name_of(Obstacle obstacle);  // "b_frames"

// Learns from a publisher's frames whether WebRTC can carry them as they are. Pure: no clock but the frames'.
class FitnessMeter {
 public:
  static constexpr std::int64_t kKeyframeIntervalMaxUs = 4'000'000;
  // One long gap may be a hiccup of the uplink; so many good intervals in a row take a verdict back.
  static constexpr int kGoodIntervals = 5;
  // Encoders send their first out-of-order picture within it, and usually say so in the first frame.
  static constexpr std::int64_t kDecidedAfterUs = 2'000'000;

  void on_tracks(const Tracks& tracks);  // Another encoder session: what was learnt is void.
  void on_frame(const Frame& frame);
  void on_break();  // A gap in the stream is no keyframe interval.

  [[nodiscard]] bool has_b_frames() const { return b_frames_; }

  // Of the newest two keyframes; longer while the next one is overdue.
  [[nodiscard]] std::int64_t keyframe_interval_us() const;

  // The picture's own obstacle, whatever codec it is in; `b_frames` before `keyframe_interval`.
  [[nodiscard]] Obstacle obstacle() const;

 private:
  bool b_frames_ = false;
  bool long_interval_ = false;
  int long_in_a_row_ = 0;
  int good_in_a_row_ = 0;
  int intervals_ = 0;
  std::int64_t interval_us_ = 0;
  std::optional<std::int64_t> last_keyframe_us_, newest_us_, highest_pts_us_;
};

}  // namespace luso::media
