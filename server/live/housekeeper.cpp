#include "live/housekeeper.h"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/log.h"

namespace luso::live {
namespace {

// A database that is away for a while costs a line in the log and a later count, not the loop.
void log_failure(std::string_view event, const Result<void>& outcome) {
  if (!outcome) log::warn(event, {{"reason", outcome.error().reason}, {"detail", outcome.error().detail}});
}

Task<void> wait(std::chrono::milliseconds duration) {
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, duration);
  co_await timer.async_wait(boost::asio::use_awaitable);
}

}  // namespace

Task<void> Housekeeper::run_sweeper() {
  for (;;) {
    log_failure("live.sweep_failed", co_await gate_.end_overdue());
    co_await wait(kSweepEvery);
  }
}

Task<void> Housekeeper::run_sampler() {
  for (;;) {
    log_failure("live.sample_failed", co_await viewers_.sample());
    co_await wait(kSampleEvery);
  }
}

}  // namespace luso::live
