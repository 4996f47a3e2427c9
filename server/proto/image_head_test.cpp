#include "proto/image_head.h"

#include <array>

#include <gtest/gtest.h>

#include "base/text.h"

namespace luso::proto {
namespace {

Bytes from_hex(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c != ' ') digits += c;
  }
  return hex_decode(digits).value();
}

Bytes operator+(Bytes left, const Bytes& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

std::string_view reason_of(const Bytes& file) {
  const auto head = parse_image_head(file);
  return head ? "" : head.error().reason;
}

// SOI, SOF0 of 300 by 200, SOS with one stuffed byte and one restart, EOI.
const Bytes kFrame = from_hex("FFC0 0011 08 00C8 012C 03 011100 021100 031100");
const Bytes kScan = from_hex("FFDA 0008 01 01 00 00 3F 00  12 FF00 34 FFD0 56");
const Bytes kSoi = from_hex("FFD8");
const Bytes kEoi = from_hex("FFD9");

// APP1 with an orientation, in either byte order (EXIF 2.32, 4.5.2).
const Bytes kTurnedBigEndian =
    from_hex("FFE1 0022 457869660000 4D4D002A00000008 0001 0112 0003 00000001 0006 0000 00000000");
const Bytes kMirroredLittleEndian =
    from_hex("FFE1 0022 457869660000 49492A0008000000 0100 1201 0300 01000000 0200 0000 00000000");

TEST(ImageHeads, AJpegSaysItsSizeInItsStartOfFrame) {
  const auto head = parse_image_head(kSoi + kFrame + kScan + kEoi);

  ASSERT_TRUE(head);
  EXPECT_EQ(head->type, ImageType::jpeg);
  EXPECT_EQ(head->width, 300U);
  EXPECT_EQ(head->height, 200U);
  EXPECT_EQ(head->orientation, Orientation::upright);
}

TEST(ImageHeads, AJpegsOrientationIsReadInBothByteOrders) {
  EXPECT_EQ(parse_image_head(kSoi + kTurnedBigEndian + kFrame + kScan + kEoi)->orientation,
            Orientation::turned_left);
  EXPECT_EQ(parse_image_head(kSoi + kMirroredLittleEndian + kFrame + kScan + kEoi)->orientation,
            Orientation::mirrored);
}

TEST(ImageHeads, AnOrientationOutOfRangeIsNone) {
  Bytes exif = kTurnedBigEndian;
  exif[29] = 9;

  EXPECT_EQ(parse_image_head(kSoi + exif + kFrame + kScan + kEoi)->orientation, Orientation::upright);
}

TEST(ImageHeads, AnExifDirectoryThatPointsOutsideIsNoOrientation) {
  const Bytes exif = from_hex("FFE1 0010 457869660000 4D4D002AFFFFFFFF");

  EXPECT_EQ(parse_image_head(kSoi + exif + kFrame + kScan + kEoi)->orientation, Orientation::upright);
}

TEST(ImageHeads, AJpegThatEndsTooEarlyIsBroken) {
  const Bytes whole = kSoi + kFrame + kScan + kEoi;
  for (std::size_t length = 3; length < whole.size(); ++length) {
    EXPECT_EQ(reason_of(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length))),
              "pictures.broken")
        << length;
  }
}

TEST(ImageHeads, WhatFollowsTheEndIsNotPartOfThePicture) {
  const Bytes whole = kSoi + kFrame + kScan + kEoi;
  const Bytes script = from_hex("3C7363726970743E");

  EXPECT_EQ(parse_image_head(whole + script)->first_frame.size(), whole.size());
}

TEST(ImageHeads, ASecondFrameOfAnotherSizeIsBroken) {
  const Bytes large = from_hex("FFC0 0011 08 FFFF FFFF 03 011100 021100 031100");

  EXPECT_EQ(reason_of(kSoi + kFrame + kScan + large + kScan + kEoi), "pictures.broken");
}

TEST(ImageHeads, APngSaysItsSizeInItsFirstChunk) {
  const Bytes png = from_hex(
      "89504E470D0A1A0A 0000000D 49484452 00000140 000000F0 0802000000 00000000"
      "00000000 49454E44 AE426082");

  const auto head = parse_image_head(png);

  ASSERT_TRUE(head);
  EXPECT_EQ(head->type, ImageType::png);
  EXPECT_EQ(head->width, 320U);
  EXPECT_EQ(head->height, 240U);
  EXPECT_FALSE(head->is_animated);
}

TEST(ImageHeads, APngWithoutEndOrWithoutBeginningIsBroken) {
  EXPECT_EQ(reason_of(from_hex("89504E470D0A1A0A 0000000D 49484452 00000140 000000F0 0802000000 00000000")),
            "pictures.broken");
  EXPECT_EQ(reason_of(from_hex("89504E470D0A1A0A 00000000 49454E44 AE426082")), "pictures.broken");
}

TEST(ImageHeads, ALosslessWebpSaysItsSizeInFourteenBitsEach) {
  // Signature 2F, then width - 1 and height - 1: 100 by 50.
  const auto head = parse_image_head(from_hex("52494646 12000000 57454250 5650384C 05000000 2F 63400C00 00"));

  ASSERT_TRUE(head);
  EXPECT_EQ(head->type, ImageType::webp);
  EXPECT_EQ(head->width, 100U);
  EXPECT_EQ(head->height, 50U);
}

TEST(ImageHeads, AWebpLongerThanTheFileIsBroken) {
  EXPECT_EQ(reason_of(from_hex("52494646 FF000000 57454250 5650384C 05000000 2F 63400C00 00")),
            "pictures.broken");
}

TEST(ImageHeads, WhatIsNoneOfTheThreeIsOfTheWrongType) {
  for (const std::string_view text : {"", "<svg xmlns='http://www.w3.org/2000/svg'/>", "GIF89a",
                                      "<!doctype html><img src=x>", "RIFF____WAVE"}) {
    const ByteView file = as_bytes(text);
    EXPECT_EQ(reason_of(Bytes(file.begin(), file.end())), "pictures.wrong_type") << text;
  }
}

}  // namespace
}  // namespace luso::proto
