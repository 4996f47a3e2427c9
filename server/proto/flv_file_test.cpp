#include "proto/flv_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include "proto/fixtures_test.h"

namespace luso::proto::flv {
namespace {

using testing::hex;

constexpr const char* kFile =
    "464c56 01 05 00000009 00000000"
    "12 000002 000000 00 000000 0102 0000000d"
    "09 000003 345678 12 000000 aabbcc 0000000e"
    "08 000001 000010 00 000000 dd 0000000c";

TEST(FlvFile, GivesItsTags) {
  FileReader reader;
  std::vector<FileTag> tags;

  ASSERT_TRUE(reader.feed(hex(kFile), tags));

  ASSERT_EQ(tags.size(), 3);
  EXPECT_EQ(tags[0].kind, FileTag::Kind::other);
  EXPECT_EQ(tags[1].kind, FileTag::Kind::video);
  EXPECT_EQ(tags[1].timestamp_ms, 0x12345678);
  EXPECT_EQ(tags[1].body, hex("aabbcc"));
  EXPECT_EQ(tags[2].kind, FileTag::Kind::audio);
  EXPECT_EQ(tags[2].timestamp_ms, 16);
}

RC_GTEST_PROP(FlvFile, DoesNotCareHowTheBytesAreCut, (std::vector<std::uint8_t> cuts)) {
  const Bytes file = hex(kFile);
  FileReader reader;
  std::vector<FileTag> tags;

  ByteView rest = file;
  for (const std::uint8_t cut : cuts) {
    const std::size_t size = std::min<std::size_t>(cut % 16, rest.size());
    RC_ASSERT(reader.feed(rest.first(size), tags).has_value());
    rest = rest.subspan(size);
  }
  RC_ASSERT(reader.feed(rest, tags).has_value());

  RC_ASSERT(tags.size() == 3U);
  RC_ASSERT(tags[1].body == hex("aabbcc"));
}

TEST(FlvFile, ATagLargerThanAnyPictureBreaksItForGood) {
  FileReader reader;
  std::vector<FileTag> tags;

  const auto first = reader.feed(hex("464c56 01 05 00000009 00000000 09 ffffff 000000 00 000000"), tags);
  const auto second = reader.feed(hex("00"), tags);

  ASSERT_FALSE(first);
  EXPECT_EQ(first.error().reason, "proto.bad_container");
  EXPECT_FALSE(second);
  EXPECT_TRUE(tags.empty());
}

TEST(FlvFile, WhatIsNoFlvIsRefused) {
  FileReader reader;
  std::vector<FileTag> tags;

  EXPECT_FALSE(reader.feed(as_bytes("RIFF....WAVE"), tags));
}

}  // namespace
}  // namespace luso::proto::flv
