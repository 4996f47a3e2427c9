#include "proto/rtmp_time.h"

#include <rapidcheck.h>

#include <gtest/gtest.h>

namespace luso::proto::rtmp {
namespace {

using Step = TimestampUnwrapper::Step;

TEST(RtmpTimestamps, StartAtZeroWhateverTheEncoderStartsAt) {
  TimestampUnwrapper clock;

  EXPECT_EQ(clock.unwrap(4'000'000'000U), (Step{.time_ms = 0}));
  EXPECT_EQ(clock.unwrap(4'000'000'040U), (Step{.time_ms = 40}));
}

TEST(RtmpTimestamps, GoOnOverTheWrapAt32Bits) {
  TimestampUnwrapper clock;
  static_cast<void>(clock.unwrap(0xFFFF'FFF0));

  EXPECT_EQ(clock.unwrap(0x0000'0010), (Step{.time_ms = 32}));
  EXPECT_EQ(clock.unwrap(0xFFFF'FFFF), (Step{.time_ms = 15}));  // The other track, a little behind.
  EXPECT_EQ(clock.unwrap(0x0000'0020), (Step{.time_ms = 48}));
}

TEST(RtmpTimestamps, TimeStandsStillOverAJumpAndTheJumpIsTold) {
  TimestampUnwrapper clock;
  static_cast<void>(clock.unwrap(1'000));
  static_cast<void>(clock.unwrap(1'040));

  EXPECT_EQ(clock.unwrap(3'601'040), (Step{.time_ms = 40, .jump_ms = 3'600'000}));
  EXPECT_EQ(clock.unwrap(3'601'080), (Step{.time_ms = 80}));
  EXPECT_EQ(clock.unwrap(0), (Step{.time_ms = 80, .jump_ms = -3'601'080}));
  EXPECT_EQ(clock.unwrap(40), (Step{.time_ms = 120}));
}

TEST(RtmpTimestamps, TheLongestStepIsStillAStep) {
  TimestampUnwrapper clock;
  static_cast<void>(clock.unwrap(100'000));

  EXPECT_EQ(clock.unwrap(100'000 + kForwardStepMaxMs).jump_ms, 0);
  EXPECT_EQ(clock.unwrap(100'000 + kForwardStepMaxMs - kBackwardStepMaxMs).jump_ms, 0);
  EXPECT_NE(clock.unwrap(0).jump_ms, 0);
}

TEST(RtmpTimestamps, AnyRowOfStepsAddsUp) {
  EXPECT_TRUE(rc::check([](std::uint32_t start) {
    const auto steps = *rc::gen::container<std::vector<std::int32_t>>(
        rc::gen::inRange<std::int32_t>(-kBackwardStepMaxMs, kForwardStepMaxMs + 1));
    TimestampUnwrapper clock;
    static_cast<void>(clock.unwrap(start));
    std::int64_t expected = 0;

    for (const std::int32_t step : steps) {
      start += static_cast<std::uint32_t>(step);
      expected += step;
      RC_ASSERT((clock.unwrap(start) == Step{.time_ms = expected}));
    }
  }));
}

}  // namespace
}  // namespace luso::proto::rtmp
