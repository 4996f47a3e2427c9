#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/migrate.h"
#include "testing/world.h"

namespace luso::io {
namespace {

using luso::testing::Database;
using luso::testing::World;
using ::testing::HasSubstr;

constexpr Migration kOne{.version = 1, .name = "one", .sql = "CREATE TABLE one (id bigint)"};
constexpr Migration kTwo{
    .version = 2, .name = "two", .sql = "CREATE TABLE two (id bigint); INSERT INTO two VALUES (2)"};
constexpr Migration kThree{.version = 3, .name = "three", .sql = "CREATE TABLE three (id bigint)"};

class Migrations : public ::testing::Test {
 protected:
  Result<int> apply(std::vector<Migration> migrations) {
    return world_.run(migrate(world_.pg(), migrations));
  }

  std::string refusal_of(std::vector<Migration> migrations) {
    const Result<int> outcome = apply(std::move(migrations));
    return outcome ? "none" : outcome.error().detail;
  }

  std::vector<std::string> tables() {
    return world_.database().execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'schema_migrations' "
        "ORDER BY 1");
  }

  using Names = std::vector<std::string>;
  World world_{{.reactors = 2, .schema = Database::Schema::empty}};
};

TEST_F(Migrations, ApplyWhatIsPendingOnce) {
  EXPECT_EQ(apply({kOne, kTwo}), 2);
  EXPECT_EQ(apply({kOne, kTwo}), 0);
  EXPECT_EQ(apply({kOne, kTwo, kThree}), 1);
  EXPECT_EQ(tables(), (Names{"one", "three", "two"}));
}

TEST_F(Migrations, AFailedStepLeavesNothingBehindAndTheOnesBeforeItStay) {
  const Migration broken{
      .version = 2, .name = "broken", .sql = "CREATE TABLE half (id bigint); CREATE TABLE one ()"};

  EXPECT_THAT(refusal_of({kOne, broken}), HasSubstr("Migration 0002_broken failed: "));
  EXPECT_EQ(tables(), Names{"one"});
  EXPECT_EQ(apply({kOne, kTwo}), 1);
}

TEST_F(Migrations, AnEditedStepIsRefused) {
  EXPECT_EQ(apply({kOne}), 1);
  Migration edited = kOne;
  edited.sql = "CREATE TABLE one (id integer)";

  EXPECT_THAT(refusal_of({edited, kTwo}), HasSubstr("0001_one was edited after it was applied"));
  EXPECT_EQ(tables(), Names{"one"});
}

TEST_F(Migrations, ADatabaseNewerThanTheBinaryIsRefused) {
  EXPECT_EQ(apply({kOne, kTwo}), 2);

  EXPECT_THAT(refusal_of({kOne}), HasSubstr("0002_two, which this binary does not know: it is too old"));
  EXPECT_THAT(refusal_of({kOne, kThree}), HasSubstr("0002_two, which this binary does not know"));
}

TEST_F(Migrations, AStepThatComesTooLateIsRefused) {
  EXPECT_EQ(apply({kOne, kThree}), 2);

  EXPECT_THAT(refusal_of({kOne, kTwo, kThree}), HasSubstr("0002_two comes before 0003_three"));
}

TEST_F(Migrations, TwoProcessesAtOnceApplyEachStepOnce) {
  const std::vector<Migration> all{kOne, kTwo, kThree};
  auto in_parallel = [&](std::size_t reactor) {
    return std::async(std::launch::async,
                      [&, reactor] { return world_.run(migrate(world_.pg(), all), reactor); });
  };

  auto first = in_parallel(0);
  auto second = in_parallel(1);

  EXPECT_EQ(first.get().value() + second.get().value(), 3);
  EXPECT_EQ(world_.database().execute("SELECT id FROM two"), Names{"2"});
}

TEST_F(Migrations, StatusShowsWhatIsAppliedAndWhatIsNot) {
  const std::vector<Migration> all{kOne, kTwo};
  EXPECT_FALSE(world_.run(is_migrated(world_.pg(), all)).value());
  EXPECT_EQ(apply({kOne}), 1);

  const auto steps = world_.run(migration_status(world_.pg(), all)).value();

  ASSERT_EQ(steps.size(), 2U);
  EXPECT_TRUE(steps[0].applied_at.has_value());
  EXPECT_FALSE(steps[1].applied_at.has_value());
  EXPECT_THAT(render_migration_status(steps), HasSubstr("0002_two                                 pending"));
  EXPECT_EQ(apply(all), 1);
  EXPECT_TRUE(world_.run(is_migrated(world_.pg(), all)).value());
}

TEST(EmbeddedMigrations, AreNumberedWithoutGapsAndOpenWithWhy) {
  int expected = 1;
  for (const Migration& migration : embedded_migrations()) {
    EXPECT_EQ(migration.version, expected++);
    EXPECT_TRUE(migration.sql.starts_with("-- ")) << migration.name;
  }
}

}  // namespace
}  // namespace luso::io
