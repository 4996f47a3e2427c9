#pragma once

#include <chrono>
#include <functional>
#include <future>
#include <thread>
#include <type_traits>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include "io/reactor.h"
#include "io/task.h"

// What happens on a reactor, waited for on the test's own thread.
namespace luso::io::testing {

template <typename F>
std::invoke_result_t<F&> on(Reactor& reactor, F work) {
  std::packaged_task<std::invoke_result_t<F&>()> task(std::move(work));
  auto outcome = task.get_future();
  reactor.post([&task] { task(); });
  return outcome.get();
}

template <typename T>
T run(Reactor& reactor, Task<T> task) {
  return boost::asio::co_spawn(reactor.executor(), std::move(task), boost::asio::use_future).get();
}

// For what no message tells of, such as the counters of other threads. A busy machine takes its time; false
// only when it never comes.
[[nodiscard]] inline bool eventually(const std::function<bool()>& holds) {
  constexpr std::chrono::seconds kPatience{120};
  constexpr std::chrono::milliseconds kPause{10};
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(kPause);
  }
  return true;
}

}  // namespace luso::io::testing
