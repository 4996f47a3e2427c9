#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "media/tracks.h"

namespace luso::media {

// What is known of one broadcast's renditions, a moment old: written at its home, read by viewers on any
// reactor several times a second. Rung 0 is the stream's picture as it is; the others are smaller sizes of
// it, each the publisher's layer of the number before.
class Ladder {
 public:
  static constexpr std::size_t kRungsMax = 1 + kLayersMax;

  struct Rung {
    bool is_live = false;          // Can be watched now.
    std::int64_t bitrate_bps = 0;  // Sound included; 0: not known yet.
    int width = 0, height = 0;
  };

  void set(std::size_t rung, const Rung& facts) {
    Shared& shared = rungs_.at(rung);
    shared.width.store(facts.width, std::memory_order_relaxed);
    shared.height.store(facts.height, std::memory_order_relaxed);
    shared.bitrate_bps.store(facts.bitrate_bps, std::memory_order_relaxed);
    shared.is_live.store(facts.is_live, std::memory_order_relaxed);
  }

  [[nodiscard]] Rung at(std::size_t rung) const {
    const Shared& shared = rungs_.at(rung);
    return {.is_live = shared.is_live.load(std::memory_order_relaxed),
            .bitrate_bps = shared.bitrate_bps.load(std::memory_order_relaxed),
            .width = shared.width.load(std::memory_order_relaxed),
            .height = shared.height.load(std::memory_order_relaxed)};
  }

 private:
  struct Shared {
    std::atomic<bool> is_live = false;
    std::atomic<std::int64_t> bitrate_bps = 0;
    std::atomic<int> width = 0, height = 0;
  };

  std::array<Shared, kRungsMax> rungs_;
};

}  // namespace luso::media
