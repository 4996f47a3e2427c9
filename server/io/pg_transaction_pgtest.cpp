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
using luso::testing::World;
using ::testing::HasSubstr;

class PgTransactions : public ::testing::Test {
 protected:
  PgTransactions() {
    world_.database().execute("CREATE TABLE purse (coins bigint); INSERT INTO purse VALUES (100)");
  }

  std::string coins() { return world_.database().execute("SELECT coins FROM purse").front(); }

  static Task<Result<void>> script(PgSessionPtr session, std::string sql) {
    co_return co_await session->execute_script(std::move(sql));
  }

  World world_;
};

TEST_F(PgTransactions, CommitWhatTheBodyDid) {
  const Result<int> outcome = world_.run([&]() -> Task<Result<int>> {
    co_return co_await world_.pg().transaction<int>([](PgSessionPtr session) -> Task<Result<int>> {
      CO_TRY_VOID(co_await script(session, "UPDATE purse SET coins = coins + 1"));
      co_return 7;
    });
  });

  EXPECT_EQ(outcome, 7);
  EXPECT_EQ(coins(), "101");
}

TEST_F(PgTransactions, UndoItAllWhenTheBodyFails) {
  const Result<int> outcome = world_.run([&]() -> Task<Result<int>> {
    co_return co_await world_.pg().transaction<int>([](PgSessionPtr session) -> Task<Result<int>> {
      CO_TRY_VOID(co_await script(session, "UPDATE purse SET coins = 0"));
      co_return fail(ErrorKind::precondition, "test.changed_my_mind");
    });
  });

  EXPECT_EQ(outcome.error().reason, "test.changed_my_mind");
  EXPECT_EQ(coins(), "100");
}

TEST_F(PgTransactions, DoNotReportSuccessWhenAFailedStatementWasIgnored) {
  const Result<void> outcome = world_.run([&]() -> Task<Result<void>> {
    co_return co_await world_.pg().transaction<void>([](PgSessionPtr session) -> Task<Result<void>> {
      CO_TRY_VOID(co_await script(session, "UPDATE purse SET coins = 0"));
      static_cast<void>(co_await script(session, "SELECT nonsense"));
      co_return Result<void>{};
    });
  });

  EXPECT_EQ(outcome.error().kind, ErrorKind::internal);
  EXPECT_EQ(coins(), "100");
}

TEST_F(PgTransactions, AreRepeatedWhenSerializableOnesCollide) {
  constexpr int kSpenders =
      4;  // One a connection: with more tries than kTransactionTries each, one may still lose.
  int tries = 0;
  int readers = 0;

  world_.run([&]() -> Task<void> {
    Scope scope(co_await boost::asio::this_coro::executor);
    int left = kSpenders;
    for (int i = 0; i < kSpenders; ++i) {
      scope.spawn([&]() -> Task<void> {
        auto spend = [&](PgSessionPtr session) -> Task<Result<void>> {
          ++tries;
          CO_TRY_VOID(co_await script(session, "SELECT coins FROM purse"));
          ++readers;
          while (readers < kSpenders) {  // Nobody writes before all have read: then they do collide.
            boost::asio::steady_timer tick(co_await boost::asio::this_coro::executor, 1ms);
            co_await tick.async_wait(boost::asio::use_awaitable);
          }
          co_return co_await script(session, "UPDATE purse SET coins = coins - 10");
        };
        const Result<void> outcome = co_await world_.pg().transaction<void>(spend, Isolation::serializable);
        EXPECT_TRUE(outcome.has_value()) << outcome.error().detail;
        --left;
      });
    }
    while (left > 0) {
      boost::asio::steady_timer tick(co_await boost::asio::this_coro::executor, 1ms);
      co_await tick.async_wait(boost::asio::use_awaitable);
    }
    co_await scope.close();
  });

  EXPECT_EQ(coins(), "60");
  EXPECT_GT(tries, kSpenders);
}

TEST_F(PgTransactions, DieWithTheirCoroutine) {
  world_.run([&]() -> Task<void> {
    Scope scope(co_await boost::asio::this_coro::executor);
    bool inside = false;
    scope.spawn([&]() -> Task<void> {
      auto hang = [&](PgSessionPtr session) -> Task<Result<void>> {
        CO_TRY_VOID(co_await script(session, "UPDATE purse SET coins = 0"));
        inside = true;
        boost::asio::steady_timer forever(co_await boost::asio::this_coro::executor, 1h);
        co_await forever.async_wait(boost::asio::use_awaitable);
        co_return Result<void>{};
      };
      static_cast<void>(co_await world_.pg().transaction<void>(hang));
    });
    while (!inside) {
      boost::asio::steady_timer tick(co_await boost::asio::this_coro::executor, 1ms);
      co_await tick.async_wait(boost::asio::use_awaitable);
    }
    co_await scope.close();
    // Waits for the row lock if anybody still had it, and fails on its own timeout.
    const Result<void> next =
        co_await world_.pg().transaction<void>([](PgSessionPtr session) -> Task<Result<void>> {
          co_return co_await script(session,
                                    "SET LOCAL lock_timeout = '5s'; UPDATE purse SET coins = coins + 5");
        });
    EXPECT_TRUE(next.has_value()) << next.error().detail;
  });

  EXPECT_EQ(coins(), "105");
}

TEST_F(PgTransactions, ASessionWithoutItsServerSaysSoAndRunsNothing) {
  const Result<void> outcome = world_.run([&]() -> Task<Result<void>> {
    co_return co_await world_.pg().transaction<void>([&](PgSessionPtr session) -> Task<Result<void>> {
      CO_TRY_VOID(co_await script(session, "UPDATE purse SET coins = 0"));
      world_.database().disconnect_everybody();
      static_cast<void>(co_await script(session, "SELECT 1"));
      co_return co_await script(session, "SELECT 1");
    });
  });

  EXPECT_EQ(outcome.error().reason, "pg.unavailable");
  EXPECT_THAT(outcome.error().detail, HasSubstr("connection was lost"));
  EXPECT_EQ(coins(), "100");
}

}  // namespace
}  // namespace luso::io
