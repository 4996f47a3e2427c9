#include "proto/captions.h"

#include <string>

#include <gtest/gtest.h>

#include "proto/fixtures_test.h"
#include "proto/nal.h"

namespace luso::proto::captions {
namespace {

using testing::hex;

constexpr const char* kSlice = "65 88 84";

// country, provider, "GA94", cc_data, then flags, em_data, and the pairs given, and the closing marker.
Bytes pairs(const std::string& flags, const std::string& triplets) {
  return hex("b5 00 31 47 41 39 34 03 " + flags + " ff " + triplets + " ff");
}

Bytes message(std::uint8_t type, const Bytes& payload) {
  Bytes out{type, static_cast<std::uint8_t>(payload.size())};
  out.insert(out.end(), payload.begin(), payload.end());
  return out;
}

// An access unit: an SEI unit of these messages, and a slice.
Bytes picture(const Bytes& header, const Bytes& messages) {
  Bytes sei = header, out;
  sei.insert(sei.end(), messages.begin(), messages.end());
  sei.push_back(0x80);
  nal::append_unit(sei, out);
  nal::append_unit(hex(kSlice), out);
  return out;
}

Bytes with(const Bytes& payload) {
  return picture({0x06}, message(4, payload));
}

TEST(Captions, APairOfFieldOneIsACaption) {
  EXPECT_TRUE(are_in(Codec::h264, with(pairs("42", "fc 94 20 fd 80 80"))));
  EXPECT_TRUE(are_in(Codec::h264, with(pairs("42", "f8 00 00 fc c8 e9")))) << "behind one that is not valid";
  EXPECT_TRUE(are_in(Codec::hevc, picture({0x4e, 0x01}, message(4, pairs("41", "fc 94 20")))));
}

TEST(Captions, TheyAreFoundBehindAnotherMessageAndInASecondUnit) {
  Bytes messages = message(5, Bytes(16, 7));
  const Bytes captions = message(4, pairs("41", "fc c8 e9"));
  messages.insert(messages.end(), captions.begin(), captions.end());
  EXPECT_TRUE(are_in(Codec::h264, picture({0x06}, messages)));

  Bytes two = picture({0x06}, message(5, Bytes(16, 7)));
  const Bytes second = with(pairs("41", "fc c8 e9"));
  two.insert(two.end(), second.begin(), second.end());
  EXPECT_TRUE(are_in(Codec::h264, two));
}

TEST(Captions, FillerAndOtherFieldsSayNothing) {
  EXPECT_FALSE(are_in(Codec::h264, with(pairs("42", "fc 80 80 fc 00 00"))));
  EXPECT_FALSE(are_in(Codec::h264, with(pairs("41", "f8 94 20")))) << "not valid";
  EXPECT_FALSE(are_in(Codec::h264, with(pairs("42", "fd 94 20 fe 94 20")))) << "field 2, and CEA-708";
  EXPECT_FALSE(are_in(Codec::h264, with(pairs("01", "fc 94 20")))) << "told not to process";
}

TEST(Captions, WhatOnlyLooksAlikeIsNone) {
  const Bytes good = pairs("41", "fc 94 20");
  for (const std::size_t at : {0U, 2U, 4U, 7U}) {
    Bytes other = good;
    other[at] ^= 1U;
    EXPECT_FALSE(are_in(Codec::h264, with(other))) << "byte " << at;
  }
  EXPECT_FALSE(are_in(Codec::h264, picture({0x06}, message(5, good)))) << "another kind of message";
  EXPECT_FALSE(are_in(Codec::h264, picture({0x01}, message(4, good)))) << "a slice";
  EXPECT_FALSE(are_in(Codec::av1, with(good)));
}

TEST(Captions, OneThatIsCutShortIsLeftAlone) {
  const Bytes good = pairs("5f", "fc 80 80 fc");  // 31 pairs promised, one and a bit there.
  EXPECT_FALSE(are_in(Codec::h264, with(good)));
  Bytes size_lies = with(pairs("41", "fc 94 20"));
  size_lies[6] = 0x7f;
  EXPECT_FALSE(are_in(Codec::h264, size_lies));
  EXPECT_FALSE(are_in(Codec::h264, hex("00 00 00 01 06")));
  EXPECT_FALSE(are_in(Codec::h264, {}));
}

}  // namespace
}  // namespace luso::proto::captions
