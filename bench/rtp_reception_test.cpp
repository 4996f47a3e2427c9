#include "rtp_reception.h"

#include <gtest/gtest.h>

#include "tally.h"

namespace luso::bench {
namespace {

constexpr std::int64_t kMs = 1000;

RtpReception reception() {
  return {7, 90'000};
}

TEST(RtpReception, AsksForAGapOnceDisorderCannotExplainIt) {
  RtpReception video = reception();
  video.take(65'534, 0);
  video.take(1, 0);

  EXPECT_TRUE(video.due(RtpReception::kReorderUs - 1).empty());
  EXPECT_EQ(video.due(RtpReception::kReorderUs), (std::vector<std::uint16_t>{65'535, 0}));
  EXPECT_TRUE(video.due(RtpReception::kReorderUs + 1).empty());
  EXPECT_EQ(video.due(RtpReception::kReorderUs + RtpReception::kAskEveryUs).size(), 2U);
}

TEST(RtpReception, CountsWhatComesLateAsRecoveredAndWhatComesTwiceAsADuplicate) {
  RtpReception video = reception();
  for (const std::uint16_t sequence : {10, 13, 11, 11}) video.take(sequence, sequence * kMs);

  EXPECT_EQ(video.counts.missing, 2U);
  EXPECT_EQ(video.counts.recovered, 1U);
  EXPECT_EQ(video.counts.duplicates, 1U);
  EXPECT_EQ(video.waiting(), 1U);
}

TEST(RtpReception, GivesUpAfterItsLastQuestion) {
  RtpReception video = reception();
  video.take(1, 0);
  video.take(3, 0);

  std::int64_t now = RtpReception::kReorderUs;
  for (int i = 0; i < RtpReception::kAsksMax; ++i, now += RtpReception::kAskEveryUs) {
    EXPECT_EQ(video.due(now).size(), 1U);
  }

  EXPECT_TRUE(video.due(now).empty());
  EXPECT_EQ(video.counts.lost, 1U);
  EXPECT_EQ(video.waiting(), 0U);
}

TEST(RtpReception, ReportsTheLossOfEachInterval) {
  RtpReception video = reception();
  video.take(100, 0);
  video.take(103, 0);
  const auto first = video.report(kMs);
  video.take(104, 0);

  const auto second = video.report(2 * kMs);

  EXPECT_EQ(first.fraction_lost, 128);  // Two of four.
  EXPECT_EQ(first.cumulative_lost, 2);
  EXPECT_EQ(second.fraction_lost, 0);
  EXPECT_EQ(second.cumulative_lost, 2);
  EXPECT_EQ(second.highest_sequence & 0xffffU, 104U);
}

TEST(RtpReception, MeasuresLatenessAgainstTheQuickestPacket) {
  RtpReception video = reception();

  EXPECT_EQ(video.behind_us(9'000, 500 * kMs), 0);
  EXPECT_EQ(video.behind_us(18'000, 640 * kMs), 40 * kMs);
  EXPECT_EQ(video.behind_us(27'000, 690 * kMs), 0);
  EXPECT_EQ(video.behind_us(36'000, 800 * kMs), 10 * kMs);
}

TEST(Sample, FindsItsQuantiles) {
  Sample sample;
  for (int i = 100; i >= 0; --i) sample.add(i);

  EXPECT_EQ(sample.quantile(0.5), 50);
  EXPECT_EQ(sample.quantile(0.95), 95);
  EXPECT_EQ(sample.quantile(1), 100);
  EXPECT_EQ(Sample().quantile(0.5), 0);
}

}  // namespace
}  // namespace luso::bench
