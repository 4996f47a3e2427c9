#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "base/clock.h"
#include "media/renditions/ladder.h"

namespace luso::media::whep {

// Which of a broadcast's renditions one viewer gets. Down soon, because what does not fit stands still; up
// late, and only on proof: a second of repeated packets has shown that the way carries a third more than the
// better one needs. What was tried in vain is tried again after twice the time. Pure: time is handed in.
class RenditionRule {
 public:
  static constexpr double kTooLittle = 0.9;     // Of what is being sent; whoever gets it all is at 1 or more.
  static constexpr double kFarTooLittle = 0.5;  // Then at once.
  static constexpr Duration kLowFor{250'000};   // One wrong moment of the estimate moves nobody.
  static constexpr double kLossMax = 0.1;
  static constexpr Duration kLossyFor{2'000'000};
  static constexpr double kRoomDown = 1.1;  // The estimate over what a rendition needs, to fall on it...
  static constexpr double kRoomUp = 1.3;    // ...and to climb to it.
  static constexpr double kLossUp = 0.05;
  static constexpr Duration kSettle{1'500'000};  // After a move: until then feedback is of what was before.
  static constexpr Duration kUpAfter{5'000'000};
  static constexpr Duration kUpFor{1'000'000};
  static constexpr Duration kProbeFor{1'000'000};
  static constexpr Duration kProbeAgainMin{6'000'000}, kProbeAgainMax{48'000'000};
  // A climb that ends in a fall within kProven was none: the next one waits, at first so long.
  static constexpr Duration kProven{15'000'000};
  static constexpr Duration kUpAgainMin{15'000'000}, kUpAgainMax{240'000'000};

  // What is known of the way to the viewer.
  struct Way {
    std::uint64_t estimate_bps = 0;  // 0: nothing is known yet.
    double loss = 0;
    bool fills = false;  // Its queues grow right now.
  };

  struct Verdict {
    std::size_t rung = 0;
    std::uint64_t probe_bps = 0;  // Send so much in all for kProbeFor, to learn whether it is carried.
  };

  // `current` is a rung of `rungs`. The caller moves, or fails to; the rule only looks at what is.
  [[nodiscard]] Verdict decide(MonoTime now, std::size_t current, const Way& way,
                               std::span<const Ladder::Rung> rungs);

 private:
  using Rungs = std::span<const Ladder::Rung>;

  void notice_move(MonoTime now, std::size_t current, Rungs rungs);
  [[nodiscard]] bool is_too_much(MonoTime now, std::int64_t need_bps, const Way& way);
  [[nodiscard]] Verdict look_up(MonoTime now, std::size_t current, const Way& way, Rungs rungs);

  std::optional<std::size_t> seen_;  // Where the viewer was at the last look...
  std::int64_t seen_bps_ = 0;        // ...and what that needed.
  MonoTime moved_{};
  std::optional<MonoTime> climbed_;
  std::optional<MonoTime> low_since_, lossy_since_, high_since_;
  MonoTime probe_at_{}, up_at_{};
  Duration probe_again_ = kProbeAgainMin;
  Duration up_again_ = kUpAgainMin;
};

}  // namespace luso::media::whep
