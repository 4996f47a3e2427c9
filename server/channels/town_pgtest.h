#pragma once

#include <string>
#include <vector>

#include <boost/asio/experimental/awaitable_operators.hpp>

#include "base/check.h"
#include "channels/service.h"
#include "testing/world.h"

namespace luso::channels {

// A database with categories and people in it, at a time tests decide.
class TownForTests {
 public:
  static constexpr WallTime kStart{std::chrono::sys_days(std::chrono::year(2026) / 11 / 22)};

  TownForTests() { LUSO_CHECK(run(channels.load_categories())); }

  // An account with its channel, made as registration makes it.
  UserId user(const std::string& username, const std::string& locale = "pt-PT") {
    const std::string id = execute(
        "INSERT INTO users (username, display_name, email, email_key, password_hash, locale)"
        " VALUES ('" +
        username + "', '" + username + "', '" + username + "@exemplo.pt', '" + username +
        "@exemplo.pt', '-', '" + locale + "') RETURNING id");
    const NewChannel channel{
        .user_id = UserId{std::stoll(id)}, .username = username, .display_name = "", .locale = locale};
    const auto opened = world.run([&]() -> Task<Result<void>> {
      co_return co_await world.pg().transaction<void>(
          [&](io::PgSessionPtr session) { return Channels::open(std::move(session), channel); });
    });
    LUSO_CHECK(opened);
    return channel.user_id;
  }

  std::string execute(const std::string& sql) {
    const std::vector<std::string> column = world.database().execute(sql);
    return column.empty() ? std::string() : column.front();
  }

  template <typename T>
  T run(Task<T> task) {
    return world.run(std::move(task));
  }

  // Both at once, on two connections.
  template <typename A, typename B>
  std::tuple<A, B> run_together(Task<A> one, Task<B> other) {
    using namespace boost::asio::experimental::awaitable_operators;
    return world.run(
        [&]() -> Task<std::tuple<A, B>> { co_return co_await (std::move(one) && std::move(other)); });
  }

  testing::World world;
  ManualClock clock{kStart};
  Channels channels{clock, world.pg()};
};

}  // namespace luso::channels
