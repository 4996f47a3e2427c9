#include "media/egress/llhls/segmenter.h"

#include <cmath>
#include <rapidcheck.h>

#include <gtest/gtest.h>

namespace luso::media {
namespace {

struct Made {
  Duration duration{};
  std::vector<Segmenter::Part> parts;
  bool discontinuity = false;
  std::uint32_t generation = 0;
};

class Recorder final : public Segmenter::Listener {
 public:
  void on_init(const TracksPtr&, SharedBytes) override { ++inits; }

  void on_segment_start(const Segmenter::SegmentStart& start) override {
    segments.push_back({.duration = {},
                        .parts = {},
                        .discontinuity = start.discontinuity,
                        .generation = start.tracks->generation});
  }

  void on_part(Segmenter::Part part) override { segments.back().parts.push_back(std::move(part)); }

  void on_segment_end(Duration duration) override { segments.back().duration = duration; }

  int inits = 0;
  std::vector<Made> segments;
};

proto::VideoTrack video_track(int width = 1280) {
  return {.codec = proto::Codec::h264,
          .config = {1, 0x64, 0, 0x1f, 0xff, 0xe0, 0},
          .codecs = "avc1.64001f",
          .width = width,
          .height = 720,
          .frame_rate = 30};
}

proto::AudioTrack audio_track() {
  return {.codec = proto::Codec::aac,
          .config = {0x11, 0x90},
          .codecs = "mp4a.40.2",
          .sample_rate = 48'000,
          .channels = 2,
          .samples_per_frame = 1'024};
}

// A stream that a segmenter listens to, fed frame by frame as an encoder would.
class Feed {
 public:
  Feed() : subscription_(stream.subscribe(segmenter, Stream::StartAt::next_frame)) {}

  void frame(TrackKind kind, std::int64_t dts_us, bool keyframe) {
    stream.publish(std::make_shared<const Frame>(Frame{.kind = kind,
                                                       .keyframe = keyframe,
                                                       .dts_us = dts_us,
                                                       .cts_offset_us = 0,
                                                       .captured_at = WallTime(Duration(dts_us)),
                                                       .payload = Bytes(100, 7)}));
  }

  // Millisecond stamps, as RTMP has them, with audio in between.
  void play(double seconds, double fps, int frames_per_group, bool with_audio = true) {
    const int count = static_cast<int>(seconds * fps);
    for (int i = 0; i < count; ++i) {
      const auto dts_us = static_cast<std::int64_t>(std::floor(frame_ * 1'000 / fps)) * 1'000;
      while (with_audio && audio_us() <= dts_us)
        frame(TrackKind::audio, (++audio_, audio_us() - 21'333), true);
      frame(TrackKind::video, dts_us, i % frames_per_group == 0);
      ++frame_;
    }
  }

  Recorder made;
  Segmenter segmenter{made};
  Stream stream{StreamId{7}};

 private:
  [[nodiscard]] std::int64_t audio_us() const { return audio_ * 1'024 * 1'000'000 / 48'000; }

  Stream::Subscription subscription_;
  std::int64_t frame_ = 0;
  std::int64_t audio_ = 0;
};

void expect_lawful_parts(const Made& segment) {
  for (std::size_t i = 0; i < segment.parts.size(); ++i) {
    EXPECT_LE(segment.parts[i].duration, Segmenter::kPartTarget);
    const bool last = i + 1 == segment.parts.size();
    if (!last) EXPECT_GE(segment.parts[i].duration.count(), Segmenter::kPartTarget.count() * 85 / 100) << i;
  }
}

TEST(Segmenter, PartsStayWithinTheTargetAtEveryUsualFrameRate) {
  for (const double fps : {24.0, 23.976, 25.0, 29.97, 30.0, 48.0, 50.0, 59.94, 60.0, 15.0}) {
    SCOPED_TRACE(fps);
    Feed feed;
    feed.stream.set_tracks(video_track(), audio_track());

    feed.play(20, fps, static_cast<int>(fps * 2));

    ASSERT_GE(feed.made.segments.size(), 9U);
    feed.made.segments.pop_back();
    for (const Made& segment : feed.made.segments) expect_lawful_parts(segment);
  }
}

TEST(Segmenter, SegmentsStartAtKeyframesTwoSecondsApart) {
  Feed feed;
  feed.stream.set_tracks(video_track(), audio_track());

  feed.play(10.1, 30, 30);

  ASSERT_EQ(feed.made.segments.size(), 6U);
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_NEAR(static_cast<double>(feed.made.segments[i].duration.count()), 2'000'000, 1'000);
    EXPECT_TRUE(feed.made.segments[i].parts.front().independent);
    EXPECT_FALSE(feed.made.segments[i].parts[1].independent);
  }
}

TEST(Segmenter, WithoutAKeyframeItCutsAndDoesNotCallItIndependent) {
  Feed feed;
  feed.stream.set_tracks(video_track(), audio_track());

  feed.play(10, 30, 250);

  ASSERT_GE(feed.made.segments.size(), 3U);
  EXPECT_LE(feed.made.segments[0].duration, Segmenter::kSegmentMax + Duration(40'000));
  EXPECT_TRUE(feed.made.segments[0].parts.front().independent);
  EXPECT_FALSE(feed.made.segments[1].parts.front().independent);
  EXPECT_TRUE(feed.made.segments[3].parts.front().independent) << "the keyframe after 8.3 s begins a segment";
}

TEST(Segmenter, AudioAloneIsCutByTime) {
  Feed feed;
  feed.stream.set_tracks(std::nullopt, audio_track());

  for (std::int64_t i = 0; i < 500; ++i) feed.frame(TrackKind::audio, i * 1'024 * 1'000'000 / 48'000, true);

  ASSERT_GE(feed.made.segments.size(), 5U);
  for (std::size_t i = 0; i + 1 < feed.made.segments.size(); ++i) {
    expect_lawful_parts(feed.made.segments[i]);
    EXPECT_NEAR(static_cast<double>(feed.made.segments[i].duration.count()), 2'005'333, 22'000);
    for (const auto& part : feed.made.segments[i].parts) EXPECT_TRUE(part.independent);
  }
}

TEST(Segmenter, VideoAloneWorks) {
  Feed feed;
  feed.stream.set_tracks(video_track(), std::nullopt);

  feed.play(6.1, 30, 60, false);

  ASSERT_EQ(feed.made.segments.size(), 4U);
  expect_lawful_parts(feed.made.segments[0]);
}

TEST(Segmenter, AudioGoesOnWhenThePictureStands) {
  Feed feed;
  feed.stream.set_tracks(video_track(), audio_track());
  feed.play(1, 30, 30);
  const std::size_t before = feed.made.segments.back().parts.size();

  for (std::int64_t i = 47; i < 190; ++i) feed.frame(TrackKind::audio, i * 1'024 * 1'000'000 / 48'000, true);

  EXPECT_GE(feed.made.segments.back().parts.size(), before + 5);
  for (const auto& part : feed.made.segments.back().parts) EXPECT_LE(part.duration, Segmenter::kPartTarget);
}

TEST(Segmenter, ANewResolutionIsANewGenerationAfterADiscontinuity) {
  Feed feed;
  feed.stream.set_tracks(video_track(1280), audio_track());
  feed.play(3, 30, 60);

  feed.stream.set_tracks(video_track(640), audio_track());
  feed.play(3, 30, 60);

  EXPECT_EQ(feed.made.inits, 2);
  const Made& last = feed.made.segments.back();
  EXPECT_EQ(last.generation, 1U);
  const auto first_new = std::ranges::find(feed.made.segments, 1U, &Made::generation);
  EXPECT_TRUE(first_new->discontinuity);
  EXPECT_TRUE(first_new->parts.front().independent);
}

TEST(Segmenter, APauseFinishesTheSegmentWithEverythingThatCame) {
  Feed feed;
  feed.stream.set_tracks(video_track(), audio_track());
  feed.play(1, 30, 30);

  feed.stream.pause();

  ASSERT_EQ(feed.made.segments.size(), 1U);
  EXPECT_NEAR(static_cast<double>(feed.made.segments[0].duration.count()), 1'000'000, 2'000);
}

TEST(Segmenter, PartsFillTheirSegmentWhateverTheFrameTimes) {
  const bool held = rc::check([] {
    Feed feed;
    feed.stream.set_tracks(video_track(), audio_track());
    const auto steps = *rc::gen::container<std::vector<int>>(100, rc::gen::inRange(1, 250));
    std::int64_t dts_us = 0;
    int since_keyframe = 0;
    for (const int step : steps) {
      feed.frame(TrackKind::video, dts_us, since_keyframe++ % 20 == 0);
      feed.frame(TrackKind::audio, dts_us, true);
      dts_us += std::int64_t{step} * 1'000;
    }
    feed.stream.pause();
    Duration total{};
    for (const Made& segment : feed.made.segments) {
      Duration parts{};
      for (const auto& part : segment.parts) {
        RC_ASSERT(part.duration <= Segmenter::kPartTarget);
        parts += part.duration;
      }
      RC_ASSERT(parts <= segment.duration);  // A slice without any frame is no part.
      RC_ASSERT(segment.duration - parts < Segmenter::kPartTarget);
      RC_ASSERT(segment.duration < Duration(4'500'000));
      total += segment.duration;
    }
    RC_ASSERT(total.count() >= dts_us - std::int64_t{steps.back()} * 1'000);
  });
  EXPECT_TRUE(held);
}

}  // namespace
}  // namespace luso::media
