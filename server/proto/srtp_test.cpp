#include "proto/srtp.h"

#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include "proto/fixtures_test.h"

namespace luso::proto::srtp {
namespace {

using testing::hex;

template <std::size_t kSize>
Bytes bytes_of(const std::array<std::uint8_t, kSize>& array, std::size_t count = kSize) {
  return {array.begin(), array.begin() + static_cast<std::ptrdiff_t>(count)};
}

MasterKey master(std::uint8_t seed = 1) {
  MasterKey key;
  for (std::size_t i = 0; i < key.key.size(); ++i) key.key[i] = static_cast<std::uint8_t>(seed * 31 + i);
  for (std::size_t i = 0; i < 12; ++i) key.salt[i] = static_cast<std::uint8_t>(seed * 17 + i);
  return key;
}

Bytes rtp_packet(std::uint16_t sequence, std::uint32_t ssrc = 0xCAFE, std::size_t payload = 100) {
  Bytes out;
  ByteWriter writer(out);
  writer.u16(0x8060);
  writer.u16(sequence);
  writer.u32(90'000);
  writer.u32(ssrc);
  for (std::size_t i = 0; i < payload; ++i) writer.u8(static_cast<std::uint8_t>(i + sequence));
  return out;
}

Bytes rtcp_packet(std::uint32_t ssrc = 0xCAFE) {
  Bytes out;
  ByteWriter writer(out);
  writer.u16(0x80C9);
  writer.u16(1);
  writer.u32(ssrc);
  return out;
}

Bytes seal(Sealer& sealer, const Bytes& packet, std::size_t header = 12) {
  Bytes out(packet.size() + kRtpOverheadMax);
  out.resize(sealer.seal_rtp(ByteView(packet).first(header), ByteView(packet).subspan(header), out));
  return out;
}

Bytes seal_rtcp(Sealer& sealer, const Bytes& packet) {
  Bytes out(packet.size() + kRtcpOverheadMax);
  out.resize(sealer.seal_rtcp(packet, out));
  return out;
}

// What came out, or the refusal's name.
std::string outcome(const tl::expected<std::span<std::uint8_t>, Opener::Refusal>& opened) {
  if (opened) return "opened";
  switch (opened.error()) {
    case Opener::Refusal::malformed: return "malformed";
    case Opener::Refusal::forged: return "forged";
    case Opener::Refusal::replayed: return "replayed";
    case Opener::Refusal::too_many_sources: return "too many sources";
  }
  return "?";
}

std::string open(Opener& opener, Bytes packet) {
  return outcome(opener.open_rtp(packet));
}

std::string open_rtcp(Opener& opener, Bytes packet) {
  return outcome(opener.open_rtcp(packet));
}

class SrtpOf : public ::testing::TestWithParam<Profile> {};

INSTANTIATE_TEST_SUITE_P(Profiles, SrtpOf,
                         ::testing::Values(Profile::aead_aes_128_gcm, Profile::aes128_cm_sha1_80),
                         [](const auto& parameter) {
                           return parameter.param == Profile::aead_aes_128_gcm ? "Gcm" : "CmSha1";
                         });

TEST(Srtp, DerivesTheKeysOfRfc3711) {
  // Appendix B.3
  MasterKey key;
  const Bytes bytes = hex("E1F97A0D3E018BE0D64FA32C06DE4139");
  const Bytes salt = hex("0EC675AD498AFEEBB6960B3AABE6");
  std::copy(bytes.begin(), bytes.end(), key.key.begin());
  std::copy(salt.begin(), salt.end(), key.salt.begin());

  const SessionKeys keys = derive_keys(Profile::aes128_cm_sha1_80, key);

  EXPECT_EQ(bytes_of(keys.rtp.cipher), hex("C61E7A93744F39EE10734AFE3FF7A087"));
  EXPECT_EQ(bytes_of(keys.rtp.salt), hex("30CBBC08863D8C85D49DB34A9AE1"));
  EXPECT_EQ(bytes_of(keys.rtp.auth), hex("CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4"));
  EXPECT_NE(keys.rtcp.cipher, keys.rtp.cipher);
}

TEST(Srtp, CutsKeyingMaterialAsRfc5764Says) {
  Bytes material;
  for (std::uint8_t i = 0; i < 60; ++i) material.push_back(i);

  const MasterKeys sha1 = split_keying_material(Profile::aes128_cm_sha1_80, material);
  const MasterKeys gcm = split_keying_material(Profile::aead_aes_128_gcm, ByteView(material).first(56));

  EXPECT_EQ(sha1.client.key[0], 0);
  EXPECT_EQ(sha1.server.key[0], 16);
  EXPECT_EQ(sha1.client.salt[0], 32);
  EXPECT_EQ(sha1.server.salt[13], 59);
  EXPECT_EQ(gcm.server.salt[0], 44);
  EXPECT_EQ(gcm.server.salt[11], 55);
  EXPECT_EQ(gcm.server.salt[12], 0);  // RFC 7714, 11: twelve bytes, and zeros behind them.
}

TEST(Srtp, SealsTheGcmSampleOfRfc7714) {
  // 16.1.1; the keys there are session keys.
  SessionKeys keys;
  const Bytes salt = hex("51756964 2070726f 2071756f");
  for (std::size_t i = 0; i < 16; ++i) keys.rtp.cipher[i] = static_cast<std::uint8_t>(i);
  std::copy(salt.begin(), salt.end(), keys.rtp.salt.begin());
  const Bytes packet =
      hex("8040f17b 8041f8d3 5501a0b2 47616c6c 69612065 7374206f 6d6e6973 20646976 69736120 696e2070 61727465"
          "73207472 6573");
  Sealer sealer(Profile::aead_aes_128_gcm, keys);

  EXPECT_EQ(seal(sealer, packet),
            hex("8040f17b 8041f8d3 5501a0b2 f24de3a3 fb34de6c acba861c 9d7e4bca be633bd5 0d294e6f 42a5f47a"
                "51c7d19b 36de3adf 8833899d 7f27beb1 6a9152cf 765ee439 0cce"));
}

TEST_P(SrtpOf, WhatIsSealedOpensAgain) {
  Sealer sealer(GetParam(), master());
  Opener opener(GetParam(), master());
  for (std::uint16_t sequence = 1; sequence < 50; ++sequence) {
    const Bytes packet = rtp_packet(sequence, 7, sequence * 20U);
    Bytes sealed = seal(sealer, packet);
    EXPECT_NE(Bytes(sealed.begin() + 12, sealed.begin() + static_cast<std::ptrdiff_t>(packet.size())),
              Bytes(packet.begin() + 12, packet.end()));
    const auto opened = opener.open_rtp(sealed);
    ASSERT_TRUE(opened);
    EXPECT_EQ(Bytes(opened->begin(), opened->end()), packet);
    const Bytes report = rtcp_packet(7);
    Bytes sealed_report = seal_rtcp(sealer, report);
    const auto opened_report = opener.open_rtcp(sealed_report);
    ASSERT_TRUE(opened_report);
    EXPECT_EQ(Bytes(opened_report->begin(), opened_report->end()), report);
  }
}

TEST_P(SrtpOf, HeaderExtensionsAndContributorsStayReadable) {
  Bytes packet = hex("92 60 0001 00000001 0000CAFE 00000011 00000022 BEDE0002 10AA2005 00000000 01020304");
  Sealer sealer(GetParam(), master());
  Opener opener(GetParam(), master());

  Bytes sealed = seal(sealer, packet, packet.size() - 4);

  EXPECT_EQ(Bytes(sealed.begin(), sealed.begin() + 32), Bytes(packet.begin(), packet.begin() + 32));
  const auto opened = opener.open_rtp(sealed);
  ASSERT_TRUE(opened);
  EXPECT_EQ(Bytes(opened->begin(), opened->end()), packet);
}

TEST_P(SrtpOf, TheHeaderMayAlreadyBeInPlaceAndThePayloadInTwoPieces) {
  const Bytes packet = rtp_packet(5);
  Sealer once(GetParam(), master());
  Sealer again(GetParam(), master());
  const Bytes whole = seal(once, packet);
  Bytes pieces(whole.size());
  std::copy_n(packet.begin(), 12, pieces.begin());

  const std::size_t size = again.seal_rtp(ByteView(pieces).first(12), ByteView(packet).subspan(12, 2),
                                          ByteView(packet).subspan(14), pieces);

  EXPECT_EQ(size, whole.size());
  EXPECT_EQ(pieces, whole);
}

TEST_P(SrtpOf, NothingChangedOrCutOpens) {
  Sealer sealer(GetParam(), master());
  Opener opener(GetParam(), master());
  const Bytes sealed = seal(sealer, rtp_packet(9));
  const Bytes report = seal_rtcp(sealer, rtcp_packet());
  for (std::size_t at = 0; at < sealed.size(); ++at) {
    Bytes changed = sealed;
    changed[at] ^= 0x20;
    EXPECT_NE(open(opener, changed), "opened") << at;
    EXPECT_NE(open(opener, Bytes(sealed.begin(), sealed.begin() + static_cast<std::ptrdiff_t>(at))),
              "opened");
  }
  for (std::size_t at = 0; at < report.size(); ++at) {
    Bytes changed = report;
    changed[at] ^= 0x20;
    EXPECT_NE(open_rtcp(opener, changed), "opened") << at;
    EXPECT_NE(open_rtcp(opener, Bytes(report.begin(), report.begin() + static_cast<std::ptrdiff_t>(at))),
              "opened");
  }
  EXPECT_EQ(open(opener, sealed), "opened");  // None of it was remembered.
  EXPECT_EQ(open_rtcp(opener, report), "opened");
}

TEST_P(SrtpOf, AnotherKeyOpensNothing) {
  Sealer sealer(GetParam(), master(1));
  Opener opener(GetParam(), master(2));
  EXPECT_EQ(open(opener, seal(sealer, rtp_packet(1))), "forged");
  EXPECT_EQ(open_rtcp(opener, seal_rtcp(sealer, rtcp_packet())), "forged");
}

TEST_P(SrtpOf, AReplayIsRefused) {
  Sealer sealer(GetParam(), master());
  Opener opener(GetParam(), master());
  const Bytes first = seal(sealer, rtp_packet(1));
  const Bytes second = seal(sealer, rtp_packet(2));
  const Bytes report = seal_rtcp(sealer, rtcp_packet());
  EXPECT_EQ(open(opener, second), "opened");
  EXPECT_EQ(open(opener, first), "opened");  // Late, and new.
  EXPECT_EQ(open(opener, first), "replayed");
  EXPECT_EQ(open(opener, second), "replayed");
  EXPECT_EQ(open_rtcp(opener, report), "opened");
  EXPECT_EQ(open_rtcp(opener, report), "replayed");
}

TEST_P(SrtpOf, AReportInTheClearIsRefused) {
  Sealer sealer(GetParam(), master());
  Opener opener(GetParam(), master());
  Bytes report = seal_rtcp(sealer, rtcp_packet());
  const std::size_t word = GetParam() == Profile::aead_aes_128_gcm ? report.size() - 4 : 8;
  report[word] &= 0x7F;  // The E flag.
  EXPECT_EQ(open_rtcp(opener, report), "malformed");
}

TEST_P(SrtpOf, ASequenceNumberIsSealedOnlyOnce) {
  Sealer sealer(GetParam(), master());
  EXPECT_FALSE(seal(sealer, rtp_packet(10)).empty());
  EXPECT_TRUE(seal(sealer, rtp_packet(10)).empty());
  EXPECT_FALSE(seal(sealer, rtp_packet(9)).empty());
  EXPECT_TRUE(seal(sealer, rtp_packet(9)).empty());
  EXPECT_FALSE(seal(sealer, rtp_packet(10, 0xBEEF)).empty());  // Another source counts for itself.
  EXPECT_FALSE(seal(sealer, rtp_packet(200)).empty());
  EXPECT_TRUE(seal(sealer, rtp_packet(100)).empty());  // Too long ago to know.
}

TEST_P(SrtpOf, ARepeatIsTheSamePacketToTheLastBitHoweverOld) {
  Sealer sealer(GetParam(), master());
  const Bytes packet = rtp_packet(65'530);
  const auto again = [&](const Bytes& repeated) {
    Bytes out(repeated.size() + kRtpOverheadMax);
    out.resize(sealer.seal_rtp_again(ByteView(repeated).first(12), ByteView(repeated).subspan(12), out));
    return out;
  };

  EXPECT_TRUE(again(packet).empty()) << "not sealed yet";
  const Bytes first = seal(sealer, packet);
  for (std::uint16_t i = 1; i < 500; ++i)
    EXPECT_FALSE(seal(sealer, rtp_packet(static_cast<std::uint16_t>(65'530 + i))).empty());

  EXPECT_EQ(again(packet), first) << "of the lap before";
  EXPECT_TRUE(again(rtp_packet(65'530 + 500 - 65'536)).empty());
}

TEST_P(SrtpOf, TheRollOverCounterFollowsTheSequenceNumber) {
  Sealer sealer(GetParam(), master());
  Opener opener(GetParam(), master());
  std::uint16_t sequence = 65'000;
  for (int i = 0; i < 12'000; ++i) {
    const Bytes sealed = seal(sealer, rtp_packet(sequence, 1, 4));
    sequence += 13;            // Twice around.
    if (i % 7 == 0) continue;  // Lost.
    ASSERT_EQ(open(opener, sealed), "opened") << i;
  }
}

TEST_P(SrtpOf, PacketsAroundAWrapMayComeInAnyOrder) {
  Sealer sealer(GetParam(), master());
  Opener opener(GetParam(), master());
  const Bytes before = seal(sealer, rtp_packet(65'534));
  const Bytes last = seal(sealer, rtp_packet(65'535));
  const Bytes first = seal(sealer, rtp_packet(0));
  EXPECT_EQ(open(opener, before), "opened");
  EXPECT_EQ(open(opener, first), "opened");
  EXPECT_EQ(open(opener, last), "opened");
  EXPECT_EQ(open(opener, last), "replayed");
}

TEST_P(SrtpOf, SourcesAreBounded) {
  Sealer sealer(GetParam(), master());
  Opener opener(GetParam(), master());
  for (std::uint32_t ssrc = 1; ssrc <= kSsrcsMax; ++ssrc) {
    EXPECT_EQ(open(opener, seal(sealer, rtp_packet(1, ssrc))), "opened");
  }
  EXPECT_TRUE(seal(sealer, rtp_packet(1, 99)).empty());
  Sealer other(GetParam(), master());
  EXPECT_EQ(open(opener, seal(other, rtp_packet(1, 99))), "too many sources");
}

TEST_P(SrtpOf, SealsNothingThatDoesNotFitOrIsNoPacket) {
  Sealer sealer(GetParam(), master());
  const Bytes packet = rtp_packet(1);
  Bytes small(packet.size() + 9);
  EXPECT_EQ(sealer.seal_rtp(ByteView(packet).first(12), ByteView(packet).subspan(12), small), 0U);
  Bytes out(200);
  EXPECT_EQ(sealer.seal_rtp(ByteView(packet).first(11), {}, out), 0U);
  EXPECT_EQ(sealer.seal_rtp(ByteView(packet).first(13), {}, out), 0U);
  EXPECT_EQ(sealer.seal_rtcp(hex("80C90001"), out), 0U);
  EXPECT_FALSE(seal(sealer, packet).empty());  // The number was not used up.
}

RC_GTEST_PROP(SrtpWindow, TakesEachIndexOnceWhateverTheOrder, ()) {
  Window<128> window;
  std::vector<bool> taken(600, false);
  std::size_t newest = 0;
  bool any = false;
  for (const std::size_t index :
       *rc::gen::container<std::vector<std::size_t>>(rc::gen::inRange<std::size_t>(0, 600))) {
    const bool expected = !any || index > newest || (newest - index < 128 && !taken[index]);
    RC_ASSERT(window.is_new(index) == expected);
    if (!expected) continue;
    window.take(index);
    taken[index] = true;
    newest = any ? std::max(newest, index) : index;
    any = true;
  }
}

TEST(SrtpWindow, AnIndexBeforeTheFirstLapIsNone) {
  Window<64> window;
  window.take(*window.index_of(3));
  EXPECT_EQ(window.index_of(65'535), std::nullopt);
  EXPECT_EQ(window.index_of(1), 1U);
  EXPECT_EQ(window.index_of(4), 4U);
}

}  // namespace
}  // namespace luso::proto::srtp
