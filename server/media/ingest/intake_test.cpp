#include "media/ingest/intake.h"

#include <gtest/gtest.h>

namespace luso::media {
namespace {

proto::VideoTrack video_track(int width = 1280) {
  return {.codec = proto::Codec::h264,
          .config = {1},
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
          .channels = 2};
}

class Recorder final : public StreamSink {
 public:
  void on_tracks(const TracksPtr& tracks) override { generations.push_back(tracks); }

  void on_frame(const FramePtr& frame) override { frames.push_back(frame); }

  void on_discontinuity() override { discontinuities_before.push_back(frames.size()); }

  std::vector<TracksPtr> generations;
  std::vector<FramePtr> frames;
  std::vector<std::size_t> discontinuities_before;
};

class Publisher {
 public:
  Publisher() : subscription_(stream.subscribe(seen, Stream::StartAt::next_frame)) { intake.begin(); }

  void video(std::uint32_t ms, bool keyframe) { sample(TrackKind::video, ms, keyframe); }

  void audio(std::uint32_t ms) { sample(TrackKind::audio, ms, true); }

  Stream stream{StreamId{7}};
  Recorder seen;
  Intake intake{stream};

 private:
  void sample(TrackKind kind, std::uint32_t ms, bool keyframe) {
    intake.take(Sample{.kind = kind,
                       .keyframe = keyframe,
                       .timestamp_us = std::int64_t{ms} * 1'000,
                       .cts_offset_us = 0,
                       .samples = 1'024,
                       .at = WallTime(std::chrono::milliseconds(ms)),
                       .payload = {1, 2, 3}});
  }

  Stream::Subscription subscription_;
};

TEST(Intake, NothingGoesThroughBeforeTheFirstKeyframe) {
  Publisher encoder;
  encoder.intake.take(video_track());
  encoder.intake.take(audio_track());
  encoder.video(0, false);
  encoder.audio(0);
  EXPECT_FALSE(encoder.intake.is_live());

  encoder.video(33, true);
  encoder.audio(42);

  ASSERT_EQ(encoder.seen.frames.size(), 2U);
  EXPECT_EQ(encoder.seen.frames[0]->dts_us, 0);
  EXPECT_EQ(encoder.intake.frames_dropped(), 2U);
}

TEST(Intake, CaptionsAreNoticedUntilThePublisherGoes) {
  Publisher encoder;
  encoder.intake.take(video_track());
  encoder.intake.take(audio_track());
  encoder.video(0, true);
  EXPECT_FALSE(encoder.intake.has_captions());

  // An SEI unit with one pair of field 1 (ATSC A/53 Part 4, 6.2.3).
  encoder.intake.take(Sample{.kind = TrackKind::video,
                             .keyframe = false,
                             .timestamp_us = 33'000,
                             .cts_offset_us = 0,
                             .samples = 0,
                             .at = WallTime(std::chrono::milliseconds(33)),
                             .payload = {0,    0,    0,    18, 6,    4,    14,   0xb5, 0,    0x31, 0x47,
                                         0x41, 0x39, 0x34, 3,  0x41, 0xff, 0xfc, 0x94, 0x20, 0xff, 0x80}});
  encoder.video(66, false);
  EXPECT_TRUE(encoder.intake.has_captions());

  encoder.intake.begin();
  EXPECT_FALSE(encoder.intake.has_captions());
}

TEST(Intake, FramesWithoutAHeaderAreDropped) {
  Publisher encoder;
  encoder.video(0, true);
  encoder.audio(0);

  EXPECT_EQ(encoder.intake.frames_dropped(), 2U);
  EXPECT_FALSE(encoder.intake.is_live());
}

TEST(Intake, AnAudioHeaderThatComesALittleLateIsWaitedFor) {
  Publisher encoder;
  encoder.intake.take(video_track());
  encoder.video(0, true);
  encoder.video(33, false);
  encoder.intake.take(audio_track());
  encoder.audio(40);

  ASSERT_EQ(encoder.seen.generations.size(), 1U);
  EXPECT_TRUE(encoder.seen.generations[0]->audio.has_value());
  EXPECT_EQ(encoder.seen.frames.size(), 3U);
}

TEST(Intake, VideoAloneStartsWhenTheEncoderSaidSo) {
  Publisher encoder;
  encoder.intake.take(EncoderInfo{.encoder = "x", .frame_rate = 30, .has_video = true, .has_audio = false});
  encoder.intake.take(video_track());

  encoder.video(0, true);

  EXPECT_TRUE(encoder.intake.is_live());
}

TEST(Intake, AnEncodersNameIsTextThatLogsAndPagesCanShow) {
  const auto shown = [](std::string name) {
    Publisher encoder;
    encoder.intake.take(
        EncoderInfo{.encoder = std::move(name), .frame_rate = 30, .has_video = true, .has_audio = true});
    return encoder.intake.encoder();
  };

  EXPECT_EQ(shown("OBS Studio 31 – Lisboa"), "OBS Studio 31 – Lisboa");
  EXPECT_EQ(shown("OBS\xff\xfe\x1b[31m 31\n"), "OBS[31m 31");
  EXPECT_EQ(shown("Gravador \xc3"), "Gravador ") << "cut in the middle of a character";
  EXPECT_EQ(shown(std::string(500, 'x')), std::string(Intake::kEncoderNameMax, 'x'));
}

TEST(Intake, AudioAloneStartsOnceNoVideoHasCome) {
  Publisher encoder;
  encoder.intake.take(audio_track());

  for (std::uint32_t ms = 0; ms < 700; ms += 21) encoder.audio(ms);

  ASSERT_TRUE(encoder.intake.is_live());
  EXPECT_FALSE(encoder.seen.generations[0]->video.has_value());
  EXPECT_EQ(encoder.seen.frames.size(), 34U) << "what was held back is not lost";
}

TEST(Intake, RepeatedHeadersChangeNothing) {
  Publisher encoder;
  encoder.intake.take(video_track());
  encoder.intake.take(audio_track());
  encoder.video(0, true);
  encoder.intake.take(video_track());
  encoder.video(2'000, true);

  EXPECT_EQ(encoder.seen.generations.size(), 1U);
}

TEST(Intake, ANewResolutionTakesEffectAtItsKeyframeWhileAudioGoesOn) {
  Publisher encoder;
  encoder.intake.take(video_track(1280));
  encoder.intake.take(audio_track());
  encoder.video(0, true);
  encoder.intake.take(video_track(640));
  encoder.video(33, false);
  encoder.audio(40);
  EXPECT_EQ(encoder.seen.frames.size(), 2U);

  encoder.video(66, true);

  ASSERT_EQ(encoder.seen.generations.size(), 2U);
  EXPECT_EQ(encoder.seen.generations[1]->video->width, 640);
  EXPECT_EQ(encoder.seen.generations[1]->generation, 1U);
}

TEST(Intake, AnotherConnectionIsADiscontinuityOnTheSameClock) {
  Publisher encoder;
  encoder.intake.take(video_track());
  encoder.intake.take(audio_track());
  encoder.video(0, true);
  encoder.video(33, false);
  encoder.intake.begin();
  encoder.intake.take(video_track());
  encoder.intake.take(audio_track());

  encoder.video(0, true);

  EXPECT_EQ(encoder.seen.discontinuities_before, std::vector<std::size_t>{2});
  EXPECT_EQ(encoder.seen.generations.size(), 1U) << "the same tracks need no new init segment";
  EXPECT_EQ(encoder.seen.frames.back()->dts_us, 66'000);
}

TEST(Intake, AJumpOfTheEncodersClockIsToldAtTheNextKeyframe) {
  Publisher encoder;
  encoder.intake.take(video_track());
  encoder.intake.take(audio_track());
  encoder.video(0, true);
  encoder.video(90'000, false);
  EXPECT_TRUE(encoder.seen.discontinuities_before.empty());

  encoder.video(90'033, true);

  EXPECT_EQ(encoder.seen.discontinuities_before, std::vector<std::size_t>{2});
}

}  // namespace
}  // namespace luso::media
