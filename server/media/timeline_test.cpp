#include "media/timeline.h"

#include <rapidcheck.h>

#include <gtest/gtest.h>

#include "proto/rtp.h"

namespace luso::media {
namespace {

constexpr int kRate = 48'000;
constexpr int kSamples = 1'024;

WallTime at_ms(std::int64_t ms) {
  return WallTime(std::chrono::milliseconds(1'795'000'000'000 + ms));
}

class Encoder {
 public:
  std::optional<Timeline::Placed> video(std::int64_t timestamp_ms) {
    now_ms_ += 33;
    return timeline.place({.kind = TrackKind::video,
                           .timestamp_us = count_on(timestamp_ms),
                           .sample_rate = 0,
                           .samples = 0,
                           .at = at_ms(now_ms_)});
  }

  std::optional<Timeline::Placed> audio(std::int64_t timestamp_ms) {
    return timeline.place({.kind = TrackKind::audio,
                           .timestamp_us = count_on(timestamp_ms),
                           .sample_rate = kRate,
                           .samples = kSamples,
                           .at = at_ms(now_ms_)});
  }

  Timeline timeline;

 private:
  // As the RTMP feed does.
  std::int64_t count_on(std::int64_t timestamp_ms) {
    return unwrapper_.unwrap(static_cast<std::uint32_t>(timestamp_ms)) * 1'000;
  }

  std::int64_t now_ms_ = 0;
  proto::rtp::TimestampUnwrapper unwrapper_;
};

TEST(Timeline, StartsAtZeroWhateverTheEncoderCountsFrom) {
  Encoder encoder;

  EXPECT_EQ(encoder.video(4'000'000'000)->dts_us, 0);
  EXPECT_EQ(encoder.video(4'000'000'033)->dts_us, 33'000);
}

TEST(Timeline, AWrapAfter49DaysGoesUnnoticed) {
  Encoder encoder;
  const std::int64_t before_wrap = (std::int64_t{1} << 32) - 20;
  static_cast<void>(encoder.video(before_wrap));

  const auto after = encoder.video(13);

  EXPECT_EQ(after->dts_us, 33'000);
  EXPECT_FALSE(after->jumped);
}

TEST(Timeline, AForwardJumpIsClosedUpAndReported) {
  Encoder encoder;
  static_cast<void>(encoder.video(0));
  static_cast<void>(encoder.video(33));

  const auto jumped = encoder.video(60'000);

  EXPECT_TRUE(jumped->jumped);
  EXPECT_EQ(jumped->dts_us, 66'000);
  EXPECT_EQ(encoder.video(60'033)->dts_us, 99'000);
}

TEST(Timeline, ACountThatStartsAgainContinues) {
  Encoder encoder;
  static_cast<void>(encoder.video(100'000));
  static_cast<void>(encoder.video(100'033));

  const auto restarted = encoder.video(0);

  EXPECT_TRUE(restarted->jumped);
  EXPECT_EQ(restarted->dts_us, 66'000);
}

TEST(Timeline, TheOtherTracksLastFramesOfAnOldCountAreDropped) {
  Encoder encoder;
  static_cast<void>(encoder.video(100'000));
  static_cast<void>(encoder.audio(100'000));
  static_cast<void>(encoder.video(0));

  EXPECT_FALSE(encoder.audio(100'021));
  const auto audio = encoder.audio(40);

  EXPECT_TRUE(audio);
  EXPECT_FALSE(audio->jumped);
}

TEST(Timeline, ALateFrameIsPulledForwardInsteadOfRunningBackwards) {
  Encoder encoder;
  static_cast<void>(encoder.video(0));
  static_cast<void>(encoder.video(100));

  const auto late = encoder.video(90);

  EXPECT_FALSE(late->jumped);
  EXPECT_EQ(late->dts_us, 101'000);
}

TEST(Timeline, RoundedAudioSitsOnTheGridOfItsSamples) {
  Encoder encoder;
  static_cast<void>(encoder.video(0));

  for (std::int64_t frame = 0; frame < 10'000; ++frame) {
    const std::int64_t exact_us = frame * kSamples * 1'000'000 / kRate;
    const auto placed = encoder.audio(exact_us / 1'000);
    ASSERT_TRUE(placed);
    EXPECT_EQ(placed->dts_us, exact_us) << frame;
    static_cast<void>(encoder.video(exact_us / 1'000));
  }
}

TEST(Timeline, LostAudioLeavesAHoleOfItsLength) {
  Encoder encoder;
  static_cast<void>(encoder.audio(0));
  static_cast<void>(encoder.audio(21));

  const auto after_loss = encoder.audio(21 + 64);

  EXPECT_NEAR(static_cast<double>(after_loss->dts_us), 85'333, 1'000);
}

TEST(Timeline, AnotherConnectionContinuesWhereTheLastEnded) {
  Encoder encoder;
  static_cast<void>(encoder.video(0));
  static_cast<void>(encoder.video(40));
  encoder.timeline.start_over();

  const auto resumed = encoder.video(7'000'000);

  EXPECT_FALSE(resumed->jumped);
  EXPECT_EQ(resumed->dts_us, 80'000);
}

TEST(Timeline, NeverRunsBackwardsWhateverIsSent) {
  const bool held = rc::check([] {
    Timeline timeline;
    std::array<std::int64_t, 2> last{-1, -1};
    const auto stamps = *rc::gen::container<std::vector<std::pair<bool, std::uint32_t>>>(
        rc::gen::pair(rc::gen::arbitrary<bool>(), rc::gen::arbitrary<std::uint32_t>()));
    std::int64_t now_ms = 0;
    for (const auto& [is_audio, stamp] : stamps) {
      const auto kind = is_audio ? TrackKind::audio : TrackKind::video;
      const auto placed = timeline.place({.kind = kind,
                                          .timestamp_us = std::int64_t{stamp} * 1'000,
                                          .sample_rate = kRate,
                                          .samples = kSamples,
                                          .at = at_ms(now_ms += 20)});
      if (!placed) continue;
      std::int64_t& before = last[is_audio ? 1 : 0];
      RC_ASSERT(placed->dts_us > before);
      before = placed->dts_us;
    }
  });
  EXPECT_TRUE(held);
}

TEST(Timeline, NetworkJitterDoesNotShowInTheWallClock) {
  Timeline timeline;
  WallTime before;
  for (int frame = 0; frame < 300; ++frame) {
    const std::int64_t jitter_ms = frame % 7 == 0 ? 200 : 0;
    const auto placed = timeline.place({.kind = TrackKind::video,
                                        .timestamp_us = std::int64_t{frame} * 40'000,
                                        .sample_rate = 0,
                                        .samples = 0,
                                        .at = at_ms(frame * 40 + jitter_ms)});
    if (frame > 0) {
      EXPECT_NEAR(static_cast<double>((placed->captured_at - before).count()), 40'000, 1'000);
    }
    before = placed->captured_at;
  }
}

}  // namespace
}  // namespace luso::media
