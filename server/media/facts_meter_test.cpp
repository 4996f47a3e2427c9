#include "media/facts_meter.h"

#include <gtest/gtest.h>

namespace luso::media {
namespace {

constexpr std::int64_t kSecondUs = 1'000'000;

// One second of 25 pictures that take so many kbit/s together, the first a keyframe in every other second.
void send_second(FactsMeter& meter, std::int64_t number, std::size_t kbps, std::int64_t cts_offset_us = 0) {
  constexpr std::int64_t kPictures = 25;
  for (std::int64_t i = 0; i < kPictures; ++i) {
    meter.on_frame(std::make_shared<const Frame>(
        Frame{.kind = TrackKind::video,
              .keyframe = number % 2 == 0 && i == 0,
              .dts_us = number * kSecondUs + i * kSecondUs / kPictures,
              .cts_offset_us = cts_offset_us,
              .captured_at = {},
              .payload = Bytes(kbps * 1'000 / 8 / static_cast<std::size_t>(kPictures))}));
  }
}

class Facts : public ::testing::Test {
 protected:
  Facts() {
    auto tracks = std::make_shared<Tracks>();
    tracks->video.emplace();
    meter_.on_tracks(tracks);
  }

  FactsMeter meter_;
};

TEST_F(Facts, AreRightWithinTwoSeconds) {
  send_second(meter_, 0, 2'000, 80'000);
  send_second(meter_, 1, 2'000, 80'000);
  send_second(meter_, 2, 2'000, 80'000);

  const IngestFacts facts = meter_.facts();

  EXPECT_TRUE(facts.has_b_frames);
  EXPECT_DOUBLE_EQ(facts.keyframe_interval_s, 2);
  EXPECT_DOUBLE_EQ(facts.frame_rate, 25);
  EXPECT_NEAR(facts.video_bitrate_kbps, 2'000, 5);
  EXPECT_EQ(facts.video_bitrate_kbps_min, facts.video_bitrate_kbps);
}

TEST_F(Facts, TheLeanestTwoSecondsShowALineThatGivesWay) {
  for (std::int64_t second = 0; second < 8; ++second)
    send_second(meter_, second, second == 4 || second == 5 ? 500 : 3'000);

  const IngestFacts facts = meter_.facts();

  EXPECT_NEAR(facts.video_bitrate_kbps_min, 500, 5);
  EXPECT_NEAR(facts.video_bitrate_kbps, 2'000, 5);
}

TEST_F(Facts, OneLeanSecondBetweenKeyframesIsNothing) {
  for (std::int64_t second = 0; second < 8; ++second)
    send_second(meter_, second, second % 2 == 0 ? 3'000 : 1'000);

  EXPECT_NEAR(meter_.facts().video_bitrate_kbps_min, 2'000, 5);
}

TEST_F(Facts, APublisherThatComesBackIsMeasuredAnew) {
  send_second(meter_, 0, 2'000, 80'000);
  ASSERT_TRUE(meter_.facts().has_b_frames);

  meter_.on_pause();
  send_second(meter_, 10, 2'000);

  EXPECT_FALSE(meter_.facts().has_b_frames);
}

}  // namespace
}  // namespace luso::media
