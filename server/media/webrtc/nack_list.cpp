#include "media/webrtc/nack_list.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/clock.h"

namespace luso::media::webrtc {

NackList::Received NackList::on_packet(std::int64_t sequence, MonoTime now) {
  Received received;
  if (!highest_) highest_ = sequence;
  if (sequence > *highest_) {
    const auto gap = static_cast<std::size_t>(sequence - *highest_ - 1);
    if (gap + missing_.size() > kMissingMax) {
      missing_.clear();
      received.outage = true;
    } else {
      for (std::int64_t each = *highest_ + 1; each < sequence; ++each)
        missing_.emplace_hint(missing_.end(), each, Missing{.since = now, .last_asked = {}, .asks = 0});
    }
    highest_ = sequence;
    return received;
  }
  const auto found = missing_.find(sequence);
  if (found == missing_.end()) return received;
  received.was_missing = true;
  if (found->second.asks == 1)
    received.answer_time = std::chrono::duration_cast<Duration>(now - found->second.last_asked);
  missing_.erase(found);
  return received;
}

MonoTime NackList::due_at(const Missing& missing, Duration round_trip) {
  if (missing.asks == 0) return missing.since + kReorderWait;
  return missing.last_asked + std::max(round_trip, kAskIntervalMin);
}

std::vector<std::uint16_t> NackList::due(MonoTime now, Duration round_trip) {
  std::vector<std::uint16_t> sequences;
  for (auto each = missing_.begin(); each != missing_.end() && sequences.size() < kAsksAtOnceMax;) {
    Missing& missing = each->second;
    if (due_at(missing, round_trip) > now) {
      ++each;
    } else if (missing.asks == kAsksMax) {
      each = missing_.erase(each);
    } else {
      ++missing.asks;
      missing.last_asked = now;
      sequences.push_back(static_cast<std::uint16_t>(each->first));
      ++each;
    }
  }
  asked_ += sequences.size();
  return sequences;
}

std::optional<MonoTime> NackList::next_due(Duration round_trip) const {
  std::optional<MonoTime> next;
  for (const auto& [sequence, missing] : missing_) {
    const MonoTime due = due_at(missing, round_trip);
    if (!next || due < *next) next = due;
  }
  return next;
}

void NackList::forget_before(std::int64_t sequence) {
  missing_.erase(missing_.begin(), missing_.lower_bound(sequence));
}

}  // namespace luso::media::webrtc
