#include "base/result.h"

#include <gtest/gtest.h>

namespace luso {
namespace {

Result<int> half(int n) {
  if (n % 2 != 0) return fail(ErrorKind::invalid, "base.odd");
  return n / 2;
}

Result<void> must_be_even(int n) {
  TRY([[maybe_unused]] const int ignored, half(n));
  return {};
}

Result<int> quarter(int n) {
  TRY_VOID(must_be_even(n));
  TRY(const int once, half(n));
  TRY(const int twice, half(once));
  return twice;
}

TEST(Result, TryLeavesWithTheFirstError) {
  EXPECT_EQ(quarter(12).value(), 3);
  EXPECT_EQ(quarter(6).error().reason, "base.odd");
  EXPECT_EQ(http_status_of(quarter(6).error().kind), 400);
}

}  // namespace
}  // namespace luso
