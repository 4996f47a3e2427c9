#include "media/realtime/fitness.h"

#include <array>

#include <gtest/gtest.h>

namespace luso::media {
namespace {

constexpr std::int64_t kSecondUs = 1'000'000;

Frame video(std::int64_t dts_us, bool keyframe, std::int64_t cts_offset_us = 0) {
  return {.kind = TrackKind::video,
          .keyframe = keyframe,
          .dts_us = dts_us,
          .cts_offset_us = cts_offset_us,
          .captured_at = {},
          .payload = {}};
}

// One picture a second is enough: what counts is when keyframes come.
void send(FitnessMeter& meter, std::int64_t from_s, std::int64_t until_s, std::int64_t keyframe_every_s) {
  for (std::int64_t s = from_s; s < until_s; ++s)
    meter.on_frame(video(s * kSecondUs, (s - from_s) % keyframe_every_s == 0));
}

TEST(Fitness, APlainStreamIsFit) {
  FitnessMeter meter;

  send(meter, 0, 60, 2);

  EXPECT_EQ(meter.obstacle(), Obstacle::none);
  EXPECT_EQ(meter.keyframe_interval_us(), 2 * kSecondUs);
}

TEST(Fitness, BFramesAreSeenInTheFirstFrame) {
  FitnessMeter meter;

  meter.on_frame(video(0, true, 66'000));

  EXPECT_TRUE(meter.has_b_frames());
  EXPECT_EQ(meter.obstacle(), Obstacle::b_frames);
}

TEST(Fitness, PicturesOutOfOrderAreBFramesWhateverWasPromised) {
  FitnessMeter meter;

  meter.on_frame(video(0, true));
  meter.on_frame(video(33'000, false, 66'000));
  meter.on_frame(video(66'000, false, 0));

  EXPECT_TRUE(meter.has_b_frames());
}

// x264 without B-frames says so in its SPS.
TEST(Fitness, AConstantDelayIsNoBFrameWhenTheEncoderPromisesOrder) {
  const std::array<std::uint8_t, 42> avcc{0x01, 0x64, 0x00, 0x1e, 0xff, 0xe1, 0x00, 0x19, 0x67, 0x64, 0x00,
                                          0x1e, 0xac, 0xb4, 0x05, 0x01, 0x7f, 0xcb, 0x80, 0x88, 0x00, 0x00,
                                          0x03, 0x00, 0x08, 0x00, 0x00, 0x03, 0x01, 0xe0, 0x78, 0xb1, 0x75,
                                          0x01, 0x00, 0x04, 0x68, 0xef, 0x3c, 0xb0, 0xfd, 0xf8};
  Tracks tracks;
  tracks.video.emplace().config.assign(avcc.begin(), avcc.end());
  FitnessMeter meter;
  meter.on_tracks(tracks);

  for (std::int64_t i = 0; i < 10; ++i) meter.on_frame(video(i * 33'000, i == 0, 40'000));

  EXPECT_FALSE(meter.has_b_frames());
}

TEST(Fitness, AKeyframeThatIsOverdueIsNotWaitedFor) {
  FitnessMeter meter;

  send(meter, 0, 6, 10);

  EXPECT_EQ(meter.obstacle(), Obstacle::keyframe_interval);
}

TEST(Fitness, AnIntervalOfFourSecondsIsFit) {
  FitnessMeter meter;

  send(meter, 0, 60, 4);

  EXPECT_EQ(meter.obstacle(), Obstacle::none);
}

TEST(Fitness, OneLongIntervalIsAHiccupTwoAreASetting) {
  FitnessMeter meter;
  send(meter, 0, 10, 2);

  send(meter, 10, 16, 10);
  EXPECT_EQ(meter.obstacle(), Obstacle::none);

  send(meter, 16, 22, 10);
  EXPECT_EQ(meter.obstacle(), Obstacle::keyframe_interval);
}

TEST(Fitness, GoodIntervalsTakeTheVerdictBack) {
  FitnessMeter meter;
  send(meter, 0, 20, 10);
  ASSERT_EQ(meter.obstacle(), Obstacle::keyframe_interval);

  send(meter, 20, 40, 2);

  EXPECT_EQ(meter.obstacle(), Obstacle::none);
}

TEST(Fitness, AnotherSessionStartsClean) {
  FitnessMeter meter;
  meter.on_frame(video(0, true, 66'000));

  meter.on_tracks({});

  EXPECT_EQ(meter.obstacle(), Obstacle::none);
}

TEST(Fitness, AGapInTheStreamIsNoKeyframeInterval) {
  FitnessMeter meter;
  send(meter, 0, 10, 2);

  meter.on_break();
  send(meter, 40, 44, 2);

  EXPECT_EQ(meter.obstacle(), Obstacle::none);
  EXPECT_EQ(meter.keyframe_interval_us(), 2 * kSecondUs);
}

}  // namespace
}  // namespace luso::media
