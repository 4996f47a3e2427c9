#include "media/egress/whep/viewer_queue.h"

#include <set>
#include <vector>

#include <gtest/gtest.h>

#include "media/egress/whep/whep_testing.h"

namespace luso::media::whep {
namespace {
using testing::UnitMaker;

struct Sent {
  std::uint64_t serial = 0;
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
};

class WhepTrackQueue : public ::testing::Test {
 protected:
  // Everything there is, in chunks; one entry a packet.
  std::vector<Sent> drain(std::size_t packets_max = 10) {
    std::vector<Sent> all;
    while (const auto run = queue_.next(ring_, packets_max)) {
      for (std::size_t i = 0; i < run->count; ++i) {
        all.push_back({.serial = run->unit->serial,
                       .sequence = static_cast<std::uint16_t>(run->sequence + i),
                       .timestamp = run->timestamp});
      }
      queue_.sent(*run, run->count);
      sent_.insert(sent_.end(), all.end() - static_cast<std::ptrdiff_t>(run->count), all.end());
    }
    return all;
  }

  // What the viewer sees over its whole life: no hole in the numbers, and time that does not run backwards.
  void expect_seamless() const {
    for (std::size_t i = 1; i < sent_.size(); ++i) {
      EXPECT_EQ(sent_[i].sequence, static_cast<std::uint16_t>(sent_[i - 1].sequence + 1));
      const auto step = static_cast<std::int32_t>(sent_[i].timestamp - sent_[i - 1].timestamp);
      EXPECT_TRUE(sent_[i].serial == sent_[i - 1].serial ? step == 0 : step > 0) << "at packet " << i;
    }
  }

  [[nodiscard]] std::uint32_t ticks(std::int64_t us) const {
    return kStart.timestamp + static_cast<std::uint32_t>(us * 90 / 1'000);
  }

  static constexpr TrackQueue::Start kStart{.sequence = 0xFFF0, .timestamp = 0xFFFFFF00};
  UnitRing ring_;
  UnitMaker make_;
  TrackQueue queue_{TrackKind::video, kStart};
  std::vector<Sent> sent_;
};

TEST_F(WhepTrackQueue, ANewcomerStartsAtTheNewestKeyframeAndFollows) {
  make_.group(ring_, 60);
  make_.group(ring_, 30);
  const std::uint64_t keyframe = *ring_.newest_keyframe();

  const auto start = drain();
  ring_.push(make_.video(false));
  const auto live = drain();

  ASSERT_EQ(start.size(), 20U + 30U * 3);
  EXPECT_EQ(start.front().serial, keyframe);
  EXPECT_LT(start.front().sequence, 0x8000);
  EXPECT_EQ(live.size(), 3U);
  EXPECT_TRUE(queue_.has_been_live());
  EXPECT_EQ(queue_.skips(), 0U);
  expect_seamless();
}

TEST_F(WhepTrackQueue, NothingIsSentBeforeAKeyframe) {
  ring_.push(make_.video(false));
  EXPECT_FALSE(queue_.next(ring_, 10));
  EXPECT_FALSE(queue_.has_more(ring_));

  ring_.push(make_.video(true));

  EXPECT_TRUE(queue_.has_more(ring_));
  EXPECT_EQ(drain().front().serial, 1U);
}

TEST_F(WhepTrackQueue, TheStartIsToldAsHavingTakenLittleTime) {
  make_.group(ring_, 60);
  const auto start = drain();

  EXPECT_EQ(start.back().timestamp, ticks(ring_.newest().pts_us));
  EXPECT_LE(start.back().timestamp - start.front().timestamp, 90U * 2'000 / TimeWarp::kRatio + 1);
}

TEST_F(WhepTrackQueue, ALateViewerGoesOnAtTheNewestKeyframe) {
  make_.group(ring_, 5);
  drain();

  make_.group(ring_, 60);
  make_.group(ring_, 10);
  const auto after = drain();

  EXPECT_EQ(after.front().serial, *ring_.newest_keyframe());
  EXPECT_EQ(queue_.skips(), 1U);
  expect_seamless();
}

TEST_F(WhepTrackQueue, ALittleLateIsCaughtUpWithoutSkipping) {
  make_.group(ring_, 5);
  drain();

  make_.group(ring_, 5);
  make_.group(ring_, 5);
  const auto after = drain();

  EXPECT_EQ(after.size(), 2 * (20U + 5U * 3));
  EXPECT_EQ(queue_.skips(), 0U);
  expect_seamless();
}

TEST_F(WhepTrackQueue, APictureThatWasBegunIsFinishedBeforeASkip) {
  make_.group(ring_, 0);
  const auto run = queue_.next(ring_, 7);
  queue_.sent(*run, 7);
  sent_.push_back(
      {.serial = 0, .sequence = static_cast<std::uint16_t>(run->sequence + 6), .timestamp = run->timestamp});

  make_.group(ring_, 30);
  make_.group(ring_, 1);
  const auto after = drain();

  ASSERT_GT(after.size(), 13U);
  EXPECT_EQ(after[12].serial, 0U);
  EXPECT_EQ(after[13].serial, *ring_.newest_keyframe());
  expect_seamless();
}

TEST_F(WhepTrackQueue, AViewerWhosePlaceIsGoneWaitsForAKeyframe) {
  make_.group(ring_, 3);
  drain();
  make_.lose(4);
  ring_.push(make_.video(false));

  EXPECT_TRUE(drain().empty());
  make_.group(ring_, 2);

  EXPECT_EQ(drain().size(), 26U);
  EXPECT_EQ(queue_.skips(), 1U);
  expect_seamless();
}

TEST_F(WhepTrackQueue, AReplayGivesTheGroupAgainWithNewNumbersAndLaterTimes) {
  make_.group(ring_, 60);
  drain();

  EXPECT_TRUE(queue_.replay(ring_));
  const auto again = drain();
  EXPECT_EQ(again.size(), 20U + 60U * 3);
  EXPECT_EQ(again.front().serial, 0U);
  for (int i = 0; i < 30; ++i) {
    ring_.push(make_.video(false));
    drain();
  }

  expect_seamless();
  EXPECT_EQ(sent_.back().timestamp, ticks(ring_.newest().pts_us)) << "back on the stream's own time";
  EXPECT_EQ(queue_.skips(), 0U);
}

TEST_F(WhepTrackQueue, AReplayWithoutAKeyframeOrDuringAnotherIsRefused) {
  EXPECT_FALSE(queue_.replay(ring_));
  make_.group(ring_, 60);
  drain();

  EXPECT_TRUE(queue_.replay(ring_));
  EXPECT_FALSE(queue_.replay(ring_));
}

TEST_F(WhepTrackQueue, WhatIsAskedForAgainIsWhatWasSent) {
  make_.group(ring_, 20);
  drain();
  make_.group(ring_, 30);
  make_.group(ring_, 10);
  drain();
  queue_.replay(ring_);
  drain();

  int found = 0;
  for (const Sent& sent : sent_) {
    const auto run = queue_.find(ring_, sent.sequence);
    if (!run) continue;
    ++found;
    EXPECT_EQ(run->unit->serial, sent.serial);
    EXPECT_EQ(run->timestamp, sent.timestamp);
    EXPECT_EQ(run->sequence, sent.sequence);
  }
  EXPECT_GT(found, 100);
  EXPECT_FALSE(queue_.find(ring_, static_cast<std::uint16_t>(sent_.back().sequence + 1)));
  EXPECT_FALSE(queue_.find(ring_, static_cast<std::uint16_t>(sent_.front().sequence - 1)));
}

TEST_F(WhepTrackQueue, NumbersWrapWithoutConfusion) {
  for (int i = 0; i < 3'000; ++i) {
    make_.group(ring_, 10);
    drain();
  }

  EXPECT_GT(sent_.size(), 70'000U);
  expect_seamless();
  const Sent& known = sent_[sent_.size() - 40];
  ASSERT_TRUE(queue_.find(ring_, known.sequence));
  EXPECT_EQ(queue_.find(ring_, known.sequence)->unit->serial, known.serial);
}

TEST(WhepAudioQueue, StartsAtTheLiveEdgeAndSkipsWhatIsStale) {
  UnitRing ring;
  UnitMaker make;
  TrackQueue queue(TrackKind::audio, {.sequence = 7, .timestamp = 0});
  ring.push(make.audio());
  ring.push(make.video(true));

  EXPECT_FALSE(queue.next(ring, 10));
  ring.push(make.audio());
  const auto first = queue.next(ring, 10);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->sequence, 7);
  queue.sent(*first, 1);
  for (int i = 0; i < 30; ++i) {
    ring.push(make.video(false));
    ring.push(make.audio());
  }

  EXPECT_FALSE(queue.next(ring, 10)) << "a second late";
  ring.push(make.audio());
  EXPECT_EQ(queue.next(ring, 10)->sequence, 8);
}

TEST(WhepTimeWarp, KeepsOrderAndEndsInRealTime) {
  const TimeWarp warp = TimeWarp::catch_up(0, 2'000'000, TimeWarp::kNothingTold);

  std::int64_t last = warp(0) - 1;
  for (std::int64_t us = 0; us <= 3'000'000; us += 16'667) {
    EXPECT_GT(warp(us), last);
    last = warp(us);
  }
  EXPECT_EQ(warp(0), 2'000'000 - 125'000);
  EXPECT_EQ(warp(2'000'000), 2'000'000);
  EXPECT_EQ(warp(2'500'000), 2'500'000);
}

TEST(WhepTimeWarp, NeverTellsWhatWasToldBefore) {
  for (const std::int64_t told : {0, 500'000, 1'999'999, 2'000'000, 2'100'000}) {
    EXPECT_GT(TimeWarp::catch_up(0, 2'000'000, told)(0), told);
  }
}

}  // namespace
}  // namespace luso::media::whep
