// How many trivial statements one reactor gets through, callers × connections, and what the same costs
// libpq's own blocking calls: the floor.
#include <benchmark/benchmark.h>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <libpq-fe.h>

#include "io/pg.h"
#include "io/scope.h"
#include "testing/world.h"

namespace luso::io {
namespace {

constexpr int kStatements = 5000;

const Statement kAdd{"bench.add", "SELECT $1::bigint + 1 AS next"};

Task<void> ask_in_parallel(Pg& pg, int callers) {
  Scope scope(co_await boost::asio::this_coro::executor);
  boost::asio::steady_timer all_done(co_await boost::asio::this_coro::executor, std::chrono::hours(1));
  int left = kStatements;
  int running = callers;
  for (int i = 0; i < callers; ++i) {
    scope.spawn([&]() -> Task<void> {
      while (left-- > 0) {
        PgParams params{left};
        const Result<PgResult> rows = co_await pg.query(kAdd, std::move(params));
        LUSO_CHECK(rows.has_value());
        benchmark::DoNotOptimize(rows->front().integer("next"));
      }
      if (--running == 0) all_done.cancel();
    });
  }
  boost::system::error_code ended;
  co_await all_done.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, ended));
  co_await scope.close();
}

void one_reactor(benchmark::State& state) {
  testing::World::Settings settings;
  settings.pg.connections_per_reactor = static_cast<unsigned>(state.range(1));
  testing::World world(settings);
  for ([[maybe_unused]] auto round : state)
    world.run(ask_in_parallel(world.pg(), static_cast<int>(state.range(0))));
  state.SetItemsProcessed(state.iterations() * kStatements);
}

BENCHMARK(one_reactor)
    ->ArgNames({"callers", "connections"})
    ->Args({1, 1})
    ->Args({64, 4})
    ->Args({64, 8})
    ->MeasureProcessCPUTime()
    ->UseRealTime();

void blocking_libpq(benchmark::State& state) {
  const testing::Database database;
  PGconn* connection = PQconnectdb(database.url().c_str());
  PQclear(PQprepare(connection, "add", kAdd.sql.data(), 0, nullptr));
  const char* value = "7";
  for ([[maybe_unused]] auto round : state) {
    for (int i = 0; i < kStatements; ++i) {
      PQclear(PQexecPrepared(connection, "add", 1, &value, nullptr, nullptr, 0));
    }
  }
  PQfinish(connection);
  state.SetItemsProcessed(state.iterations() * kStatements);
}

BENCHMARK(blocking_libpq)->MeasureProcessCPUTime()->UseRealTime();

}  // namespace
}  // namespace luso::io
