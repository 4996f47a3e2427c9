#include "proto/websocket.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include "proto/fixtures_test.h"

namespace luso::proto::websocket {
namespace {

using testing::hex;

// A frame as a client sends it. The mask is not zero, or forgetting it would go unseen.
Bytes masked(unsigned first_byte, ByteView payload,
             std::array<std::uint8_t, 4> key = {0x37, 0xfa, 0x21, 0x3d}) {
  Bytes frame{static_cast<std::uint8_t>(first_byte)};
  const FrameHeader header = frame_header(Opcode::binary, payload.size());
  frame.insert(frame.end(), header.bytes.begin() + 1,
               header.bytes.begin() + static_cast<std::ptrdiff_t>(header.size));
  frame[1] |= 0x80;
  frame.insert(frame.end(), key.begin(), key.end());
  for (std::size_t i = 0; i < payload.size(); ++i) frame.push_back(payload[i] ^ key[i % 4]);
  return frame;
}

Bytes masked(unsigned first_byte, std::string_view text) {
  return masked(first_byte, as_bytes(text));
}

struct Seen {
  Event::Kind kind;
  CloseCode code;
  std::string payload;
  friend bool operator==(const Seen&, const Seen&) = default;
};

void PrintTo(const Seen& seen, std::ostream* out) {
  *out << "kind " << static_cast<int>(seen.kind) << " code " << static_cast<int>(seen.code) << ' '
       << seen.payload;
}

std::vector<Seen> drain(Parser& parser) {
  std::vector<Seen> seen;
  while (const auto event = parser.next())
    seen.push_back(
        {.kind = event->kind, .code = event->code, .payload = std::string(as_text(event->payload))});
  return seen;
}

std::vector<Seen> read_all(ByteView bytes, ParserLimits limits = {}) {
  Parser parser(limits);
  parser.feed(bytes);
  return drain(parser);
}

CloseCode failure_of(ByteView bytes, ParserLimits limits = {}) {
  const auto seen = read_all(bytes, limits);
  const bool failed = !seen.empty() && seen.back().kind == Event::Kind::fail;
  return failed ? seen.back().code : CloseCode::normal;
}

Bytes operator+(Bytes a, const Bytes& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// 1.3
TEST(WebSocketHandshake, TheStandardsExampleKeyGivesItsAccept) {
  EXPECT_EQ(accept_key("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST(WebSocketHandshake, FirefoxKeepsTheConnectionAliveWhileItUpgrades) {
  const UpgradeRequest request{.connection = "keep-alive, Upgrade",
                               .upgrade = "WebSocket",
                               .version = "13",
                               .key = "dGhlIHNhbXBsZSBub25jZQ=="};

  EXPECT_EQ(accept_upgrade(request).value(), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST(WebSocketHandshake, WhatIsNoHandshakeIsRefused) {
  const UpgradeRequest sound{
      .connection = "Upgrade", .upgrade = "websocket", .version = "13", .key = "dGhlIHNhbXBsZSBub25jZQ=="};
  const auto refused = [&](auto change) {
    UpgradeRequest request = sound;
    change(request);
    return !accept_upgrade(request);
  };

  EXPECT_TRUE(refused([](auto& r) { r.connection = "keep-alive"; }));
  EXPECT_TRUE(refused([](auto& r) { r.upgrade = "h2c"; }));
  EXPECT_TRUE(refused([](auto& r) { r.version = "8"; }));
  EXPECT_TRUE(refused([](auto& r) { r.key = "c2hvcnQ="; }));
  EXPECT_TRUE(refused([](auto& r) { r.key = ""; }));
}

// 5.7, as a client would mask it.
TEST(WebSocketParser, TheStandardsExamplesReadAsTheyShould) {
  using enum Event::Kind;
  EXPECT_EQ(read_all(hex("818537fa213d7f9f4d5158")), (std::vector<Seen>{{text, CloseCode::normal, "Hello"}}));
  EXPECT_EQ(read_all(hex("898537fa213d7f9f4d5158")), (std::vector<Seen>{{ping, CloseCode::normal, "Hello"}}));
  EXPECT_EQ(read_all(masked(0x01, "Hel") + masked(0x80, "lo")),
            (std::vector<Seen>{{text, CloseCode::normal, "Hello"}}));
  EXPECT_EQ(
      read_all(masked(0x82, std::string(65'536, 'x')), {.message_bytes_max = 65'536}).front().payload.size(),
      65'536U);
}

// 5.4: control frames may come between fragments.
TEST(WebSocketParser, APingBetweenFragmentsIsAnsweredFirst) {
  using enum Event::Kind;
  EXPECT_EQ(read_all(masked(0x02, "a") + masked(0x89, "?") + masked(0x00, "b") + masked(0x80, "c") +
                     masked(0x81, "d")),
            (std::vector<Seen>{{ping, CloseCode::normal, "?"},
                               {binary, CloseCode::normal, "abc"},
                               {text, CloseCode::normal, "d"}}));
}

TEST(WebSocketParser, ACloseSaysWhyAndEndsTheTalk) {
  using enum Event::Kind;
  EXPECT_EQ(read_all(masked(0x88, hex("03e9 427965")) + masked(0x81, "late")),
            (std::vector<Seen>{{close, CloseCode::going_away, "Bye"}}));
  EXPECT_EQ(read_all(masked(0x88, "")), (std::vector<Seen>{{close, CloseCode::no_status, ""}}));
}

TEST(WebSocketParser, EveryBreachOfTheFramingIsAProtocolError) {
  const std::vector<std::pair<const char*, Bytes>> breaches{
      {"unmasked", hex("8105 48656c6c6f")},
      {"reserved bit", masked(0xC1, "x")},
      {"unknown data opcode", masked(0x83, "x")},
      {"unknown control opcode", masked(0x8B, "x")},
      {"fragmented ping", masked(0x09, "x")},
      {"long ping", masked(0x89, std::string(126, 'x'))},
      {"continuation of nothing", masked(0x80, "x")},
      {"message inside a message", masked(0x01, "x") + masked(0x81, "y")},
      {"16-bit length for 5 bytes", hex("81fe0005 00000000 0000000000")},
      {"64-bit length for 5 bytes", hex("81ff0000000000000005 00000000 0000000000")},
      {"close of one byte", masked(0x88, "x")},
      {"close with 1005", masked(0x88, hex("03ed"))},
      {"close with 999", masked(0x88, hex("03e7"))}};
  for (const auto& [name, bytes] : breaches) EXPECT_EQ(failure_of(bytes), CloseCode::protocol_error) << name;
}

// 8.1, over fragments too: the euro sign cut in two is sound, half of it is not.
TEST(WebSocketParser, TextThatIsNotUtf8IsABadPayload) {
  EXPECT_EQ(failure_of(masked(0x81, hex("ff"))), CloseCode::bad_payload);
  EXPECT_EQ(failure_of(masked(0x88, hex("03e8 ff"))), CloseCode::bad_payload);
  EXPECT_EQ(failure_of(masked(0x01, hex("e282")) + masked(0x80, hex("ac"))), CloseCode::normal);
  EXPECT_EQ(failure_of(masked(0x01, hex("e2")) + masked(0x80, hex("82"))), CloseCode::bad_payload);
  EXPECT_EQ(read_all(masked(0x82, hex("ff"))).front().kind, Event::Kind::binary);
}

TEST(WebSocketParser, ALongMessageIsRefusedByItsHeaderAlone) {
  const ParserLimits limits{.message_bytes_max = 300};
  EXPECT_EQ(failure_of(hex("82fe012d"), limits), CloseCode::too_big);
  EXPECT_EQ(failure_of(hex("82ffffffffffffffffff"), limits), CloseCode::too_big);
  EXPECT_EQ(failure_of(masked(0x02, std::string(200, 'x')) + hex("80e5"), limits), CloseCode::too_big);
  EXPECT_EQ(failure_of(masked(0x02, std::string(200, 'x')) + masked(0x80, std::string(100, 'x')), limits),
            CloseCode::normal);
}

TEST(WebSocketParser, AfterAFailureNothingIsReadAnyMore) {
  Parser parser;
  parser.feed(masked(0x83, "x"));
  ASSERT_EQ(drain(parser).size(), 1U);

  parser.feed(masked(0x81, "Hello"));

  EXPECT_TRUE(parser.finished());
  EXPECT_EQ(parser.next(), std::nullopt);
}

// Opcodes, sizes on both sides of every length form, and damage at a random byte.
Bytes some_stream() {
  Bytes stream;
  const int frames = *rc::gen::inRange(1, 6);
  for (int i = 0; i < frames; ++i) {
    const unsigned first = *rc::gen::element(0x81U, 0x82U, 0x01U, 0x02U, 0x00U, 0x80U, 0x89U, 0x8AU, 0x88U);
    const auto size = *rc::gen::element<std::size_t>(0, 1, 7, 8, 125, 126, 130, 70'000);
    stream = std::move(stream) + masked(first, std::string(size, 'x'));
  }
  if (*rc::gen::arbitrary<bool>()) stream[*rc::gen::inRange<std::size_t>(0, stream.size())] ^= 0x40;
  return stream;
}

RC_GTEST_PROP(WebSocketParser, HoweverTheBytesAreCutTheEventsAreTheSame, ()) {
  const Bytes stream = some_stream();
  const ParserLimits limits{.message_bytes_max = 100'000};
  const auto whole = read_all(stream, limits);

  Parser parser(limits);
  std::vector<Seen> pieces;
  for (ByteView rest = stream; !rest.empty();) {
    const auto step = std::min(rest.size(), *rc::gen::element<std::size_t>(1, 2, 3, 5, 13, 1'000, 40'000));
    parser.feed(rest.first(step));
    rest = rest.subspan(step);
    for (Seen& seen : drain(parser)) pieces.push_back(std::move(seen));
  }

  RC_ASSERT(pieces == whole);
}

// 5.2: the shortest length form that fits.
TEST(WebSocketWriter, HeadersTakeTheLengthsShortestForm) {
  EXPECT_EQ(write_frame(Opcode::text, as_bytes("Hello")), hex("8105 48656c6c6f"));
  const auto header = [](std::size_t size) {
    const FrameHeader made = frame_header(Opcode::binary, size);
    return Bytes(made.view().begin(), made.view().end());
  };
  EXPECT_EQ(header(125), hex("827d"));
  EXPECT_EQ(header(126), hex("827e007e"));
  EXPECT_EQ(header(256), hex("827e0100"));
  EXPECT_EQ(header(65'535), hex("827effff"));
  EXPECT_EQ(header(65'536), hex("827f0000000000010000"));
}

TEST(WebSocketWriter, ALongCloseReasonIsCutAtACharacter) {
  EXPECT_EQ(write_close(CloseCode::normal), hex("8802 03e8"));
  EXPECT_EQ(write_close(CloseCode::no_status), hex("8800"));

  const Bytes frame = write_close(CloseCode::policy_violation, "x" + std::string(122, 'y') + "ã");

  EXPECT_EQ(frame[1], 125);
  EXPECT_EQ(write_close(CloseCode::normal, std::string(122, 'y') + "ã")[1], 124);
}

}  // namespace
}  // namespace luso::proto::websocket
