#pragma once

#include <functional>
#include <memory>
#include <set>
#include <utility>

#include <boost/asio/steady_timer.hpp>

#include "base/clock.h"

namespace luso::gateway::internal {

// When each of a reactor's connections wants to hear what time it is, kept with one timer.
template <typename Entry>  // Has MonoTime booked, and on_time(MonoTime) which returns when next.
class Agenda {
 public:
  explicit Agenda(boost::asio::any_io_executor executor) : timer_(std::move(executor)) {}

  // No later than `due`; an entry that is booked earlier keeps that, and books again when it hears of it.
  void book(const std::shared_ptr<Entry>& entry, MonoTime due) {
    if (due >= entry->booked) return;
    if (entry->booked != MonoTime::max()) entries_.erase({entry->booked, entry});
    entry->booked = due;
    entries_.emplace(due, entry);
    if (entries_.begin()->second == entry) arm();
  }

  void remove(const std::shared_ptr<Entry>& entry) {
    if (entry->booked != MonoTime::max()) entries_.erase({entry->booked, entry});
    entry->booked = MonoTime::max();
  }

  void stop() {
    stopped_ = true;
    timer_.cancel();
    entries_.clear();
  }

 private:
  void arm() {
    if (stopped_ || entries_.empty()) return;
    timer_.expires_at(entries_.begin()->first);
    timer_.async_wait([this](const boost::system::error_code& error) {
      if (!error) run();
    });
  }

  void run() {
    const MonoTime now = std::chrono::steady_clock::now();
    while (!stopped_ && !entries_.empty() && entries_.begin()->first <= now) {
      const std::shared_ptr<Entry> entry = entries_.begin()->second;
      entries_.erase(entries_.begin());
      entry->booked = MonoTime::max();
      book(entry, entry->on_time(now));
    }
    arm();
  }

  boost::asio::steady_timer timer_;
  std::set<std::pair<MonoTime, std::shared_ptr<Entry>>> entries_;
  bool stopped_ = false;
};

}  // namespace luso::gateway::internal
