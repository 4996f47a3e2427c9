#include "media/webrtc/bandwidth_estimate.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "base/clock.h"
#include "proto/rtcp.h"

namespace luso::media::webrtc {
namespace {

constexpr double kUsPerMs = 1'000;
constexpr double kUsPerSecond = 1'000'000;
constexpr std::uint64_t kBitsPerByte = 8;

// As libwebrtc's trend line estimator has them, which browsers themselves send by.
constexpr double kSmoothing = 0.9;
constexpr double kTrendGain = 4;
constexpr double kThresholdMin = 6, kThresholdMax = 600;
constexpr double kThresholdUp = 0.0087, kThresholdDown = 0.039;  // Of the distance, a millisecond.
constexpr double kOutlier = 15;  // Beyond the threshold: a spike, not a trend.
constexpr double kPassedMsMax = 100;

constexpr double kBackOff = 0.85;
constexpr double kGrowth = 1.08;   // A second.
constexpr double kHeadroom = 1.5;  // Over what is seen to arrive.
constexpr double kHeadroomBps = 10'000;
constexpr double kLossLow = 0.02, kLossHigh = 0.1;
constexpr double kLossGain = 0.3;
constexpr std::uint32_t kLossPacketsMin = 10;
constexpr Duration kDecreaseSpacing{300'000};

std::int64_t us(MonoTime::duration duration) {
  return std::chrono::duration_cast<Duration>(duration).count();
}

}  // namespace

void DelayTrend::on_packet(std::int64_t sent_us, std::int64_t arrived_us) {
  if (open_ && sent_us < open_->first_sent_us) return;  // Reordered: its group is over.
  if (open_ && sent_us - open_->first_sent_us <= kBurst.count()) {
    open_->last_sent_us = std::max(open_->last_sent_us, sent_us);
    open_->last_arrived_us = std::max(open_->last_arrived_us, arrived_us);
    return;
  }
  if (open_) close_group(*open_);
  open_ = Group{.first_sent_us = sent_us, .last_sent_us = sent_us, .last_arrived_us = arrived_us};
}

void DelayTrend::close_group(const Group& group) {
  if (!closed_) {
    closed_ = group;
    return;
  }
  const double sent_ms = static_cast<double>(group.last_sent_us - closed_->last_sent_us) / kUsPerMs;
  const double arrived_ms = static_cast<double>(group.last_arrived_us - closed_->last_arrived_us) / kUsPerMs;
  closed_ = group;
  sum_ms_ += arrived_ms - sent_ms;
  smooth_ms_ = kSmoothing * smooth_ms_ + (1 - kSmoothing) * sum_ms_;
  points_[points_count_++ % kGroups] = {.at_ms = static_cast<double>(group.last_arrived_us) / kUsPerMs,
                                        .delay_ms = smooth_ms_};
  if (points_count_ < kGroups) return;
  const auto weight = static_cast<double>(std::min<std::size_t>(points_count_, 3 * kGroups));
  judge(slope() * weight * kTrendGain, std::clamp(arrived_ms, 0.0, kPassedMsMax));
}

// Least squares over what is in the ring; the order of points does not matter.
double DelayTrend::slope() const {
  double mean_at = 0, mean_delay = 0;
  for (const Point& point : points_) {
    mean_at += point.at_ms / kGroups;
    mean_delay += point.delay_ms / kGroups;
  }
  double covariance = 0, variance = 0;
  for (const Point& point : points_) {
    covariance += (point.at_ms - mean_at) * (point.delay_ms - mean_delay);
    variance += (point.at_ms - mean_at) * (point.at_ms - mean_at);
  }
  return variance > 0 ? covariance / variance : 0;
}

void DelayTrend::judge(double trend, double passed_ms) {
  if (trend > threshold_) {
    filling_ms_ += passed_ms;
    const bool lasts = filling_ms_ > static_cast<double>(kOveruseTime.count()) / kUsPerMs;
    if (lasts && trend >= last_trend_) state_ = State::filling;
  } else {
    filling_ms_ = 0;
    state_ = trend < -threshold_ ? State::draining : State::steady;
  }
  last_trend_ = trend;
  const double distance = std::abs(trend) - threshold_;
  if (distance > kOutlier) return;
  threshold_ += (distance < 0 ? kThresholdDown : kThresholdUp) * distance * passed_ms;
  threshold_ = std::clamp(threshold_, kThresholdMin, kThresholdMax);
}

void BandwidthEstimate::on_sent(std::uint16_t sequence, std::size_t bytes, MonoTime now) {
  if (sent_.empty()) sent_.resize(kSentMax);
  if (!epoch_) epoch_ = now;
  sent_[sequence % kSentMax] = {
      .at_us = us(now - *epoch_), .bytes = static_cast<std::uint32_t>(bytes), .sequence = sequence};
}

BandwidthEstimate::Sent* BandwidthEstimate::find(std::uint16_t sequence) {
  if (sent_.empty()) return nullptr;
  Sent& sent = sent_[sequence % kSentMax];
  return sent.at_us >= 0 && sent.sequence == sequence ? &sent : nullptr;
}

void BandwidthEstimate::on_feedback(const proto::rtcp::TransportFeedback& feedback, MonoTime now) {
  std::uint32_t arrived = 0;
  for (const auto& arrival : feedback.arrivals) {
    Sent* sent = find(arrival.sequence);
    if (sent == nullptr) continue;
    ++arrived;
    trend_.on_packet(sent->at_us, arrival.at_us);
    measure(arrival.at_us, sent->bytes);
    sent->at_us = -1;  // Told again, it says nothing new.
  }
  if (arrived == 0) return;
  told_ += feedback.count;
  missing_ += feedback.count - std::min<std::uint32_t>(feedback.count, arrived);
  if (told_ >= kLossPacketsMin) {
    loss_ += (static_cast<double>(missing_) / told_ - loss_) * kLossGain;
    told_ = missing_ = 0;
  }
  adapt(now);
}

void BandwidthEstimate::measure(std::int64_t at_us, std::uint32_t bytes) {
  if (!arrived_.empty()) at_us = std::max(at_us, arrived_.back().at_us);
  arrived_.push_back({.at_us = at_us, .bytes = bytes});
  arrived_bytes_ += bytes;
  while (at_us - arrived_.front().at_us > kWindow.count() || arrived_.size() > kSentMax) {
    arrived_bytes_ -= arrived_.front().bytes;
    arrived_.pop_front();
  }
  const std::int64_t span_us = at_us - arrived_.front().at_us;
  if (span_us < kWindow.count() / 2) return;
  const std::uint64_t bytes_in_span = arrived_bytes_ - arrived_.front().bytes;
  arriving_bps_ = bytes_in_span * kBitsPerByte * static_cast<std::uint64_t>(kUsPerSecond) /
                  static_cast<std::uint64_t>(span_us);
}

void BandwidthEstimate::adapt(MonoTime now) {
  const double passed_s = last_adapted_ ? static_cast<double>(us(now - *last_adapted_)) / kUsPerSecond : 0;
  last_adapted_ = now;
  if (arriving_bps_ == 0) return;
  const auto arriving = static_cast<double>(arriving_bps_);
  auto bitrate = static_cast<double>(bitrate_bps_);
  const bool may_decrease = !last_decrease_ || now - *last_decrease_ >= kDecreaseSpacing;
  const bool filling = trend_.state() == DelayTrend::State::filling;
  if (filling || loss_ > kLossHigh) {
    if (!may_decrease) return;
    last_decrease_ = now;
    const double by_delay = filling ? kBackOff * arriving : bitrate;
    const double by_loss = loss_ > kLossHigh ? bitrate * (1 - loss_ / 2) : bitrate;
    bitrate = std::min({bitrate, by_delay, by_loss});
  } else if (trend_.state() == DelayTrend::State::steady && loss_ < kLossLow + (kLossHigh - kLossLow) / 2) {
    const double ceiling = std::max(kHeadroom * arriving + kHeadroomBps, bitrate);
    bitrate = std::max(std::min(bitrate * std::pow(kGrowth, std::min(passed_s, 1.0)), ceiling), arriving);
  }
  bitrate_bps_ = std::clamp(static_cast<std::uint64_t>(bitrate), kBitrateMin, kBitrateMax);
}

}  // namespace luso::media::webrtc
