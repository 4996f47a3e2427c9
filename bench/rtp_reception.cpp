#include "rtp_reception.h"

#include <algorithm>
#include <cmath>

namespace luso::bench {
namespace {

constexpr std::int64_t kGapMax = 1000;  // A longer one is a new beginning.

}  // namespace

void RtpReception::take(std::uint16_t sequence, std::int64_t now_us) {
  const std::int64_t number = sequences_.unwrap(sequence);
  if (!newest_) {
    first_ = newest_ = number;
    ++counts.packets;
    return;
  }
  if (number > *newest_) {
    if (number - *newest_ < kGapMax) {
      for (std::int64_t gap = *newest_ + 1; gap < number; ++gap) missing_[gap] = {.since_us = now_us};
      counts.missing += static_cast<std::uint64_t>(number - *newest_ - 1);
    }
    newest_ = number;
    ++counts.packets;
    return;
  }
  const auto gap = missing_.find(number);
  if (gap == missing_.end()) {
    ++counts.duplicates;
    return;
  }
  recoveries_ms_.push_back(static_cast<double>(now_us - gap->second.since_us) / 1000);
  missing_.erase(gap);
  ++counts.packets;
  ++counts.recovered;
}

std::int64_t RtpReception::behind_us(std::uint32_t timestamp, std::int64_t arrived_us) {
  const std::int64_t media_us = timestamps_.unwrap(timestamp) * 1'000'000 / clock_rate_;
  const std::int64_t transit = arrived_us - media_us;
  // RFC 3550, A.8
  if (quickest_us_) {
    jitter_us_ += (static_cast<double>(std::abs(transit - last_transit_us_)) - jitter_us_) / 16;
  }
  last_transit_us_ = transit;
  quickest_us_ = std::min(quickest_us_.value_or(transit), transit);
  return transit - *quickest_us_;
}

std::vector<std::uint16_t> RtpReception::due(std::int64_t now_us) {
  std::vector<std::uint16_t> numbers;
  for (auto at = missing_.begin(); at != missing_.end();) {
    Gap& gap = at->second;
    if (gap.asks >= kAsksMax && now_us - gap.asked_us >= kAskEveryUs) {
      ++counts.lost;
      at = missing_.erase(at);
      continue;
    }
    const bool may_ask = gap.asks == 0 || now_us - gap.asked_us >= kAskEveryUs;
    if (may_ask && now_us - gap.since_us >= kReorderUs) {
      gap.asked_us = now_us;
      ++gap.asks;
      ++counts.asked;
      numbers.push_back(static_cast<std::uint16_t>(at->first));
    }
    ++at;
  }
  return numbers;
}

void RtpReception::give_up_old(std::int64_t now_us) {
  counts.lost += std::erase_if(
      missing_, [now_us](const auto& entry) { return now_us - entry.second.since_us > kGiveUpUs; });
}

void RtpReception::take_sender_report(const proto::rtcp::SenderReport& report, std::int64_t now_us) {
  last_sr_ = proto::rtcp::compact_ntp(report.ntp);
  last_sr_at_us_ = now_us;
}

// RFC 3550, A.3
proto::rtcp::ReportBlock RtpReception::report(std::int64_t now_us) {
  const std::int64_t expected = newest_ ? *newest_ - *first_ + 1 : 0;
  const std::int64_t expected_now = expected - expected_before_;
  const auto got_now = static_cast<std::int64_t>(counts.packets - packets_before_);
  const std::int64_t lost_now = std::max<std::int64_t>(0, expected_now - got_now);
  expected_before_ = expected;
  packets_before_ = counts.packets;
  const std::int64_t delay = last_sr_ == 0 ? 0 : (now_us - last_sr_at_us_) * 65536 / 1'000'000;
  return {.ssrc = ssrc_,
          .fraction_lost = static_cast<std::uint8_t>(
              expected_now == 0 ? 0 : std::min<std::int64_t>(255, lost_now * 256 / expected_now)),
          .cumulative_lost = static_cast<std::int32_t>(expected - static_cast<std::int64_t>(counts.packets)),
          .highest_sequence = static_cast<std::uint32_t>(newest_.value_or(0)),
          .jitter = static_cast<std::uint32_t>(jitter_us_ * clock_rate_ / 1e6),
          .last_sr = last_sr_,
          .delay_since_last_sr = static_cast<std::uint32_t>(delay)};
}

}  // namespace luso::bench
