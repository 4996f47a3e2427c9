#include "media/realtime/opus_transcoder.h"

#include <algorithm>
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "media/realtime/film_test.h"

namespace luso::media {
namespace {

using testing::Film;
using testing::FilmSettings;

constexpr int kBitrateKbps = 112;

std::vector<FramePtr> transcode(const Film& film, auto&& keep) {
  auto transcoder = OpusTranscoder::open(*film.tracks->audio, kBitrateKbps);
  std::vector<FramePtr> packets;
  for (const FramePtr& frame : film.frames) {
    if (frame->kind == TrackKind::audio && keep(*frame)) EXPECT_TRUE(transcoder->take(*frame, packets));
  }
  return packets;
}

std::vector<FramePtr> transcode(const Film& film) {
  return transcode(film, [](const Frame&) { return true; });
}

// The film beeps half a second after every whole one from its first picture on.
void expect_in_sync(const Film& film, const std::vector<FramePtr>& packets) {
  const std::vector<std::int64_t> beeps = testing::find_beeps_us(packets);
  ASSERT_GE(beeps.size(), 3U);
  for (const std::int64_t at_us : beeps) {
    const std::int64_t off_us = (at_us - film.first_picture_us()) % 1'000'000 - 500'000;
    EXPECT_LE(std::abs(off_us), 2'000) << "at " << at_us << " us";  // FLV counts milliseconds.
  }
}

struct Source {
  const char* name;
  std::vector<std::string> audio;
};

class OpusTranscoderFrom : public ::testing::TestWithParam<Source> {};

TEST_P(OpusTranscoderFrom, HearsEveryBeepWhenItsPictureFlashes) {
  const Film film = testing::make_film({.audio = GetParam().audio});

  const std::vector<FramePtr> packets = transcode(film);

  expect_in_sync(film, packets);
}

INSTANTIATE_TEST_SUITE_P(
    Sources, OpusTranscoderFrom,
    ::testing::Values(Source{"Aac48Stereo", {"-c:a", "aac", "-ar", "48000", "-ac", "2"}},
                      Source{"Aac48Mono", {"-c:a", "aac", "-ar", "48000", "-ac", "1"}},
                      Source{"Aac441Stereo", {"-c:a", "aac", "-ar", "44100", "-ac", "2"}},
                      Source{"Aac441Mono", {"-c:a", "aac", "-ar", "44100", "-ac", "1"}},
                      Source{"Aac32Stereo", {"-c:a", "aac", "-ar", "32000", "-ac", "2"}},
                      Source{"Aac48Surround", {"-c:a", "aac", "-ar", "48000", "-ac", "6"}}),
    [](const auto& info) { return info.param.name; });

TEST(OpusTranscoder, PacketsAreTwentyMillisecondsApartAndOfTheirBitrate) {
  const Film film =
      testing::make_film({.audio = {"-c:a", "aac", "-ar", "44100"}, .sound = "anoisesrc=r=44100:a=0.3"});

  const std::vector<FramePtr> packets = transcode(film);

  ASSERT_GT(packets.size(), 150U);
  std::size_t bytes = 0;
  for (std::size_t i = 1; i < packets.size(); ++i) {
    ASSERT_EQ(packets[i]->dts_us - packets[i - 1]->dts_us, 20'000);
    bytes += packets[i]->payload.size();
  }
  const double kbps = static_cast<double>(bytes) * 8 / (static_cast<double>(packets.size()) * 20);
  EXPECT_LE(kbps, kBitrateKbps * 1.15);  // Variable: what is easy takes less.
  EXPECT_GE(kbps, kBitrateKbps * 0.5);
}

TEST(OpusTranscoder, TheWallClockFollowsTheStreamsClock) {
  const Film film = testing::make_film({});

  const std::vector<FramePtr> packets = transcode(film);

  const auto base = film.frames.front()->captured_at - Duration(film.frames.front()->dts_us);
  for (const FramePtr& packet : packets)
    ASSERT_NEAR(static_cast<double>((packet->captured_at - base).count() - packet->dts_us), 0, 1'000);
}

TEST(OpusTranscoder, AGapIsHeardAsSilence) {
  const Film film = testing::make_film({.audio = {"-c:a", "aac", "-ar", "44100"}});

  const std::vector<FramePtr> packets = transcode(
      film, [](const Frame& frame) { return frame.dts_us < 1'700'000 || frame.dts_us > 2'100'000; });

  for (std::size_t i = 1; i < packets.size(); ++i)
    ASSERT_EQ(packets[i]->dts_us - packets[i - 1]->dts_us, 20'000);
  expect_in_sync(film, packets);
}

TEST(OpusTranscoder, ALongGapIsJumpedOver) {
  const Film film = testing::make_film({.seconds = 6});

  const std::vector<FramePtr> packets = transcode(
      film, [](const Frame& frame) { return frame.dts_us < 1'700'000 || frame.dts_us > 4'100'000; });

  std::int64_t longest_us = 0;
  for (std::size_t i = 1; i < packets.size(); ++i)
    longest_us = std::max(longest_us, packets[i]->dts_us - packets[i - 1]->dts_us);
  EXPECT_GT(longest_us, 2'000'000);
  expect_in_sync(film, packets);
}

TEST(OpusTranscoder, TimeThatIsToldTwiceIsHeardOnce) {
  const Film film = testing::make_film({});
  auto transcoder = OpusTranscoder::open(*film.tracks->audio, kBitrateKbps);
  std::vector<FramePtr> packets;

  for (const FramePtr& frame : film.frames) {
    if (frame->kind != TrackKind::audio) continue;
    Frame moved = *frame;
    if (moved.dts_us > 1'900'000) moved.dts_us -= 200'000;
    ASSERT_TRUE(transcoder->take(moved, packets));
  }

  for (std::size_t i = 1; i < packets.size(); ++i)
    ASSERT_EQ(packets[i]->dts_us - packets[i - 1]->dts_us, 20'000);
  const std::int64_t start_us = film.first_picture_us();
  const std::vector<std::int64_t> beeps = testing::find_beeps_us(packets);
  ASSERT_EQ(beeps.size(), 4U);
  EXPECT_NEAR(static_cast<double>(beeps[1] - start_us), 1'500'000, 2'000);
  EXPECT_NEAR(static_cast<double>(beeps[2] - start_us), 2'300'000, 2'000);
  EXPECT_NEAR(static_cast<double>(beeps[3] - start_us), 3'300'000, 2'000);
}

TEST(OpusTranscoder, ADamagedFrameCostsItsOwnTimeOnly) {
  const Film film = testing::make_film({});
  auto transcoder = OpusTranscoder::open(*film.tracks->audio, kBitrateKbps);
  std::vector<FramePtr> packets;
  int broken = 0, n = 0;

  for (const FramePtr& frame : film.frames) {
    if (frame->kind != TrackKind::audio) continue;
    Frame sent = *frame;
    if (++n % 20 == 10) std::ranges::fill(sent.payload, 0xFF);
    broken += transcoder->take(sent, packets) ? 0 : 1;
  }

  EXPECT_GT(broken, 3);
  for (std::size_t i = 1; i < packets.size(); ++i)
    ASSERT_EQ(packets[i]->dts_us - packets[i - 1]->dts_us, 20'000);
}

TEST(OpusTranscoder, ATrackNobodyDecodesIsRefused) {
  const proto::AudioTrack nonsense{.codec = proto::Codec::aac,
                                   .config = {0xFF, 0xFF},
                                   .codecs = "mp4a.40.2",
                                   .sample_rate = 48'000,
                                   .channels = 2};

  const auto opened = OpusTranscoder::open(nonsense, kBitrateKbps);

  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().reason, "media.realtime_codec");
}

}  // namespace
}  // namespace luso::media
