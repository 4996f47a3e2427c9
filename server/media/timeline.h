#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/clock.h"
#include "media/frame.h"

namespace luso::media {

// Turns an encoder's timestamps into the stream's own clock: it starts at 0, never runs backwards and has no
// holes that a player would stumble over, whatever the encoder does: restart its count, jump over a suspended
// laptop, or round audio to milliseconds so that 21.33 ms frames jitter. Where a protocol's own count wraps
// (RTMP's 32-bit milliseconds, RTP's ticks), its feed has counted on.
class Timeline {
 public:
  // Beyond these an encoder has not been slow, it has started a new count.
  static constexpr std::int64_t kForwardJumpUs = 3'000'000;
  static constexpr std::int64_t kBackwardJumpUs = 200'000;  // Within it a late frame is pulled forward.
  static constexpr int kStragglerFrames = 64;  // After a jump, so many frames may still follow the old count.

  struct Arrival {
    TrackKind kind = TrackKind::video;
    std::int64_t timestamp_us = 0;  // As sent.
    int sample_rate = 0;            // Audio: lets its frames sit on the grid of their samples.
    int samples = 0;
    WallTime at;
  };

  struct Placed {
    std::int64_t dts_us = 0;
    WallTime captured_at;  // Smoothed: network jitter does not show in PROGRAM-DATE-TIME.
    bool jumped = false;   // The encoder's count broke before this frame.
  };

  // Empty: the frame has no place (it repeats time already told) and is to be dropped.
  [[nodiscard]] std::optional<Placed> place(const Arrival& arrival);

  // Where a frame of the same count would be that is not this stream's own; empty before the first that is.
  [[nodiscard]] std::optional<Placed> place_beside(std::int64_t timestamp_us) const;

  // The next frame starts a new count right where the last one ended: another connection continues the
  // stream.
  void start_over() { epoch_open_ = false; }

 private:
  struct Lane {
    bool seen = false;                       // In this epoch.
    std::int64_t raw_us = 0;                 // Last timestamp.
    std::int64_t last_us = -1;               // Last placed; survives epochs.
    std::int64_t end_us = 0;                 // Where the last frame is thought to end.
    std::optional<std::int64_t> old_raw_us;  // Where the epoch before ended.
    int grid_rate = 0;                       // Audio: frames placed since `grid_origin_us`, in samples.
    std::int64_t grid_origin_us = 0;
    std::int64_t grid_samples = 0;
  };

  [[nodiscard]] bool breaks_count(const Lane& lane, std::int64_t raw_us) const;
  [[nodiscard]] bool is_straggler(const Lane& lane, std::int64_t raw_us) const;
  void open_epoch(std::int64_t raw_us, WallTime at);
  [[nodiscard]] std::optional<std::int64_t> place_video(Lane& lane, std::int64_t wanted_us);
  [[nodiscard]] std::optional<std::int64_t> place_audio(Lane& lane, std::int64_t wanted_us,
                                                        const Arrival& arrival);
  [[nodiscard]] WallTime smooth(std::int64_t dts_us, WallTime at);

  std::array<Lane, 2> lanes_;
  bool epoch_open_ = false;
  std::int64_t newest_raw_us_ = 0;
  std::int64_t offset_us_ = 0;
  int frames_in_epoch_ = 0;
  WallTime wall_base_;
};

}  // namespace luso::media
