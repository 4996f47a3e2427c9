#pragma once

#include <cstdint>
#include <optional>

#include "base/clock.h"

namespace luso::media {

// How a publisher's way to us is, where its protocol can tell: by WebRTC. Over TCP nothing is lost, it is
// late.
struct TransportFacts {
  bool is_lossy =
      false;  // WebRTC over UDP. Elsewhere nothing is lost, it is late, and only the round trip is known.
  std::uint64_t packets = 0;            // That came at the first try.
  std::uint64_t packets_recovered = 0;  // Asked for again, and came.
  std::uint64_t packets_lost = 0;       // For good.
  double loss = 0;                      // Share of packets that did not come at the first try, lately.
  Duration jitter{};
  std::optional<Duration> round_trip;
  std::uint64_t frames_dropped = 0;  // Not passed on: damaged, or in need of one that was.
};

}  // namespace luso::media
