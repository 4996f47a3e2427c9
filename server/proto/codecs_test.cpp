#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include "proto/aac.h"
#include "proto/av1.h"
#include "proto/fixtures_test.h"
#include "proto/fmp4_reader.h"
#include "proto/hevc.h"
#include "proto/opus.h"

namespace luso::proto {
namespace {

using testing::BitWriter;
using testing::hex;

Bytes config_in(std::string_view file, Codec codec) {
  const auto tracks = fmp4::read_init(testing::fixture(file));
  return std::ranges::find(*tracks, codec, &fmp4::ReadTrack::codec)->config;
}

template <typename Parse>
void expect_every_cut_refused(const Bytes& record, Parse parse) {
  ASSERT_TRUE(parse(record));
  for (std::size_t size = 0; size < record.size(); ++size) {
    const auto track = parse(ByteView(record).first(size));
    ASSERT_FALSE(track) << size;
    ASSERT_EQ(track.error().reason, "proto.bad_config");
  }
}

TEST(HevcConfig, TheRecordOfARealEncoderSaysItsCroppedSize) {
  const Bytes record = config_in("hevc_opus.mp4", Codec::hevc);

  const auto track = hevc::parse_hevc_config(record);

  ASSERT_TRUE(track) << track.error().detail;
  EXPECT_EQ(track->codecs, "hvc1.1.6.L30.90");
  EXPECT_EQ(track->width, 162);
  EXPECT_EQ(track->height, 90);
  EXPECT_EQ(hevc::nal_length_size_of(record).value(), 4U);
  expect_every_cut_refused(record, hevc::parse_hevc_config);
}

// ISO 14496-15, annex E.3: its own example, and a high tier with a profile space and two constraint bytes.
TEST(HevcConfig, TheCodecsStringFollowsTheStandardsExamples) {
  Bytes record = config_in("hevc_opus.mp4", Codec::hevc);
  const auto codecs_with = [&](std::string_view general) {
    const Bytes head = hex(general);
    std::ranges::copy(head, record.begin() + 1);
    return hevc::parse_hevc_config(record)->codecs;
  };

  EXPECT_EQ(codecs_with("01 60000000 b00000000000 5d"), "hvc1.1.6.L93.B0");
  EXPECT_EQ(codecs_with("62 20000000 900a00000000 99"), "hvc1.A2.4.H153.90.A");
}

TEST(HevcAccessUnit, AViewerMayStartAtIdrBlaAndCra) {
  for (const unsigned type : {1U, 16U, 19U, 21U, 32U}) {
    const Bytes sample{0, 0, 0, 3, static_cast<std::uint8_t>(type << 1U), 1, 0x80};
    Bytes out;
    const auto found = hevc::append_access_unit(sample, 4, out);
    EXPECT_EQ(found->irap, type >= 16 && type <= 23) << type;
    EXPECT_EQ(found->has_picture, type < 32) << type;
    EXPECT_EQ(found->has_parameter_sets, type == 32) << type;
  }
}

TEST(Av1Config, TheRecordOfARealEncoderSaysItsSize) {
  const Bytes record = config_in("av1.mp4", Codec::av1);

  const auto track = av1::parse_av1_config(record);

  ASSERT_TRUE(track) << track.error().detail;
  EXPECT_EQ(track->codecs, "av01.0.00M.08");
  EXPECT_EQ(track->width, 162);
  EXPECT_EQ(track->height, 90);
  expect_every_cut_refused(record, av1::parse_av1_config);
}

// 5.5.1 in full: timing with equal intervals, a decoder model and a display delay before the size.
TEST(Av1Config, TimingAndDecoderModelDoNotHideTheSize) {
  BitWriter header;
  header.bits(1, 3).bits(0, 2);                                 // High profile; no still picture.
  header.bits(1, 1).bits(1, 32).bits(60, 32).bits(1, 1).ue(1);  // 60 ticks a second, two a picture.
  header.bits(1, 1).bits(9, 5).bits(1, 32).bits(4, 5).bits(4, 5);
  header.bits(1, 1).bits(0, 5);
  header.bits(0, 12).bits(13, 5).bits(1, 1);  // One operating point, level 5.1, high tier.
  header.bits(1, 1).bits(0, 10).bits(0, 10).bits(0, 1).bits(1, 1).bits(3, 4);
  header.bits(11, 4).bits(11, 4).bits(3'839, 12).bits(2'159, 12).trailing();
  Bytes record = hex("81 2d c0 00 0a");
  record.push_back(static_cast<std::uint8_t>(header.bytes().size()));
  record.insert(record.end(), header.bytes().begin(), header.bytes().end());

  const auto track = av1::parse_av1_config(record);

  ASSERT_TRUE(track) << track.error().detail;
  EXPECT_EQ(track->codecs, "av01.1.13H.10");
  EXPECT_EQ(track->width, 3'840);
  EXPECT_EQ(track->height, 2'160);
  EXPECT_DOUBLE_EQ(track->frame_rate, 30);
}

TEST(Av1TemporalUnit, DelimitersAndPaddingAreLeftOut) {
  Bytes out;

  // A delimiter, a sequence header, padding, a shown key frame.
  const auto found = av1::append_temporal_unit(hex("1200 0a01aa 7a0100 3202 1055"), out);

  ASSERT_TRUE(found);
  EXPECT_TRUE(found->keyframe);
  EXPECT_TRUE(found->has_sequence_header);
  EXPECT_EQ(out, hex("0a01aa 3202 1055"));
}

TEST(Av1TemporalUnit, OnlyAShownKeyFrameIsAPlaceToStart) {
  Bytes out;
  EXPECT_FALSE(av1::append_temporal_unit(hex("3202 3055"), out)->keyframe);  // An inter frame.
  EXPECT_FALSE(av1::append_temporal_unit(hex("3202 0055"), out)->keyframe);  // A key frame not shown.
  EXPECT_FALSE(av1::append_temporal_unit(hex("3202 9055"), out)->keyframe);  // An existing frame shown again.
  EXPECT_TRUE(av1::append_temporal_unit(hex("30 1055"), out)->keyframe);     // The last OBU needs no size.
}

TEST(Av1TemporalUnit, BrokenFramingIsRefusedAndLeavesTheOutputAlone) {
  for (const std::string_view sample : {"0a01aa 3205 1055", "ffff", "32ffffffffffffffffff00", "32"}) {
    Bytes out = hex("bb");
    EXPECT_EQ(av1::append_temporal_unit(hex(sample), out).error().reason, "proto.bad_sample") << sample;
    EXPECT_EQ(out, hex("bb"));
  }
}

AudioTrack aac_of(std::string_view digits) {
  const auto track = aac::parse_audio_specific_config(hex(digits));
  EXPECT_TRUE(track) << track.error().detail;
  return track.value_or(AudioTrack{});
}

TEST(AacConfig, PlainAacIsItsRateAndChannels) {
  const AudioTrack track = aac_of("1190");

  EXPECT_EQ(track.codecs, "mp4a.40.2");
  EXPECT_EQ(track.sample_rate, 48'000);
  EXPECT_EQ(track.channels, 2);
  EXPECT_EQ(track.samples_per_frame, 1024);
  EXPECT_EQ(aac_of("1208").channels, 1);
  EXPECT_EQ(aac_of("1208").sample_rate, 44'100);
  EXPECT_EQ(aac_of("11b8").channels, 8);
  EXPECT_EQ(aac_of("1194").samples_per_frame, 960);
}

// 1.6.3.4: index 15, and the rate follows in 24 bits.
TEST(AacConfig, ARateOutsideTheTableIsSpelledOut) {
  BitWriter writer;
  writer.bits(2, 5).bits(15, 4).bits(47'250, 24).bits(2, 4).bits(0, 3);

  EXPECT_EQ(aac::parse_audio_specific_config(writer.bytes())->sample_rate, 47'250);
}

TEST(AacConfig, HierarchicalSbrDoublesRateAndSamples) {
  BitWriter writer;
  writer.bits(5, 5).bits(6, 4).bits(2, 4).bits(3, 4).bits(2, 5).bits(0, 3);

  const auto track = aac::parse_audio_specific_config(writer.bytes());

  ASSERT_TRUE(track);
  EXPECT_EQ(track->codecs, "mp4a.40.5");
  EXPECT_EQ(track->sample_rate, 48'000);
  EXPECT_EQ(track->samples_per_frame, 2048);
  EXPECT_EQ(track->channels, 2);
}

TEST(AacConfig, BackwardCompatibleSbrAndPsAreFoundBehindTheConfig) {
  BitWriter writer;
  writer.bits(2, 5).bits(7, 4).bits(1, 4).bits(0, 3);
  writer.bits(0x2B7, 11).bits(5, 5).bits(1, 1).bits(4, 4).bits(0x548, 11).bits(1, 1);

  const auto track = aac::parse_audio_specific_config(writer.bytes());

  ASSERT_TRUE(track);
  EXPECT_EQ(track->codecs, "mp4a.40.29");
  EXPECT_EQ(track->sample_rate, 44'100);
  EXPECT_EQ(track->samples_per_frame, 2048);
  EXPECT_EQ(track->channels, 2);  // Parametric stereo makes two of one.
}

TEST(AacConfig, AProgramConfigElementCountsItsChannels) {
  BitWriter writer;
  writer.bits(2, 5).bits(3, 4).bits(0, 4).bits(0, 3);
  writer.bits(0, 4).bits(1, 2).bits(3, 4).bits(2, 4).bits(0, 4).bits(1, 4).bits(1, 2).bits(0, 3).bits(0, 4);
  writer.bits(0, 3);
  writer.bits(0, 1).bits(0, 4).bits(1, 1).bits(0, 4).bits(1, 1).bits(1, 4);  // Centre, front pair, back pair.
  writer.bits(0, 4);                                                         // LFE
  const std::size_t misaligned = (5 + 4 + 4 + 3 + 4 + 2 + 4 + 12 + 2 + 3 + 4 + 3 + 15 + 4) % 8;
  writer.bits(0, static_cast<unsigned>((8 - misaligned) % 8)).bits(0, 8);

  EXPECT_EQ(aac::parse_audio_specific_config(writer.bytes())->channels, 6);
}

TEST(AacConfig, WhatWeDoNotCarryIsRefused) {
  for (const std::string_view digits : {"", "11", "1780", "1980", "b98c", "f94890", "11c8"})
    EXPECT_FALSE(aac::parse_audio_specific_config(hex(digits))) << digits;
}

// RFC 7845, 5.1: little-endian; the box is big-endian.
TEST(OpusHead, BecomesTheBoxThatMp4Wants) {
  Bytes head(as_bytes("OpusHead").begin(), as_bytes("OpusHead").end());
  const Bytes fields = hex("01 02 3801 80bb0000 0001 00");
  head.insert(head.end(), fields.begin(), fields.end());

  const auto track = opus::parse_opus_head(head);

  ASSERT_TRUE(track) << track.error().detail;
  EXPECT_EQ(track->config, hex("00 02 0138 0000bb80 0100 00"));
  EXPECT_EQ(track->codecs, "opus");
  EXPECT_EQ(track->sample_rate, 48'000);
  EXPECT_EQ(track->channels, 2);
  expect_every_cut_refused(head, opus::parse_opus_head);
}

TEST(OpusHead, SurroundBringsItsChannelMapping) {
  Bytes head(as_bytes("OpusHead").begin(), as_bytes("OpusHead").end());
  const Bytes fields = hex("01 06 3801 80bb0000 0000 01 04 02 000401020305");
  head.insert(head.end(), fields.begin(), fields.end());

  const auto track = opus::parse_opus_head(head);

  ASSERT_TRUE(track);
  EXPECT_EQ(track->channels, 6);
  EXPECT_EQ(track->config, hex("00 06 0138 0000bb80 0000 01 04 02 000401020305"));
}

// RFC 6716, 3.1: the configuration in five bits, the frame count code in two.
TEST(OpusPacket, LastsWhatItsFirstByteSays) {
  EXPECT_EQ(opus::packet_samples(hex("fc00")).value(), 960);        // CELT, 20 ms, one frame.
  EXPECT_EQ(opus::packet_samples(hex("e000")).value(), 120);        // CELT, 2.5 ms.
  EXPECT_EQ(opus::packet_samples(hex("1900")).value(), 2 * 2'880);  // SILK, 60 ms, two frames.
  EXPECT_EQ(opus::packet_samples(hex("6000")).value(), 480);        // Hybrid, 10 ms.
  EXPECT_EQ(opus::packet_samples(hex("fb03")).value(), 3 * 960);
  for (const std::string_view bad : {"", "fb", "fb00", "1b07", "fb3f"})
    EXPECT_EQ(opus::packet_samples(hex(bad)).error().reason, "proto.bad_sample") << bad;
}

}  // namespace
}  // namespace luso::proto
