#include "pictures/painter.h"

#include <cmath>
#include <fstream>
#include <iterator>
#include <memory>
#include <webp/decode.h>

#include <gtest/gtest.h>

namespace luso::pictures {
namespace {

// testdata: a flag of four quarters, 96 by 64: red, green, blue, yellow; in every way people may bring it.
Bytes testdata(const std::string& name) {
  std::ifstream in(std::string(LUSO_PICTURES_TESTDATA) + "/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

struct Colour {
  int red = 0, green = 0, blue = 0, alpha = 255;
};

constexpr Colour kRed{210, 40, 40};
constexpr Colour kGreen{40, 180, 60};
constexpr Colour kBlue{40, 70, 200};
constexpr Colour kYellow{240, 220, 60};

struct FreeWebp {
  void operator()(std::uint8_t* pixels) const { WebPFree(pixels); }
};

struct Picture {
  int width = 0;
  int height = 0;
  std::unique_ptr<std::uint8_t, FreeWebp> rgba;

  // At a place from 0 to 100 of each side.
  [[nodiscard]] Colour at(int x_percent, int y_percent) const {
    const std::uint8_t* pixel =
        rgba.get() + (std::ptrdiff_t{y_percent * height / 100} * width + x_percent * width / 100) * 4;
    return {pixel[0], pixel[1], pixel[2], pixel[3]};
  }
};

Picture shown(const Bytes& webp) {
  Picture picture;
  picture.rgba.reset(WebPDecodeRGBA(webp.data(), webp.size(), &picture.width, &picture.height));
  return picture;
}

Picture avatar_of(const Bytes& file) {
  const Result<Renderings> made = paint(Kind::avatar, file);
  EXPECT_TRUE(made) << (made ? "" : made.error().detail);
  return made ? shown(made->front().webp) : Picture{};
}

::testing::AssertionResult looks_like(Colour seen, Colour expected) {
  constexpr int kTolerance = 24;  // What two lossy encodings and a conversion of colours may cost.
  const bool is_near = std::abs(seen.red - expected.red) <= kTolerance &&
                       std::abs(seen.green - expected.green) <= kTolerance &&
                       std::abs(seen.blue - expected.blue) <= kTolerance;
  if (is_near) return ::testing::AssertionSuccess();
  return ::testing::AssertionFailure() << seen.red << ' ' << seen.green << ' ' << seen.blue << " instead of "
                                       << expected.red << ' ' << expected.green << ' ' << expected.blue;
}

void expect_quarters(const Picture& picture, Colour top_left, Colour top_right, Colour bottom_left,
                     Colour bottom_right) {
  ASSERT_NE(picture.rgba, nullptr);
  EXPECT_TRUE(looks_like(picture.at(20, 20), top_left));
  EXPECT_TRUE(looks_like(picture.at(80, 20), top_right));
  EXPECT_TRUE(looks_like(picture.at(20, 80), bottom_left));
  EXPECT_TRUE(looks_like(picture.at(80, 80), bottom_right));
}

std::string_view reason_of(const Bytes& file) {
  const Result<Renderings> made = paint(Kind::avatar, file);
  return made ? "" : made.error().reason;
}

// An APP1 segment behind the SOI marker, as cameras write it.
Bytes with_orientation(Bytes jpeg, std::uint8_t orientation) {
  const Bytes exif{0xFF, 0xE1, 0,    0x22, 'E', 'x', 'i', 'f', 0, 0, 'M', 'M',         0, 42, 0, 0, 0, 8,
                   0,    1,    0x01, 0x12, 0,   3,   0,   0,   0, 1, 0,   orientation, 0, 0,  0, 0, 0, 0};
  jpeg.insert(jpeg.begin() + 2, exif.begin(), exif.end());
  return jpeg;
}

class EveryForm : public ::testing::TestWithParam<const char*> {};

TEST_P(EveryForm, ComesOutInItsOwnColours) {
  const Picture picture = avatar_of(testdata(GetParam()));

  EXPECT_EQ(picture.width, 256);
  EXPECT_EQ(picture.height, 256);
  expect_quarters(picture, kRed, kGreen, kBlue, kYellow);
}

INSTANTIATE_TEST_SUITE_P(Painter, EveryForm,
                         ::testing::Values("quadrants.jpg", "progressive.jpg", "quadrants.png", "palette.png",
                                           "sixteen_bits.png", "animated.png", "quadrants.webp",
                                           "lossless.webp", "animated.webp", "gps.jpg"));

// Without the press's colour profile inks become light by plain arithmetic: stronger, but the right hues.
TEST(Painter, APictureForThePressComesOutInColours) {
  expect_quarters(avatar_of(testdata("cmyk.jpg")), {227, 8, 7}, {85, 254, 1}, {24, 79, 254}, kYellow);
}

TEST(Painter, EveryKindComesInAllItsSizes) {
  for (const Kind kind : {Kind::avatar, Kind::banner}) {
    const auto made = paint(kind, testdata("quadrants.jpg"));
    ASSERT_TRUE(made);
    ASSERT_EQ(made->size(), sizes_of(kind).size());
    for (std::size_t i = 0; i < made->size(); ++i) {
      const Picture picture = shown((*made)[i].webp);
      EXPECT_EQ((Size{picture.width, picture.height}), sizes_of(kind)[i]);
    }
  }
}

// EXIF 2.32, 4.6.4 A: where the 0th row and column of what is stored lie in the picture.
TEST(Painter, AnOrientationIsAppliedAndThenForgotten) {
  const Bytes flag = testdata("quadrants.jpg");
  const auto turned = [&flag](std::uint8_t orientation) {
    return avatar_of(with_orientation(flag, orientation));
  };
  expect_quarters(turned(1), kRed, kGreen, kBlue, kYellow);
  expect_quarters(turned(2), kGreen, kRed, kYellow, kBlue);
  expect_quarters(turned(3), kYellow, kBlue, kGreen, kRed);
  expect_quarters(turned(4), kBlue, kYellow, kRed, kGreen);
  expect_quarters(turned(5), kRed, kBlue, kGreen, kYellow);
  expect_quarters(turned(6), kBlue, kRed, kYellow, kGreen);
  expect_quarters(turned(7), kYellow, kGreen, kBlue, kRed);
  expect_quarters(turned(8), kGreen, kYellow, kRed, kBlue);
}

TEST(Painter, ATurnedBannerStillHasItsShape) {
  const auto made = paint(Kind::banner, with_orientation(testdata("quadrants.jpg"), 6));

  ASSERT_TRUE(made);
  const Picture picture = shown(made->front().webp);
  EXPECT_EQ((Size{picture.width, picture.height}), (Size{1200, 400}));
  expect_quarters(picture, kBlue, kRed, kYellow, kGreen);
}

TEST(Painter, NothingOfTheFileSurvivesButItsColours) {
  const Bytes file = testdata("gps.jpg");
  ASSERT_NE(std::string_view(as_text(file)).find("Camara Indiscreta"), std::string_view::npos);

  const auto made = paint(Kind::avatar, file);

  ASSERT_TRUE(made);
  for (const Rendering& rendering : *made) {
    const std::string_view text = as_text(rendering.webp);
    for (const char* trace : {"Camara", "luso-secret", "EXIF", "Exif", "XMP ", "ICCP"}) {
      EXPECT_EQ(text.find(trace), std::string_view::npos) << trace;
    }
  }
}

TEST(Painter, AScriptBehindAPictureIsLeftBehind) {
  Bytes file = testdata("quadrants.png");
  const ByteView script = as_bytes("<html><script>alert(document.domain)</script>");
  file.insert(file.end(), script.begin(), script.end());

  const auto made = paint(Kind::avatar, file);

  ASSERT_TRUE(made);
  EXPECT_EQ(as_text(made->front().webp).find("script"), std::string_view::npos);
}

TEST(Painter, TransparencyIsKept) {
  const Picture picture = avatar_of(testdata("alpha.webp"));

  ASSERT_NE(picture.rgba, nullptr);
  EXPECT_NEAR(picture.at(20, 20).alpha, 128, 4);
}

TEST(Painter, ABombIsRefusedByItsHeader) {
  Bytes png = testdata("quadrants.png");
  constexpr std::size_t kWidthAt = 16;
  png[kWidthAt + 2] = 0x3F;  // 16,224 by 16,192 pixels: a gigabyte.
  png[kWidthAt + 6] = 0x3F;

  EXPECT_EQ(reason_of(png), "pictures.too_many_pixels");
}

TEST(Painter, AHeaderThatLiesAboutTheSizeIsBroken) {
  Bytes png = testdata("quadrants.png");
  constexpr std::size_t kWidthAt = 16;
  png[kWidthAt + 3] = 97;  // Its checksum is wrong now, as its data are.

  EXPECT_EQ(reason_of(png), "pictures.broken");
}

TEST(Painter, AFileThatEndsTooEarlyIsBroken) {
  for (const char* name : {"quadrants.jpg", "quadrants.png", "quadrants.webp"}) {
    Bytes file = testdata(name);
    file.resize(file.size() * 2 / 3);
    EXPECT_EQ(reason_of(file), "pictures.broken") << name;
  }
}

TEST(Painter, DamagedPixelsAreBroken) {
  Bytes png = testdata("quadrants.png");
  png[png.size() / 2] ^= 0xFFU;

  EXPECT_EQ(reason_of(png), "pictures.broken");
}

TEST(Painter, ADotIsNoPicture) {
  Bytes png = testdata("quadrants.png");
  constexpr std::size_t kHeightAt = 20;
  png[kHeightAt + 3] = 1;

  EXPECT_EQ(reason_of(png), "pictures.too_small");
}

TEST(Painter, WhatIsNoPictureIsOfTheWrongType) {
  const ByteView svg = as_bytes("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>");

  EXPECT_EQ(reason_of(Bytes(svg.begin(), svg.end())), "pictures.wrong_type");
}

}  // namespace
}  // namespace luso::pictures
