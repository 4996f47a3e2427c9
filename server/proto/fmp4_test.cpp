#include "proto/fmp4.h"

#include <algorithm>
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include "proto/aac.h"
#include "proto/av1.h"
#include "proto/fixtures_test.h"
#include "proto/fmp4_reader.h"
#include "proto/h264.h"
#include "proto/hevc.h"
#include "proto/opus.h"

namespace luso::proto::fmp4 {
namespace {

using testing::hex;

// The H.264 and AAC clip as a publisher would have sent it, cut into two fragments.
struct Clip {
  Bytes file = testing::fixture("h264_aac.flv");
  VideoTrack video;
  AudioTrack audio;
  std::vector<Sample> video_samples, audio_samples;

  Clip() {
    for (const testing::FlvTag& tag : testing::read_flv(file)) {
      if (tag.is_config)
        configure(tag);
      else
        add(tag);
    }
  }

  [[nodiscard]] Bytes init() const { return write_init(&video, &audio); }

  [[nodiscard]] Bytes fragment(std::uint32_t sequence, std::size_t video_from, std::size_t video_to,
                               std::size_t audio_from, std::size_t audio_to) const {
    const std::span videos(video_samples), audios(audio_samples);
    return write_fragment({.sequence = sequence,
                           .video = {.base_decode_time = 7'500 * video_from,
                                     .samples = videos.subspan(video_from, video_to - video_from)},
                           .audio = {.base_decode_time = 1'024 * audio_from,
                                     .samples = audios.subspan(audio_from, audio_to - audio_from)},
                           .produced_at = std::nullopt});
  }

  // Two fragments, the second of which begins with a keyframe.
  [[nodiscard]] Bytes media() const {
    Bytes out = fragment(1, 0, 6, 0, 24);
    const Bytes rest = fragment(2, 6, video_samples.size(), 24, audio_samples.size());
    out.insert(out.end(), rest.begin(), rest.end());
    return out;
  }

 private:
  void configure(const testing::FlvTag& tag) {
    if (tag.is_video)
      video = h264::parse_avc_config(tag.payload).value();
    else
      audio = aac::parse_audio_specific_config(tag.payload).value();
  }

  void add(const testing::FlvTag& tag) {
    if (!tag.is_video) {
      audio_samples.push_back({.payload = tag.payload, .duration = 1'024});
      return;
    }
    Bytes ignored;
    video_samples.push_back(
        {.payload = tag.payload,
         .duration = 7'500,
         .cts_offset = static_cast<std::int32_t>(std::lround(tag.cts_ms / 1'000.0 * 12) * 7'500),
         .keyframe = h264::append_access_unit(tag.payload, 4, ignored)->idr});
  }
};

Bytes joined(Bytes first, const Bytes& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

TEST(Fmp4, FfprobeDecodesEveryFrameWeWrote) {
  if (!testing::have_ffprobe()) GTEST_SKIP() << "ffprobe is not installed";
  const Clip clip;

  const std::string facts =
      testing::ffprobe(joined(clip.init(), clip.media()),
                       "-count_frames -show_entries "
                       "stream=codec_name,codec_tag_string,width,height,sample_rate,channels,nb_read_frames"
                       " -of default=noprint_wrappers=1");

  EXPECT_EQ(clip.video_samples.size(), 12U);
  EXPECT_EQ(facts,
            "codec_name=h264\ncodec_tag_string=avc1\nwidth=162\nheight=90\nnb_read_frames=12\n"
            "codec_name=aac\ncodec_tag_string=mp4a\nsample_rate=48000\nchannels=1\nnb_read_frames=" +
                std::to_string(clip.audio_samples.size()) + "\n");
}

TEST(Fmp4, FfprobeSeesOurTimesAndKeyframes) {
  if (!testing::have_ffprobe()) GTEST_SKIP() << "ffprobe is not installed";
  const Clip clip;
  std::string expected;
  for (std::size_t i = 0; i < clip.video_samples.size(); ++i) {
    const Sample& sample = clip.video_samples[i];
    const auto dts = static_cast<std::int64_t>(7'500 * i);
    expected += std::to_string(dts + sample.cts_offset) + ',' + std::to_string(dts) + ",7500," +
                (sample.keyframe ? "K_" : "__") + '\n';
  }

  const std::string packets =
      testing::ffprobe(joined(clip.init(), clip.media()),
                       "-select_streams v -show_entries packet=pts,dts,duration,flags -of csv=p=0");

  EXPECT_EQ(packets, expected);
}

TEST(Fmp4, OurReaderGivesBackWhatOurWriterTook) {
  const Clip clip;

  const auto tracks = read_init(clip.init());
  ASSERT_TRUE(tracks) << tracks.error().detail;
  const Bytes media = clip.media();
  const auto fragments = read_fragments(media, *tracks);

  ASSERT_TRUE(fragments) << fragments.error().detail;
  ASSERT_EQ(tracks->size(), 2U);
  EXPECT_EQ((*tracks)[0].config, clip.video.config);
  EXPECT_EQ((*tracks)[0].width, 162);
  EXPECT_EQ((*tracks)[1].config, clip.audio.config);
  EXPECT_EQ((*tracks)[1].timescale, 48'000U);
  ASSERT_EQ(fragments->size(), 2U);
  EXPECT_EQ((*fragments)[1].sequence, 2U);
  EXPECT_EQ((*fragments)[1].samples.front().decode_time, 6 * 7'500);
  EXPECT_TRUE((*fragments)[1].samples.front().keyframe);
  EXPECT_TRUE(std::ranges::equal((*fragments)[1].samples.front().payload, clip.video_samples[6].payload));
}

// Other people's boxes, and every codec that enhanced RTMP may bring: read, parsed, written again, decoded.
TEST(Fmp4, HevcAv1AndOpusSurviveOurWriter) {
  if (!testing::have_ffprobe()) GTEST_SKIP() << "ffprobe is not installed";
  for (const auto& [name, expected] :
       {std::pair{"hevc_opus.mp4", "hevc,hvc1,162,90,6\nopus,Opus,48000,1,26\n"},
        std::pair{"av1.mp4", "av1,av01,162,90,6\n"}}) {
    const Bytes file = testing::fixture(name);
    const auto tracks = read_init(file);
    ASSERT_TRUE(tracks) << tracks.error().detail;
    const auto fragments = read_fragments(file, *tracks);
    ASSERT_TRUE(fragments) << fragments.error().detail;

    const VideoTrack video = (*tracks)[0].codec == Codec::hevc
                                 ? hevc::parse_hevc_config((*tracks)[0].config).value()
                                 : av1::parse_av1_config((*tracks)[0].config).value();
    AudioTrack audio{
        .codec = Codec::opus, .config = {}, .codecs = "opus", .sample_rate = 48'000, .channels = 1};
    if (tracks->size() > 1) audio.config = (*tracks)[1].config;
    Bytes out = write_init(&video, tracks->size() > 1 ? &audio : nullptr);
    std::vector<Sample> videos, audios;
    for (const ReadFragment& fragment : *fragments) {
      for (const ReadSample& sample : fragment.samples) {
        const bool is_video = sample.track_id == (*tracks)[0].track_id;
        (is_video ? videos : audios)
            .push_back({.payload = sample.payload,
                        .duration = is_video ? 7'500 : sample.duration,
                        .cts_offset = 0,
                        .keyframe = sample.keyframe});
      }
    }
    append_fragment({.sequence = 1, .video = {.samples = videos}, .audio = {.samples = audios}}, out);

    EXPECT_EQ(testing::ffprobe(
                  out,
                  "-count_frames -of csv=p=0 -show_entries "
                  "stream=codec_name,codec_tag_string,width,height,sample_rate,channels,nb_read_frames"),
              expected);
  }
}

TEST(Fmp4, AFragmentNamesTheWallClockOfItsFirstSample) {
  const Bytes payload = hex("00000001 65");
  const std::array samples{Sample{.payload = payload, .duration = 3'000, .keyframe = true}};

  const Bytes out = write_fragment({.sequence = 9,
                                    .video = {.base_decode_time = 180'000, .samples = samples},
                                    .audio = {},
                                    .produced_at = WallTime{std::chrono::microseconds{1'500'000}}});

  // ISO 14496-12, 8.16.5; 2208988801.5 s after 1900.
  EXPECT_EQ(Bytes(out.begin(), out.begin() + 32),
            hex("00000020 70726674 01000000 00000001 83aa7e81 80000000 000000000002bf20"));
}

TEST(Fmp4, TheSmallestFragmentIsWhatTheStandardSays) {
  const Bytes payload = hex("aabb");
  const std::array samples{Sample{.payload = payload, .duration = 1'024}};

  const Bytes out =
      write_fragment({.sequence = 3, .video = {}, .audio = {.base_decode_time = 5, .samples = samples}});

  EXPECT_EQ(out, hex("00000060 6d6f6f66"                                      // moof
                     "00000010 6d666864 00000000 00000003"                    // mfhd
                     "00000048 74726166"                                      // traf
                     "00000014 74666864 00020008 00000002 00000400"           // tfhd: duration
                     "00000014 74666474 01000000 0000000000000005"            // tfdt
                     "00000018 7472756e 01000201 00000001 00000068 00000002"  // trun: offset, size
                     "0000000a 6d646174 aabb"));                              // mdat
}

TEST(Fmp4, TimesRoundToNearestAndDoNotDrift) {
  EXPECT_EQ(to_timescale(33'333, 90'000), 3'000);
  EXPECT_EQ(to_timescale(1'000'000'000'000'000, 90'000), 90'000'000'000'000);
  EXPECT_EQ(to_timescale(-33'333, 90'000), -3'000);
  EXPECT_EQ(to_timescale(-1, 48'000), 0);
}

RC_GTEST_PROP(Fmp4, AnyRunOfSamplesComesBackAsItWas, ()) {
  const auto sizes = *rc::gen::container<std::vector<std::uint8_t>>(rc::gen::inRange<std::uint8_t>(1, 200));
  RC_PRE(!sizes.empty());
  const VideoTrack video{.codec = Codec::h264, .config = hex("01"), .codecs = {}, .width = 16, .height = 16};
  std::vector<Bytes> payloads;
  std::vector<Sample> samples;
  for (const std::uint8_t size : sizes) payloads.push_back(Bytes(size, size));
  for (const Bytes& payload : payloads) {
    samples.push_back({.payload = payload,
                       .duration = *rc::gen::element(3'000U, 3'001U),
                       .cts_offset = *rc::gen::element(0, 6'000, -3'000),
                       .keyframe = *rc::gen::arbitrary<bool>()});
  }
  const auto base = static_cast<std::uint64_t>(*rc::gen::inRange<std::int64_t>(0, std::int64_t{1} << 50));

  const auto tracks = read_init(write_init(&video, nullptr));
  const Bytes media =
      write_fragment({.sequence = 1, .video = {.base_decode_time = base, .samples = samples}, .audio = {}});
  const auto fragments = read_fragments(media, *tracks);

  RC_ASSERT(fragments.has_value());
  RC_ASSERT(fragments->front().samples.size() == samples.size());
  auto time = static_cast<std::int64_t>(base);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const ReadSample& read = fragments->front().samples[i];
    RC_ASSERT(read.decode_time == time);
    RC_ASSERT(read.duration == samples[i].duration);
    RC_ASSERT(read.cts_offset == samples[i].cts_offset);
    RC_ASSERT(read.keyframe == samples[i].keyframe);
    RC_ASSERT(std::ranges::equal(read.payload, samples[i].payload));
    time += samples[i].duration;
  }
}

TEST(Fmp4Reader, EveryCutOfAFragmentIsRefused) {
  const Clip clip;
  const auto tracks = read_init(clip.init());
  const Bytes media = clip.fragment(1, 0, 6, 0, 24);

  for (std::size_t size = 1; size < media.size(); ++size) {
    const auto fragments = read_fragments(ByteView(media).first(size), *tracks);
    ASSERT_FALSE(fragments) << size;
    EXPECT_EQ(fragments.error().reason, "proto.bad_container");
  }
}

TEST(Fmp4Reader, EveryCutOfAnInitSegmentIsRefused) {
  const Bytes init = Clip().init();
  for (std::size_t size = 0; size < init.size(); ++size)
    ASSERT_FALSE(read_init(ByteView(init).first(size))) << size;
}

// 2^32 - 1 samples of no size in a hundred bytes.
TEST(Fmp4Reader, SamplesOutOfNothingAreRefused) {
  const VideoTrack video{.codec = Codec::h264, .config = hex("01"), .codecs = {}, .width = 16, .height = 16};
  const auto tracks = read_init(write_init(&video, nullptr));
  const Bytes media =
      hex("00000060 6d6f6f66 00000010 6d666864 00000000 00000003 00000048 74726166"
          "00000018 74666864 00020018 00000001 00000400 00000000"
          "00000014 74666474 01000000 0000000000000005"
          "00000014 7472756e 01000001 ffffffff 00000068"
          "0000000a 6d646174 aabb");

  EXPECT_EQ(read_fragments(media, *tracks).error().detail, "too many samples");
}

}  // namespace
}  // namespace luso::proto::fmp4
