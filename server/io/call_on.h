#pragma once

#include <optional>
#include <type_traits>
#include <utility>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "io/reactor.h"

namespace luso::io {

// Runs `work` on another reactor and resumes here with what it returned. It is not abandoned when the caller
// is cancelled, so it may borrow from the caller's frame; it must not throw.
template <typename F>
[[nodiscard]] Task<std::invoke_result_t<F&>> call_on(Reactor& target, F work) {
  if (Reactor::current() == &target) co_return work();
  std::optional<std::invoke_result_t<F&>> outcome;
  auto initiate = [&target, &work, &outcome](auto handler) {
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    auto guard = boost::asio::make_work_guard(boost::asio::get_associated_executor(*shared));
    target.post([&work, &outcome, shared, guard]() mutable {
      outcome.emplace(work());
      boost::asio::post(guard.get_executor(), [shared]() mutable { std::move (*shared)(); });
      guard.reset();
    });
  };
  co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void()>(
      initiate, boost::asio::use_awaitable);
  co_return std::move(*outcome);
}

}  // namespace luso::io
