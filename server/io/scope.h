#pragma once

#include <functional>
#include <list>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>

#include "io/task.h"

namespace luso::io {

// Owns the coroutines it starts. close() asks them all to stop and returns when the last one has, so whatever
// they borrow needs only to outlive the scope. A scope belongs to one reactor.
// A child that is asked to stop sees operation_aborted, returned or thrown, at its next await. A child that
// opens a scope itself must still be able to await close(): it begins with co_await
// this_coro::throw_if_cancelled(false).
class Scope {
 public:
  explicit Scope(boost::asio::any_io_executor executor);
  ~Scope();  // Aborts when children still run: co_await close() first.
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

  // After close() has begun, spawn() does nothing.
  void spawn(std::function<Task<void>()> body);
  [[nodiscard]] Task<void> close();

  [[nodiscard]] std::size_t size() const { return children_.size(); }

 private:
  boost::asio::any_io_executor executor_;
  boost::asio::steady_timer idle_;
  std::list<boost::asio::cancellation_signal> children_;
  bool closing_ = false;
};

}  // namespace luso::io
