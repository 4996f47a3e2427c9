#include "media/ingest/whip/whip_feed.h"

#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace luso::media {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const Bytes kSps720{0x67, 0x42, 0x00, 0x1f, 0xda, 0x01, 0x40, 0x16, 0xe4};
const Bytes kSps1280{0x67, 0x42, 0x00, 0x20, 0xda,
                     0x01, 0x40, 0x16, 0xe4};  // Another level, as after a change.
const Bytes kPps{0x68, 0xce, 0x3c, 0x80};
const Bytes kIdr{0x65, 0x88, 1, 2}, kSlice{0x41, 0x9a, 3}, kGarbage{0x7f, 1, 2};

// A publisher whose packets come in order, with or without gaps.
class Publisher {
 public:
  Publisher& send(Bytes payload, bool marker = true) {
    webrtc::ReorderBuffer::Packet packet{.sequence = 0,
                                         .timestamp = timestamp_,
                                         .marker = marker,
                                         .arrived = MonoTime{} + 1h + now_,
                                         .payload = std::move(payload),
                                         .after_gap = std::exchange(gap_, false)};
    fine_ = feed.take_video(packet, WallTime{}, events).has_value();
    if (marker) next_picture();
    return *this;
  }

  Publisher& keyframe(const Bytes& sps = kSps720) { return send(sps, false).send(kPps, false).send(kIdr); }

  // A picture that is shown so many pictures after the first.
  Publisher& send_at(int picture, Bytes payload) {
    timestamp_ = kFirstTimestamp + static_cast<std::uint32_t>(picture) * 3'000;
    return send(std::move(payload));
  }

  Publisher& skip_to(int picture) {
    timestamp_ = kFirstTimestamp + static_cast<std::uint32_t>(picture) * 3'000;
    return *this;
  }

  Publisher& lose() {
    gap_ = true;
    next_picture();
    return *this;
  }

  Publisher& opus(Bytes payload) {
    const webrtc::ReorderBuffer::Packet packet{.sequence = 0,
                                               .timestamp = audio_timestamp_,
                                               .marker = false,
                                               .arrived = MonoTime{} + 1h + now_,
                                               .payload = std::move(payload),
                                               .after_gap = false};
    audio_timestamp_ += 960;
    fine_ = feed.take_audio(packet, WallTime{}, events).has_value();
    return *this;
  }

  // "T" a video track, "t" an audio track, "K" a keyframe, "p" another picture, "a" sound.
  [[nodiscard]] std::string heard() {
    std::string text;
    for (const MediaEvent& event : std::exchange(events, {})) {
      if (std::holds_alternative<proto::VideoTrack>(event)) text += 'T';
      if (std::holds_alternative<proto::AudioTrack>(event)) text += 't';
      const auto* sample = std::get_if<Sample>(&event);
      if (sample == nullptr) continue;
      text += sample->kind == TrackKind::audio ? 'a' : sample->keyframe ? 'K' : 'p';
    }
    return text;
  }

  [[nodiscard]] bool fine() const { return fine_; }

  WhipFeed feed;
  MediaEvents events;

 private:
  void next_picture() {
    timestamp_ += 3'000;
    now_ += 33'333us;
  }

  static constexpr std::uint32_t kFirstTimestamp = 0xFFFF'F000;

  std::uint32_t timestamp_ = kFirstTimestamp, audio_timestamp_ = 7;
  Duration now_{};
  bool gap_ = false;
  bool fine_ = true;
};

TEST(WhipFeed, ParameterSetsInBandBecomeTheTrack) {
  Publisher publisher;
  publisher.keyframe().send(kSlice);

  ASSERT_EQ(publisher.events.size(), 3U);
  const auto& track = std::get<proto::VideoTrack>(publisher.events[0]);
  EXPECT_EQ(track.width, 1280);
  EXPECT_EQ(track.height, 720);
  EXPECT_EQ(track.codecs, "avc1.42001f");
  const auto& keyframe = std::get<Sample>(publisher.events[1]);
  EXPECT_TRUE(keyframe.keyframe);
  EXPECT_EQ(keyframe.payload, (Bytes{0, 0, 0, 4, 0x65, 0x88, 1, 2}));
  const auto& next = std::get<Sample>(publisher.events[2]);
  EXPECT_EQ(next.timestamp_us - keyframe.timestamp_us, 33'333);
}

TEST(WhipFeed, TheSameSetsAgainAreNoNewTrackAndOthersAre) {
  Publisher publisher;
  EXPECT_EQ(publisher.keyframe().keyframe().heard(), "TKK");
  EXPECT_EQ(publisher.send(kIdr).heard(), "K");  // Goes on with those before it.
  EXPECT_EQ(publisher.keyframe(kSps1280).heard(), "TK");
}

TEST(WhipFeed, NothingIsPassedOnBeforeAKeyframeWithItsSets) {
  Publisher publisher;
  EXPECT_EQ(publisher.send(kSlice).send(kIdr).heard(), "");
  EXPECT_TRUE(publisher.feed.needs_keyframe());
  EXPECT_EQ(publisher.keyframe().heard(), "TK");
  EXPECT_FALSE(publisher.feed.needs_keyframe());
  EXPECT_EQ(publisher.feed.frames_dropped(), 2U);
}

TEST(WhipFeed, AfterALossThePictureStandsUntilAKeyframe) {
  Publisher publisher;
  EXPECT_EQ(publisher.keyframe().send(kSlice).lose().send(kSlice).send(kSlice).heard(), "TKp");
  EXPECT_TRUE(publisher.feed.needs_keyframe());
  EXPECT_EQ(publisher.opus({0xFC, 1}).heard(), "ta");  // Sound goes on.
  EXPECT_EQ(publisher.lose().keyframe().send(kSlice).heard(), "Kp");
  EXPECT_EQ(publisher.feed.frames_dropped(), 2U);
}

TEST(WhipFeed, TimeWrapsWithoutAStep) {
  Publisher publisher;  // Its first timestamp is a picture away from the wrap.
  publisher.keyframe().send(kSlice).send(kSlice);
  std::vector<std::int64_t> times;
  for (const MediaEvent& event : publisher.events)
    if (const auto* sample = std::get_if<Sample>(&event)) times.push_back(sample->timestamp_us);
  EXPECT_THAT(times, ElementsAre(0, 33'333, 66'666));
}

TEST(WhipFeed, BFramesAreToldFromTheOtherPicturesOnceOneHasCome) {
  Publisher publisher;
  publisher.keyframe().send_at(3, kSlice).send_at(1, kSlice).send_at(2, kSlice);  // I P B B
  EXPECT_EQ(publisher.heard(), "TKp") << "what was to be decoded before it has gone already";
  EXPECT_TRUE(publisher.feed.needs_keyframe());
  EXPECT_EQ(publisher.feed.b_frames(), 2U);

  publisher.skip_to(4).keyframe().send_at(7, kSlice).send_at(5, kSlice).send_at(6, kSlice);

  std::vector<std::int64_t> decoded, shown;
  for (const MediaEvent& event : publisher.events) {
    const auto* sample = std::get_if<Sample>(&event);
    if (sample == nullptr) continue;
    decoded.push_back(sample->timestamp_us);
    shown.push_back(sample->timestamp_us + sample->cts_offset_us);
  }
  EXPECT_THAT(shown, ElementsAre(133'333, 233'333, 166'666, 200'000));
  EXPECT_THAT(decoded, ElementsAre(100'000, 133'333, 166'666, 200'000));
}

TEST(WhipFeed, OpusPacketsSayHowLongTheyAre) {
  Publisher publisher;
  publisher.opus({0xFC, 1}).opus({0xF8, 1});  // Stereo and mono, 20 ms each.
  ASSERT_EQ(publisher.events.size(), 3U);
  EXPECT_EQ(std::get<proto::AudioTrack>(publisher.events[0]).codec, proto::Codec::opus);
  EXPECT_EQ(std::get<Sample>(publisher.events[1]).samples, 960);
  EXPECT_EQ(std::get<Sample>(publisher.events[2]).timestamp_us, 20'000);
}

TEST(WhipFeed, APublisherThatLiesAboutItsCodecIsNotHeardForLong) {
  Publisher publisher;
  publisher.keyframe();
  for (std::uint64_t i = 1; i < WhipFeed::kBrokenFramesMax; ++i) publisher.send(kGarbage);
  EXPECT_TRUE(publisher.fine());
  EXPECT_TRUE(publisher.feed.needs_keyframe());
  EXPECT_FALSE(publisher.send(kGarbage).fine());

  Publisher speaker;
  for (std::uint64_t i = 1; i < WhipFeed::kBrokenFramesMax; ++i) speaker.opus({0xFF, 0});  // Of no frames.
  EXPECT_TRUE(speaker.fine());
  EXPECT_FALSE(speaker.opus({0xFF, 0}).fine());
  EXPECT_THAT(speaker.heard(), IsEmpty());
}

TEST(WhipFeed, LossAloneIsNoLie) {
  Publisher publisher;
  publisher.keyframe();
  for (std::uint64_t i = 0; i < 2 * WhipFeed::kBrokenFramesMax; ++i) publisher.lose().send({0x7c, 0x05, 1});
  EXPECT_TRUE(publisher.fine());
}

TEST(WhipFeed, EachSizeHasATrackAndLossesOfItsOwn) {
  WhipFeed feed(2);
  MediaEvents events;
  std::uint32_t timestamp = 0;
  const auto send = [&](std::size_t layer, const Bytes& payload, bool after_gap = false, bool marker = true) {
    const webrtc::ReorderBuffer::Packet packet{.sequence = 0,
                                               .timestamp = timestamp,
                                               .marker = marker,
                                               .arrived = MonoTime{} + 1h,
                                               .payload = payload,
                                               .after_gap = after_gap};
    EXPECT_TRUE(feed.take_video(packet, WallTime{}, events, layer));
  };
  for (const std::size_t layer : {0U, 1U}) {
    send(layer, layer == 0 ? kSps720 : kSps1280, false, false);
    send(layer, kPps, false, false);
    send(layer, kIdr);
  }
  timestamp += 3'000;
  send(0, kSlice);
  send(1, kSlice, true);

  ASSERT_EQ(events.size(), 5U);
  EXPECT_EQ(std::get<LayerTrack>(events[0]).layer, 0U);
  EXPECT_EQ(std::get<LayerTrack>(events[2]).layer, 1U);
  EXPECT_NE(std::get<LayerTrack>(events[0]).track, std::get<LayerTrack>(events[2]).track);
  EXPECT_EQ(std::get<Sample>(events[3]).layer, 1U);
  EXPECT_EQ(std::get<Sample>(events[4]).layer, 0U);
  EXPECT_FALSE(feed.needs_keyframe(0));
  EXPECT_TRUE(feed.needs_keyframe(1)) << "it alone has lost something";
  EXPECT_EQ(feed.keyframes(0), 1U);
}

TEST(WhipFeed, SetsThatNeverEndAreBounded) {
  Publisher publisher;
  for (int i = 0; i < 10'000; ++i) publisher.send(kPps);
  EXPECT_EQ(publisher.keyframe().heard(), "");  // No room for the SPS...
  EXPECT_TRUE(publisher.fine());
  EXPECT_EQ(publisher.keyframe().heard(), "TK");  // ...until they have been tried.
}

}  // namespace
}  // namespace luso::media
