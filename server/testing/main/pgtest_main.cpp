// Main of every *_pgtest: what the tests started is ended whatever they came to, and every statement linked
// into the binary is prepared against the migrated schema.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testing/database.h"

namespace {

TEST(Statements, FitTheMigratedSchema) {
  EXPECT_THAT(luso::testing::statement_problems(), ::testing::IsEmpty());
}

}  // namespace

int main(int argc, char** argv) {
  ::testing::InitGoogleMock(&argc, argv);
  const int outcome = RUN_ALL_TESTS();
  luso::testing::stop_cluster();
  return outcome;
}
