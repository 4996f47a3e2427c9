#include "base/random.h"

#include <gtest/gtest.h>

#include "base/secret.h"
#include "base/text.h"

namespace luso {
namespace {

TEST(Random, TokensHaveTheAskedLengthAndDiffer) {
  Random& random = system_random();

  EXPECT_EQ(random.bytes(5).size(), 5U);
  EXPECT_EQ(random.hex(8).size(), 16U);
  EXPECT_EQ(random.token(24).size(), 32U);
  EXPECT_NE(random.token(24), random.token(24));
}

TEST(Random, ASeedRepeatsItself) {
  SeededRandom first(7);
  SeededRandom again(7);
  SeededRandom other(8);

  const std::string token = first.token(24);

  EXPECT_EQ(again.token(24), token);
  EXPECT_NE(other.token(24), token);
}

TEST(Random, BelowReachesEveryValueAndNoMore) {
  SeededRandom random(1);
  std::array<int, 3> seen{};

  for (int i = 0; i < 3000; ++i) ++seen.at(random.below(3));

  for (const int count : seen) EXPECT_NEAR(count, 1000, 150);
}

TEST(Secret, ComparesByContentAndForgetsWhatItMovesAway) {
  Secret first("hunter22");
  Secret second = std::move(first);

  EXPECT_TRUE(first.empty());  // NOLINT(bugprone-use-after-move): that nothing stays behind is the claim.
  EXPECT_TRUE(equal_in_constant_time(second.reveal(), "hunter22"));
  EXPECT_FALSE(equal_in_constant_time(second.reveal(), "hunter23"));
  EXPECT_FALSE(equal_in_constant_time(second.reveal(), "hunter2"));
}

}  // namespace
}  // namespace luso
