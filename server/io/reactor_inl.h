#pragma once

#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "io/reactor.h"  // IWYU pragma: keep

namespace luso::io {
namespace internal {

// What one piece of blocking work came to, exceptions turned into errors: nothing is thrown across the pool.
template <typename F>
[[nodiscard]] Result<std::invoke_result_t<F&>> run_guarded(F& work) {
  try {
    if constexpr (std::is_void_v<std::invoke_result_t<F&>>) {
      work();
      return {};
    } else {
      return work();
    }
  } catch (const std::exception& failure) {
    return fail(ErrorKind::internal, "api.internal", failure.what());
  }
}

}  // namespace internal

// The work is not abandoned when the caller is cancelled: it may borrow from the caller's frame.
template <typename F>
auto Reactors::run_blocking(F work) -> Task<Result<std::invoke_result_t<F>>> {
  using Outcome = Result<std::invoke_result_t<F>>;
  std::optional<Outcome> outcome;
  auto initiate = [this, &work, &outcome](auto handler) {
    auto shared = std::make_shared<decltype(handler)>(std::move(handler));
    auto guard = boost::asio::make_work_guard(boost::asio::get_associated_executor(*shared));
    auto resume = [shared, guard]() mutable {
      boost::asio::post(guard.get_executor(), [shared]() mutable { std::move (*shared)(); });
    };
    const bool queued = post_blocking([&work, &outcome, resume]() mutable {
      outcome.emplace(internal::run_guarded(work));
      resume();
    });
    if (queued) return;
    outcome.emplace(fail(ErrorKind::unavailable, "io.busy", "the blocking pool's queue is full"));
    resume();
  };
  co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void()>(
      initiate, boost::asio::use_awaitable);
  co_return std::move(*outcome);
}

}  // namespace luso::io
