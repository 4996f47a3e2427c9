#include "proto/rtp_packetiser.h"

#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include "proto/fixtures_test.h"
#include "proto/h264.h"
#include "proto/nal.h"
#include "proto/rtp_av1.h"
#include "proto/rtp_h264.h"
#include "proto/rtp_hevc.h"

namespace luso::proto::rtp {
namespace {

using testing::hex;

constexpr std::size_t kSmall = 20;  // A payload that shows fragments in a test.

std::vector<Bytes> list(const Payloads& payloads) {
  std::vector<Bytes> all;
  for (std::size_t i = 0; i < payloads.size(); ++i) all.emplace_back(payloads[i].begin(), payloads[i].end());
  return all;
}

Bytes units(std::initializer_list<Bytes> all) {
  Bytes out;
  for (const Bytes& each : all) nal::append_unit(each, out);
  return out;
}

Bytes nal_of(std::uint8_t first, std::size_t size, std::uint8_t fill = 0xAB) {
  Bytes unit(size, fill);
  unit[0] = first;
  return unit;
}

std::vector<Bytes> h264(ByteView access_unit, ByteView sets = {}, std::size_t max = kSmall) {
  Payloads payloads;
  packetise_h264(access_unit, sets, payloads, max);
  return list(payloads);
}

AudioTrack audio(Codec codec) {
  AudioTrack track;
  track.codec = codec;
  return track;
}

using ::testing::ElementsAre;

TEST(RtpH264, OneSmallUnitIsItsOwnPayload) {
  EXPECT_THAT(h264(units({hex("41aabb")})), ElementsAre(hex("41aabb")));
}

// RFC 6184, 5.7.1
TEST(RtpH264, AKeyframeComesBehindItsParameterSets) {
  const Bytes sets = units({hex("6742"), hex("68ce")});
  EXPECT_THAT(h264(units({hex("65aabb")}), sets), ElementsAre(hex("78 0002 6742 0002 68ce 0003 65aabb")));
  EXPECT_THAT(h264(units({hex("41aabb")}), sets), ElementsAre(hex("41aabb")));
}

TEST(RtpH264, ParameterSetsInBandAreEnough) {
  const Bytes sets = units({hex("6742"), hex("68ce")});
  EXPECT_THAT(h264(units({hex("6743"), hex("68cf"), hex("65aa")}), sets),
              ElementsAre(hex("78 0002 6743 0002 68cf 0002 65aa")));
}

// RFC 6184, 5.8
TEST(RtpH264, ALargeUnitIsCutIntoFragmentsOfOneSize) {
  const auto payloads = h264(units({nal_of(0x65, 50)}));
  ASSERT_EQ(payloads.size(), 3U);
  EXPECT_EQ(payloads[0].size(), 19U);
  EXPECT_EQ(payloads[1].size(), 19U);
  EXPECT_EQ(payloads[2].size(), 17U);
  EXPECT_EQ(payloads[0][0], 0x7C);
  EXPECT_EQ(payloads[0][1], 0x85);
  EXPECT_EQ(payloads[1][1], 0x05);
  EXPECT_EQ(payloads[2][1], 0x45);
}

TEST(RtpH264, AnAggregateTakesTheHighestImportanceAndStopsWhenFull) {
  EXPECT_THAT(h264(units({hex("0601"), hex("61aabb"), nal_of(0x41, 12)})),
              ElementsAre(hex("78 0002 0601 0003 61aabb"), nal_of(0x41, 12)));
}

TEST(RtpH264, DamageEndsTheAccessUnitWhereItStands) {
  Bytes broken = units({hex("41aa")});
  broken.insert(broken.end(), {0, 0, 0, 9, 0x41});
  EXPECT_THAT(h264(broken), ElementsAre(hex("41aa")));
  EXPECT_TRUE(h264({}).empty());
}

TEST(RtpH264, ParameterSetsAreReadFromTheDecoderRecord) {
  const auto sets = h264_parameter_sets(hex("0142001f ff e1 0002 6742 01 0003 68ce01"));
  ASSERT_TRUE(sets);
  EXPECT_EQ(*sets, units({hex("6742"), hex("68ce01")}));
  EXPECT_FALSE(h264_parameter_sets(hex("0142001f ff e1 0009 6742")));
}

// RFC 7798, 4.4.2 and 4.4.3
TEST(RtpHevc, UnitsShareAPacketOrAreCut) {
  const Bytes sets = units({hex("4001aa"), hex("4201bb"), hex("4401cc")});
  Payloads payloads;
  packetise_hevc(units({nal_of(0x26, 40, 1)}), sets, payloads, kSmall);
  const auto all = list(payloads);
  ASSERT_EQ(all.size(), 4U);
  EXPECT_EQ(all[0], hex("6001 0003 4001aa 0003 4201bb 0003 4401cc"));
  EXPECT_EQ(ByteView(all[1]).first(3)[0], 0x62);
  EXPECT_EQ(all[1][2], 0x80 | 19);
  EXPECT_EQ(all[2][2], 19);
  EXPECT_EQ(all[3][2], 0x40 | 19);
  EXPECT_EQ(all[1].size(), all[2].size());
}

TEST(RtpHevc, ParameterSetsAreReadFromTheDecoderRecord) {
  Bytes record(22, 0);
  const Bytes arrays = hex("03 20 0001 0003 4001aa 21 0001 0003 4201bb 27 0001 0002 4e01");
  record.insert(record.end(), arrays.begin(), arrays.end());
  const auto sets = hevc_parameter_sets(record);
  ASSERT_TRUE(sets);
  EXPECT_EQ(*sets, units({hex("4001aa"), hex("4201bb")}));  // The SEI in the record stays there.
}

// RTP Payload Format For AV1, 4.4: two elements, the last without a length; a sequence starts.
TEST(RtpAv1, ASmallKeyframeIsOnePacketWithItsSequenceHeader) {
  Payloads payloads;
  packetise_av1(hex("32 03 101112"), true, hex("0a 02 aabb"), payloads, kSmall);
  EXPECT_THAT(list(payloads), ElementsAre(hex("28 03 08aabb 30 101112")));
}

TEST(RtpAv1, ALargeFrameGoesOnInTheNextPacket) {
  Bytes unit = hex("12 00 32 28");
  unit.resize(4 + 40, 7);
  Payloads payloads;
  packetise_av1(unit, false, {}, payloads, kSmall);
  const auto all = list(payloads);
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0][0], 0x50);
  EXPECT_EQ(all[1][0], 0xD0);
  EXPECT_EQ(all[2][0], 0x90);
  EXPECT_EQ(all[0].size(), all[1].size());
  EXPECT_LE(all[2].size(), all[1].size());
}

TEST(RtpAv1, AUnitThatDoesNotAddUpOrHoldsNothingIsNotSent) {
  Payloads payloads;
  packetise_av1(hex("32 09 10"), true, {}, payloads, kSmall);
  packetise_av1(hex("12 00"), false, {}, payloads, kSmall);
  EXPECT_TRUE(payloads.empty());
}

TEST(RtpPacketiser, OpusPacketsGoAsTheyAreAndAacNotAtAll) {
  const auto packetiser = Packetiser::of(audio(Codec::opus));
  ASSERT_TRUE(packetiser);
  EXPECT_EQ(packetiser->clock_rate(), 48'000U);
  Payloads payloads;
  packetiser->packetise(hex("fc aabb"), true, payloads);
  packetiser->packetise(hex("fc ccdd"), true, payloads);
  EXPECT_THAT(list(payloads), ElementsAre(hex("fcccdd")));
  EXPECT_FALSE(Packetiser::of(audio(Codec::aac)));
}

TEST(RtpPacketiser, ThePacketOfAFullPayloadStaysWithinTheMtu) {
  const std::array<std::uint8_t, 16> value{};
  const std::array elements{Extension{.id = 1, .value = ByteView(value).first(15)}};
  EXPECT_EQ(header_size(elements) + kRtxBytes + kPayloadBytesMax + kSrtpTagBytesMax, kSrtpPacketBytesMax);
}

rc::Gen<Bytes> arbitrary_unit(std::vector<std::uint8_t> firsts) {
  return rc::gen::map(
      rc::gen::pair(rc::gen::elementOf(std::move(firsts)), rc::gen::inRange<std::size_t>(3, 4'000)),
      [](const std::pair<std::uint8_t, std::size_t>& of) {
        Bytes unit(of.second);
        for (std::size_t i = 0; i < unit.size(); ++i) unit[i] = static_cast<std::uint8_t>(i * 7 + of.second);
        unit[0] = of.first;
        return unit;
      });
}

// Whatever the units: nothing is larger than allowed, and a run of fragments is of one size but its last.
RC_GTEST_PROP(RtpPacketiserProperty, PayloadsFitAndFragmentsAreAlike, ()) {
  const auto all = *rc::gen::container<std::vector<Bytes>>(arbitrary_unit({0x65, 0x41, 0x06}));
  const auto max = *rc::gen::inRange<std::size_t>(50, 1'200);
  Bytes access_unit;
  for (const Bytes& each : all) nal::append_unit(each, access_unit);

  const auto payloads = h264(access_unit, {}, max);

  std::size_t run = 0;
  for (const Bytes& each : payloads) {
    RC_ASSERT(each.size() <= max);
    const bool fragment = (each[0] & 0x1F) == 28;
    if (!fragment || (each[1] & 0x80) != 0) run = each.size();
    if (fragment && (each[1] & 0x40) == 0) RC_ASSERT(each.size() == run);
    RC_ASSERT(each.size() <= run);
  }
}

// Reads AV1 payloads back as a receiver would (section 4.4).
std::vector<Bytes> av1_obus(const std::vector<Bytes>& payloads) {
  std::vector<Bytes> obus;
  for (const Bytes& payload : payloads) {
    ByteReader reader(payload);
    const unsigned header = reader.u8(), count = header >> 4U & 3U;
    for (unsigned i = 1; i <= count; ++i) {
      std::size_t size = reader.remaining();
      if (i < count) {
        size = 0;
        for (unsigned shift = 0;; shift += 7) {
          const unsigned byte = reader.u8();
          size |= std::size_t{byte & 0x7FU} << shift;
          if (byte < 0x80) break;
        }
      }
      const ByteView piece = reader.take(size);
      if (i == 1 && (header & 0x80U) != 0) {
        obus.back().insert(obus.back().end(), piece.begin(), piece.end());
      } else {
        obus.emplace_back(piece.begin(), piece.end());
      }
    }
    RC_ASSERT(reader.empty());
  }
  return obus;
}

RC_GTEST_PROP(RtpPacketiserProperty, Av1ObusComeBackWithoutTheirSizes, ()) {
  const auto all = *rc::gen::container<std::vector<Bytes>>(arbitrary_unit({0x32, 0x36, 0x22, 0x2A}));
  const auto max = *rc::gen::inRange<std::size_t>(50, 1'200);
  Bytes temporal_unit;
  std::vector<Bytes> expected;
  for (const Bytes& each : all) {
    const bool extended = (each[0] & 4U) != 0;
    const std::size_t head = extended ? 2 : 1;
    temporal_unit.insert(temporal_unit.end(), each.begin(), each.begin() + static_cast<std::ptrdiff_t>(head));
    const std::size_t size = each.size() - head;
    for (std::size_t rest = size;; rest >>= 7U) {
      temporal_unit.push_back(static_cast<std::uint8_t>(rest >= 0x80 ? rest | 0x80U : rest));
      if (rest < 0x80) break;
    }
    temporal_unit.insert(temporal_unit.end(), each.begin() + static_cast<std::ptrdiff_t>(head), each.end());
    expected.push_back(each);
    expected.back()[0] &= 0xFDU;
  }
  Payloads payloads;
  packetise_av1(temporal_unit, false, {}, payloads, max);

  const auto packets = list(payloads);
  RC_ASSERT(av1_obus(packets) == expected);
  for (std::size_t i = 0; i < packets.size(); ++i) {
    RC_ASSERT(packets[i].size() <= max);
    RC_ASSERT(((packets[i][0] & 0x40U) != 0) == (i + 1 < packets.size() && (packets[i + 1][0] & 0x80U) != 0));
  }
}

}  // namespace
}  // namespace luso::proto::rtp
