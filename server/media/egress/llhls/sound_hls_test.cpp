#include "media/egress/llhls/sound_hls.h"

#include <optional>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/metrics.h"
#include "io/reactor.h"
#include "media/egress/llhls/hls_shard.h"

namespace luso::media {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::int64_t kSoundUs = 21'333;
constexpr std::size_t kPictureBytes = 4'000, kSoundBytes = 200;

const proto::VideoTrack kVideo{.codec = proto::Codec::h264,
                               .config = {1, 0x42, 0, 0x1f, 0xff, 0xe0, 0},
                               .codecs = "avc1.42001f",
                               .width = 640,
                               .height = 360};
const proto::AudioTrack kAudio{.codec = proto::Codec::aac,
                               .config = {0x11, 0x90},
                               .codecs = "mp4a.40.2",
                               .sample_rate = 48'000,
                               .channels = 2};

// A broadcast and its sound alone, as HLS viewers on one reactor see them.
class SoundAlone : public ::testing::Test {
 protected:
  // So many sound frames, with a picture beside each second one.
  void play(int frames) {
    const bool has_picture = stream_.tracks()->video.has_value();
    const bool has_sound = stream_.tracks()->audio.has_value();
    for (int i = 0; i < frames; ++i, ++frames_) {
      const bool is_picture_due = frames_ % 2 == 0;
      if (has_picture && is_picture_due) publish(TrackKind::video, frames_ % 90 == 0, kPictureBytes);
      if (has_sound) publish(TrackKind::audio, true, kSoundBytes);
    }
    flush(StreamState::live);
  }

  void publish(TrackKind kind, bool keyframe, std::size_t bytes) {
    stream_.publish(std::make_shared<const Frame>(Frame{.kind = kind,
                                                        .keyframe = keyframe,
                                                        .dts_us = frames_ * kSoundUs,
                                                        .cts_offset_us = 0,
                                                        .captured_at = WallTime(Duration(frames_ * kSoundUs)),
                                                        .payload = Bytes(bytes, 7)}));
  }

  void flush(StreamState state) {
    sound_.flush(state);
    std::vector<proto::hls::Variant> others;
    if (const auto variant = sound_.variant()) others.push_back(*variant);
    output_.set_others(std::move(others));
    output_.set_state(state);
    output_.flush();
  }

  [[nodiscard]] std::string text(HlsShard::Text which, std::size_t rung = 0) {
    return std::string(as_text(*shard_.playlist(StreamId{7}, which, false, rung)->bytes));
  }

  metrics::Registry registry_;
  MediaMetrics metrics_{registry_};
  io::Reactor reactor_{0};
  HlsShard shard_{reactor_};
  HlsOutput::Publish publish_ = [this](HlsSnapshotPtr snapshot) { shard_.apply(std::move(snapshot)); };
  Stream stream_{StreamId{7}};
  HlsOutput output_{{.stream_id = StreamId{7}, .username = "ana"}, nullptr, Duration(0), publish_, metrics_};
  Segmenter segmenter_{output_};
  SoundHls sound_{{.stream_id = StreamId{7}, .first_msn = 40}, publish_, metrics_};
  Stream::Subscription pictures_ = stream_.subscribe(segmenter_, Stream::StartAt::next_frame);
  Stream::Subscription sounds_ = stream_.subscribe(sound_, Stream::StartAt::next_frame);
  std::int64_t frames_ = 0;
};

TEST_F(SoundAlone, TheMasterListsItBehindThePictureWithItsOwnRate) {
  stream_.set_tracks(kVideo, kAudio);
  play(240);
  const std::string master = text(HlsShard::Text::master);

  EXPECT_THAT(master, HasSubstr("CODECS=\"mp4a.40.2\",CLOSED-CAPTIONS=NONE\nsound/live.m3u8\n"));
  EXPECT_LT(master.find("\nlive.m3u8\n"), master.find("\nsound/live.m3u8\n"));
  EXPECT_NEAR(static_cast<double>(sound_.variant()->bandwidth_bps), kSoundBytes * 8 * 1e6 / kSoundUs, 15'000);
}

TEST_F(SoundAlone, ItsSegmentsHoldNoPictures) {
  stream_.set_tracks(kVideo, kAudio);
  play(240);
  const HlsSnapshotPtr sound = shard_.find(StreamId{7}, kSoundRung);

  ASSERT_TRUE(sound);
  EXPECT_FALSE(sound->has_video);
  EXPECT_THAT(text(HlsShard::Text::live, kSoundRung), HasSubstr("seg-40.m4s"));
  std::size_t bytes = 0;
  for (const auto& segment : sound->memory)
    for (const SharedBytes& part : segment->parts) bytes += part->size();
  EXPECT_LT(bytes, 240 * (kSoundBytes + 50)) << "samples and their tables, no pictures";
  EXPECT_GT(bytes, 200 * kSoundBytes);
}

TEST_F(SoundAlone, WithoutAPictureThereIsNothingToListBesideTheStream) {
  stream_.set_tracks(std::nullopt, kAudio);
  play(240);

  EXPECT_THAT(text(HlsShard::Text::master), Not(HasSubstr("sound/")));
  EXPECT_THAT(text(HlsShard::Text::live, kSoundRung), HasSubstr("seg-40.m4s")) << "who asks for it gets it";
}

TEST_F(SoundAlone, AStreamThatFallsSilentTakesItFromTheMaster) {
  stream_.set_tracks(kVideo, kAudio);
  play(240);
  stream_.set_tracks(kVideo, std::nullopt);
  play(100);

  EXPECT_THAT(text(HlsShard::Text::master), Not(HasSubstr("sound/")));
  EXPECT_EQ(shard_.find(StreamId{7}, kSoundRung)->state, StreamState::waiting);

  stream_.set_tracks(kVideo, kAudio);
  play(240);
  EXPECT_THAT(text(HlsShard::Text::master), HasSubstr("sound/"));
  EXPECT_THAT(text(HlsShard::Text::live, kSoundRung), HasSubstr("#EXT-X-DISCONTINUITY\n"));
}

TEST_F(SoundAlone, ItIsOverWithTheStream) {
  stream_.set_tracks(kVideo, kAudio);
  play(240);
  flush(StreamState::ended);

  EXPECT_THAT(text(HlsShard::Text::live, kSoundRung), HasSubstr("#EXT-X-ENDLIST"));
  EXPECT_THAT(text(HlsShard::Text::master), Not(HasSubstr("sound/")));
  shard_.forget(StreamId{7});
  EXPECT_EQ(shard_.find(StreamId{7}, kSoundRung), nullptr);
}

TEST_F(SoundAlone, CaptionsInThePicturesAreSaidOfThePictures) {
  stream_.set_tracks(kVideo, kAudio);
  play(120);
  output_.set_captions();
  play(120);
  const std::string master = text(HlsShard::Text::master);

  EXPECT_THAT(master, HasSubstr("TYPE=CLOSED-CAPTIONS"));
  EXPECT_THAT(master, HasSubstr("CLOSED-CAPTIONS=\"cc\"\nlive.m3u8\n"));
  EXPECT_THAT(master, HasSubstr("CODECS=\"mp4a.40.2\"\nsound/live.m3u8\n"));
}

}  // namespace
}  // namespace luso::media
