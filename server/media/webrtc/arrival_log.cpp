#include "media/webrtc/arrival_log.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

#include "base/clock.h"
#include "proto/rtcp.h"

namespace luso::media::webrtc {

using proto::rtcp::TransportFeedback;

void ArrivalLog::on_packet(std::uint16_t sequence, MonoTime arrived) {
  const std::int64_t number = unwrapper_.unwrap(sequence);
  if (!epoch_) epoch_ = arrived;
  if (!next_) next_ = number;
  while (!arrivals_.empty()) {
    const auto oldest = arrivals_.begin();
    const bool told = oldest->first < *next_ && arrived - oldest->second > kBackWindow;
    if (!told && arrivals_.size() < kPacketsMax) break;
    arrivals_.erase(oldest);
  }
  arrivals_.emplace(number, arrived);
  next_ = std::min(*next_, number);
}

std::optional<TransportFeedback> ArrivalLog::take(std::uint32_t sender_ssrc, std::uint32_t media_ssrc) {
  if (!next_) return std::nullopt;
  auto each = arrivals_.lower_bound(*next_);
  if (each == arrivals_.end()) return std::nullopt;
  // An outage longer than a message is left out: the sender knows of it by what it did not hear.
  const std::int64_t base = each->first - *next_ < kMessagePacketsMax ? *next_ : each->first;
  const auto at_us = [this](MonoTime at) {
    return std::chrono::duration_cast<Duration>(at - *epoch_).count() + TransportFeedback::kReferenceUs;
  };
  TransportFeedback feedback{
      .sender_ssrc = sender_ssrc,
      .media_ssrc = media_ssrc,
      .feedback_count = messages_++,
      .base_sequence = static_cast<std::uint16_t>(base),
      .count = 0,
      .reference_us = at_us(each->second) / TransportFeedback::kReferenceUs * TransportFeedback::kReferenceUs,
      .arrivals = {}};
  for (; each != arrivals_.end() && each->first - base < kMessagePacketsMax; ++each) {
    feedback.arrivals.push_back(
        {.sequence = static_cast<std::uint16_t>(each->first), .at_us = at_us(each->second)});
    feedback.count = static_cast<std::uint16_t>(each->first - base + 1);
    next_ = each->first + 1;
  }
  return feedback;
}

}  // namespace luso::media::webrtc
