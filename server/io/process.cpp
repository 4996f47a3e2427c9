#include "io/process.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/check.h"

namespace luso::io {
namespace asio = boost::asio;

namespace {

tl::unexpected<Error> failed(const std::string& doing, int error) {
  return fail(ErrorKind::unavailable, "io.process", doing + ": " + std::strerror(error));
}

// glibc 2.36 declares these without extern "C", so they cannot be linked from here.
int open_pidfd(pid_t id) {
  return static_cast<int>(syscall(SYS_pidfd_open, id, 0));
}

bool signal_pidfd(int descriptor, int signal) {
  return syscall(SYS_pidfd_send_signal, descriptor, signal, nullptr, 0) == 0;
}

// An open descriptor and the duty to close it.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}

  ~Descriptor() { reset(); }

  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}

  Descriptor& operator=(Descriptor&& other) noexcept {
    reset();
    number_ = std::exchange(other.number_, -1);
    return *this;
  }

  [[nodiscard]] int get() const { return number_; }

  [[nodiscard]] bool is_open() const { return number_ >= 0; }

  [[nodiscard]] int release() { return std::exchange(number_, -1); }

  void reset() {
    if (number_ >= 0) close(number_);
    number_ = -1;
  }

 private:
  int number_;
};

// One of the child's three streams: what it gets, and our end if it is a pipe.
struct Channel {
  Descriptor child;
  Descriptor ours;
};

Result<Channel> open_channel(Process::Stream stream, int number) {
  Channel channel;
  if (stream == Process::Stream::inherit) {
    channel.child = Descriptor(fcntl(number, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  } else if (stream == Process::Stream::null) {
    channel.child = Descriptor(open("/dev/null", O_RDWR | O_CLOEXEC));
  } else {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) return failed("making a pipe", errno);
    const bool child_reads = number == STDIN_FILENO;
    channel.child = Descriptor(ends.at(child_reads ? 0 : 1));
    channel.ours = Descriptor(ends.at(child_reads ? 1 : 0));
  }
  if (!channel.child.is_open()) return failed("opening a stream", errno);
  return channel;
}

// All the child needs, prepared before the fork: after it, only calls that are safe beside other threads'
// locks.
struct Launch {
  std::vector<char*> arguments;
  std::vector<char*> environment;
  const char* folder = nullptr;
  std::array<int, 3> streams{};
  int report = -1;  // Where errno goes when the program cannot be started.
};

[[noreturn]] void become(const Launch& launch) {
  // The originals lie above the three, so no copy overwrites one that is still needed.
  for (int stream = 0; stream < 3; ++stream) {
    if (dup2(launch.streams[static_cast<std::size_t>(stream)], stream) < 0) _exit(126);
  }
  // Sockets may lack the close-on-exec flag: a child that kept a listener would keep the port.
  close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  std::signal(SIGPIPE, SIG_DFL);
  setpgid(0, 0);  // Ctrl-C is for us; we end our children in order.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (launch.folder == nullptr || chdir(launch.folder) == 0) {
    execvpe(launch.arguments.front(), launch.arguments.data(), launch.environment.data());
  }
  const int error = errno;
  static_cast<void>(!write(launch.report, &error, sizeof error));
  _exit(127);
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::vector<std::string> environment_with(const std::vector<std::pair<std::string, std::string>>& added) {
  std::vector<std::string> all;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view entry(*variable);
    const std::string_view name = entry.substr(0, entry.find('='));
    const bool replaced = std::ranges::any_of(added, [&](const auto& pair) { return pair.first == name; });
    if (!replaced) all.emplace_back(entry);
  }
  for (const auto& [name, value] : added) all.push_back(name + "=" + value);
  return all;
}

}  // namespace

std::string ProcessExit::text() const {
  return signal != 0 ? "signal " + std::to_string(signal) : "exit status " + std::to_string(status);
}

Process::Process(Reactor& reactor, pid_t id, int descriptor)
    : id_(id),
      process_(reactor.context(), descriptor),
      input_(reactor.context()),
      output_(reactor.context()),
      errors_(reactor.context()) {}

Result<std::unique_ptr<Process>> Process::start(Reactor& reactor, Settings settings) {
  LUSO_CHECK(!settings.command.empty());
  TRY(Channel input, open_channel(settings.input, STDIN_FILENO));
  TRY(Channel output, open_channel(settings.output, STDOUT_FILENO));
  TRY(Channel errors, open_channel(settings.errors, STDERR_FILENO));
  std::array<int, 2> report{};
  if (pipe2(report.data(), O_CLOEXEC) != 0) return failed("making a pipe", errno);
  const Descriptor report_read(report[0]);
  Descriptor report_write(report[1]);
  std::vector<std::string> environment = environment_with(settings.environment);
  const Launch launch{.arguments = pointers_to(settings.command),
                      .environment = pointers_to(environment),
                      .folder = settings.folder.empty() ? nullptr : settings.folder.c_str(),
                      .streams = {input.child.get(), output.child.get(), errors.child.get()},
                      .report = report_write.get()};
  const pid_t id = fork();
  if (id < 0) return failed("forking", errno);
  if (id == 0) become(launch);
  report_write.reset();
  int error = 0;
  ssize_t got = 0;
  do {
    got = read(report_read.get(), &error, sizeof error);  // Ends at once: exec closes the child's end.
  } while (got < 0 && errno == EINTR);
  if (got == static_cast<ssize_t>(sizeof error)) {
    waitpid(id, nullptr, 0);
    return failed("starting " + settings.command.front(), error);
  }
  const int descriptor = open_pidfd(id);
  if (descriptor < 0) {
    const int reason = errno;
    kill(id, SIGKILL);
    waitpid(id, nullptr, 0);
    return failed("watching " + settings.command.front(), reason);
  }
  std::unique_ptr<Process> process(new Process(reactor, id, descriptor));
  if (input.ours.is_open()) process->input_.assign(input.ours.release());
  if (output.ours.is_open()) process->output_.assign(output.ours.release());
  if (errors.ours.is_open()) process->errors_.assign(errors.ours.release());
  return process;
}

Process::~Process() {
  if (exit_) return;
  send_signal(SIGKILL);
  reap(true);
}

bool Process::send_signal(int signal) {
  return !exit_ && signal_pidfd(process_.native_handle(), signal);
}

bool Process::reap(bool block) {
  if (exit_) return true;
  siginfo_t info{};
  const int options = WEXITED | (block ? 0 : WNOHANG);
  int outcome = 0;
  do {
    outcome = waitid(P_PID, static_cast<id_t>(id_), &info, options);  // Ours until it is collected.
  } while (outcome < 0 && errno == EINTR);
  LUSO_CHECK(outcome == 0);  // Nobody else collects our children.
  if (info.si_pid == 0) return false;
  exit_ = info.si_code == CLD_EXITED ? ProcessExit{.status = info.si_status, .signal = 0}
                                     : ProcessExit{.status = 0, .signal = info.si_status};
  return true;
}

Task<std::optional<ProcessExit>> Process::wait() {
  while (!reap(false)) {
    const auto [error] = co_await process_.async_wait(asio::posix::descriptor_base::wait_read,
                                                      asio::as_tuple(asio::use_awaitable));
    if (error) {
      reap(false);
      break;
    }
  }
  co_return exit_;
}

Task<ProcessExit> Process::stop(std::chrono::milliseconds grace) {
  if (reap(false)) co_return *exit_;
  send_signal(SIGTERM);
  // The timer ends the wait for the process, and killing it makes the rest short.
  asio::steady_timer timer(process_.get_executor(), grace);
  timer.async_wait([this](const boost::system::error_code& error) {
    if (!error) send_signal(SIGKILL);
  });
  co_await wait();
  timer.cancel();
  if (!exit_) {
    send_signal(SIGKILL);
    reap(true);
  }
  co_return *exit_;
}

}  // namespace luso::io
