#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>

#include <gtest/gtest.h>

extern "C" {
#include <libavformat/avformat.h>
}

#include "base/check.h"
#include "base/random.h"
#include "base/text.h"
#include "media/egress/llhls/segmenter.h"
#include "media/egress/thumbnails/picture.h"
#include "media/ingest/flv_feed.h"
#include "media/ingest/intake.h"
#include "media/stream.h"

// Real bitstreams of every codec we pass on, from the encoder's tag to the viewer's segment. FFmpeg makes
// them; the enhanced RTMP tags around them are ours, because no encoder in Debian 12 writes those yet.
namespace luso::media {
namespace {

struct FormatCloser {
  void operator()(AVFormatContext* context) const { avformat_close_input(&context); }
};

std::string temporary(const std::string& suffix) {
  return (std::filesystem::temp_directory_path() / ("luso-codec-" + system_random().hex(6) + suffix))
      .string();
}

Bytes joined(std::initializer_list<std::uint8_t> head, std::string_view fourcc, ByteView payload) {
  Bytes body(head);
  const ByteView name = as_bytes(fourcc);
  body.insert(body.end(), name.begin(), name.end());
  body.insert(body.end(), payload.begin(), payload.end());
  return body;
}

// E-RTMP v2: an extended video header is 1 | frame type (3 bits) | packet type, then the FourCC. Packet type
// 0 starts a sequence, 3 is coded frames without a composition time.
Bytes video_tag(std::string_view fourcc, bool header, bool keyframe, ByteView payload) {
  const auto first = static_cast<std::uint8_t>(0x80U | (keyframe ? 0x10U : 0x20U) | (header ? 0U : 3U));
  return joined({first}, fourcc, payload);
}

// Extended audio: sound format 9, then 0 for a sequence start and 1 for coded frames.
Bytes audio_tag(std::string_view fourcc, bool header, ByteView payload) {
  return joined({static_cast<std::uint8_t>(0x90U | (header ? 0U : 1U))}, fourcc, payload);
}

class File final : public Segmenter::Listener {
 public:
  void on_init(const TracksPtr& tracks, SharedBytes init) override {
    described = tracks;
    bytes = *init;
  }

  void on_segment_start(const Segmenter::SegmentStart&) override {}

  void on_part(Segmenter::Part part) override {
    bytes.insert(bytes.end(), part.bytes->begin(), part.bytes->end());
  }

  void on_segment_end(Duration) override {}

  TracksPtr described;
  Bytes bytes;
};

struct Film {
  std::string video_encoder, video_fourcc;
};

class Codecs : public ::testing::TestWithParam<Film> {
 protected:
  Codecs() : subscription_(stream_.subscribe(segmenter_, Stream::StartAt::next_frame)) { intake_.begin(); }

  ~Codecs() override { std::filesystem::remove(source_); }

  void shoot(const Film& film) {
    const std::string command =
        "ffmpeg -nostdin -v error -y -f lavfi -i testsrc2=size=320x180:rate=25 -f lavfi -i "
        "sine=sample_rate=48000 -t 1 -pix_fmt yuv420p -c:v " +
        film.video_encoder + " -g 10 -c:a libopus -b:a 64k " + source_;
    ASSERT_EQ(std::system(command.c_str()), 0) << command;
  }

  // Every packet of the film as an encoder's message.
  void publish(const Film& film) {
    AVFormatContext* raw = nullptr;
    ASSERT_EQ(avformat_open_input(&raw, source_.c_str(), nullptr, nullptr), 0);
    const std::unique_ptr<AVFormatContext, FormatCloser> format(raw);
    for (unsigned i = 0; i < format->nb_streams; ++i) {
      const AVCodecParameters& codec = *format->streams[i]->codecpar;
      const ByteView header(codec.extradata, static_cast<std::size_t>(codec.extradata_size));
      send(codec.codec_type == AVMEDIA_TYPE_VIDEO, film, true, true, 0, header);
    }
    AVPacket packet{};
    while (av_read_frame(format.get(), &packet) == 0) {
      const AVStream& stream = *format->streams[packet.stream_index];
      const std::int64_t ms =
          std::max<std::int64_t>(0, av_rescale_q(packet.dts, stream.time_base, {1, 1'000}));
      const ByteView payload(packet.data, static_cast<std::size_t>(packet.size));
      const bool keyframe = (packet.flags & AV_PKT_FLAG_KEY) != 0;
      send(stream.codecpar->codec_type == AVMEDIA_TYPE_VIDEO, film, false, keyframe, ms, payload);
      av_packet_unref(&packet);
    }
    stream_.pause();
  }

  void send(bool is_video, const Film& film, bool header, bool keyframe, std::int64_t ms, ByteView payload) {
    MediaEvents events;
    const WallTime at(std::chrono::milliseconds(1'795'000'000'000 + ms));
    const auto timestamp = static_cast<std::uint32_t>(ms);
    const Result<void> taken =
        is_video
            ? feed_.take(
                  proto::rtmp::VideoMessage{.timestamp = timestamp,
                                            .body = video_tag(film.video_fourcc, header, keyframe, payload)},
                  at, events)
            : feed_.take(proto::rtmp::AudioMessage{.timestamp = timestamp,
                                                   .body = audio_tag("Opus", header, payload)},
                         at, events);
    ASSERT_TRUE(taken) << taken.error().reason << ": " << taken.error().detail;
    for (MediaEvent& event : events) {
      const auto* sample = std::get_if<Sample>(&event);
      if (sample != nullptr && is_video && sample->keyframe && keyframe_.empty()) keyframe_ = sample->payload;
      intake_.take(std::move(event));
    }
  }

  std::string source_ = temporary(".mp4");
  FlvFeed feed_;
  File made_;
  Segmenter segmenter_{made_};
  Stream stream_{StreamId{1}};
  Intake intake_{stream_};
  Stream::Subscription subscription_;
  Bytes keyframe_;
};

TEST_P(Codecs, GoThroughToFragmentsThatAPlayerDecodesCompletely) {
  shoot(GetParam());
  publish(GetParam());

  const std::string path = temporary(".mp4");
  const std::string_view text = as_text(made_.bytes);
  std::ofstream(path, std::ios::binary) << text;
  const std::string decode =
      "ffmpeg -nostdin -v error -xerror -i " + path +
      " -f null - && test $(ffprobe -v error "
      "-select_streams v -count_frames -show_entries stream=nb_read_frames -of csv=p=0 " +
      path + ") -ge 24";

  EXPECT_EQ(std::system(decode.c_str()), 0);
  ASSERT_TRUE(made_.described->audio.has_value());
  EXPECT_EQ(made_.described->audio->codecs, "opus");
  EXPECT_EQ(made_.described->video->width, 320);
  std::filesystem::remove(path);
}

TEST_P(Codecs, MakeAThumbnail) {
  shoot(GetParam());
  publish(GetParam());

  const auto thumbnail = make_thumbnail(*made_.described->video, keyframe_, WallTime());

  ASSERT_TRUE(thumbnail) << thumbnail.error().detail;
  EXPECT_EQ(as_text(*thumbnail->webp).substr(0, 4), "RIFF");
  EXPECT_EQ(thumbnail->jpeg->at(0), 0xff);
}

INSTANTIATE_TEST_SUITE_P(
    Enhanced, Codecs,
    ::testing::Values(
        Film{.video_encoder = "libx265 -x265-params log-level=none:bframes=0", .video_fourcc = "hvc1"},
        Film{.video_encoder = "libx264 -bf 0", .video_fourcc = "avc1"},
        Film{.video_encoder = "libaom-av1 -cpu-used 8 -usage realtime", .video_fourcc = "av01"}),
    [](const auto& film) { return film.param.video_fourcc; });

TEST(ThumbnailSize, KeepsTheShapeAndNeverEnlarges) {
  EXPECT_EQ(fit_into({.width = 1920, .height = 1080}, {.width = 640, .height = 360}),
            (PictureSize{.width = 640, .height = 360}));
  EXPECT_EQ(fit_into({.width = 1080, .height = 1920}, {.width = 640, .height = 360}),
            (PictureSize{.width = 202, .height = 360}));
  EXPECT_EQ(fit_into({.width = 160, .height = 120}, {.width = 640, .height = 360}),
            (PictureSize{.width = 160, .height = 120}));
}

TEST(Thumbnail, GarbageIsNoPicture) {
  const proto::VideoTrack track{.codec = proto::Codec::h264,
                                .config = {1, 2, 3},
                                .codecs = "",
                                .width = 16,
                                .height = 16,
                                .frame_rate = 0};

  EXPECT_FALSE(make_thumbnail(track, Bytes(100, 0x65), WallTime()));
}

}  // namespace
}  // namespace luso::media
