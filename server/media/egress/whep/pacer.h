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

// Packets one viewer may be sent now: a chunk a tick. Time in which it had nothing to wait for saves nothing
// up; but to one that waits, a reactor that comes late owes the chunks of the ticks it missed. Without them a
// starved server would give each viewer a chunk whenever it gets to run, however seldom, and all of them
// would stay behind for ever.
class Pacer {
 public:
  static constexpr std::int64_t kLateMax = 256;  // Packets: about a second of a film at 1.5 Mbit/s.

  [[nodiscard]] std::size_t credit(MonoTime now, Pace pace) {
    const auto ticks = (now - last_) / Pace::kTick;
    if (ticks >= 1) {
      const std::int64_t owed = pace.chunk * std::min<std::int64_t>(ticks, kLateMax);
      credit_ = waits_ ? std::min(owed, std::max(pace.chunk, kLateMax)) : pace.chunk;
      last_ = now;
    }
    return static_cast<std::size_t>(std::max<std::int64_t>(credit_, 0));
  }

  void spend(std::size_t packets) { credit_ -= static_cast<std::int64_t>(packets); }

  // Whether anything is left that it had no credit for.
  void rest(bool waits) { waits_ = waits; }

 private:
  MonoTime last_{};
  std::int64_t credit_ = 0;
  bool waits_ = false;
};

}  // namespace luso::media::whep
