#include "io/reactor.h"

#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <deque>
#include <mutex>
#include <pthread.h>
#include <string>
#include <sys/resource.h>
#include <unistd.h>

#include <boost/asio/executor_work_guard.hpp>

#include "base/check.h"

namespace luso::io {
namespace asio = boost::asio;

namespace {

thread_local Reactor* current_reactor = nullptr;

void name_this_thread(const std::string& name) {
  pthread_setname_np(pthread_self(), name.c_str());
}

// Reactors first. With as many busy threads here as there are, media waited 18 ms for its turn on two cores
// (median); five steps lower it waits for less than one. The blocking work becomes no slower for it while
// there is time to spare.
void yield_to_reactors() {
  constexpr int kSteps = 5;
  errno = 0;
  const int now = ::getpriority(PRIO_PROCESS, 0);
  if (errno == 0) static_cast<void>(::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), now + kSteps));
}

}  // namespace

Reactor* Reactor::current() {
  return current_reactor;
}

// Threads and a queue. What is queued when the pool stops is still run: a delete that was promised happens.
struct Reactors::Pool {
  std::mutex mutex;
  std::condition_variable wake;
  std::deque<std::function<void()>> queue;
  bool stopping = false;
  std::vector<std::thread> threads;

  explicit Pool(unsigned count) {
    for (unsigned i = 0; i < count; ++i) threads.emplace_back([this, i] { serve(i); });
  }

  ~Pool() { stop(); }

  void serve(unsigned index) {
    name_this_thread("luso-block-" + std::to_string(index));
    yield_to_reactors();
    for (;;) {
      std::function<void()> work;
      {
        std::unique_lock lock(mutex);
        wake.wait(lock, [this] { return stopping || !queue.empty(); });
        if (queue.empty()) return;
        work = std::move(queue.front());
        queue.pop_front();
      }
      work();
    }
  }

  void stop() {
    {
      const std::scoped_lock lock(mutex);
      stopping = true;
    }
    wake.notify_all();
    for (std::thread& thread : threads) {
      if (thread.joinable()) thread.join();
    }
  }

  bool post(std::function<void()> work) {
    {
      const std::scoped_lock lock(mutex);
      if (stopping || queue.size() >= kBlockingQueueMax) return false;
      queue.push_back(std::move(work));
    }
    wake.notify_one();
    return true;
  }
};

Reactors::Reactors(Settings settings) {
  // sendfile and TLS have no way to ask for EPIPE alone: a peer that hangs up must not end the process.
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
  const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
  const unsigned count = settings.count == 0 ? cores : settings.count;
  for (unsigned i = 0; i < count; ++i) reactors_.push_back(std::make_unique<Reactor>(i));
  pool_ = std::make_unique<Pool>(std::max(1U, settings.blocking_threads));
}

Reactors::~Reactors() {
  stop();
  join();
}

void Reactors::start() {
  LUSO_CHECK(threads_.empty());
  for (const auto& reactor : reactors_) {
    threads_.emplace_back([&reactor = *reactor] {
      name_this_thread("luso-io-" + std::to_string(reactor.index()));
      current_reactor = &reactor;
      const auto stay = asio::make_work_guard(reactor.context());
      reactor.context().run();
      current_reactor = nullptr;
    });
  }
}

void Reactors::stop() {
  for (const auto& reactor : reactors_) reactor->context().stop();
}

void Reactors::join() {
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  pool_->stop();
}

bool Reactors::post_blocking(std::function<void()> work) {
  return pool_->post(std::move(work));
}

}  // namespace luso::io
