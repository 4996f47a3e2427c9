#include "media/webrtc/bandwidth_estimate.h"

#include <deque>
#include <random>

#include <gtest/gtest.h>

#include "media/webrtc/arrival_log.h"

namespace luso::media::webrtc {
namespace {

using namespace std::chrono_literals;

// A sender that follows its estimate over a link with a rate, a queue and chance loss; feedback comes back
// every 50 ms, as browsers send it.
class Path {
 public:
  explicit Path(double rate_bps) : rate_bps_(rate_bps) {}

  void run(Duration length, double send_bps = 0) {
    for (const Duration end = now_ + length; now_ < end; now_ += 1ms) {
      const double bps = send_bps > 0 ? send_bps : static_cast<double>(estimate.bitrate_bps());
      for (debt_ += bps / 8 / 1'000; debt_ >= kPacketBytes; debt_ -= kPacketBytes) send();
      if (now_.count() % 50'000 == 0) feed_back();
    }
  }

  void set_rate(double bps) { rate_bps_ = bps; }

  void set_loss(double share) { loss_ = share; }

  [[nodiscard]] Duration queue() const { return std::max(free_at_ - now_, Duration(0)); }

  BandwidthEstimate estimate;

 private:
  static constexpr double kPacketBytes = 1'000;
  static constexpr Duration kQueueMax = 500ms;
  static constexpr Duration kWay = 20ms;

  [[nodiscard]] static MonoTime at(Duration since) { return MonoTime{} + 1h + since; }

  void send() {
    const std::uint16_t sequence = sequence_++;
    estimate.on_sent(sequence, static_cast<std::size_t>(kPacketBytes), at(now_));
    if (queue() > kQueueMax || std::uniform_real_distribution<double>(0, 1)(random_) < loss_) return;
    const auto takes = Duration(static_cast<std::int64_t>(kPacketBytes * 8 * 1e6 / rate_bps_));
    free_at_ = std::max(free_at_, now_) + takes;
    flying_.emplace_back(sequence, free_at_ + kWay);
  }

  void feed_back() {
    for (; !flying_.empty() && flying_.front().second <= now_; flying_.pop_front())
      log_.on_packet(flying_.front().first, at(flying_.front().second));
    while (const auto feedback = log_.take(1, 2)) estimate.on_feedback(*feedback, at(now_ + kWay));
  }

  double rate_bps_;
  double loss_ = 0;
  double debt_ = 0;
  Duration now_{}, free_at_{};
  std::uint16_t sequence_ = 65'000;
  std::deque<std::pair<std::uint16_t, Duration>> flying_;
  ArrivalLog log_;
  std::mt19937 random_{7};
};

TEST(BandwidthEstimate, FindsTheRateOfALinkAndKeepsItsQueueShort) {
  Path path(3'000'000);
  path.run(60s);
  EXPECT_GT(path.estimate.bitrate_bps(), 1'900'000U);
  EXPECT_LT(path.estimate.bitrate_bps(), 3'400'000U);
  EXPECT_LT(path.queue(), 200ms);
}

TEST(BandwidthEstimate, ALinkThatShrinksIsNoticedWithinTwoSeconds) {
  Path path(3'000'000);
  path.run(40s);
  path.set_rate(1'000'000);
  path.run(2s);
  EXPECT_LT(path.estimate.bitrate_bps(), 1'300'000U);
  path.run(10s);
  EXPECT_GT(path.estimate.bitrate_bps(), 600'000U);
  EXPECT_LT(path.queue(), 300ms);
}

TEST(BandwidthEstimate, AFewPacketsLostByChanceDoNotMatter) {
  Path path(100'000'000);
  path.set_loss(0.01);
  path.run(40s);
  EXPECT_GT(path.estimate.bitrate_bps(), 5'000'000U);
}

TEST(BandwidthEstimate, HeavyLossBringsItDown) {
  Path path(100'000'000);
  path.run(10s);
  const std::uint64_t before = path.estimate.bitrate_bps();
  path.set_loss(0.3);
  path.run(5s);
  EXPECT_LT(path.estimate.bitrate_bps(), before / 2);
  EXPECT_NEAR(path.estimate.loss(), 0.3, 0.1);
}

TEST(BandwidthEstimate, AFixedStreamProvesOnlySoMuch) {
  Path path(100'000'000);
  path.run(60s, 1'500'000);
  EXPECT_NEAR(static_cast<double>(path.estimate.arriving_bps()), 1'500'000, 50'000);
  EXPECT_LE(path.estimate.bitrate_bps(), 2'350'000U);
  EXPECT_GE(path.estimate.bitrate_bps(), 2'200'000U);
}

TEST(BandwidthEstimate, FeedbackOfNothingWeSentIsIgnored) {
  BandwidthEstimate estimate;
  proto::rtcp::TransportFeedback feedback;
  feedback.count = 1'000;
  for (std::uint16_t i = 0; i < 1'000; ++i) feedback.arrivals.push_back({.sequence = i, .at_us = i * 250});
  for (int i = 0; i < 100; ++i) estimate.on_feedback(feedback, MonoTime{} + 1h + Duration(i * 50'000));
  EXPECT_EQ(estimate.bitrate_bps(), BandwidthEstimate::kBitrateFirst);
  EXPECT_EQ(estimate.arriving_bps(), 0U);
}

}  // namespace
}  // namespace luso::media::webrtc
