#include "media/renditions/layer_choice.h"

#include <gtest/gtest.h>

namespace luso::media {
namespace {

constexpr std::size_t kFull = 0, kHalf = 1, kQuarter = 2;
constexpr std::int64_t kPictureUs = 33'333;

// A publisher of three sizes, at thirty pictures a second.
class Sizes {
 public:
  Sizes() {
    choice.on_size(kFull, 16);
    choice.on_size(kHalf, 4);
    choice.on_size(kQuarter, 1);
  }

  // So many pictures of these sizes; says how many of them were the stream's.
  int send(std::initializer_list<std::size_t> sizes, int pictures = 1, bool keyframe = false) {
    int taken = 0;
    for (int i = 0; i < pictures; ++i, now_us_ += kPictureUs)
      for (const std::size_t size : sizes) taken += choice.take(size, keyframe, now_us_) ? 1 : 0;
    return taken;
  }

  LayerChoice choice;

 private:
  std::int64_t now_us_ = 0;
};

TEST(LayerChoice, ThePictureGrowsWithWhatTheBrowserAdds) {
  Sizes sizes;
  EXPECT_EQ(sizes.send({kQuarter}, 1, true), 1);
  EXPECT_EQ(sizes.send({kQuarter, kHalf}, 10), 10) << "no keyframe of the larger one yet";
  EXPECT_EQ(sizes.choice.chosen(), kQuarter);
  sizes.send({kQuarter, kHalf}, 1, true);
  EXPECT_EQ(sizes.choice.chosen(), kHalf);
  sizes.send({kFull, kHalf, kQuarter}, 1, true);
  EXPECT_EQ(sizes.choice.chosen(), kFull);
  EXPECT_EQ(sizes.send({kFull, kHalf, kQuarter}, 30), 30);
  EXPECT_FALSE(sizes.choice.wanted());
}

TEST(LayerChoice, WhenTheLargestStopsTheNextGoesOnAtItsKeyframe) {
  Sizes sizes;
  sizes.send({kFull, kHalf, kQuarter}, 30, true);
  sizes.send({kQuarter, kHalf}, 29);
  EXPECT_TRUE(sizes.choice.is_live(kFull)) << "a moment without a picture is no pause";
  sizes.send({kQuarter, kHalf}, 5);

  EXPECT_FALSE(sizes.choice.is_live(kFull));
  EXPECT_EQ(sizes.choice.wanted(), kHalf);
  EXPECT_EQ(sizes.send({kHalf}, 1, true), 1);
  EXPECT_EQ(sizes.choice.chosen(), kHalf);
  EXPECT_FALSE(sizes.choice.wanted());
  EXPECT_TRUE(sizes.choice.is_smaller(kHalf)) << "the largest may come back";

  EXPECT_EQ(sizes.send({kFull}, 1, true), 1);
  EXPECT_EQ(sizes.choice.chosen(), kFull);
}

TEST(LayerChoice, ACameraThatStandsStillPausesNothing) {
  Sizes sizes;
  sizes.send({kFull, kHalf, kQuarter}, 2, true);
  EXPECT_TRUE(sizes.choice.take(kFull, false, 60'000'000));
  EXPECT_FALSE(sizes.choice.take(kHalf, false, 60'000'000));

  EXPECT_TRUE(sizes.choice.is_live(kFull));
  EXPECT_TRUE(sizes.choice.is_live(kHalf));
  EXPECT_EQ(sizes.choice.chosen(), kFull);
}

TEST(LayerChoice, TheLargestSeenIsNoRenditionOfItsOwn) {
  LayerChoice choice;
  choice.on_size(kQuarter, 1);
  EXPECT_FALSE(choice.is_smaller(kQuarter));
  choice.on_size(kHalf, 4);
  EXPECT_TRUE(choice.is_smaller(kQuarter));
  EXPECT_FALSE(choice.is_smaller(kHalf));
  EXPECT_FALSE(choice.is_smaller(kFull)) << "not seen";
}

}  // namespace
}  // namespace luso::media
