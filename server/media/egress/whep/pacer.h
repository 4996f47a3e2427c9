#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "base/clock.h"

namespace luso::media::whep {

// How fast packets leave for one viewer. Ordinary pictures go at once; a keyframe, or the pictures a newcomer
// is given, go in chunks a few milliseconds apart, so that no router on the way has to hold them all.
struct Pace {
  static constexpr std::chrono::milliseconds kTick{5};
  static constexpr std::int64_t kChunkMin = 10;  // 2'000 packets a second, about 19 Mbit/s.
  static constexpr std::int64_t kChunkMax = 64;
  static constexpr std::int64_t kTimesRealTime = 4;  // Whoever is behind catches up at least so fast.

  std::int64_t chunk = kChunkMin;

  [[nodiscard]] static Pace of(std::int64_t packets_per_second) {
    const std::int64_t per_tick = packets_per_second * kTimesRealTime * kTick.count() / 1'000;
    return {.chunk = std::clamp(per_tick, kChunkMin, kChunkMax)};
  }
};

// Packets one viewer may be sent now: a chunk a tick, and never more than one chunk saved up.
class Pacer {
 public:
  [[nodiscard]] std::size_t credit(MonoTime now, Pace pace) {
    const auto elapsed = std::chrono::duration_cast<std::chrono::microseconds>(now - last_);
    if (elapsed >= Pace::kTick) {
      credit_ = pace.chunk;
      last_ = now;
    }
    return static_cast<std::size_t>(std::max<std::int64_t>(credit_, 0));
  }

  void spend(std::size_t packets) { credit_ -= static_cast<std::int64_t>(packets); }

 private:
  MonoTime last_{};
  std::int64_t credit_ = 0;
};

}  // namespace luso::media::whep
