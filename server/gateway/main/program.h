#pragma once

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_future.hpp>

#include "base/text.h"
#include "gateway/gateway.h"
#include "io/frontdoor.h"
#include "io/http_server.h"

// What the test servers share: ports from the command line, one handler a port, an end by SIGTERM.
namespace luso::gateway::program {

// The numbers behind "--options".
class CommandLine {
 public:
  CommandLine(int argc, char** argv) : words_(argv, argv + argc) {}

  [[nodiscard]] std::optional<std::uint32_t> find(std::string_view option) const {
    const auto at = std::find(words_.begin(), words_.end(), option);
    if (at == words_.end() || at + 1 == words_.end()) return std::nullopt;
    return parse_integer<std::uint32_t>(*(at + 1));
  }

  // Ends the program with a sentence when there is none.
  [[nodiscard]] std::uint16_t port(std::string_view option) const {
    if (const auto number = find(option); number && *number <= 65'535)
      return static_cast<std::uint16_t>(*number);
    std::fprintf(stderr, "usage: %s %.*s N\n", std::string(words_.front()).c_str(),
                 static_cast<int>(option.size()), option.data());
    std::exit(2);
  }

  [[nodiscard]] std::chrono::milliseconds ms(std::string_view option,
                                             std::chrono::milliseconds otherwise) const {
    const auto number = find(option);
    return number ? std::chrono::milliseconds(*number) : otherwise;
  }

  // One by default, so that what a suite sends by two connections is heard in the order it was sent.
  [[nodiscard]] io::Reactors::Settings reactors() const {
    return {.count = find("--reactors").value_or(1), .blocking_threads = 1};
  }

 private:
  std::vector<std::string_view> words_;
};

// Serves `handler` below `path` until the process is asked to stop.
struct Site {
  std::uint16_t port;
  std::string path;
  io::HttpHandler handler;
  std::size_t body_bytes_max;
};

inline int serve(io::Reactors& reactors, std::vector<Site> sites, std::vector<Task<void>> goodbyes) {
  std::vector<std::unique_ptr<io::Frontdoor>> doors;
  std::vector<std::unique_ptr<io::HttpServer>> servers;
  for (Site& site : sites) {
    io::Frontdoor& door = *doors.emplace_back(std::make_unique<io::Frontdoor>());
    door.mount({.prefix = site.path,
                .name = site.path,
                .handler = site.handler,
                .body_limit = [limit = site.body_bytes_max](const io::HttpRequest&) { return limit; }});
    io::HttpServer::Settings settings;
    settings.address = "0.0.0.0";
    settings.port = site.port;
    settings.body_limit = [&door](const io::HttpRequest& head) { return door.body_limit(head); };
    auto& server = servers.emplace_back(std::make_unique<io::HttpServer>(
        reactors, std::move(settings), [&door](io::HttpRequest& request) { return door.handle(request); }));
    if (const auto started = server->start(); !started) {
      std::fprintf(stderr, "port %u: %s\n", site.port, started.error().detail.c_str());
      return 1;
    }
  }
  boost::asio::io_context waiting;
  boost::asio::signal_set signals(waiting, SIGTERM, SIGINT);
  signals.async_wait([](const boost::system::error_code& /*error*/, int /*signal*/) {});
  reactors.start();
  std::puts("ready");
  std::fflush(stdout);
  waiting.run();
  const auto home = reactors.home().executor();
  for (Task<void>& goodbye : goodbyes)
    boost::asio::co_spawn(home, std::move(goodbye), boost::asio::use_future).get();
  for (const auto& server : servers) {
    constexpr auto kPatience = std::chrono::milliseconds(500);
    boost::asio::co_spawn(home, server->drain(kPatience), boost::asio::use_future).get();
  }
  reactors.stop();
  reactors.join();
  return 0;
}

}  // namespace luso::gateway::program
