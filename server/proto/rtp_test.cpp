#include "proto/rtp.h"

#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include "proto/fixtures_test.h"

namespace luso::proto::rtp {
namespace {

using testing::hex;

Bytes copy(ByteView view) {
  return {view.begin(), view.end()};
}

TEST(Rtp, ReadsAHeaderWithSourcesExtensionAndPadding) {
  const Bytes datagram =
      hex("b2 e0 1234 00010203 deadbeef"  // Version 2, padding, extension, two sources; marker, type 96.
          "11111111 22222222"
          "bede 0002 10 aa 31 bbcc 00 00 00"
          "0102 03 0000 03");

  const auto packet = parse(datagram);

  ASSERT_TRUE(packet) << packet.error().detail;
  EXPECT_EQ(
      packet->header,
      (Header{
          .marker = true, .payload_type = 96, .sequence = 0x1234, .timestamp = 0x10203, .ssrc = 0xdeadbeef}));
  EXPECT_EQ(packet->header_bytes, 32U);
  EXPECT_EQ(copy(packet->payload), hex("010203"));
  EXPECT_EQ(packet->padding_bytes, 3U);
  EXPECT_EQ(copy(*packet->find_extension(1)), hex("aa"));
  EXPECT_EQ(copy(*packet->find_extension(3)), hex("bbcc"));
  EXPECT_FALSE(packet->find_extension(2));
  EXPECT_EQ(header_bytes_of(datagram), 32U);
}

TEST(Rtp, WhatIsNoPacketIsRefused) {
  for (const char* bytes : {"", "80", "80 60 0001 00000000 000000",             // Cut short.
                            "40 60 0001 00000000 00000000",                     // Version 1.
                            "82 60 0001 00000000 00000000 11111111",            // A source is missing.
                            "90 60 0001 00000000 00000000 bede 0002 00000000",  // So is extension.
                            "a0 60 0001 00000000 00000000",                     // Padding of nothing,
                            "a0 60 0001 00000000 00000000 00",                  // of zero,
                            "a0 60 0001 00000000 00000000 aa 03"}) {            // and past the start.
    const auto packet = parse(hex(bytes));
    ASSERT_FALSE(packet) << bytes;
    EXPECT_EQ(packet.error().reason, "proto.bad_rtp");
  }
}

TEST(Rtp, OneByteElementsEndAtIdFifteen) {
  const Bytes datagram = hex("90 60 0001 00000000 00000000 bede 0002 10aa f0bb 20cc 0000");
  const auto packet = parse(datagram);
  ASSERT_TRUE(packet);
  EXPECT_TRUE(packet->find_extension(1));
  EXPECT_FALSE(packet->find_extension(2));
}

TEST(Rtp, AnElementThatRunsPastTheEndIsNotRead) {
  const Bytes datagram = hex("90 60 0001 00000000 00000000 bede 0001 10aa 2fbb");
  const auto packet = parse(datagram);
  ASSERT_TRUE(packet);
  EXPECT_TRUE(packet->find_extension(1));
  EXPECT_FALSE(packet->find_extension(2));
}

TEST(Rtp, TwoByteElementsMayBeEmptyOrLong) {
  const Bytes long_value(20, 7);
  const std::array elements{Extension{.id = 1, .value = {}}, Extension{.id = 200, .value = long_value}};
  Bytes datagram;
  append_packet({.payload_type = 96}, elements, hex("ff"), datagram);

  const auto packet = parse(datagram);

  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->extension_profile, 0x1000);
  EXPECT_TRUE(packet->find_extension(1)->empty());
  EXPECT_EQ(copy(*packet->find_extension(200)), long_value);
}

TEST(Rtp, TellsRtcpByItsPacketType) {
  EXPECT_TRUE(is_rtcp(hex("80 c8 0000")));
  EXPECT_TRUE(is_rtcp(hex("81 ce 0000")));
  EXPECT_FALSE(is_rtcp(hex("80 60 0000")));
  EXPECT_FALSE(is_rtcp(hex("80 e0 0000")));  // Marker and type 96.
  EXPECT_FALSE(is_rtcp(hex("80")));
}

TEST(Rtp, ARetransmissionNamesThePacketItRepeats) {
  const Bytes datagram = hex("80 61 0001 00000000 00000000 1234 aabb");
  const auto repeated = unwrap_rtx(*parse(datagram));
  ASSERT_TRUE(repeated);
  EXPECT_EQ(repeated->original_sequence, 0x1234);
  EXPECT_EQ(copy(repeated->payload), hex("aabb"));

  const Bytes probe = hex("a0 61 0001 00000000 00000000 000003");
  EXPECT_FALSE(unwrap_rtx(*parse(probe)));
}

TEST(Rtp, NumbersGoOnWhereTheyWrap) {
  SequenceUnwrapper sequences;
  const std::int64_t first = sequences.unwrap(65'534);
  EXPECT_EQ(sequences.unwrap(1) - first, 3);
  EXPECT_EQ(sequences.unwrap(65'535) - first, 1);  // Late, not a lap ahead.
  EXPECT_EQ(sequences.peek(2) - first, 4);
  TimestampUnwrapper timestamps;
  const std::int64_t start = timestamps.unwrap(0xFFFF'FF00);
  EXPECT_EQ(timestamps.unwrap(0x100) - start, 0x200);
}

TEST(Rtp, NewerIsTheShorterWayRound) {
  EXPECT_TRUE(is_newer(1, 65'535));
  EXPECT_FALSE(is_newer(65'535, 1));
  EXPECT_FALSE(is_newer(7, 7));
}

RC_GTEST_PROP(RtpProperty, WhatIsWrittenIsRead, ()) {
  const Header header{.marker = *rc::gen::arbitrary<bool>(),
                      .payload_type = *rc::gen::inRange<std::uint8_t>(0, 128),
                      .sequence = *rc::gen::arbitrary<std::uint16_t>(),
                      .timestamp = *rc::gen::arbitrary<std::uint32_t>(),
                      .ssrc = *rc::gen::arbitrary<std::uint32_t>()};
  const auto values = *rc::gen::resize(20, rc::gen::arbitrary<std::vector<Bytes>>());
  const auto payload = *rc::gen::arbitrary<Bytes>();
  const auto padding = *rc::gen::arbitrary<std::uint8_t>();
  std::vector<Extension> elements;
  for (const Bytes& value : values)
    elements.push_back({.id = static_cast<std::uint8_t>(elements.size() + 1), .value = value});
  Bytes datagram;
  append_packet(header, elements, payload, datagram, padding);

  const auto packet = parse(datagram);

  RC_ASSERT(packet.has_value());
  RC_ASSERT(packet->header == header);
  RC_ASSERT(copy(packet->payload) == payload);
  RC_ASSERT(packet->padding_bytes == padding);
  RC_ASSERT(packet->header_bytes == header_size(elements));
  RC_ASSERT(header_bytes_of(datagram) == packet->header_bytes);
  for (const Extension& each : elements)
    RC_ASSERT(copy(packet->find_extension(each.id).value()) == copy(each.value));
}

}  // namespace
}  // namespace luso::proto::rtp
