#include "media/ingest/whip/picture_order.h"

#include <algorithm>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

namespace luso::media {
namespace {

using ::testing::ElementsAre;
using ::testing::Optional;

constexpr std::uint32_t kPicture = 3'000;

// Groups of pictures in the order they are decoded in, each shown so many pictures after its keyframe.
class Encoder {
 public:
  // When each picture of the next group is decoded, in pictures; -1 for one that cannot be passed on.
  std::vector<double> group(const std::vector<int>& shown) {
    std::vector<double> decoded;
    for (const int place : shown) {
      const std::int64_t at = start_ + place;
      const auto delay = order.delay_of(static_cast<std::uint32_t>(at) * kPicture, place == 0);
      if (delay) {
        EXPECT_GE(*delay, 0);
      }
      decoded.push_back(delay ? static_cast<double>(at) - static_cast<double>(*delay) / kPicture : -1);
    }
    start_ += static_cast<std::int64_t>(shown.size());
    return decoded;
  }

  PictureOrder order;

 private:
  std::int64_t start_ = 10;
};

TEST(PictureOrder, WithoutBFramesPicturesAreShownWhenTheyAreDecoded) {
  Encoder encoder;

  EXPECT_THAT(encoder.group({0, 1, 2, 3}), ElementsAre(10, 11, 12, 13));
  EXPECT_EQ(encoder.order.overtakers(), 0U);
}

TEST(PictureOrder, BFramesAreKnownFromTheNextKeyframeOn) {
  Encoder encoder;

  EXPECT_THAT(encoder.group({0, 2, 1, 4, 3}), ElementsAre(10, 12, -1, -1, -1));
  EXPECT_THAT(encoder.group({0, 2, 1, 4, 3}), ElementsAre(14, 15, 16, 17, 18));
  EXPECT_THAT(encoder.group({0, 1, 2}), ElementsAre(19, 20, 21)) << "the times go on";
}

TEST(PictureOrder, BFramesThatOthersArePredictedFromAreOneMore) {
  Encoder encoder;
  encoder.group({0, 4, 2, 1, 3});

  EXPECT_EQ(encoder.order.depth(), 2U);
  EXPECT_THAT(encoder.group({0, 4, 2, 1, 3}), ElementsAre(13, 14, 15, 16, 17));
}

TEST(PictureOrder, AClockThatIsSetBackIsNoOrder) {
  PictureOrder order;
  EXPECT_THAT(order.delay_of(500'000, true), Optional(0));
  EXPECT_THAT(order.delay_of(503'000, false), Optional(0));

  EXPECT_THAT(order.delay_of(100'000, false), Optional(0));
  EXPECT_EQ(order.depth(), 0U);
}

TEST(PictureOrder, AfterABreakTheDelayIsWhatItWas) {
  PictureOrder order;
  for (const std::uint32_t at : {0U, 2U, 1U}) static_cast<void>(order.delay_of(at * kPicture, at == 0));
  EXPECT_THAT(order.delay_of(3 * kPicture, true), Optional(kPicture));

  EXPECT_THAT(order.delay_of(900 * kPicture, true), Optional(kPicture)) << "half a minute later";
}

RC_GTEST_PROP(PictureOrder, WhateverTheOrderPicturesAreDecodedInItAndNotAfterTheyAreShown, ()) {
  PictureOrder order;
  const auto depth = *rc::gen::inRange<std::size_t>(0, 5);
  std::optional<std::int64_t> last;
  std::int64_t keyframe = 0;
  for (int group = 0; group < 20; ++group) {
    // Each picture is put off by at most `depth` others.
    std::vector<std::int64_t> waiting{1};
    std::int64_t next = 2;
    std::vector<std::int64_t> places{0};
    while (places.size() < 30) {
      while (waiting.size() < depth + 1) waiting.push_back(next++);
      const bool must = std::ssize(places) > waiting.front() + static_cast<std::int64_t>(depth);
      const auto which = must ? std::size_t{0} : *rc::gen::inRange<std::size_t>(0, waiting.size());
      places.push_back(waiting[which]);
      waiting.erase(waiting.begin() + static_cast<std::ptrdiff_t>(which));
    }
    for (const std::int64_t place : places) {
      const std::int64_t shown = (keyframe + place) * kPicture;
      const auto delay = order.delay_of(static_cast<std::uint32_t>(shown), place == 0);
      if (!delay) {
        last.reset();
        continue;
      }
      RC_ASSERT(*delay >= 0);
      if (last && order.depth() > 0) RC_ASSERT(shown - *delay > *last);
      last = shown - *delay;
    }
    keyframe += 40;
  }
}

}  // namespace
}  // namespace luso::media
