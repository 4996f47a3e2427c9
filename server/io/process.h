#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <sys/types.h>
#include <utility>
#include <vector>

#include <boost/asio/posix/stream_descriptor.hpp>

#include "io/reactor.h"
#include "io/task.h"

namespace luso::io {

// How a child ended.
struct ProcessExit {
  int status = 0;  // What it returned, when no signal ended it.
  int signal = 0;

  [[nodiscard]] bool succeeded() const { return signal == 0 && status == 0; }

  [[nodiscard]] std::string text() const;  // "exit status 1", "signal 9"
  friend bool operator==(const ProcessExit&, const ProcessExit&) = default;
};

// A child process we answer for: an encoder, a packager. It belongs to the reactor that started it, inherits
// no descriptor but the three it is given, and never outlives us: the kernel kills it when our process ends,
// and the destructor when we lose interest.
class Process {
 public:
  enum class Stream : std::uint8_t {
    null,     // /dev/null
    inherit,  // Ours
    pipe      // To us: input(), output(), errors()
  };

  struct Settings {
    std::vector<std::string> command;  // The program, found along PATH, and its arguments.
    std::vector<std::pair<std::string, std::string>> environment = {};  // Added to ours.
    std::string folder = {};  // Where it starts; empty: where we are.
    Stream input = Stream::null;
    Stream output = Stream::null;
    Stream errors = Stream::inherit;
  };

  // Fails when there is no such program, or no more processes to be had.
  [[nodiscard]] static Result<std::unique_ptr<Process>> start(Reactor& reactor, Settings settings);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  [[nodiscard]] pid_t id() const { return id_; }

  // Waits for the end; afterwards answers the same at once. Empty when the wait was cancelled.
  [[nodiscard]] Task<std::optional<ProcessExit>> wait();
  // Asks it to end, makes it end after `grace`, and waits until it has. Cancelled: kills it at once.
  [[nodiscard]] Task<ProcessExit> stop(std::chrono::milliseconds grace);
  // False when it has ended already.
  bool send_signal(int signal);

  // Our ends of the pipes that were asked for. Closing input() is how many programs are told to finish.
  [[nodiscard]] boost::asio::posix::stream_descriptor& input() { return input_; }

  [[nodiscard]] boost::asio::posix::stream_descriptor& output() { return output_; }

  [[nodiscard]] boost::asio::posix::stream_descriptor& errors() { return errors_; }

 private:
  Process(Reactor& reactor, pid_t id, int descriptor);
  // Collects the exit status if there is one; `block` when the end is certain.
  bool reap(bool block);

  pid_t id_;
  boost::asio::posix::stream_descriptor process_;  // A pidfd: readable once the process has ended.
  boost::asio::posix::stream_descriptor input_;
  boost::asio::posix::stream_descriptor output_;
  boost::asio::posix::stream_descriptor errors_;
  std::optional<ProcessExit> exit_;
};

}  // namespace luso::io
