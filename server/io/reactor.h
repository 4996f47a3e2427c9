#pragma once

#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "io/task.h"

namespace luso::io {

// One event loop and the thread that runs it. What lives on a reactor is touched from that reactor only.
class Reactor {
 public:
  explicit Reactor(unsigned index) : index_(index), context_(1) {}

  [[nodiscard]] unsigned index() const { return index_; }

  [[nodiscard]] boost::asio::io_context& context() { return context_; }

  [[nodiscard]] boost::asio::any_io_executor executor() { return context_.get_executor(); }

  template <typename F>
  void post(F&& work) {
    boost::asio::post(context_, std::forward<F>(work));
  }

  // The reactor whose thread is running now; null outside of any.
  [[nodiscard]] static Reactor* current();

 private:
  friend class Reactors;
  unsigned index_;
  boost::asio::io_context context_;
};

// All reactors of the process, one a core by default, and one small pool for blocking work.
class Reactors {
 public:
  struct Settings {
    unsigned count = 0;  // 0: as many as there are cores
    // Password hashing, file writes and deletes, image work, DTLS handshakes: below the reactors' priority.
    unsigned blocking_threads = 4;
  };

  explicit Reactors(Settings settings);
  ~Reactors();
  Reactors(const Reactors&) = delete;
  Reactors& operator=(const Reactors&) = delete;

  [[nodiscard]] std::size_t size() const { return reactors_.size(); }

  [[nodiscard]] Reactor& at(std::size_t index) { return *reactors_.at(index); }

  [[nodiscard]] Reactor& home() { return *reactors_.front(); }

  // Starts the threads; returns at once. stop() ends every loop, join() waits for the threads.
  void start();
  void stop();
  void join();

  // Runs `work` on the blocking pool and resumes the caller on its own reactor with what it returned. The
  // pool's queue is bounded by kBlockingQueueMax: beyond it the task fails with `unavailable`, "io.busy".
  static constexpr std::size_t kBlockingQueueMax = 4096;
  template <typename F>
  [[nodiscard]] auto run_blocking(F work) -> Task<Result<std::invoke_result_t<F>>>;
  // Fire and forget; false when the queue is full.
  bool post_blocking(std::function<void()> work);

 private:
  std::vector<std::unique_ptr<Reactor>> reactors_;
  std::vector<std::thread> threads_;
  struct Pool;
  std::unique_ptr<Pool> pool_;
};

}  // namespace luso::io

#include "io/reactor_inl.h"  // IWYU pragma: export
