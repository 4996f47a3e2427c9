#include "gateway/internal/recovery.h"

#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

namespace luso::gateway::internal {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kReactors = 2;
constexpr std::uint32_t kWhispers = kReactors;  // The stream of the first reactor's messages to one socket.

BroadcastPtr message(Offset offset, std::vector<std::string> rooms = {},
                     std::vector<std::string> except = {}) {
  auto packets = std::make_shared<proto::engineio::Encoded>();
  packets->frames = Bytes(10);
  return std::make_shared<Broadcast>(Broadcast{
      .packets = packets, .to = {.rooms = std::move(rooms), .except = std::move(except)}, .offset = offset});
}

std::vector<std::string> texts(const std::vector<BroadcastPtr>& messages) {
  std::vector<std::string> all;
  for (const BroadcastPtr& one : messages) all.push_back(text_of(*one->offset));
  return all;
}

using Texts = std::vector<std::string>;

class RecoveryLogTest : public ::testing::Test {
 protected:
  void add(Offset offset, std::vector<std::string> rooms = {}, std::vector<std::string> except = {}) {
    log_.add(message(offset, std::move(rooms), std::move(except)), now_);
  }

  [[nodiscard]] Texts since(const Offset& offset, const std::vector<std::string>& rooms = {"me"}) const {
    const auto place = log_.behind(offset);
    const auto missed = place ? log_.since(*place, rooms) : std::nullopt;
    return missed ? texts(*missed) : Texts{"forgotten"};
  }

  RecoverySettings settings_{
      .disconnection_max = 10s, .messages_max = 5, .bytes_max = 1'000, .sessions_max = 2};
  RecoveryLog log_{settings_, 2 * kReactors};
  MonoTime now_{1h};
};

TEST_F(RecoveryLogTest, KeepsTheOrderInWhichItSawThem) {
  add({0, 1});
  add({1, 1});
  add({0, 2});

  EXPECT_EQ(since({0, 1}), (Texts{"1.1", "0.2"}));
  EXPECT_EQ(since({1, 1}), (Texts{"0.2"}));
  EXPECT_EQ(since({0, 2}), Texts{});
}

TEST_F(RecoveryLogTest, TellsOnlyWhatWouldHaveReachedTheSocket) {
  add({0, 1});
  add({0, 2}, {"fado"});
  add({0, 3}, {"me", "fado"});
  add({0, 4}, {}, {"fado"});
  add({0, 5}, {"samba"}, {"me"});

  EXPECT_EQ(since({0, 1}, {"me"}), (Texts{"0.3", "0.4"}));
  EXPECT_EQ(since({0, 1}, {"me", "fado"}), (Texts{"0.2", "0.3"}));
  EXPECT_EQ(since({0, 1}, {"you", "samba"}), (Texts{"0.4", "0.5"}));
}

TEST_F(RecoveryLogTest, ForgetsTheOldestAndSaysSo) {
  for (std::uint64_t number = 1; number <= 7; ++number) add({0, number});

  EXPECT_EQ(since({0, 1}), Texts{"forgotten"});
  EXPECT_EQ(since({0, 3}), (Texts{"0.4", "0.5", "0.6", "0.7"}));
  EXPECT_EQ(since({0, 8}), Texts{"forgotten"});
  EXPECT_EQ(since({9, 1}), Texts{"forgotten"});

  now_ += 11s;
  add({0, 8});
  EXPECT_EQ(since({0, 7}), Texts{"forgotten"});
  EXPECT_EQ(since({0, 8}), Texts{});
}

TEST_F(RecoveryLogTest, KnowsWhatAnotherReactorHasNotSeen) {
  add({0, 1});
  add({1, 1});
  add({kWhispers, 1}, {"me"});
  add({1, 2}, {"me"});
  add({0, 2}, {"you"});

  EXPECT_EQ(texts(log_.beyond({1, 1, 0, 0}, {"me"})), (Texts{"1.2"}));
  EXPECT_EQ(texts(log_.beyond({0, 2, 0, 0}, {"me"})), (Texts{"0.1"}));
}

TEST_F(RecoveryLogTest, WaitsForClientsUntilTheirTimeIsUp) {
  LostSessions lost(settings_);
  const auto session = [](std::string id) {
    LostSession waited_for;
    waited_for.id = std::move(id);
    return waited_for;
  };
  lost.add("a", session("1"), now_);
  lost.add("b", session("2"), now_);
  lost.add("c", session("3"), now_);

  EXPECT_FALSE(lost.take("a", now_));  // There were too many.
  EXPECT_EQ(lost.take("b", now_ + 10s)->id, "2");
  EXPECT_FALSE(lost.take("b", now_));
  EXPECT_FALSE(lost.take("c", now_ + 11s));
}

TEST(RecoveryOffset, IsTwoNumbers) {
  EXPECT_EQ(offset_of("3.11"), (Offset{.stream = 3, .number = 11}));
  for (const char* broken : {"", "3", "3.", ".1", "a.1", "-1.1", "3.11.2", "99999999999.1"})
    EXPECT_FALSE(offset_of(broken)) << broken;
}

// A client that comes and goes between two reactors, each with a log of its own order, gets every message
// once.
RC_GTEST_PROP(Recovery, NothingIsLostOrDoubledBetweenReactors,
              (const std::vector<std::uint8_t>& happenings)) {
  const RecoverySettings settings;
  RecoveryLog logs[kReactors] = {{settings, 2 * kReactors}, {settings, 2 * kReactors}};
  std::vector<BroadcastPtr> on_their_way[kReactors];
  std::uint64_t sent[kReactors] = {0, 0};
  const MonoTime now{};
  const auto arrive = [&](std::size_t at) {
    for (const BroadcastPtr& one : std::exchange(on_their_way[at], {})) logs[at].add(one, now);
  };
  for (const std::uint8_t byte : happenings) {
    const std::size_t at = byte % kReactors;
    if (byte % 3 == 0) {
      arrive(at);
      continue;
    }
    const BroadcastPtr one = message({.stream = static_cast<std::uint32_t>(at), .number = ++sent[at]});
    logs[at].add(one, now);
    on_their_way[1 - at].push_back(one);
  }

  // Cut off from the first after some message, back on the second, which then hears what the first has seen.
  const auto all = logs[0].since(0, {"me"}).value();
  const std::size_t read = happenings.empty() ? 0 : happenings.front() % (all.size() + 1);
  auto heard = texts(all);
  heard.resize(read);
  const auto missed = logs[0].since(read, {"me"}).value();
  const auto seen = logs[0].seen();
  arrive(1);
  for (const std::string& text : texts(missed)) heard.push_back(text);
  for (const std::string& text : texts(logs[1].beyond(seen, {"me"}))) heard.push_back(text);

  auto expected = texts(logs[1].since(0, {"me"}).value());
  auto sorted = heard;
  std::ranges::sort(sorted);
  std::ranges::sort(expected);
  RC_ASSERT(sorted == expected);
}

}  // namespace
}  // namespace luso::gateway::internal
