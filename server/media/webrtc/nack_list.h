#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "base/clock.h"

namespace luso::media::webrtc {

// Which packets of one stream are missing, and when to ask for each (RFC 4585, 6.2.1): first when it cannot
// be mere reordering any more, then once a round trip.
class NackList {
 public:
  static constexpr std::size_t kMissingMax =
      500;                             // More at once is an outage, for which there is a keyframe.
  static constexpr int kAsksMax = 10;  // Of one packet; then it is not coming.
  static constexpr std::size_t kAsksAtOnceMax = 250;  // One feedback message, well below the MTU.
  static constexpr Duration kReorderWait{5'000};
  static constexpr Duration kAskIntervalMin{20'000};

  // A packet came, by whatever way. Says whether it had been missed. `outage` is set when so much is missing
  // that all of it was given up.
  struct Received {
    bool was_missing = false;
    bool outage = false;
    std::optional<Duration> answer_time;  // Since it was last asked for, if it was asked for once only.
  };

  Received on_packet(std::int64_t sequence, MonoTime now);

  // What to ask for now; counts as asked.
  [[nodiscard]] std::vector<std::uint16_t> due(MonoTime now, Duration round_trip);
  [[nodiscard]] std::optional<MonoTime> next_due(Duration round_trip) const;

  void forget_before(std::int64_t sequence);  // Given up by the one who waits.

  [[nodiscard]] std::size_t missing() const { return missing_.size(); }

  [[nodiscard]] std::uint64_t asked() const { return asked_; }

 private:
  struct Missing {
    MonoTime since;
    MonoTime last_asked;
    int asks = 0;
  };

  [[nodiscard]] static MonoTime due_at(const Missing& missing, Duration round_trip);

  std::map<std::int64_t, Missing> missing_;
  std::optional<std::int64_t> highest_;
  std::uint64_t asked_ = 0;
};

}  // namespace luso::media::webrtc
