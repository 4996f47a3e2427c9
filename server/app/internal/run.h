#pragma once

#include <iostream>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include "app/internal/town.h"
#include "io/reactor.h"

namespace luso::app {

// Runs one coroutine on the home reactor and waits for it. Not from a reactor's own thread.
template <typename T>
T run_on_home(io::Reactors& reactors, Task<T> task) {
  return boost::asio::co_spawn(reactors.home().executor(), std::move(task), boost::asio::use_future).get();
}

// The sentence of an error for a person at a terminal, and the exit code that goes with it.
inline int complain(const Error& error) {
  std::cerr << (error.detail.empty() ? std::string(io::message_of(error.reason)) : error.detail) << " ("
            << error.reason << ")\n";
  return 1;
}

// Builds a town on one reactor, runs `work(town)` in it, closes it again: what every command but serve does.
template <typename Work>
int in_town(const Config& config, Work work) {
  io::Reactors reactors({.count = 1, .blocking_threads = 2});
  reactors.start();
  int code = 0;
  {
    auto town = Town::build(config, reactors);
    if (!town) {
      code = complain(town.error());
    } else {
      const Result<void> outcome = run_on_home(reactors, work(**town));
      if (!outcome) code = complain(outcome.error());
      run_on_home(reactors, (*town)->pg.close());
    }
    reactors.stop();
    reactors.join();
  }
  return code;
}

}  // namespace luso::app
