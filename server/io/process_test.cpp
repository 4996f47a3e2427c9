#include "io/process.h"

#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

#include "io/scope.h"

namespace luso::io {
namespace {
namespace asio = boost::asio;
using namespace std::chrono_literals;

class Processes : public ::testing::Test {
 protected:
  Processes() { reactors_.start(); }

  ~Processes() override {
    reactors_.stop();
    reactors_.join();
  }

  void run(std::function<Task<void>()> body) {
    asio::co_spawn(reactors_.home().executor(), std::move(body), asio::use_future).get();
  }

  std::unique_ptr<Process> shell(std::string script, Process::Stream input = Process::Stream::null) {
    return Process::start(reactors_.home(), {.command = {"sh", "-c", std::move(script)},
                                             .environment = {{"LUSO_TEST_WORD", "olá"}},
                                             .folder = "/",
                                             .input = input,
                                             .output = Process::Stream::pipe,
                                             .errors = Process::Stream::pipe})
        .value();
  }

  static Task<std::string> read_all(asio::posix::stream_descriptor& pipe) {
    std::string text;
    co_await asio::async_read(pipe, asio::dynamic_buffer(text), asio::as_tuple(asio::use_awaitable));
    co_return text;
  }

  // Reads one line, so that a script that says "ready" is.
  static Task<void> read_line(asio::posix::stream_descriptor& pipe) {
    char c = 0;
    while (c != '\n') co_await asio::async_read(pipe, asio::buffer(&c, 1), asio::use_awaitable);
  }

  Reactors reactors_{{.count = 1, .blocking_threads = 1}};
};

TEST_F(Processes, GiveTheirOutputAndTheirStatus) {
  run([this]() -> Task<void> {
    const auto child = shell("echo $LUSO_TEST_WORD; pwd; echo wrong >&2; exit 7");
    EXPECT_EQ(co_await read_all(child->output()), "olá\n/\n");
    EXPECT_EQ(co_await read_all(child->errors()), "wrong\n");
    const auto exit = co_await child->wait();
    EXPECT_EQ(exit, (ProcessExit{.status = 7, .signal = 0}));
    EXPECT_EQ(co_await child->wait(), exit);
    EXPECT_EQ(exit->text(), "exit status 7");
    EXPECT_FALSE(child->send_signal(SIGTERM));
  });
}

TEST_F(Processes, EndWhenTheirInputDoes) {
  run([this]() -> Task<void> {
    const auto child = shell("cat", Process::Stream::pipe);
    co_await asio::async_write(child->input(), asio::buffer("bom dia", 7), asio::use_awaitable);
    child->input().close();
    EXPECT_EQ(co_await read_all(child->output()), "bom dia");
    const auto exit = co_await child->wait();
    EXPECT_TRUE(exit->succeeded());
  });
}

TEST_F(Processes, AreAskedToStopFirst) {
  run([this]() -> Task<void> {
    const auto child = shell("trap 'exit 3' TERM; echo ready; while :; do sleep 0.01; done");
    co_await read_line(child->output());
    const ProcessExit exit = co_await child->stop(10s);
    EXPECT_EQ(exit, (ProcessExit{.status = 3, .signal = 0}));
  });
}

TEST_F(Processes, AreMadeToStopWhenTheyDoNotListen) {
  run([this]() -> Task<void> {
    const auto child = shell("trap '' TERM; echo ready; while :; do sleep 0.01; done");
    co_await read_line(child->output());
    const ProcessExit exit = co_await child->stop(50ms);
    EXPECT_EQ(exit, (ProcessExit{.status = 0, .signal = SIGKILL}));
  });
}

TEST_F(Processes, DoNotOutliveTheirOwner) {
  pid_t id = 0;

  run([this, &id]() -> Task<void> {
    const auto child = shell("exec sleep 1000");
    id = child->id();
    co_return;
  });

  EXPECT_EQ(waitpid(id, nullptr, 0), -1);  // Nothing left to collect: it has ended, and is no zombie.
  EXPECT_EQ(kill(id, 0), -1);
}

TEST_F(Processes, ACancelledWaitAnswersNothing) {
  run([this]() -> Task<void> {
    const auto child = shell("exec sleep 1000");
    Scope scope(co_await asio::this_coro::executor);
    bool waited = false;
    scope.spawn([&]() -> Task<void> {
      EXPECT_EQ(co_await child->wait(), std::nullopt);
      waited = true;
    });
    co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
    co_await scope.close();
    EXPECT_TRUE(waited);
  });
}

TEST_F(Processes, InheritNoOtherDescriptor) {
  std::array<int, 2> leaky{};
  ASSERT_EQ(pipe(leaky.data()), 0);  // Without close-on-exec.

  run([&]() -> Task<void> {
    const auto child = shell("test -e /proc/self/fd/" + std::to_string(leaky[0]));
    const auto exit = co_await child->wait();
    EXPECT_EQ(exit, (ProcessExit{.status = 1, .signal = 0}));
  });

  close(leaky[0]);
  close(leaky[1]);
}

TEST_F(Processes, AProgramThatIsNotThereIsAnError) {
  const auto none = Process::start(reactors_.home(), {.command = {"no-such-program-anywhere"}});

  ASSERT_FALSE(none.has_value());
  EXPECT_EQ(none.error().detail, "starting no-such-program-anywhere: No such file or directory");
}

}  // namespace
}  // namespace luso::io
