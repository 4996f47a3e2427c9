#include "proto/engineio.h"

#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include "base/text.h"
#include "proto/engineio_session.h"
#include "proto/fixtures_test.h"

namespace luso::proto::engineio {
namespace {

using namespace std::chrono_literals;
using testing::hex;
using enum CloseReason;

std::vector<std::string> read_payload(std::string_view body) {
  std::vector<std::string> packets;
  PayloadReader reader(body);
  while (const auto packet = reader.next())
    packets.push_back((packet->is_binary ? "b" : std::string(1, static_cast<char>(packet->type))) +
                      std::string(packet->data));
  if (reader.failed()) packets.emplace_back("failed");
  return packets;
}

using Texts = std::vector<std::string>;

TEST(EngineIoPacket, IsADigitAndItsData) {
  EXPECT_EQ(parse_packet("4olá"), (Packet{.type = PacketType::message, .is_binary = false, .data = "olá"}));
  EXPECT_EQ(parse_packet("2probe"), (Packet{.type = PacketType::ping, .is_binary = false, .data = "probe"}));
  EXPECT_EQ(parse_packet("6"), (Packet{.type = PacketType::noop, .is_binary = false, .data = ""}));
  for (const char* broken : {"", "7", "abc", " 4", "-1", "b"}) EXPECT_FALSE(parse_packet(broken)) << broken;
}

TEST(EngineIoPayload, SplitsAtTheSeparatorAndReadsBase64) {
  EXPECT_EQ(read_payload("4test1\x1e"
                         "4test2\x1e"
                         "4test3"),
            (Texts{"4test1", "4test2", "4test3"}));
  EXPECT_EQ(read_payload("4hello\x1e"
                         "bAQIDBA=="),
            (Texts{"4hello", "b\x01\x02\x03\x04"}));
  EXPECT_EQ(read_payload("b"), (Texts{"b"}));
}

TEST(EngineIoPayload, FailsAtWhatIsNoPacketAfterTheSoundOnes) {
  EXPECT_EQ(read_payload("abc"), (Texts{"failed"}));
  EXPECT_EQ(read_payload(""), (Texts{"failed"}));
  EXPECT_EQ(read_payload("4a\x1e"), (Texts{"4a", "failed"}));
  EXPECT_EQ(read_payload("4a\x1e"
                         "b!!!\x1e"
                         "4c"),
            (Texts{"4a", "failed"}));
  EXPECT_EQ(read_payload("4\xff"), (Texts{"failed"}));
}

TEST(EngineIoPayload, FramesAreRewrittenForAPoll) {
  Bytes frames;
  append_packet(frames, PacketType::message, "hello");
  append_binary_message(frames, hex("01 02 03 04"));
  append_packet(frames, PacketType::message, std::string(70'000, 'x'));

  std::string payload;
  append_to_payload(payload, frames);

  EXPECT_EQ(ByteView(frames).first(8).size(), 8U);
  EXPECT_EQ(Bytes(frames.begin(), frames.begin() + 14), hex("81 06 34 68656c6c6f 82 04 01020304"));
  EXPECT_EQ(payload,
            "4hello\x1e"
            "bAQIDBA==\x1e"
            "4" +
                std::string(70'000, 'x'));
}

RC_GTEST_PROP(EngineIoPayload, WhatIsWrittenReadsBackTheSame,
              (const std::vector<std::pair<bool, std::string>>& messages)) {
  Bytes frames;
  Texts expected;
  for (const auto& [binary, data] : messages) {
    const bool as_binary = binary || !is_utf8(data) || data.find(kSeparator) != std::string::npos;
    if (as_binary) {
      append_binary_message(frames, as_bytes(data));
    } else {
      append_packet(frames, PacketType::message, data);
    }
    expected.push_back((as_binary ? "b" : "4") + data);
  }
  std::string payload;
  append_to_payload(payload, frames);
  RC_ASSERT(messages.empty() || read_payload(payload) == expected);
}

// A session as its owner sees it: every call at a moment of the test's own.
class EngineIoSession : public ::testing::Test {
 protected:
  [[nodiscard]] MonoTime at(std::chrono::milliseconds time) const { return start_ + time; }

  [[nodiscard]] Session session(Transport transport = Transport::polling) const {
    return {"sid", settings_, transport, start_, at(300ms)};
  }

  static Session::Received say(Session& session, std::string_view text, MonoTime now) {
    return session.receive(parse_packet(text), now);
  }

  static bool send(Session& session, std::string_view data) {
    return session.send(encode_packet(PacketType::message, data));
  }

  Settings settings_{.ping_interval = 300ms, .ping_timeout = 200ms, .upgrade_timeout = 1s, .farewell = 5s};
  MonoTime start_{1h};
};

TEST_F(EngineIoSession, GreetsWithExactlyWhatTheProtocolNames) {
  EXPECT_EQ(
      session().greeting(),
      R"({"sid":"sid","upgrades":["websocket"],"pingInterval":300,"pingTimeout":200,"maxPayload":1000000})");
  EXPECT_EQ(session(Transport::websocket).greeting(),
            R"({"sid":"sid","upgrades":[],"pingInterval":300,"pingTimeout":200,"maxPayload":1000000})");
}

TEST_F(EngineIoSession, AsksAndTheClientAnswersAgainAndAgain) {
  Session s = session(Transport::websocket);
  EXPECT_EQ(s.deadline(), at(300ms));
  EXPECT_EQ(s.tick(at(299ms)), Session::Due::nothing);
  EXPECT_EQ(s.tick(at(300ms)), Session::Due::ping);
  EXPECT_EQ(s.deadline(), at(500ms));
  EXPECT_EQ(say(s, "3", at(350ms)), Session::Received::nothing);
  EXPECT_EQ(s.deadline(), at(650ms));
  EXPECT_EQ(s.tick(at(650ms)), Session::Due::ping);
}

TEST_F(EngineIoSession, SilenceEndsIt) {
  Session s = session(Transport::websocket);
  EXPECT_EQ(s.tick(at(301ms)), Session::Due::ping);
  EXPECT_EQ(s.tick(at(499ms)), Session::Due::nothing);
  EXPECT_EQ(s.tick(at(500ms)), Session::Due::closed);
  EXPECT_EQ(s.reason(), ping_timeout);
  EXPECT_EQ(s.deadline(), MonoTime::max());
}

TEST_F(EngineIoSession, APingThatWentOutFarTooLateLeavesTheClientItsTime) {
  Session s = session(Transport::websocket);
  EXPECT_EQ(s.tick(at(900ms)), Session::Due::ping);
  EXPECT_EQ(s.deadline(), at(1080ms));
}

TEST_F(EngineIoSession, OtherWordsKeepItAliveOnceAPing) {
  Session s = session(Transport::websocket);
  EXPECT_EQ(s.tick(at(300ms)), Session::Due::ping);
  EXPECT_EQ(say(s, "4a", at(400ms)), Session::Received::message);
  EXPECT_EQ(say(s, "4b", at(550ms)), Session::Received::message);
  EXPECT_EQ(s.tick(at(599ms)), Session::Due::nothing);
  EXPECT_EQ(s.tick(at(600ms)), Session::Due::closed);
}

TEST_F(EngineIoSession, ClosesOnWhatItCannotRead) {
  Session s = session();
  EXPECT_EQ(say(s, "abc", at(1ms)), Session::Received::closed);
  EXPECT_EQ(s.reason(), parse_error);
  EXPECT_EQ(s.poll(), Session::Poll::refuse);
}

TEST_F(EngineIoSession, AClientMayNotPing) {
  Session s = session(Transport::websocket);
  EXPECT_EQ(say(s, "2", at(1ms)), Session::Received::closed);
  EXPECT_EQ(s.reason(), transport_error);
}

TEST_F(EngineIoSession, APollTakesWhatWaitsOrWaits) {
  Session s = session();
  EXPECT_TRUE(send(s, "a"));
  EXPECT_TRUE(send(s, "b"));
  EXPECT_FALSE(s.is_writable());
  EXPECT_EQ(s.poll(), Session::Poll::answer);
  EXPECT_EQ(s.take_payload(),
            "4a\x1e"
            "4b");
  EXPECT_EQ(s.poll(), Session::Poll::wait);
  EXPECT_TRUE(s.is_writable());
  EXPECT_TRUE(send(s, "c"));
  EXPECT_TRUE(s.has_payload());
  EXPECT_EQ(s.take_payload(), "4c");
}

TEST_F(EngineIoSession, ASecondPollEndsIt) {
  Session s = session();
  EXPECT_EQ(s.poll(), Session::Poll::wait);
  EXPECT_EQ(s.poll(), Session::Poll::overlap);
  EXPECT_EQ(s.take_payload(), "1");
  EXPECT_EQ(s.reason(), transport_error);
  EXPECT_EQ(s.poll(), Session::Poll::refuse);
}

TEST_F(EngineIoSession, AnAbortedPollEndsIt) {
  Session s = session();
  EXPECT_EQ(s.poll(), Session::Poll::wait);
  s.poll_aborted();
  EXPECT_EQ(s.state(), Session::State::closed);
  EXPECT_FALSE(s.has_payload());
}

TEST_F(EngineIoSession, AClientThatLeavesFreesItsPollWithANoop) {
  Session s = session();
  EXPECT_EQ(s.poll(), Session::Poll::wait);
  EXPECT_EQ(say(s, "1", at(1ms)), Session::Received::closed);
  EXPECT_EQ(s.reason(), transport_close);
  EXPECT_TRUE(s.has_payload());
  EXPECT_EQ(s.take_payload(), "6");
}

TEST_F(EngineIoSession, WhenWeCloseThePollHearsWhatWaitsAndThenOfIt) {
  Session s = session();
  EXPECT_TRUE(send(s, "last"));
  s.close(at(10ms));
  EXPECT_FALSE(send(s, "too late"));
  EXPECT_EQ(s.state(), Session::State::closing);
  EXPECT_EQ(s.poll(), Session::Poll::answer);
  EXPECT_EQ(s.take_payload(),
            "4last\x1e"
            "1");
  EXPECT_EQ(s.state(), Session::State::closed);
  EXPECT_EQ(s.reason(), forced_close);
}

TEST_F(EngineIoSession, AClientThatNeverAsksIsLeftAfterTheFarewell) {
  settings_.ping_interval = settings_.ping_timeout = 1min;
  Session s("sid", settings_, Transport::polling, start_, at(1min));
  s.close(at(10ms));
  EXPECT_EQ(s.deadline(), at(5010ms));
  EXPECT_EQ(s.tick(at(5010ms)), Session::Due::closed);
}

TEST_F(EngineIoSession, ABacklogBeyondItsLimitEndsIt) {
  settings_.backlog_packets_max = 2;
  Session s = session();
  EXPECT_TRUE(send(s, "a"));
  EXPECT_TRUE(send(s, "b"));
  EXPECT_FALSE(send(s, "c"));
  EXPECT_EQ(s.reason(), too_slow);

  settings_.backlog_bytes_max = 100;
  Session large = session();
  EXPECT_FALSE(send(large, std::string(100, 'x')));
  EXPECT_EQ(large.reason(), too_slow);
}

TEST_F(EngineIoSession, UpgradesAfterTheProbe) {
  Session s = session();
  EXPECT_EQ(s.poll(), Session::Poll::wait);
  EXPECT_TRUE(s.begin_upgrade(at(1ms)));
  EXPECT_FALSE(s.begin_upgrade(at(2ms)));
  EXPECT_EQ(s.probe(parse_packet("2probe")), Session::Probe::answer);
  EXPECT_EQ(s.take_payload(), "6");
  EXPECT_EQ(s.poll(), Session::Poll::answer);
  EXPECT_EQ(s.take_payload(), "6");
  EXPECT_TRUE(send(s, "queued"));
  EXPECT_EQ(s.probe(parse_packet("5")), Session::Probe::upgrade);
  EXPECT_EQ(s.transport(), Transport::websocket);
  EXPECT_EQ(s.take_backlog().size(), 1U);
  EXPECT_EQ(s.poll(), Session::Poll::refuse);
  EXPECT_FALSE(s.begin_upgrade(at(3ms)));
}

TEST_F(EngineIoSession, APollThatWaitsThroughTheUpgradeIsFreed) {
  Session s = session();
  EXPECT_TRUE(s.begin_upgrade(at(1ms)));
  EXPECT_EQ(s.poll(), Session::Poll::wait);
  EXPECT_EQ(s.probe(parse_packet("5")), Session::Probe::upgrade);
  EXPECT_TRUE(s.has_payload());
  EXPECT_EQ(s.take_payload(), "6");
}

TEST_F(EngineIoSession, ACandidateThatSaysAnythingElseIsDroppedAndPollingGoesOn) {
  for (const char* words : {"4hello", "2", "3probe", "abc"}) {
    Session s = session();
    EXPECT_TRUE(s.begin_upgrade(at(1ms)));
    EXPECT_EQ(s.probe(parse_packet(words)), Session::Probe::drop) << words;
    EXPECT_EQ(s.poll(), Session::Poll::wait);
    EXPECT_TRUE(s.begin_upgrade(at(2ms)));
  }
}

TEST_F(EngineIoSession, ACandidateThatTakesTooLongIsDropped) {
  settings_.ping_interval = 1min;
  Session s("sid", settings_, Transport::polling, start_, at(1min));
  EXPECT_TRUE(s.begin_upgrade(at(0ms)));
  EXPECT_EQ(s.deadline(), at(1s));
  EXPECT_EQ(s.tick(at(1s)), Session::Due::drop_candidate);
  EXPECT_EQ(s.probe(parse_packet("5")), Session::Probe::drop);
  EXPECT_EQ(s.state(), Session::State::open);
}

}  // namespace
}  // namespace luso::proto::engineio
