#include "media/realtime/reencode_budget.h"

#include <gtest/gtest.h>

namespace luso::media {
namespace {

using Refusal = ReencodeBudget::Refusal;

class Budgets : public ::testing::Test {
 protected:
  // One second in which the machine did this; 100 ticks in all.
  void second(ReencodeBudget& budget, unsigned urgent, unsigned nice) {
    now_.idle += 100 - urgent - nice;
    now_.nice += nice;
    now_.total += 100;
    budget.on_second(now_);
  }

  metrics::Registry registry_;
  MediaMetrics metrics_{registry_};
  CpuTimes now_{};
  Refusal why_ = Refusal::off;
};

TEST_F(Budgets, AreOfSoManyPlaces) {
  ReencodeBudget budget(2, 100, metrics_);
  auto one = budget.take(why_);
  const auto two = budget.take(why_);

  EXPECT_EQ(budget.take(why_), nullptr);
  EXPECT_EQ(why_, Refusal::all_taken);
  EXPECT_EQ(metrics_.reencodes.value(), 2);

  one.reset();
  EXPECT_NE(budget.take(why_), nullptr);
}

TEST_F(Budgets, OfNothingAreOff) {
  ReencodeBudget budget(0, 100, metrics_);

  EXPECT_EQ(budget.take(why_), nullptr);
  EXPECT_EQ(why_, Refusal::off);
}

TEST_F(Budgets, GiveNothingOutWhileTheMachineIsBusy) {
  ReencodeBudget budget(2, 80, metrics_);
  for (int i = 0; i < 40; ++i) second(budget, 40, 55);

  EXPECT_EQ(budget.take(why_), nullptr);
  EXPECT_EQ(why_, Refusal::cpu);

  for (int i = 0; i < 40; ++i) second(budget, 40, 10);
  EXPECT_NE(budget.take(why_), nullptr);
}

TEST_F(Budgets, RevokeTheNewestWhenTheMachineIsNeeded) {
  ReencodeBudget budget(3, 80, metrics_);
  const auto old = budget.take(why_);
  const auto young = budget.take(why_);

  for (int i = 0; i <= ReencodeBudget::kPatienceSeconds; ++i) second(budget, 95, 5);
  EXPECT_TRUE(young->revoked());
  EXPECT_FALSE(old->revoked());

  for (int i = 0; i < ReencodeBudget::kPatienceSeconds; ++i) second(budget, 95, 5);
  EXPECT_TRUE(old->revoked());
}

TEST_F(Budgets, DoNotMindTheEncodersThemselves) {
  ReencodeBudget budget(3, 80, metrics_);
  const auto permit = budget.take(why_);

  for (int i = 0; i < 60; ++i) second(budget, 30, 70);

  EXPECT_FALSE(permit->revoked());
}

TEST(CpuTimes, AreReadFromTheFirstLine) {
  const auto times = parse_cpu_times("cpu  10 20 30 400 50 6 7 8 0 0\ncpu0 1 2 3");

  ASSERT_TRUE(times);
  EXPECT_EQ(times->idle, 450);
  EXPECT_EQ(times->nice, 20);
  EXPECT_EQ(times->total, 531);
  EXPECT_FALSE(parse_cpu_times("cpu  10 20"));
  EXPECT_FALSE(parse_cpu_times(""));
  EXPECT_TRUE(read_cpu_times());
}

}  // namespace
}  // namespace luso::media
