#include "proto/flv.h"

#include <limits>

#include <gtest/gtest.h>

#include "proto/rtmp_testing.h"

namespace luso::proto::flv {
namespace {

using rtmp::testing::bytes;

struct Seen {
  TagKind kind;
  Codec codec;
  bool keyframe = false;
  std::int32_t cts_offset_ms = 0;
  Bytes payload = {};
  friend bool operator==(const Seen&, const Seen&) = default;
};

Result<Seen> video(std::string_view shown) {
  const Bytes body = bytes(shown);
  TRY(const VideoTag tag, parse_video(body));
  return Seen{tag.kind, tag.codec, tag.keyframe, tag.cts_offset_ms, {tag.payload.begin(), tag.payload.end()}};
}

Result<Seen> audio(std::string_view shown) {
  const Bytes body = bytes(shown);
  TRY(const AudioTag tag, parse_audio(body));
  return Seen{.kind = tag.kind, .codec = tag.codec, .payload = {tag.payload.begin(), tag.payload.end()}};
}

std::string_view reason_of(const Result<Seen>& seen) {
  return seen ? "none" : seen.error().reason;
}

TEST(FlvVideo, ReadsLegacyAvc) {
  EXPECT_EQ(video("17 00 000000 0164001F"),
            (Seen{TagKind::sequence_header, Codec::h264, true, 0, bytes("0164001F")}));
  EXPECT_EQ(video("17 01 000050 65"), (Seen{TagKind::frame, Codec::h264, true, 80, bytes("65")}));
  EXPECT_EQ(video("27 01 FFFFD8 41"), (Seen{TagKind::frame, Codec::h264, false, -40, bytes("41")}));
  EXPECT_EQ(video("17 02 000000"), (Seen{TagKind::end, Codec::h264, true}));
}

TEST(FlvVideo, ReadsHevcInTheOldWayOfTwelve) {
  EXPECT_EQ(video("1C 00 000000 01"), (Seen{TagKind::sequence_header, Codec::hevc, true, 0, bytes("01")}));
  EXPECT_EQ(video("2C 01 000010 02"), (Seen{TagKind::frame, Codec::hevc, false, 16, bytes("02")}));
}

// E-RTMP v2, "ExVideoTagBody": a composition time for the NAL codecs' CodedFrames and for nothing else.
TEST(FlvVideo, ReadsEnhancedPackets) {
  EXPECT_EQ(video("90 'hvc1' 0101"), (Seen{TagKind::sequence_header, Codec::hevc, true, 0, bytes("0101")}));
  EXPECT_EQ(video("91 'hvc1' 000050 26"), (Seen{TagKind::frame, Codec::hevc, true, 80, bytes("26")}));
  EXPECT_EQ(video("A1 'hvc1' FFFFFF 02"), (Seen{TagKind::frame, Codec::hevc, false, -1, bytes("02")}));
  EXPECT_EQ(video("A3 'hvc1' 02"), (Seen{TagKind::frame, Codec::hevc, false, 0, bytes("02")}));
  EXPECT_EQ(video("A1 'avc1' 000028 41"), (Seen{TagKind::frame, Codec::h264, false, 40, bytes("41")}));
  EXPECT_EQ(video("90 'av01' 81"), (Seen{TagKind::sequence_header, Codec::av1, true, 0, bytes("81")}));
  EXPECT_EQ(video("91 'av01' 0A0B"), (Seen{TagKind::frame, Codec::av1, true, 0, bytes("0A0B")}));
  EXPECT_EQ(video("92 'av01'"), (Seen{TagKind::end, Codec::av1, true}));
}

TEST(FlvVideo, SkipsModifiers) {
  // ModEx: three bytes of nanoseconds, then the real packet type; and one of 256 bytes, whose size takes 16
  // bits.
  EXPECT_EQ(video("97 02 0F4240 01 'hvc1' 000000 26"),
            (Seen{TagKind::frame, Codec::hevc, true, 0, bytes("26")}));
  const std::string long_one = "97 FF 00FF " + std::string(512, '0') + " 03 'hvc1' 26";
  EXPECT_EQ(video(long_one), (Seen{TagKind::frame, Codec::hevc, true, 0, bytes("26")}));
}

// E-RTMP v2, "Multitrack": we take track 0 and leave the others.
TEST(FlvVideo, TakesTheFirstTrackOfMany) {
  const Seen frame{TagKind::frame, Codec::hevc, true, 80, bytes("26")};

  EXPECT_EQ(video("96 01 'hvc1' 00 000050 26"), frame);                            // One track.
  EXPECT_EQ(video("96 11 'hvc1' 01 000004 00000055 00 000004 00005026"), frame);   // Many, one codec.
  EXPECT_EQ(video("96 21 'av01' 01 000001 55 'hvc1' 00 000004 00005026"), frame);  // Many codecs.
  EXPECT_EQ(video("96 01 'hvc1' 01 000050 26"), (Seen{TagKind::ignored, Codec::h264, true}));  // Not ours.
}

TEST(FlvVideo, IgnoresWhatCarriesNoPicture) {
  for (const char* shown : {"", "57 00", "D1 00", "94 'hvc1' 02", "17 01 000000", "93 'hvc1'"}) {
    const auto seen = video(shown);
    ASSERT_TRUE(seen) << shown;
    EXPECT_EQ(seen->kind, TagKind::ignored) << shown;
  }
}

TEST(FlvVideo, RefusesCodecsByName) {
  EXPECT_EQ(reason_of(video("12 00")), "flv.unsupported_codec");  // Sorenson.
  const auto vp9 = video("90 'vp09' 00");
  EXPECT_EQ(reason_of(vp9), "flv.unsupported_codec");
  EXPECT_EQ(vp9.error().detail, "vp09");
  EXPECT_EQ(video("90 00010203").error().detail, "....");
}

TEST(FlvVideo, RefusesPacketsItCannotRead) {
  EXPECT_EQ(reason_of(video("95 'av01' 00")), "flv.unsupported_packet");        // MPEG-2 TS sequence start.
  EXPECT_EQ(reason_of(video("98 'av01' 00")), "flv.unsupported_packet");        // Not defined.
  EXPECT_EQ(reason_of(video("17 03 000000")), "flv.unsupported_packet");        // Not defined.
  EXPECT_EQ(reason_of(video("96 31 'hvc1'")), "flv.unsupported_packet");        // A layout not defined.
  EXPECT_EQ(reason_of(video("96 07 'hvc1' 00 00")), "flv.unsupported_packet");  // A modifier inside a track.
}

TEST(FlvVideo, RefusesWhatIsCutShort) {
  for (const char* shown : {"17", "17 01 0000", "91", "91 'hvc'", "91 'hvc1' 0000", "97 02 0F42", "97 FF 00",
                            "96", "96 01 'hvc'", "96 11 'hvc1' 00 0000FF 26", "96 11 'hvc1' 01 00"}) {
    EXPECT_EQ(reason_of(video(shown)), "flv.truncated") << shown;
  }
}

TEST(FlvAudio, ReadsLegacyAac) {
  EXPECT_EQ(audio("AF 00 1190"),
            (Seen{.kind = TagKind::sequence_header, .codec = Codec::aac, .payload = bytes("1190")}));
  EXPECT_EQ(audio("AF 01 2110"),
            (Seen{.kind = TagKind::frame, .codec = Codec::aac, .payload = bytes("2110")}));
}

TEST(FlvAudio, ReadsEnhancedPackets) {
  EXPECT_EQ(audio("90 'Opus' 'OpusHead'"),
            (Seen{.kind = TagKind::sequence_header, .codec = Codec::opus, .payload = bytes("'OpusHead'")}));
  EXPECT_EQ(audio("91 'Opus' FC"),
            (Seen{.kind = TagKind::frame, .codec = Codec::opus, .payload = bytes("FC")}));
  EXPECT_EQ(audio("91 'mp4a' 21"),
            (Seen{.kind = TagKind::frame, .codec = Codec::aac, .payload = bytes("21")}));
  EXPECT_EQ(audio("92 'mp4a'"), (Seen{.kind = TagKind::end, .codec = Codec::aac}));
  EXPECT_EQ(audio("97 02 0F4240 01 'Opus' FC"),
            (Seen{.kind = TagKind::frame, .codec = Codec::opus, .payload = bytes("FC")}));
  EXPECT_EQ(audio("95 01 'Opus' 00 FC"),
            (Seen{.kind = TagKind::frame, .codec = Codec::opus, .payload = bytes("FC")}));
}

TEST(FlvAudio, IgnoresSilenceAndChannelOrders) {
  for (const char* shown : {"", "AF 01", "94 'Opus' 01 02", "91 'Opus'"}) {
    const auto seen = audio(shown);
    ASSERT_TRUE(seen) << shown;
    EXPECT_EQ(seen->kind, TagKind::ignored) << shown;
  }
}

TEST(FlvAudio, RefusesWithAReason) {
  EXPECT_EQ(reason_of(audio("2F FF")), "flv.unsupported_codec");  // MP3.
  EXPECT_EQ(audio("91 'fLaC' 00").error().detail, "fLaC");
  EXPECT_EQ(reason_of(audio("AF 02 00")), "flv.unsupported_packet");
  EXPECT_EQ(reason_of(audio("96 'Opus' 00")), "flv.unsupported_packet");  // Video's multitrack.
  EXPECT_EQ(reason_of(audio("AF")), "flv.truncated");
  EXPECT_EQ(reason_of(audio("91 'Opu'")), "flv.truncated");
}

TEST(FlvMetadata, ReadsWhatEncodersSay) {
  const Metadata metadata =
      read_metadata(amf0::ecma_array({{.name = "width", .value = 1280},
                                      {.name = "height", .value = 720},
                                      {.name = "framerate", .value = 29.97},
                                      {.name = "videodatarate", .value = 1500},
                                      {.name = "audiodatarate", .value = 128},
                                      {.name = "audiosamplerate", .value = 48000},
                                      {.name = "stereo", .value = true},
                                      {.name = "videocodecid", .value = 7},
                                      {.name = "audiocodecid", .value = double{0x4F707573}},
                                      {.name = "encoder", .value = "obs-output module"}}));

  EXPECT_EQ(metadata, (Metadata{.width = 1280,
                                .height = 720,
                                .frame_rate = 29.97,
                                .video_bitrate_kbps = 1500,
                                .audio_bitrate_kbps = 128,
                                .audio_sample_rate = 48000,
                                .stereo = true,
                                .encoder = "obs-output module",
                                .video_codec = "7",
                                .audio_codec = "Opus"}));
}

TEST(FlvMetadata, BelievesNothingUnreasonable) {
  const Metadata metadata =
      read_metadata(amf0::object({{.name = "width", .value = "wide"},
                                  {.name = "height", .value = -720},
                                  {.name = "framerate", .value = std::numeric_limits<double>::quiet_NaN()},
                                  {.name = "videodatarate", .value = std::numeric_limits<double>::infinity()},
                                  {.name = "videocodecid", .value = 1e300},
                                  {.name = "encoder", .value = std::string(10'000, 'x')}}));

  EXPECT_EQ(metadata, (Metadata{.encoder = std::string(kEncoderNameMax, 'x')}));
  EXPECT_EQ(read_metadata(amf0::Value()), Metadata{});
}

}  // namespace
}  // namespace luso::proto::flv
