#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/pg.h"
#include "io/scope.h"
#include "testing/world.h"

namespace luso::io {
namespace {

using namespace std::chrono_literals;
using luso::testing::Database;
using luso::testing::World;
using ::testing::HasSubstr;

const Statement kSleep{"test.sleep", "SELECT pg_sleep($1)"};
const Statement kBackend{"test.backend", "SELECT pg_backend_pid() AS pid"};
const Statement kDouble{"test.double", "SELECT $1::bigint * 2 AS twice"};
const Statement kSleepers{"test.sleepers", R"sql(
  SELECT count(*) AS count FROM pg_stat_activity
  WHERE datname = current_database() AND state = 'active' AND query LIKE 'SELECT pg_sleep%')sql"};
const Statement kValues{"test.values", R"sql(
  SELECT $1::bigint AS whole, $2::text AS words, $3::float8 AS real, $4::boolean AS yes, $5::timestamptz AS at,
         $6::bytea AS bytes, $7::text[] AS list, $8::bigint[] AS numbers, $9::text AS nothing)sql"};

World::Settings small(unsigned connections, std::size_t waiters = 1000) {
  World::Settings settings;
  settings.pg.connections_per_reactor = connections;
  settings.pg.waiters_max = waiters;
  return settings;
}

Task<Result<std::int64_t>> twice(Pg& pg, std::int64_t number) {
  PgParams params{number};
  CO_TRY(const PgResult rows, co_await pg.query(kDouble, std::move(params)));
  co_return rows.front().integer("twice");
}

Task<Result<PgResult>> sleep(Pg& pg, double seconds) {
  PgParams params{seconds};
  co_return co_await pg.query(kSleep, std::move(params));
}

Task<void> pause(std::chrono::milliseconds time) {
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, time);
  co_await timer.async_wait(boost::asio::use_awaitable);
}

// Asks again until `count` statements sleep in the database.
Task<void> until_sleeping(Pg& pg, std::int64_t count) {
  for (;;) {
    const Result<PgResult> rows = co_await pg.query(kSleepers, PgParams{});
    if (rows && rows->front().integer("count") == count) co_return;
    co_await pause(5ms);
  }
}

TEST(Pg, EveryKindOfValueComesBackAsItWent) {
  World world;
  const std::string words = "olá \"mundo\", {a}\\ '; 😀\n";
  const std::string bytes("\0\xFF\\x", 4);
  const WallTime at = std::chrono::sys_days(std::chrono::year(2026) / 11 / 22) + 10h + 123456us;

  const Result<PgResult> rows = world.run([&]() -> Task<Result<PgResult>> {
    PgParams params{std::int64_t{-9'007'199'254'740'993},
                    words,
                    0.1,
                    true,
                    at,
                    PgParam::bytea(bytes),
                    PgParam::array(std::vector<std::string>{words, "", "NULL"}),
                    PgParam::array(std::vector<std::int64_t>{1, -2}),
                    std::nullopt};
    co_return co_await world.pg().query(kValues, std::move(params));
  });

  ASSERT_TRUE(rows.has_value()) << rows.error().detail;
  const PgRow row = rows->front();
  EXPECT_EQ(row.integer("whole"), -9'007'199'254'740'993);
  EXPECT_EQ(row.text("words"), words);
  EXPECT_EQ(row.real("real"), 0.1);
  EXPECT_TRUE(row.boolean("yes"));
  EXPECT_EQ(row.time("at"), at);
  EXPECT_EQ(row.bytea("bytes"), bytes);
  EXPECT_EQ(row.text_array("list"), (std::vector<std::string>{words, "", "NULL"}));
  EXPECT_EQ(row.text("numbers"), "{1,-2}");
  EXPECT_TRUE(row.is_null("nothing"));
  EXPECT_EQ(row.optional_text("nothing"), std::nullopt);
  EXPECT_EQ(row.optional_integer("whole"), -9'007'199'254'740'993);
}

class PgErrors : public ::testing::Test {
 protected:
  PgErrors() {
    world_.database().execute(R"sql(
      CREATE TABLE house (id bigint PRIMARY KEY);
      CREATE TABLE cat (name text NOT NULL CONSTRAINT cat_name_taken UNIQUE, lives int CONSTRAINT cat_is_alive CHECK (lives > 0),
                        house bigint CONSTRAINT cat_has_house REFERENCES house))sql");
  }

  // Through a script: a statement that fails on purpose has no place among the registered ones.
  Error insert(const std::string& values) {
    const Result<void> outcome = world_.run([&]() -> Task<Result<void>> {
      CO_TRY(const PgSessionPtr session, co_await world_.pg().acquire());
      co_return co_await session->execute_script("INSERT INTO cat (name, lives, house) VALUES (" + values +
                                                 ")");
    });
    return outcome ? Error{.kind = ErrorKind::internal, .reason = "none", .detail = {}, .field = {}}
                   : outcome.error();
  }

  World world_;
};

TEST_F(PgErrors, AViolatedConstraintIsNamed) {
  EXPECT_EQ(insert("'bica', 9, NULL").reason, "none");

  const Error taken = insert("'bica', 9, NULL");
  EXPECT_EQ(taken.kind, ErrorKind::conflict);
  EXPECT_EQ(taken.reason, "pg.unique_violation");
  EXPECT_EQ(taken.field, "cat_name_taken");

  for (const auto& [values, field] :
       {std::pair{"'a', 0, NULL", "cat_is_alive"}, std::pair{"'a', 9, 7", "cat_has_house"},
        std::pair{"NULL, 9, NULL", "name"}, std::pair{"'a', 99999999999, NULL", ""}}) {
    const Error error = insert(values);
    EXPECT_EQ(error.kind, ErrorKind::invalid) << values;
    EXPECT_EQ(error.reason, "pg.constraint") << values;
    EXPECT_EQ(error.field, field) << values;
  }
}

TEST_F(PgErrors, ABugIsInternalAndSaysWhat) {
  const Error error = insert("no_such_column, 1, NULL");

  EXPECT_EQ(error.kind, ErrorKind::internal);
  EXPECT_THAT(error.detail, HasSubstr("42703"));
}

TEST_F(PgErrors, AZeroByteIsRefusedInsteadOfCutOff) {
  const Result<PgResult> outcome = world_.run([&]() -> Task<Result<PgResult>> {
    PgParams params{1, std::string("a\0b", 3), 0.0, true, WallTime{}, "", "{}", "{}", ""};
    co_return co_await world_.pg().query(kValues, std::move(params));
  });

  EXPECT_EQ(outcome.error().kind, ErrorKind::invalid);
}

TEST(PgPool, ManyCallersShareFewConnections) {
  World world(small(2));
  constexpr int kCallers = 500;
  int right = 0;

  world.run([&]() -> Task<void> {
    Scope scope(co_await boost::asio::this_coro::executor);
    boost::asio::steady_timer all_done(co_await boost::asio::this_coro::executor, 30s);
    int left = kCallers;
    for (int i = 0; i < kCallers; ++i) {
      scope.spawn([&, i]() -> Task<void> {
        if (co_await twice(world.pg(), i) == 2 * i) ++right;
        if (--left == 0) all_done.cancel();
      });
    }
    boost::system::error_code ignored;
    co_await all_done.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ignored));
    co_await scope.close();
  });

  EXPECT_EQ(right, kCallers);
  const auto connections = world.database().execute(
      "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = "
      "'lusotown'");
  EXPECT_EQ(connections.front(), "2");
}

TEST(PgPool, BeyondItsLimitsItRefusesInsteadOfGrowing) {
  World::Settings settings = small(1, 1);
  settings.pg.acquire_timeout = 200ms;
  World world(settings);

  world.run([&]() -> Task<void> {
    Scope scope(co_await boost::asio::this_coro::executor);
    const Result<PgSessionPtr> held = co_await world.pg().acquire();
    std::string waited_for;
    scope.spawn([&]() -> Task<void> { waited_for = (co_await twice(world.pg(), 1)).error().detail; });
    co_await pause(0ms);
    const Result<std::int64_t> refused = co_await twice(world.pg(), 2);
    EXPECT_EQ(refused.error().reason, "pg.unavailable");
    EXPECT_THAT(refused.error().detail, HasSubstr("too many wait"));
    while (waited_for.empty()) co_await pause(5ms);
    EXPECT_THAT(waited_for, HasSubstr("no connection became free in time"));
    co_await scope.close();
  });
}

TEST(PgPool, AConnectionTheServerClosedIsNotLentAgain) {
  World world(small(1));
  EXPECT_EQ(world.run(twice(world.pg(), 4)), 8);

  world.database().disconnect_everybody();

  EXPECT_EQ(world.run(twice(world.pg(), 5)), 10);
}

TEST(PgPool, LosingTheServerInTheMiddleIsUnavailableAndThenOver) {
  World world(small(2));

  const Result<PgResult> lost = world.run([&]() -> Task<Result<PgResult>> {
    Scope scope(co_await boost::asio::this_coro::executor);
    scope.spawn([&]() -> Task<void> {
      co_await until_sleeping(world.pg(), 1);
      const auto disconnect = [&] { world.database().disconnect_everybody(); };
      static_cast<void>(co_await world.reactors().run_blocking(disconnect));
    });
    Result<PgResult> outcome = co_await sleep(world.pg(), 30);
    co_await scope.close();
    co_return outcome;
  });

  EXPECT_EQ(lost.error().kind, ErrorKind::unavailable);
  EXPECT_EQ(world.run(twice(world.pg(), 5)), 10);
}

TEST(PgPool, ALateStatementIsEndedByTheServerAndCostsNoConnection) {
  World::Settings settings = small(1);
  settings.pg.statement_timeout = 50ms;
  World world(settings);
  const auto backend = [&]() -> Task<std::int64_t> {
    const Result<PgResult> rows = co_await world.pg().query(kBackend, PgParams{});
    co_return rows->front().integer("pid");
  };
  const std::int64_t before = world.run(backend);

  const Result<PgResult> late = world.run(sleep(world.pg(), 30));

  EXPECT_EQ(late.error().reason, "pg.unavailable");
  EXPECT_THAT(late.error().detail, HasSubstr("57014"));
  EXPECT_EQ(world.run(backend), before);
}

TEST(PgPool, AnAbandonedStatementStopsOnTheServerAndItsAnswerReachesNobody) {
  World world(small(1));
  World observer_world;
  Pg observer({.url = world.database().url()}, observer_world.reactors());

  world.run([&]() -> Task<void> {
    Scope scope(co_await boost::asio::this_coro::executor);
    scope.spawn([&]() -> Task<void> { static_cast<void>(co_await sleep(world.pg(), 30)); });
    while (world.database()
               .execute("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'"
                        " AND state = 'active' AND datname = current_database()")
               .front() != "1") {
      co_await pause(5ms);
    }
    co_await scope.close();
  });

  EXPECT_EQ(world.run(twice(world.pg(), 21)), 42);
  observer_world.run(until_sleeping(observer, 0));
  observer_world.run(observer.close());
}

TEST(PgPool, ACancelledWaiterLeavesTheQueueInOrder) {
  World world(small(1));

  const Result<std::int64_t> last = world.run([&]() -> Task<Result<std::int64_t>> {
    Result<PgSessionPtr> held = co_await world.pg().acquire();
    Scope given_up(co_await boost::asio::this_coro::executor);
    for (int i = 0; i < 10; ++i) {
      given_up.spawn([&]() -> Task<void> { static_cast<void>(co_await twice(world.pg(), 1)); });
    }
    co_await pause(0ms);
    held->reset();  // Hands the connection to the first in the queue, who is told to stop in the same breath.
    co_await given_up.close();
    co_return co_await twice(world.pg(), 8);
  });

  EXPECT_EQ(last, 16);
}

TEST(PgPool, CallersWaitThroughAShortOutage) {
  World world(small(2));
  const Database outside;
  const std::string name = world.database().execute("SELECT current_database()").front();
  const std::string alter = "ALTER DATABASE " + name + " WITH ALLOW_CONNECTIONS ";
  outside.execute(alter + "false");

  const Result<std::int64_t> outcome = world.run([&]() -> Task<Result<std::int64_t>> {
    Scope scope(co_await boost::asio::this_coro::executor);
    scope.spawn([&]() -> Task<void> {
      co_await pause(150ms);  // Long enough for a refused try and a back-off.
      const auto end_outage = [&] { outside.execute(alter + "true"); };
      static_cast<void>(co_await world.reactors().run_blocking(end_outage));
    });
    Result<std::int64_t> answer = co_await twice(world.pg(), 3);
    co_await scope.close();
    co_return answer;
  });

  EXPECT_EQ(outcome, 6);
}

TEST(PgPool, AServerThatIsAwayIsUnavailableAfterTheAcquireTimeout) {
  World world;
  Pg nowhere({.url = "host=/nonexistent user=nobody", .acquire_timeout = 300ms}, world.reactors());
  const auto start = std::chrono::steady_clock::now();

  const Result<std::int64_t> outcome = world.run(twice(nowhere, 1));

  EXPECT_EQ(outcome.error().reason, "pg.unavailable");
  EXPECT_LT(std::chrono::steady_clock::now() - start, 2s);
  world.run(nowhere.close());
}

TEST(PgPool, APingToAServerThatDoesNotAnswerFailsWithinItsSecond) {
  World world;
  boost::asio::io_context silent_context;
  boost::asio::ip::tcp::acceptor silent(silent_context, {boost::asio::ip::address_v4::loopback(), 0});
  const std::string port = std::to_string(silent.local_endpoint().port());
  Pg pg({.url = "host=127.0.0.1 sslmode=disable user=nobody port=" + port}, world.reactors());
  const auto start = std::chrono::steady_clock::now();

  const Result<void> outcome = world.run(pg.ping());

  EXPECT_EQ(outcome.error().reason, "pg.unavailable");
  EXPECT_LT(std::chrono::steady_clock::now() - start, 1500ms);
  world.run(pg.close());
}

TEST(Pg, AnswersAPing) {
  World world;

  EXPECT_TRUE(world.run(world.pg().ping()).has_value());
}

}  // namespace
}  // namespace luso::io
