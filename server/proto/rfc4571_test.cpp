#include "proto/rfc4571.h"

#include <algorithm>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include "proto/fixtures_test.h"

namespace luso::proto::rfc4571 {
namespace {

using ::testing::ElementsAre;
using testing::hex;

// Feeds the stream in pieces of at most so many bytes; the frames that came out.
std::vector<Bytes> frames_of(Deframer& deframer, ByteView stream, std::size_t piece_max) {
  std::vector<Bytes> frames;
  while (!stream.empty() && !deframer.failed()) {
    const auto room = deframer.prepare();
    const std::size_t size = std::min({piece_max, room.size(), stream.size()});
    std::copy_n(stream.begin(), size, room.begin());
    deframer.commit(size);
    stream = stream.subspan(size);
    while (const auto frame = deframer.next()) frames.emplace_back(frame->begin(), frame->end());
  }
  return frames;
}

TEST(Rfc4571, CutsAStreamIntoItsFrames) {
  Deframer deframer;
  EXPECT_THAT(frames_of(deframer, hex("0003 010203  0000  0001 FF  0002 AA"), 100),
              ElementsAre(hex("010203"), hex(""), hex("FF")));
  EXPECT_FALSE(deframer.failed());
}

TEST(Rfc4571, AFrameThatNoDatagramCouldBeEndsTheStream) {
  Deframer deframer;
  EXPECT_THAT(frames_of(deframer, hex("0001 01  0801 0203040506"), 100), ElementsAre(hex("01")));
  EXPECT_TRUE(deframer.failed());
  EXPECT_EQ(deframer.next(), std::nullopt);
  EXPECT_FALSE(deframer.prepare().empty());
}

RC_GTEST_PROP(Rfc4571Stream, GivesTheSameFramesHoweverTheStreamIsCut, ()) {
  const auto sizes = *rc::gen::container<std::vector<std::size_t>>(rc::gen::weightedOneOf<std::size_t>(
      {{3, rc::gen::inRange<std::size_t>(0, 50)},
       {1, rc::gen::inRange<std::size_t>(kFrameBytesMax - 2, kFrameBytesMax + 1)}}));
  const auto piece = *rc::gen::inRange<std::size_t>(1, 5'000);
  Bytes stream;
  std::vector<Bytes> expected;
  for (const std::size_t size : sizes) {
    ByteWriter writer(stream);
    writer.u16(static_cast<std::uint16_t>(size));
    expected.emplace_back(size, static_cast<std::uint8_t>(expected.size()));
    writer.raw(expected.back());
  }
  Deframer deframer;
  RC_ASSERT(frames_of(deframer, stream, piece) == expected);
}

}  // namespace
}  // namespace luso::proto::rfc4571
