#include "media/webrtc/receive_stats.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>

#include "base/clock.h"
#include "proto/rtcp.h"
#include "proto/rtp.h"

namespace luso::media::webrtc {
namespace {

constexpr std::int64_t kUsPerSecond = 1'000'000;
constexpr double kJitterGain = 1.0 / 16;  // RFC 3550, 6.4.1
constexpr double kLossGain = 0.5;
constexpr double kFractionUnits = 256;
constexpr std::int64_t kReportSecond = 65'536;
// Where the unwrapper begins; wraps count from 0 on the wire.
constexpr std::int64_t kFirstLap = proto::rtp::SequenceUnwrapper::kLap;

std::int64_t us(MonoTime::duration duration) {
  return std::chrono::duration_cast<Duration>(duration).count();
}

}  // namespace

void ReceiveStats::on_packet(std::int64_t sequence, std::uint32_t timestamp, MonoTime arrived) {
  if (!first_) first_ = sequence;
  ++packets_;
  const bool newest = !highest_ || sequence > *highest_;
  highest_ = newest ? sequence : highest_;
  if (!newest) return;  // A straggler says nothing about the way of the others.
  if (last_arrived_) {
    const auto spacing = static_cast<double>(static_cast<std::int32_t>(timestamp - last_timestamp_));
    const double elapsed =
        static_cast<double>(us(arrived - *last_arrived_)) * clock_rate_ / static_cast<double>(kUsPerSecond);
    jitter_ += (std::abs(elapsed - spacing) - jitter_) * kJitterGain;
  }
  last_arrived_ = arrived;
  last_timestamp_ = timestamp;
}

void ReceiveStats::on_sender_report(std::uint64_t ntp, MonoTime arrived) {
  last_sr_ntp_ = ntp;
  last_sr_arrived_ = arrived;
}

std::int64_t ReceiveStats::packets_lost() const {
  if (!first_) return 0;
  return *highest_ - *first_ + 1 - static_cast<std::int64_t>(packets_);
}

Duration ReceiveStats::jitter() const {
  return Duration(static_cast<std::int64_t>(jitter_ * static_cast<double>(kUsPerSecond) / clock_rate_));
}

proto::rtcp::ReportBlock ReceiveStats::report(MonoTime now) {
  proto::rtcp::ReportBlock block{.ssrc = ssrc_};
  if (!first_) return block;
  const std::int64_t expected = *highest_ - *first_ + 1;
  const std::int64_t expected_now = expected - expected_before_;
  const std::int64_t lost_now = expected_now - static_cast<std::int64_t>(packets_ - packets_before_);
  const double fraction = expected_now > 0 && lost_now > 0
                              ? static_cast<double>(lost_now) / static_cast<double>(expected_now)
                              : 0;
  expected_before_ = expected;
  packets_before_ = packets_;
  loss_ += (fraction - loss_) * kLossGain;
  block.fraction_lost = static_cast<std::uint8_t>(std::min(fraction * kFractionUnits, kFractionUnits - 1));
  block.cumulative_lost = static_cast<std::int32_t>(packets_lost());
  block.highest_sequence = static_cast<std::uint32_t>(*highest_ - kFirstLap);
  block.jitter = static_cast<std::uint32_t>(jitter_);
  if (last_sr_arrived_) {
    block.last_sr = proto::rtcp::compact_ntp(last_sr_ntp_);
    const std::int64_t delay = us(now - *last_sr_arrived_);
    block.delay_since_last_sr = static_cast<std::uint32_t>(delay * kReportSecond / kUsPerSecond);
  }
  return block;
}

}  // namespace luso::media::webrtc
