#include "media/egress/whep/header_template.h"

#include <chrono>

#include <gtest/gtest.h>

#include "proto/rtp.h"

namespace luso::media::whep {
namespace {
namespace rtp = proto::rtp;

// A packet of this header and a little payload, as its receiver reads it.
struct Received {
  explicit Received(const HeaderTemplate& header) : bytes(header.bytes().begin(), header.bytes().end()) {
    bytes.push_back(0x42);
    packet = rtp::parse(bytes).value();
  }

  Bytes bytes;
  rtp::Packet packet;
};

void expect_value(const rtp::Packet& packet, std::uint8_t id, Bytes wanted) {
  const auto value = packet.find_extension(id);
  ASSERT_TRUE(value) << "extension " << int{id};
  EXPECT_EQ(Bytes(value->begin(), value->end()), wanted);
}

TEST(WhepHeaderTemplate, WritesWhatDiffersFromPacketToPacket) {
  HeaderTemplate header({.payload_type = 102, .ssrc = 0x01020304, .transport_cc_id = 3});
  header.set_timestamp(0xA1B2C3D4);
  header.set(0xFFFE, true, 0x1234);
  const Received first(header);
  header.set(0xFFFF, false, 0x1235);
  const Received second(header);

  EXPECT_EQ(first.packet.header, (rtp::Header{.marker = true,
                                              .payload_type = 102,
                                              .sequence = 0xFFFE,
                                              .timestamp = 0xA1B2C3D4,
                                              .ssrc = 0x01020304}));
  EXPECT_EQ(second.packet.header, (rtp::Header{.marker = false,
                                               .payload_type = 102,
                                               .sequence = 0xFFFF,
                                               .timestamp = 0xA1B2C3D4,
                                               .ssrc = 0x01020304}));
  expect_value(first.packet, 3, {0x12, 0x34});
  expect_value(second.packet, 3, {0x12, 0x35});
}

TEST(WhepHeaderTemplate, CarriesTheMidAndThePlayoutDelayInStepsOfTenMilliseconds) {
  using std::chrono::milliseconds;
  HeaderTemplate header({.payload_type = 96,
                         .ssrc = 1,
                         .transport_cc_id = 15,
                         .mid_id = 1,
                         .mid = "0",
                         .playout_delay_id = 7,
                         .playout_delay = {.min = milliseconds(100), .max = milliseconds(400)}});
  header.set(1, false, 0xABCD);
  const Received received(header);

  expect_value(received.packet, 15, {0xAB, 0xCD});
  expect_value(received.packet, 1, {'0'});
  expect_value(received.packet, 7, {0x00, 0xA0, 0x28});
}

TEST(WhepHeaderTemplate, WithoutExtensionsItIsTheBareHeader) {
  HeaderTemplate header({.payload_type = 111, .ssrc = 9});
  header.set(5, false, 77);

  EXPECT_EQ(header.bytes().size(), rtp::kHeaderBytes);
  EXPECT_EQ(Received(header).packet.header.sequence, 5);
}

}  // namespace
}  // namespace luso::media::whep
