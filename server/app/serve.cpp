#include <csignal>
#include <future>

#include <boost/asio/signal_set.hpp>

#include "app/internal/commands.h"
#include "app/internal/front_door.h"
#include "app/internal/run.h"
#include "base/log.h"
#include "gen/reasons.h"
#include "io/migrate.h"
#include "io/scope.h"

namespace luso::app {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::hours kAccountsSweepEvery{1};

// A running server: the town, its front door, and what goes on in the background.
class Service {
 public:
  Service(Town& town, FrontDoor& door)
      : town_(town), door_(door), background_(town.reactors.home().executor()) {}

  // From the main thread: listeners are opened while the reactors already run.
  Result<void> start() {
    const Config& config = town_.config;
    TRY_VOID(run_on_home(town_.reactors, prepare()));
    if (config.has_role("media")) TRY_VOID(town_.engine.start());
    if (config.has_role("worker")) town_.reactors.home().post([this] { start_background(); });
    return door_.start();
  }

  // Each step lets go of what the next one still needs: viewers finish before the engine, the engine before
  // SQL.
  Task<void> stop() {
    const std::chrono::milliseconds patience = town_.config.shutdown_deadline_s;
    co_await door_.drain(patience);
    co_await town_.engine.stop();
    co_await background_.close();
    co_await town_.pg.close();
  }

 private:
  Task<Result<void>> prepare() {
    CO_TRY(const bool is_migrated, co_await io::is_migrated(town_.pg, io::embedded_migrations()));
    if (!is_migrated) {
      co_return fail(ErrorKind::precondition, "pg.unavailable",
                     "the database is of another version: run lusotown migrate");
    }
    if (town_.config.has_role("media")) CO_TRY_VOID(co_await town_.gate.resume_after_restart());
    co_return Result<void>{};
  }

  void start_background() {
    background_.spawn([this] { return town_.housekeeper.run_sweeper(); });
    background_.spawn([this] { return town_.housekeeper.run_sampler(); });
    background_.spawn([this] { return town_.outbox.run(); });
    background_.spawn([this] { return town_.schedules.run(); });
    background_.spawn([this] { return sweep_accounts(); });
  }

  Task<void> sweep_accounts() {
    asio::steady_timer timer(town_.reactors.home().executor());
    for (;;) {
      const auto swept = co_await town_.identity.accounts().sweep();
      if (!swept) log::warn("identity.sweep_failed", {{"detail", swept.error().detail}});
      const auto erased = co_await town_.identity.farewells().sweep();
      if (!erased) log::warn("identity.farewell_failed", {{"detail", erased.error().detail}});
      const auto tidied = co_await town_.pictures.sweep();
      if (!tidied) log::warn("pictures.sweep_failed", {{"detail", tidied.error().detail}});
      timer.expires_after(kAccountsSweepEvery);
      co_await timer.async_wait(asio::use_awaitable);
    }
  }

  Town& town_;
  FrontDoor& door_;
  io::Scope background_;
};

// Blocks until SIGTERM or SIGINT; SIGHUP reads the certificate and the key ring again.
void wait_for_the_end(Town& town) {
  asio::io_context loop(1);
  asio::signal_set ends(loop, SIGTERM, SIGINT);
  asio::signal_set reloads(loop, SIGHUP);
  std::function<void()> arm = [&] {
    reloads.async_wait([&](const boost::system::error_code& error, int) {
      if (error) return;
      town.reload();
      arm();
    });
  };
  arm();
  ends.async_wait([&](const boost::system::error_code&, int signal) {
    log::info("server.stopping", {{"signal", signal}});
    reloads.cancel();
  });
  loop.run();
}

}  // namespace

int serve(const LoadedConfig& loaded) {
  const Config& config = loaded.config;
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
  io::set_reason_text(gen::text_of);
  io::Reactors reactors({.count = config.reactors, .blocking_threads = 4});
  auto town = Town::build(config, reactors);
  if (!town) return complain(town.error());
  auto door = FrontDoor::build(**town);
  if (!door) return complain(door.error());
  Service service(**town, **door);
  reactors.start();
  int code = 0;
  const Result<void> started = service.start();
  if (started) {
    log::info("server.started", {{"http_port", (*door)->http_port()},
                                 {"rtmp_port", (*town)->engine.rtmp_port()},
                                 {"webrtc_port", (*town)->engine.webrtc_port().value_or(0)},
                                 {"reactors", reactors.size()},
                                 {"version", LUSO_VERSION}});
    wait_for_the_end(**town);
  } else {
    code = complain(started.error());
  }
  run_on_home(reactors, service.stop());
  reactors.stop();
  reactors.join();
  if (started) log::info("server.stopped");
  return code;
}

}  // namespace luso::app
