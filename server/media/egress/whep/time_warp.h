#pragma once

#include <cstdint>
#include <limits>

namespace luso::media::whep {

// The presentation times one viewer is told. Whoever starts at a keyframe in the past is sent the pictures
// since then within a fraction of their time, and told times that have passed as quickly: a player that was
// told the real ones would take the burst for jitter and stay behind by as much. Times before `end` are
// squeezed towards it, later ones stay as they are; order is kept.
class TimeWarp {
 public:
  static constexpr std::int64_t kRatio = 16;  // Two seconds of pictures pass in 125 ms.

  TimeWarp() = default;

  // For pictures from `start_us` on while the newest is `edge_us`, when everything up to `told_us` has been
  // told already.
  [[nodiscard]] static constexpr TimeWarp catch_up(std::int64_t start_us, std::int64_t edge_us,
                                                   std::int64_t told_us) {
    TimeWarp warp;
    warp.end_us_ = edge_us;
    const std::int64_t first_us = told_us + kStepUs;
    if (warp(start_us) < first_us) {
      warp.end_us_ = first_us + (first_us - start_us + kRatio - 2) / (kRatio - 1);
    }
    return warp;
  }

  [[nodiscard]] constexpr std::int64_t operator()(std::int64_t pts_us) const {
    return pts_us < end_us_ ? end_us_ - (end_us_ - pts_us) / kRatio : pts_us;
  }

  friend bool operator==(const TimeWarp&, const TimeWarp&) = default;

  static constexpr std::int64_t kNothingTold = std::numeric_limits<std::int64_t>::min() / 4;

 private:
  static constexpr std::int64_t kStepUs = 1'000;

  std::int64_t end_us_ = std::numeric_limits<std::int64_t>::min() / 4;
};

}  // namespace luso::media::whep
