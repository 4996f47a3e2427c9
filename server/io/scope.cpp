#include "io/scope.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include "base/check.h"

namespace luso::io {
namespace asio = boost::asio;

namespace {

// Being asked to stop surfaces as operation_aborted at the child's next await: that is an end, not a failure.
void rethrow_unless_stopped(const std::exception_ptr& failure) {
  if (!failure) return;
  try {
    std::rethrow_exception(failure);
  } catch (const boost::system::system_error& error) {
    if (error.code() != asio::error::operation_aborted) throw;
  }
}

}  // namespace

Scope::Scope(asio::any_io_executor executor)
    : executor_(std::move(executor)), idle_(executor_, asio::steady_timer::time_point::max()) {}

Scope::~Scope() {
  LUSO_CHECK(children_.empty());
}

void Scope::spawn(std::function<Task<void>()> body) {
  if (closing_) return;
  auto child = children_.emplace(children_.end());
  auto finished = [this, child](const std::exception_ptr& failure) {
    children_.erase(child);
    if (children_.empty()) idle_.cancel();
    rethrow_unless_stopped(failure);
  };
  asio::co_spawn(executor_, std::move(body), asio::bind_cancellation_slot(child->slot(), finished));
}

Task<void> Scope::close() {
  closing_ = true;
  // A child may finish, and leave the list, while it is being asked to stop.
  for (auto child = children_.begin(); child != children_.end();) {
    auto next = std::next(child);
    child->emit(asio::cancellation_type::terminal);
    child = next;
  }
  while (!children_.empty()) {
    co_await idle_.async_wait(asio::as_tuple(asio::use_awaitable));
  }
}

}  // namespace luso::io
