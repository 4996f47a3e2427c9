#pragma once

#include <exception>
#include <future>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

#include <boost/asio/co_spawn.hpp>

#include "base/check.h"
#include "io/pg.h"
#include "io/reactor.h"
#include "testing/database.h"

namespace luso::testing {

// Reactors, a database of its own and a pool on it. Coroutines under test run with run():
//   World world;
//   const Result<User> user = world.run(store.find(UserId{7}));
class World {
 public:
  struct Settings {
    unsigned reactors = 1;
    Database::Schema schema = Database::Schema::migrated;
    io::Pg::Settings pg = {};  // The url is filled in.
  };

  World() : World(Settings{}) {}

  explicit World(Settings settings);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  [[nodiscard]] Database& database() { return database_; }

  [[nodiscard]] io::Reactors& reactors() { return reactors_; }

  [[nodiscard]] io::Pg& pg() { return pg_; }

  // Runs a coroutine on a reactor to its end and answers what it returned; rethrows what it threw. Called
  // from the test's own thread. One that does not end within kRunTimeout stops the test binary: it would hang
  // forever.
  template <typename T>
  T run(Task<T> task, std::size_t reactor = 0);

  // The same for a lambda that returns a task; the lambda outlives it.
  template <typename F>
  auto run(F body, std::size_t reactor = 0) -> typename std::invoke_result_t<F>::value_type {
    return run(body(), reactor);
  }

  static constexpr std::chrono::seconds kRunTimeout{60};

 private:
  Database database_;
  io::Reactors reactors_;
  io::Pg pg_;
};

template <typename T>
T World::run(Task<T> task, std::size_t reactor) {
  LUSO_CHECK(io::Reactor::current() == nullptr);
  std::conditional_t<std::is_void_v<T>, std::monostate, std::optional<T>> value;
  auto drive = [&]() -> Task<void> {
    if constexpr (std::is_void_v<T>) {
      co_await std::move(task);
    } else {
      value.emplace(co_await std::move(task));
    }
  };
  std::promise<void> ended;
  auto end = [&ended](const std::exception_ptr& failure) {
    failure ? ended.set_exception(failure) : ended.set_value();
  };
  std::future<void> future = ended.get_future();
  boost::asio::co_spawn(reactors_.at(reactor).executor(), drive, end);
  LUSO_CHECK(future.wait_for(kRunTimeout) == std::future_status::ready);
  future.get();
  if constexpr (!std::is_void_v<T>) return std::move(*value);
}

}  // namespace luso::testing
