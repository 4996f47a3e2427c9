#include "io/reactor.h"

#include <atomic>
#include <future>
#include <latch>
#include <stdexcept>
#include <sys/resource.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

namespace luso::io {
namespace {
namespace asio = boost::asio;

// Runs a coroutine on a reactor and waits for what it returns.
template <typename F>
auto run_on(Reactor& reactor, F body) {
  return asio::co_spawn(reactor.context(), std::move(body), asio::use_future).get();
}

TEST(Reactor, CurrentIsTheReactorOfTheRunningThread) {
  Reactors reactors({.count = 2, .blocking_threads = 1});
  reactors.start();
  std::promise<Reactor*> seen;

  reactors.at(1).post([&] { seen.set_value(Reactor::current()); });

  EXPECT_EQ(seen.get_future().get(), &reactors.at(1));
  EXPECT_EQ(Reactor::current(), nullptr);
}

TEST(Reactor, BlockingWorkRunsElsewhereAndResumesOnItsCallersReactor) {
  Reactors reactors({.count = 2, .blocking_threads = 1});
  reactors.start();
  Reactor* worked_on = &reactors.at(0);
  Reactor* resumed_on = nullptr;

  auto body = [&]() -> Task<int> {
    const Result<int> answer = co_await reactors.run_blocking([&] {
      worked_on = Reactor::current();
      return 42;
    });
    resumed_on = Reactor::current();
    co_return answer.value();
  };

  EXPECT_EQ(run_on(reactors.at(1), body), 42);
  EXPECT_EQ(worked_on, nullptr);
  EXPECT_EQ(resumed_on, &reactors.at(1));
}

TEST(Reactor, BlockingWorkYieldsToTheReactors) {
  Reactors reactors({.count = 1, .blocking_threads = 1});
  reactors.start();
  std::promise<int> reactor, pool;

  reactors.at(0).post([&] { reactor.set_value(::getpriority(PRIO_PROCESS, 0)); });
  ASSERT_TRUE(reactors.post_blocking([&] { pool.set_value(::getpriority(PRIO_PROCESS, 0)); }));

  const int first = reactor.get_future().get();
  if (first >= 19) GTEST_SKIP() << "there is nothing below us";
  EXPECT_GT(pool.get_future().get(), first);
}

TEST(Reactor, ThrowingWorkBecomesAnError) {
  Reactors reactors({.count = 1, .blocking_threads = 1});
  reactors.start();

  auto body = [&]() -> Task<Result<void>> {
    return reactors.run_blocking([] { throw std::runtime_error("no disk"); });
  };
  const Result<void> outcome = run_on(reactors.home(), body);

  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().reason, "api.internal");
  EXPECT_EQ(outcome.error().detail, "no disk");
}

TEST(Reactor, AFullBlockingQueueRefuses) {
  std::latch busy(1);
  std::promise<void> release;
  auto released = release.get_future().share();
  Reactors reactors({.count = 1, .blocking_threads = 1});
  reactors.start();
  ASSERT_TRUE(reactors.post_blocking([&] {
    busy.count_down();
    released.wait();
  }));
  busy.wait();
  for (std::size_t i = 0; i < Reactors::kBlockingQueueMax; ++i) ASSERT_TRUE(reactors.post_blocking([] {}));

  auto body = [&]() -> Task<Result<int>> { return reactors.run_blocking([] { return 1; }); };
  const Result<int> outcome = run_on(reactors.home(), body);

  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().reason, "io.busy");
  release.set_value();
}

TEST(Reactor, QueuedWorkIsRunBeforeThePoolStops) {
  std::atomic<int> done = 0;
  {
    Reactors reactors({.count = 1, .blocking_threads = 1});
    for (int i = 0; i < 100; ++i) ASSERT_TRUE(reactors.post_blocking([&] { ++done; }));
  }
  EXPECT_EQ(done, 100);
}

}  // namespace
}  // namespace luso::io
