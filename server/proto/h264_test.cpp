#include "proto/h264.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include "proto/fixtures_test.h"
#include "proto/nal.h"

namespace luso::proto::h264 {
namespace {

using testing::BitWriter;
using testing::hex;

struct SpsFields {
  unsigned profile = 66;
  unsigned level = 31;
  unsigned width_mbs = 80, map_units = 45;
  bool interlaced = false;
  unsigned crop_right = 0, crop_bottom = 0;  // In crop units.
  unsigned units_in_tick = 0, time_scale = 0;
};

Bytes sps_of(const SpsFields& fields) {
  BitWriter writer;
  writer.bits(fields.profile, 8).bits(0, 8).bits(fields.level, 8).ue(0);
  if (fields.profile == 100) writer.ue(1).ue(0).ue(0).bits(0, 2);  // 4:2:0, 8 bits, no scaling matrix.
  writer.ue(0).ue(2);  // Frame numbers, picture order by decoding.
  writer.ue(1).bits(0, 1).ue(fields.width_mbs - 1).ue(fields.map_units - 1);
  if (fields.interlaced)
    writer.bits(0, 2);
  else
    writer.bits(1, 1);
  writer.bits(1, 1);
  const bool crops = fields.crop_right + fields.crop_bottom > 0;
  writer.bits(crops ? 1 : 0, 1);
  if (crops) writer.ue(0).ue(fields.crop_right).ue(0).ue(fields.crop_bottom);
  writer.bits(fields.time_scale > 0 ? 1 : 0, 1);
  if (fields.time_scale > 0)
    writer.bits(0, 4)
        .bits(1, 1)
        .bits(fields.units_in_tick, 32)
        .bits(fields.time_scale, 32)
        .bits(1, 1)
        .bits(0, 4);
  Bytes unit = hex("67");
  const Bytes escaped = testing::escape(writer.trailing().bytes());
  unit.insert(unit.end(), escaped.begin(), escaped.end());
  return unit;
}

Bytes avcc_of(const Bytes& sps, unsigned nal_length_size = 4) {
  Bytes record = hex("01 42 00 1f");
  ByteWriter writer(record);
  writer.u8(static_cast<std::uint8_t>(0xFC | (nal_length_size - 1)));
  writer.u8(0xE1);
  writer.u16(static_cast<std::uint16_t>(sps.size()));
  writer.raw(sps);
  writer.raw(hex("01 0004 68ce3c80"));
  return record;
}

TEST(H264Config, TheRecordOfARealEncoderSaysItsCroppedSizeAndRate) {
  const Bytes file = testing::fixture("h264_aac.flv");
  const auto tags = testing::read_flv(file);
  const auto config =
      std::ranges::find_if(tags, [](const auto& tag) { return tag.is_video && tag.is_config; });

  const auto track = parse_avc_config(config->payload);

  ASSERT_TRUE(track) << track.error().detail;
  EXPECT_EQ(track->codecs, "avc1.64000a");
  EXPECT_EQ(track->width, 162);
  EXPECT_EQ(track->height, 90);
  EXPECT_DOUBLE_EQ(track->frame_rate, 12);
  EXPECT_TRUE(std::ranges::equal(track->config, config->payload));
}

// 7.4.2.1.1: 1080 is not a multiple of 16.
TEST(H264Config, FullHdIsCroppedFrom1088Lines) {
  const auto track = parse_avc_config(
      avcc_of(sps_of({.profile = 100, .level = 40, .width_mbs = 120, .map_units = 68, .crop_bottom = 4})));

  ASSERT_TRUE(track) << track.error().detail;
  EXPECT_EQ(track->codecs, "avc1.640028");
  EXPECT_EQ(track->width, 1920);
  EXPECT_EQ(track->height, 1080);
}

TEST(H264Config, AnInterlacedPictureHasTwoLinesAMapUnitAndCropsInPairsOfThem) {
  const auto track = parse_avc_config(
      avcc_of(sps_of({.width_mbs = 120, .map_units = 34, .interlaced = true, .crop_bottom = 2})));

  ASSERT_TRUE(track) << track.error().detail;
  EXPECT_EQ(track->height, 1080);
}

// Of x264 by FFmpeg 5.1: without B-frames, with two, with two and HRD fields before the word on reordering,
// and in 4:4:4.
TEST(H264Config, ItsPromisesAreRead) {
  const auto plain = promises_of(
      hex("0164001effe100196764001eacb405017fcb8088000003000800000301e078b17501000468ef3cb0fdf8f800"));
  const auto reordered = promises_of(
      hex("0164001effe1001a6764001eacd940a02ff970110000030001000003003c0f162d9601000468efbcb0fdf8f800"));
  const auto with_hrd = promises_of(hex(
      "0164001effe100256764001eacd940a02ff970110000030001000003003c604000f424001e84e4c30078b16cb001000468ef"
      "bcb0fdf8f800"));
  const auto studio = promises_of(
      hex("01f4001effe1001967f4001e919680a02ff89c0440000003004000000f03c58ba801000568ef319219fff8f800"));

  ASSERT_TRUE(plain && reordered && with_hrd && studio);
  EXPECT_TRUE(plain->in_order);
  EXPECT_FALSE(reordered->in_order);
  EXPECT_FALSE(with_hrd->in_order);
  EXPECT_TRUE(studio->in_order);
  EXPECT_TRUE(plain->is_420_8_bit && reordered->is_420_8_bit && with_hrd->is_420_8_bit);
  EXPECT_FALSE(studio->is_420_8_bit);
}

TEST(H264Config, TheRecordIsRewrittenToFourByteLengths) {
  const Bytes record = avcc_of(sps_of({}), 2);

  EXPECT_EQ(nal_length_size_of(record).value(), 2U);
  EXPECT_EQ(nal_length_size_of(parse_avc_config(record)->config).value(), 4U);
  EXPECT_FALSE(nal_length_size_of(avcc_of(sps_of({}), 3)));
}

TEST(H264Config, EveryCutOfARecordIsRefused) {
  const Bytes record = avcc_of(sps_of({.units_in_tick = 1'001, .time_scale = 60'000}));
  ASSERT_TRUE(parse_avc_config(record));

  for (std::size_t size = 0; size < record.size(); ++size) {
    const auto track = parse_avc_config(ByteView(record).first(size));
    ASSERT_FALSE(track) << size;
    EXPECT_EQ(track.error().reason, "proto.bad_config");
  }
}

TEST(H264Config, ImpossiblePicturesAreRefused) {
  EXPECT_FALSE(parse_avc_config(avcc_of(sps_of({.width_mbs = 1, .crop_right = 8}))));
  EXPECT_FALSE(parse_avc_config(avcc_of(sps_of({.width_mbs = 2'000}))));
  EXPECT_FALSE(parse_avc_config(hex("01 42001f ff e0 00")));  // No parameter sets.
  EXPECT_FALSE(parse_avc_config(Bytes(20'000, 1)));
}

RC_GTEST_PROP(H264Config, WhatAnSpsSaysIsWhatIsRead, ()) {
  const SpsFields fields{.profile = *rc::gen::element(66U, 77U, 100U),
                         .level = *rc::gen::inRange(10U, 63U),
                         .width_mbs = *rc::gen::inRange(2U, 512U),
                         .map_units = *rc::gen::inRange(2U, 512U),
                         .crop_right = *rc::gen::inRange(0U, 8U),
                         .crop_bottom = *rc::gen::inRange(0U, 8U),
                         .units_in_tick = *rc::gen::inRange(1U, 2'000U),
                         .time_scale = *rc::gen::inRange(1U, 120'000U)};

  const auto track = parse_avc_config(avcc_of(sps_of(fields)));

  RC_ASSERT(track.has_value());
  RC_ASSERT(track->width == static_cast<int>(fields.width_mbs * 16 - fields.crop_right * 2));
  RC_ASSERT(track->height == static_cast<int>(fields.map_units * 16 - fields.crop_bottom * 2));
  const double rate = fields.time_scale / (2.0 * fields.units_in_tick);
  RC_ASSERT(track->frame_rate == (rate <= 1'000 ? rate : 0));
}

TEST(H264AccessUnit, DelimitersFillerAndEmptyUnitsAreLeftOut) {
  Bytes out;

  const auto found = append_access_unit(hex("0002 09f0 0000 0003 0cff80 0004 65888040 0002 0601"), 2, out);

  ASSERT_TRUE(found);
  EXPECT_TRUE(found->idr);
  EXPECT_TRUE(found->has_picture);
  EXPECT_FALSE(found->has_parameter_sets);
  EXPECT_EQ(out, hex("00000004 65888040 00000002 0601"));
}

TEST(H264AccessUnit, ASampleWithoutASliceIsNoPicture) {
  Bytes out;

  const auto found = append_access_unit(hex("00000002 6742 00000002 68ce"), 4, out);

  EXPECT_FALSE(found->has_picture);
  EXPECT_TRUE(found->has_parameter_sets);
}

TEST(H264AccessUnit, StartCodesAreTakenForWhatTheyAre) {
  Bytes out;

  const auto found = append_access_unit(hex("00000001 09f0 000001 41 9a00 00000001 0605"), 4, out);

  ASSERT_TRUE(found);
  EXPECT_FALSE(found->idr);
  EXPECT_EQ(out, hex("00000002 419a 00000002 0605"));
}

// 00 00 01 02 opens Annex B only where it is no length.
TEST(H264AccessUnit, ALengthThatLooksLikeAStartCodeIsALength) {
  Bytes sample = hex("00000102 65");
  sample.resize(4 + 0x102, 0x11);
  Bytes out;

  ASSERT_TRUE(append_access_unit(sample, 4, out));
  EXPECT_EQ(out, sample);
}

TEST(H264AccessUnit, BrokenFramingIsRefusedAndLeavesTheOutputAlone) {
  Bytes out = hex("aa");

  const auto found = append_access_unit(hex("00000002 6588 00000005 4100"), 4, out);

  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().reason, "proto.bad_sample");
  EXPECT_EQ(out, hex("aa"));
}

RC_GTEST_PROP(H264AccessUnit, UnitsSurviveWhateverTheWidthOfTheirLengths, (std::vector<Bytes> bodies)) {
  const unsigned width = *rc::gen::element(1U, 2U, 4U);
  Bytes sample, expected;
  for (Bytes& body : bodies) {
    body.resize(std::min<std::size_t>(body.size(), 200));
    body.insert(body.begin(), 0x41);  // A slice.
    for (unsigned i = width; i > 0; --i)
      sample.push_back(static_cast<std::uint8_t>(body.size() >> (8 * (i - 1))));
    sample.insert(sample.end(), body.begin(), body.end());
    nal::append_unit(body, expected);
  }

  Bytes out;
  RC_ASSERT(append_access_unit(sample, width, out).has_value());
  RC_ASSERT(out == expected);
}

TEST(Nal, EscapesComeOutAndNothingElse) {
  EXPECT_EQ(nal::unescape(hex("000003 01 000003 0000 03 04 03"), 100), hex("0000 01 0000 0000 04 03"));
  EXPECT_EQ(nal::unescape(hex("0102030405"), 3), hex("010203"));
}

}  // namespace
}  // namespace luso::proto::h264
