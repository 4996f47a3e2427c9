#include "proto/stun.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proto/fixtures_test.h"

namespace luso::proto::stun {
namespace {

using ::testing::ElementsAre;
using testing::hex;
using ::testing::SizeIs;

// RFC 5769, 2: all of one transaction, under one password.
constexpr std::string_view kPassword = "VOkJxbRl1RmTxUk/WvJxBt";
const TransactionId kTransaction{0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae};

Bytes sample_request() {
  return hex(
      "00 01 00 58 21 12 a4 42 b7 e7 a7 01 bc 34 d6 86 fa 87 df ae"
      "80 22 00 10 53 54 55 4e 20 74 65 73 74 20 63 6c 69 65 6e 74"
      "00 24 00 04 6e 00 01 ff"
      "80 29 00 08 93 2f f9 b1 51 26 3b 36"
      "00 06 00 09 65 76 74 6a 3a 68 36 76 59 20 20 20"
      "00 08 00 14 9a ea a7 0c bf d8 cb 56 78 1e f2 b5 b2 d3 f2 49 c1 b5 71 a2"
      "80 28 00 04 e5 7a 3b cf");
}

Bytes sample_answer_v4() {
  return hex(
      "01 01 00 3c 21 12 a4 42 b7 e7 a7 01 bc 34 d6 86 fa 87 df ae"
      "80 22 00 0b 74 65 73 74 20 76 65 63 74 6f 72 20"
      "00 20 00 08 00 01 a1 47 e1 12 a6 43"
      "00 08 00 14 2b 91 f5 99 fd 9e 90 c3 8c 74 89 f9 2a f9 ba 53 f0 6b e7 d7"
      "80 28 00 04 c0 7d 4c 96");
}

Bytes sample_answer_v6() {
  return hex(
      "01 01 00 48 21 12 a4 42 b7 e7 a7 01 bc 34 d6 86 fa 87 df ae"
      "80 22 00 0b 74 65 73 74 20 76 65 63 74 6f 72 20"
      "00 20 00 14 00 02 a1 47 01 13 a9 fa a5 d3 f1 79 bc 25 f4 b5 be d2 b9 d9"
      "00 08 00 14 a3 82 95 4e 4b e6 7b f1 17 84 c9 7c 82 92 c2 75 bf e3 ed 41"
      "80 28 00 04 c8 fb 0b 4c");
}

Message parsed(const Bytes& datagram) {
  auto message = parse(datagram);
  EXPECT_TRUE(message) << message.error().detail;
  return message ? *std::move(message) : Message{};
}

std::string why_not(const Bytes& datagram) {
  const auto message = parse(datagram);
  return message ? "it is sound" : message.error().detail;
}

// A message of these attributes, with a right length and nothing else.
Bytes with_attributes(std::string_view digits) {
  Bytes out = hex("00 01 00 00 21 12 a4 42 b7 e7 a7 01 bc 34 d6 86 fa 87 df ae");
  const Bytes attributes = hex(digits);
  out[2] = static_cast<std::uint8_t>(attributes.size() >> 8U);
  out[3] = static_cast<std::uint8_t>(attributes.size());
  out.insert(out.end(), attributes.begin(), attributes.end());
  return out;
}

TEST(Stun, ReadsTheSampleRequestOfRfc5769) {
  const Bytes datagram = sample_request();

  const Message message = parsed(datagram);

  EXPECT_EQ(message.kind, Class::request);
  EXPECT_EQ(message.method, kBinding);
  EXPECT_EQ(message.transaction, kTransaction);
  EXPECT_EQ(message.username, "evtj:h6vY");
  EXPECT_EQ(message.priority, 0x6e0001ffU);
  EXPECT_EQ(message.controlled, 0x932ff9b151263b36U);
  EXPECT_EQ(message.controlling, std::nullopt);
  EXPECT_TRUE(message.unknown.empty());  // SOFTWARE need not be understood.
  EXPECT_TRUE(message.has_fingerprint);
  EXPECT_TRUE(verify_integrity(datagram, message, kPassword));
}

TEST(Stun, ReadsTheSampleAnswersOfRfc5769) {
  const Bytes v4 = sample_answer_v4();
  const Bytes v6 = sample_answer_v6();

  const Message first = parsed(v4);
  const Message second = parsed(v6);

  EXPECT_EQ(first.kind, Class::success);
  EXPECT_EQ(first.mapped, (Address{.v6 = false, .port = 32853, .ip = {192, 0, 2, 1}}));
  EXPECT_TRUE(verify_integrity(v4, first, kPassword));
  EXPECT_EQ(second.mapped, (Address{.v6 = true,
                                    .port = 32853,
                                    .ip = {0x20, 0x01, 0x0d, 0xb8, 0x12, 0x34, 0x56, 0x78, 0, 0x11, 0x22,
                                           0x33, 0x44, 0x55, 0x66, 0x77}}));
  EXPECT_TRUE(verify_integrity(v6, second, kPassword));
}

TEST(Stun, AnyChangedByteOrPasswordBreaksTheIntegrity) {
  const Bytes datagram = sample_request();
  const Message message = parsed(datagram);
  EXPECT_FALSE(verify_integrity(datagram, message, "VOkJxbRl1RmTxUk/WvJxBu"));
  EXPECT_FALSE(verify_integrity(datagram, message, ""));
  for (std::size_t at = 0; at < message.integrity_at + 24; ++at) {
    if (at == 2 || at == 3) continue;  // The length: replaced before hashing; parse() has checked it.
    if (at >= message.integrity_at && at < message.integrity_at + 4) continue;  // The attribute's own header.
    Bytes changed = datagram;
    changed[at] ^= 0x01;
    EXPECT_FALSE(verify_integrity(changed, message, kPassword)) << "byte " << at;
  }
}

TEST(Stun, AMessageWithoutIntegrityIsNotVerified) {
  const Bytes datagram = Builder(Class::request, kTransaction).username("a:b").finish({});
  EXPECT_FALSE(verify_integrity(datagram, parsed(datagram), {}));
}

TEST(Stun, WhatIsBuiltIsWhatIsRead) {
  const Address address{.v6 = true, .port = 65535, .ip = {0xfe, 0x80, 1, 2, 3}};
  const Bytes request = Builder(Class::request, kTransaction)
                            .username("local:remote")
                            .priority(7)
                            .use_candidate()
                            .controlling(0x0102030405060708)
                            .finish("secret");
  const Bytes answer = Builder(Class::success, kTransaction).xor_mapped_address(address).finish("secret");

  const Message asked = parsed(request);
  const Message answered = parsed(answer);

  EXPECT_EQ(asked.username, "local:remote");
  EXPECT_EQ(asked.priority, 7U);
  EXPECT_TRUE(asked.use_candidate);
  EXPECT_EQ(asked.controlling, 0x0102030405060708U);
  EXPECT_TRUE(verify_integrity(request, asked, "secret"));
  EXPECT_EQ(answered.kind, Class::success);
  EXPECT_EQ(answered.mapped, address);
  EXPECT_TRUE(verify_integrity(answer, answered, "secret"));
}

TEST(Stun, ErrorsCarryTheirCodeAndTheUnknownAttributes) {
  const std::array<std::uint16_t, 2> unknown{0x0003, 0x7FFF};
  const Bytes answer = Builder(Class::error, kTransaction)
                           .error(ErrorCode::unknown_attribute, "Unknown Attribute")
                           .unknown_attributes(unknown)
                           .finish("secret");

  const Message message = parsed(answer);

  EXPECT_EQ(message.kind, Class::error);
  EXPECT_EQ(message.error, 420);
  EXPECT_THAT(message.unknown, SizeIs(0));  // UNKNOWN-ATTRIBUTES itself is known.
  EXPECT_TRUE(verify_integrity(answer, message, "secret"));
}

TEST(Stun, NamesRequiredAttributesItDoesNotKnow) {
  EXPECT_THAT(parsed(with_attributes("0003 0004 00000006  C001 0004 00000001  7FFF 0000")).unknown,
              ElementsAre(0x0003, 0x7FFF));
  std::string many;
  for (int i = 0; i < 20; ++i) many += "0003 0000 ";
  EXPECT_THAT(parsed(with_attributes(many)).unknown, SizeIs(kUnknownMax));
}

TEST(Stun, WhatFollowsTheIntegrityIsNotBelieved) {
  // RFC 8489, 14.5: somebody on the way could have added USE-CANDIDATE.
  Bytes datagram = Builder(Class::request, kTransaction).username("a:b").finish("secret");
  datagram.resize(datagram.size() - 8);  // Without FINGERPRINT.
  const Bytes added = hex("0025 0000  0024 0004 00000001");
  datagram.insert(datagram.end(), added.begin(), added.end());
  datagram[3] = static_cast<std::uint8_t>(datagram.size() - kHeaderBytes);

  const Message message = parsed(datagram);

  EXPECT_TRUE(verify_integrity(datagram, message, "secret"));
  EXPECT_FALSE(message.use_candidate);
  EXPECT_EQ(message.priority, std::nullopt);
}

TEST(Stun, OfAnAttributeThatComesTwiceTheFirstCounts) {
  EXPECT_EQ(parsed(with_attributes("0024 0004 00000001  0024 0004 00000002")).priority, 1U);
}

TEST(Stun, RefusesWhatIsMalformed) {
  EXPECT_EQ(why_not(hex("")), "no STUN header");
  EXPECT_EQ(why_not(hex("80 c9 00 01")), "no STUN header");
  Bytes cookie = sample_request();
  cookie[4] ^= 1;
  EXPECT_EQ(why_not(cookie), "no STUN header");
  Bytes cut = sample_request();
  cut.resize(cut.size() - 4);
  EXPECT_EQ(why_not(cut), "wrong length");
  Bytes odd = with_attributes("0025 0000");
  odd[3] = 3;
  odd.pop_back();
  EXPECT_EQ(why_not(odd), "wrong length");
  EXPECT_EQ(why_not(with_attributes("0006 0009 61626364")), "an attribute is cut short");
  EXPECT_EQ(why_not(with_attributes("0024 0002 00010000")), "malformed attribute");
  EXPECT_EQ(why_not(with_attributes("0025 0001 00000000")), "malformed attribute");
  EXPECT_EQ(why_not(with_attributes("0020 0008 0003 a147 e112a643")), "malformed attribute");
  EXPECT_EQ(why_not(with_attributes("0009 0004 0000 0799")), "malformed attribute");
  EXPECT_EQ(why_not(with_attributes("0008 0004 00000000")), "malformed MESSAGE-INTEGRITY");
  EXPECT_EQ(why_not(with_attributes("8028 0004 00000000")), "wrong FINGERPRINT");
  Bytes after = Builder(Class::request, kTransaction).finish({});
  const Bytes more = hex("0025 0000");
  after.insert(after.end(), more.begin(), more.end());
  after[3] = static_cast<std::uint8_t>(after.size() - kHeaderBytes);
  EXPECT_EQ(why_not(after), "wrong FINGERPRINT");  // It covers the length too.
}

TEST(Stun, EverythingIsBounded) {
  std::string many;
  for (std::size_t i = 0; i <= kAttributesMax; ++i) many += "8022 0000 ";
  EXPECT_EQ(why_not(with_attributes(many)), "too many attributes");
  std::string long_name = "0006 0204 ";
  for (int i = 0; i < 0x204; ++i) long_name += "61";
  EXPECT_EQ(why_not(with_attributes(long_name)), "malformed attribute");
  Bytes huge = with_attributes("8022 0000");
  huge.resize(kMessageBytesMax + 4);
  EXPECT_EQ(why_not(huge), "too long");
}

TEST(Stun, OtherMethodsAndClassesAreTold) {
  for (const Class kind : {Class::request, Class::indication, Class::success, Class::error}) {
    for (const std::uint16_t method : {kBinding, std::uint16_t{0x003}, std::uint16_t{0x0FF}}) {
      const Message message = parsed(Builder(kind, kTransaction, method).finish({}));
      EXPECT_EQ(message.kind, kind);
      EXPECT_EQ(message.method, method);
    }
  }
}

}  // namespace
}  // namespace luso::proto::stun
