#include "media/renditions/renditions.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace luso::media {
namespace {

using ::testing::IsEmpty;

constexpr std::size_t kFull = 0, kHalf = 1;
constexpr std::int64_t kPictureUs = 33'333;

proto::VideoTrack track_of(int width) {
  return {.codec = proto::Codec::h264,
          .config = {},
          .codecs = "avc1.42001f",
          .width = width,
          .height = width / 2};
}

// What came out of a stream, in words: "T640" tracks, "K" a keyframe, "p" another picture, "a" sound, "|" a
// discontinuity, "." a pause.
class Screen final : public StreamSink {
 public:
  void on_tracks(const TracksPtr& tracks) override { said += "T" + std::to_string(tracks->video->width); }

  void on_frame(const FramePtr& frame) override {
    said += frame->kind == TrackKind::audio ? 'a' : frame->keyframe ? 'K' : 'p';
    if (frame->kind == TrackKind::video) times.push_back(frame->dts_us);
  }

  void on_discontinuity() override { said += '|'; }

  void on_pause() override { said += '.'; }

  [[nodiscard]] std::string heard() { return std::exchange(said, {}); }

  std::string said;
  std::vector<std::int64_t> times;
};

// A publisher of two sizes and sound.
class TwoSizes : public ::testing::Test {
 protected:
  TwoSizes() { begin(); }

  void begin() {
    intake_.begin();
    renditions_.take(EncoderInfo{
        .encoder = "Chromium", .frame_rate = 0, .has_video = true, .has_audio = true, .layers = 2});
    renditions_.take(proto::AudioTrack{
        .codec = proto::Codec::opus, .config = {}, .codecs = "opus", .sample_rate = 48'000, .channels = 2});
    if (!small_)
      small_ = renditions_.rungs().at(kHalf + 1)->stream().subscribe(small, Stream::StartAt::next_frame);
  }

  void sizes(int full, int half) {
    renditions_.take(LayerTrack{.layer = kFull, .track = track_of(full)});
    renditions_.take(LayerTrack{.layer = kHalf, .track = track_of(half)});
  }

  void picture(std::initializer_list<std::size_t> layers, bool keyframe = false) {
    for (const std::size_t layer : layers) {
      renditions_.take(Sample{.kind = TrackKind::video,
                              .keyframe = keyframe,
                              .timestamp_us = now_us_,
                              .cts_offset_us = 0,
                              .samples = 0,
                              .layer = layer,
                              .at = WallTime{Duration(now_us_)},
                              .payload = Bytes(layer == kFull ? 4'000 : 1'000, 1)});
    }
    now_us_ += kPictureUs;
    renditions_.tell();
  }

  void sound() {
    renditions_.take(Sample{.kind = TrackKind::audio,
                            .keyframe = true,
                            .timestamp_us = now_us_,
                            .cts_offset_us = 0,
                            .samples = 960,
                            .layer = 0,
                            .at = WallTime{Duration(now_us_)},
                            .payload = Bytes(100, 1)});
  }

  [[nodiscard]] Ladder::Rung rung(std::size_t number) const { return renditions_.ladder()->at(number); }

  Stream stream_{StreamId{7}};
  Intake intake_{stream_};
  std::vector<std::size_t> asked_;
  Renditions renditions_{stream_, intake_, [this](std::size_t layer) {
                           asked_.push_back(layer);
                           return true;
                         }};
  Screen main, small;
  Stream::Subscription main_ = stream_.subscribe(main, Stream::StartAt::next_frame);
  std::optional<Stream::Subscription> small_;
  std::int64_t now_us_ = 0;
};

TEST_F(TwoSizes, TheLargestIsTheStreamAndTheOtherARenditionWithTheSameSoundAndTime) {
  sizes(640, 320);
  picture({kFull, kHalf}, true);
  sound();
  picture({kFull, kHalf});

  EXPECT_EQ(main.heard(), "T640Kap");
  EXPECT_EQ(small.heard(), "T320Kap");
  EXPECT_EQ(main.times, small.times);
}

TEST_F(TwoSizes, ViewersKnowWhatEachNeeds) {
  sizes(640, 320);
  for (int i = 0; i < 150; ++i) picture({kFull, kHalf}, i % 60 == 0);

  EXPECT_TRUE(rung(0).is_live && rung(2).is_live);
  EXPECT_FALSE(rung(1).is_live) << "the largest is the stream itself";
  EXPECT_EQ(rung(0).width, 640);
  EXPECT_EQ(rung(2).height, 160);
  EXPECT_NEAR(static_cast<double>(rung(0).bitrate_bps), 4'000 * 8 * 30, 30'000);
  EXPECT_NEAR(static_cast<double>(rung(2).bitrate_bps), 1'000 * 8 * 30, 10'000);
}

TEST_F(TwoSizes, ThePublisherLearnsWhatEachSizeCosts) {
  sizes(640, 320);
  for (int i = 0; i < 150; ++i) {
    picture({kFull, kHalf}, i % 60 == 0);
    sound();
  }

  const auto size = renditions_.rungs().at(2)->size();
  ASSERT_TRUE(size);
  EXPECT_EQ(size->width, 320);
  EXPECT_NEAR(size->frame_rate, 30, 1);
  EXPECT_NEAR(size->bitrate_kbps, 1'000 * 8 * 30 / 1'000, 10) << "without the sound";
  EXPECT_FALSE(renditions_.rungs().at(1)->size()) << "the largest is the stream itself";
}

TEST_F(TwoSizes, ABrowserThatBeginsSmallGrowsIntoTheStream) {
  renditions_.take(LayerTrack{.layer = kHalf, .track = track_of(320)});
  picture({kHalf}, true);
  picture({kHalf});
  EXPECT_EQ(main.heard(), "T320Kp");
  EXPECT_EQ(small.heard(), "") << "nothing larger is known: it is no rendition";

  renditions_.take(LayerTrack{.layer = kFull, .track = track_of(640)});
  picture({kFull, kHalf}, true);
  picture({kFull, kHalf});
  EXPECT_EQ(main.heard(), "T640Kp");
  EXPECT_EQ(small.heard(), "T320Kp");
}

TEST_F(TwoSizes, WhenTheLargestPausesTheStreamGoesOnWithTheNext) {
  sizes(640, 320);
  picture({kFull, kHalf}, true);
  for (int i = 0; i < 40; ++i) picture({kHalf});
  ASSERT_FALSE(asked_.empty());
  EXPECT_EQ(asked_.back(), kHalf) << "its keyframe is asked for";
  static_cast<void>(main.heard());

  picture({kHalf}, true);
  picture({kHalf});
  EXPECT_EQ(main.heard(), "T320Kp");
  EXPECT_TRUE(rung(2).is_live);

  picture({kFull, kHalf}, true);
  EXPECT_EQ(main.heard(), "T640K");
  for (std::size_t i = 1; i < main.times.size(); ++i) EXPECT_GT(main.times[i], main.times[i - 1]);
}

TEST_F(TwoSizes, ARenditionThatPausesSaysSoAndComesBackAtAKeyframe) {
  sizes(640, 320);
  picture({kFull, kHalf}, true);
  for (int i = 0; i < 40; ++i) picture({kFull});
  EXPECT_EQ(small.heard(), "T320K.");
  EXPECT_FALSE(rung(2).is_live);
  sound();
  picture({kFull, kHalf});
  EXPECT_EQ(small.heard(), "") << "no sound without its picture";

  picture({kFull, kHalf}, true);
  picture({kFull, kHalf});
  EXPECT_EQ(small.heard(), "|Kp");
  EXPECT_TRUE(rung(2).is_live);
}

TEST_F(TwoSizes, TheNextPublisherGoesOnWhereTheLastOneWas) {
  sizes(640, 320);
  picture({kFull, kHalf}, true);
  stream_.pause();
  renditions_.tell();
  EXPECT_FALSE(rung(2).is_live);
  static_cast<void>(main.heard());
  static_cast<void>(small.heard());

  begin();
  sizes(1280, 320);
  picture({kFull, kHalf}, true);

  EXPECT_EQ(main.heard(), "|T1280K");
  EXPECT_EQ(small.heard(), "|K");
}

TEST_F(TwoSizes, ALieAboutLayersIsNotBelieved) {
  renditions_.take(LayerTrack{.layer = 2, .track = track_of(9'999)});
  now_us_ = 5;
  picture({2}, true);
  EXPECT_EQ(main.heard(), "");
}

TEST(Renditions, WhoSendsOneSizePassesThrough) {
  Stream stream{StreamId{7}};
  Intake intake(stream);
  Renditions renditions(stream, intake, [](std::size_t) { return false; });
  Screen main;
  const auto subscription = stream.subscribe(main, Stream::StartAt::next_frame);
  intake.begin();
  renditions.take(EncoderInfo{.encoder = "OBS", .frame_rate = 30, .has_video = true, .has_audio = false});
  renditions.take(track_of(640));
  renditions.take(Sample{.kind = TrackKind::video,
                         .keyframe = true,
                         .timestamp_us = 0,
                         .cts_offset_us = 0,
                         .samples = 0,
                         .layer = 0,
                         .at = WallTime{},
                         .payload = {1}});
  renditions.tell();

  EXPECT_EQ(main.heard(), "T640K");
  EXPECT_THAT(renditions.rungs(), IsEmpty());
}

}  // namespace
}  // namespace luso::media
