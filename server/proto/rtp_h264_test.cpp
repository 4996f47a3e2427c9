#include "proto/rtp_h264.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include "proto/fixtures_test.h"
#include "proto/h264.h"
#include "proto/nal.h"
#include "proto/rtp_opus.h"

namespace luso::proto::rtp {
namespace {

using testing::hex;
using AccessUnit = H264Depacketiser::AccessUnit;

// Feeds payloads as packets in a row; the last of each access unit carries the marker.
class Sender {
 public:
  Sender& send(const char* payload, bool marker = false, bool after_gap = false) {
    const Bytes bytes = hex(payload);
    depacketiser_.push({.timestamp = timestamp, .marker = marker, .after_gap = after_gap, .payload = bytes},
                       out);
    return *this;
  }

  Sender& next() {
    timestamp += 3'000;
    return *this;
  }

  std::uint32_t timestamp = 90'000;
  std::vector<AccessUnit> out;

 private:
  H264Depacketiser depacketiser_;
};

TEST(RtpH264Depacketiser, AnAggregateWithParameterSetsIsAKeyframe) {
  Sender sender;
  sender.send("78 0002 6742 0002 68ce 0003 6588bb", true);

  ASSERT_EQ(sender.out.size(), 1U);
  const AccessUnit& unit = sender.out[0];
  EXPECT_EQ(unit.timestamp, 90'000U);
  EXPECT_TRUE(unit.idr && unit.has_picture && !unit.damaged && !unit.after_loss);
  EXPECT_EQ(unit.sample, hex("00000003 6588bb"));
  EXPECT_EQ(unit.parameter_sets, hex("00000002 6742 00000002 68ce"));
}

TEST(RtpH264Depacketiser, FragmentsBecomeTheUnitTheyWere) {
  Sender sender;
  sender.send("7c 85 88aa").send("7c 05 bb").send("7c 45 cc", true);
  ASSERT_EQ(sender.out.size(), 1U);
  EXPECT_EQ(sender.out[0].sample, hex("00000005 65 88aabbcc"));
  EXPECT_TRUE(sender.out[0].idr && !sender.out[0].damaged);
}

TEST(RtpH264Depacketiser, DelimitersAndFillerAreLeftOut) {
  Sender sender;
  sender.send("09f0").send("0cffff").send("3c 8c ff").send("3c 4c ff").send("06 05 00").send("41 9a", true);
  ASSERT_EQ(sender.out.size(), 1U);
  EXPECT_EQ(sender.out[0].sample, hex("00000003 060500 00000002 419a"));
  EXPECT_FALSE(sender.out[0].damaged);
}

TEST(RtpH264Depacketiser, AnEndThatWasNotMarkedIsSeenInTheNextPicture) {
  Sender sender;
  sender.send("41 9a").next().send("41 9b", true);
  ASSERT_EQ(sender.out.size(), 2U);
  EXPECT_FALSE(sender.out[0].damaged);
  EXPECT_FALSE(sender.out[1].damaged || sender.out[1].after_loss);
}

TEST(RtpH264Depacketiser, APictureThatLostItsMiddleIsDamaged) {
  Sender sender;
  sender.send("7c 85 88aa").send("7c 45 cc", true, true).next().send("41 9a", true);
  ASSERT_EQ(sender.out.size(), 2U);
  EXPECT_TRUE(sender.out[0].damaged);
  EXPECT_FALSE(sender.out[0].malformed);
  EXPECT_FALSE(sender.out[1].damaged || sender.out[1].after_loss);
}

TEST(RtpH264Depacketiser, APictureThatLostItsEndIsDamagedAndTheNextKnowsOfIt) {
  Sender sender;
  sender.send("7c 85 88aa").next().send("41 9a", true, true);
  ASSERT_EQ(sender.out.size(), 2U);
  EXPECT_TRUE(sender.out[0].damaged);
  EXPECT_FALSE(sender.out[1].damaged);  // It begins with macroblock 0.
  EXPECT_TRUE(sender.out[1].after_loss);
}

TEST(RtpH264Depacketiser, APictureThatLostItsBeginningIsDamaged) {
  Sender sender;
  sender.send("41 9a", true).next().send("41 1a", true, true).next().send("7c 05 aa", true, true);
  ASSERT_EQ(sender.out.size(), 3U);
  EXPECT_TRUE(sender.out[1].damaged);
  EXPECT_TRUE(sender.out[2].damaged);
}

TEST(RtpH264Depacketiser, AFragmentStartAfterAGapProvesTheBeginning) {
  Sender sender;
  sender.send("78 0002 6742 0002 68ce", false, true).send("7c 85 88aa").send("7c 45 cc", true);
  ASSERT_EQ(sender.out.size(), 1U);
  EXPECT_FALSE(sender.out[0].damaged);
  EXPECT_TRUE(sender.out[0].after_loss && sender.out[0].idr);
}

TEST(RtpH264Depacketiser, WhatBreaksTheRulesDamagesItsPictureAlone) {
  for (const char* payload :
       {"7c", "7c 05 aa", "78 0009 65", "78 0000", "79 0002 6588", "7d 85 aa", "1f", "00 11"}) {
    Sender sender;
    sender.send("41 9a").send(payload).send("41 9b", true).next().send("41 9c", true);
    ASSERT_EQ(sender.out.size(), 2U) << payload;
    EXPECT_TRUE(sender.out[0].damaged && sender.out[0].malformed) << payload;
    EXPECT_FALSE(sender.out[1].damaged) << payload;
  }
}

TEST(RtpH264Depacketiser, PaddingIsNoPartOfAPicture) {
  Sender sender;
  sender.send("7c 85 88aa")
      .send("")
      .send("7c 45 cc", true)
      .send("")
      .next()
      .send("", false, true)
      .send("41 1a", true);
  ASSERT_EQ(sender.out.size(), 2U);
  EXPECT_FALSE(sender.out[0].damaged);
  EXPECT_TRUE(sender.out[1].damaged && sender.out[1].after_loss);
}

TEST(RtpH264Depacketiser, FragmentsWithoutAnEndLeaveNoUnit) {
  Sender sender;
  sender.send("7c 81 9aaa").send("41 9b", true);
  ASSERT_EQ(sender.out.size(), 1U);
  EXPECT_TRUE(sender.out[0].damaged);
  EXPECT_EQ(sender.out[0].sample, hex("00000002 419b"));
}

TEST(RtpH264Depacketiser, AnAccessUnitHasASizeItMayNotPass) {
  H264Depacketiser depacketiser;
  std::vector<AccessUnit> out;
  const Bytes piece(1'000, 0x41);
  for (std::size_t sent = 0; sent < H264Depacketiser::kAccessUnitBytesMax * 2; sent += piece.size())
    depacketiser.push({.timestamp = 1, .payload = piece}, out);
  depacketiser.push({.timestamp = 1, .marker = true, .payload = piece}, out);
  ASSERT_EQ(out.size(), 1U);
  EXPECT_TRUE(out[0].damaged);
  EXPECT_LE(out[0].sample.size(), H264Depacketiser::kAccessUnitBytesMax * 2);
}

rc::Gen<Bytes> arbitrary_slice() {
  return rc::gen::map(rc::gen::inRange<std::size_t>(2, 5'000), [](std::size_t size) {
    Bytes unit(size);
    for (std::size_t i = 0; i < size; ++i) unit[i] = static_cast<std::uint8_t>(i * 11 + size);
    unit[0] = 0x41;
    unit[1] |= 0x80U;
    return unit;
  });
}

RC_GTEST_PROP(RtpH264Property, WhatIsPacketisedComesBack, ()) {
  const auto slices = *rc::gen::nonEmpty(rc::gen::container<std::vector<Bytes>>(arbitrary_slice()));
  const auto max = *rc::gen::inRange<std::size_t>(40, 1'200);
  Bytes access_unit;
  for (const Bytes& each : slices) nal::append_unit(each, access_unit);
  Payloads payloads;
  packetise_h264(access_unit, {}, payloads, max);

  H264Depacketiser depacketiser;
  std::vector<AccessUnit> out;
  for (std::size_t i = 0; i < payloads.size(); ++i)
    depacketiser.push({.timestamp = 7, .marker = i + 1 == payloads.size(), .payload = payloads[i]}, out);

  RC_ASSERT(out.size() == 1U);
  RC_ASSERT(out[0].sample == access_unit);
  RC_ASSERT(out[0].has_picture && !out[0].damaged);
}

// Lose any packets of several pictures: what is not called damaged is exactly what was sent.
RC_GTEST_PROP(RtpH264Property, LossNeverMakesAWrongPicture, ()) {
  const auto pictures = *rc::gen::container<std::vector<std::vector<Bytes>>>(
      rc::gen::nonEmpty(rc::gen::resize(3, rc::gen::container<std::vector<Bytes>>(arbitrary_slice()))));
  const int loss = *rc::gen::element(5, 30, 70);
  H264Depacketiser depacketiser;
  std::vector<AccessUnit> out;
  std::vector<Bytes> sent;
  bool gap = false;
  for (const auto& slices : pictures) {
    sent.emplace_back();
    for (std::size_t i = 0; i < slices.size(); ++i) {
      Bytes slice = slices[i];
      if (i > 0) slice[1] &= 0x7FU;  // Only the first begins with macroblock 0.
      nal::append_unit(slice, sent.back());
    }
    Payloads payloads;
    packetise_h264(sent.back(), {}, payloads, 400);
    for (std::size_t i = 0; i < payloads.size(); ++i) {
      if (*rc::gen::inRange(0, 100) < loss) {
        gap = true;
        continue;
      }
      depacketiser.push({.timestamp = static_cast<std::uint32_t>(sent.size()),
                         .marker = i + 1 == payloads.size(),
                         .after_gap = std::exchange(gap, false),
                         .payload = payloads[i]},
                        out);
    }
  }
  for (const AccessUnit& unit : out)
    if (!unit.damaged) RC_ASSERT(unit.sample == sent.at(unit.timestamp - 1));
}

TEST(H264Config, TheRecordOfInBandSetsIsTheOneTheEncoderWouldHaveWritten) {
  const Bytes file = testing::fixture("h264_aac.flv");
  const auto tags = testing::read_flv(file);
  const auto config =
      std::ranges::find_if(tags, [](const auto& tag) { return tag.is_video && tag.is_config; });
  const auto track = h264::parse_avc_config(config->payload);
  Bytes sets = h264_parameter_sets(track->config).value();
  const Bytes once = sets;
  sets.insert(sets.end(), once.begin(), once.end());  // Repeated, as encoders do.

  const auto record = h264::write_avc_config(sets);

  ASSERT_TRUE(record) << record.error().detail;
  const auto again = h264::parse_avc_config(*record);
  ASSERT_TRUE(again) << again.error().detail;
  EXPECT_EQ(again->codecs, track->codecs);
  EXPECT_EQ(again->width, track->width);
  EXPECT_EQ(h264_parameter_sets(*record), once);
  EXPECT_FALSE(h264::write_avc_config(hex("00000004 6742001f")));
  EXPECT_FALSE(h264::write_avc_config({}));
}

TEST(RtpOpus, TheTrackSaysStereoAt48KilohertzAsNegotiated) {
  const AudioTrack track = opus_track();
  EXPECT_EQ(track.config, hex("00 02 0138 0000bb80 0000 00"));
  EXPECT_EQ(track.samples_per_frame, 960);
}

}  // namespace
}  // namespace luso::proto::rtp
