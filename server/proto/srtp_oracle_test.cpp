#include <cstring>
#include <string>

#include <gtest/gtest.h>
#include <srtp2/srtp.h>

#include "proto/srtp.h"

// What libsrtp seals we open, and the other way round, packet by packet.
namespace luso::proto::srtp {
namespace {

constexpr std::size_t kRoom = 64;

MasterKey master(Profile profile) {
  MasterKey key;
  for (std::size_t i = 0; i < kKeyBytes; ++i) key.key[i] = static_cast<std::uint8_t>(0xA0 + i);
  for (std::size_t i = 0; i < salt_bytes(profile); ++i) key.salt[i] = static_cast<std::uint8_t>(0x30 + i);
  return key;
}

class Oracle {
 public:
  enum class Direction : std::uint8_t { in, out };

  Oracle(Profile profile, const MasterKey& key, Direction direction) {
    static const bool kReady = srtp_init() == srtp_err_status_ok;
    EXPECT_TRUE(kReady);
    key_.assign(key.key.begin(), key.key.end());
    key_.insert(key_.end(), key.salt.begin(),
                key.salt.begin() + static_cast<std::ptrdiff_t>(salt_bytes(profile)));
    srtp_policy_t policy{};
    if (profile == Profile::aead_aes_128_gcm) {
      srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtp);
      srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtcp);
    } else {
      srtp_crypto_policy_set_rtp_default(&policy.rtp);
      srtp_crypto_policy_set_rtcp_default(&policy.rtcp);
    }
    policy.ssrc.type = direction == Direction::in ? ssrc_any_inbound : ssrc_any_outbound;
    policy.key = key_.data();
    policy.window_size = 1024;
    EXPECT_EQ(srtp_create(&session_, &policy), srtp_err_status_ok);
  }

  ~Oracle() { srtp_dealloc(session_); }

  Oracle(const Oracle&) = delete;
  Oracle& operator=(const Oracle&) = delete;

  Bytes run(srtp_err_status_t (*step)(srtp_t, void*, int*), Bytes packet) {
    int size = static_cast<int>(packet.size());
    packet.resize(packet.size() + kRoom);
    const srtp_err_status_t status = step(session_, packet.data(), &size);
    EXPECT_EQ(status, srtp_err_status_ok);
    packet.resize(status == srtp_err_status_ok ? static_cast<std::size_t>(size) : 0);
    return packet;
  }

 private:
  Bytes key_;
  srtp_t session_ = nullptr;
};

Bytes rtp_packet(std::uint16_t sequence, std::uint32_t ssrc, std::size_t payload) {
  Bytes out;
  ByteWriter writer(out);
  writer.u16(0x9060);  // With an extension.
  writer.u16(sequence);
  writer.u32(sequence * 3'000U);
  writer.u32(ssrc);
  writer.u32(0xBEDE0001);
  writer.u32(0x10AA0000);
  for (std::size_t i = 0; i < payload; ++i) writer.u8(static_cast<std::uint8_t>(i * 7 + sequence));
  return out;
}

Bytes rtcp_packet(std::uint32_t ssrc, std::size_t words) {
  Bytes out;
  ByteWriter writer(out);
  writer.u16(0x80C8);
  writer.u16(static_cast<std::uint16_t>(words + 1));
  writer.u32(ssrc);
  for (std::size_t i = 0; i < words; ++i) writer.u32(static_cast<std::uint32_t>(i * 0x01020304));
  return out;
}

class SrtpOracle : public ::testing::TestWithParam<Profile> {};

INSTANTIATE_TEST_SUITE_P(Profiles, SrtpOracle,
                         ::testing::Values(Profile::aead_aes_128_gcm, Profile::aes128_cm_sha1_80),
                         [](const auto& parameter) {
                           return parameter.param == Profile::aead_aes_128_gcm ? "Gcm" : "CmSha1";
                         });

TEST_P(SrtpOracle, OpensWhatWeSeal) {
  Sealer sealer(GetParam(), master(GetParam()));
  Oracle oracle(GetParam(), master(GetParam()), Oracle::Direction::in);
  std::uint16_t sequence = 65'400;  // It wraps on the way.
  for (std::size_t i = 0; i < 400; ++i) {
    const Bytes packet = rtp_packet(sequence++, i % 3 == 0 ? 11 : 22, i * 3);
    Bytes sealed(packet.size() + kRtpOverheadMax);
    sealed.resize(sealer.seal_rtp(ByteView(packet).first(20), ByteView(packet).subspan(20), sealed));
    ASSERT_EQ(oracle.run(srtp_unprotect, sealed), packet) << i;
    const Bytes report = rtcp_packet(11, i % 30);
    Bytes sealed_report(report.size() + kRtcpOverheadMax);
    sealed_report.resize(sealer.seal_rtcp(report, sealed_report));
    ASSERT_EQ(oracle.run(srtp_unprotect_rtcp, sealed_report), report) << i;
  }
}

TEST_P(SrtpOracle, SealsWhatWeOpen) {
  Oracle oracle(GetParam(), master(GetParam()), Oracle::Direction::out);
  Opener opener(GetParam(), master(GetParam()));
  std::uint16_t sequence = 65'400;
  for (std::size_t i = 0; i < 400; ++i) {
    const Bytes packet = rtp_packet(sequence++, i % 3 == 0 ? 11 : 22, i * 3);
    Bytes sealed = oracle.run(srtp_protect, packet);
    const auto opened = opener.open_rtp(sealed);
    ASSERT_TRUE(opened) << i;
    ASSERT_EQ(Bytes(opened->begin(), opened->end()), packet);
    const Bytes report = rtcp_packet(11, i % 30);
    Bytes sealed_report = oracle.run(srtp_protect_rtcp, report);
    const auto opened_report = opener.open_rtcp(sealed_report);
    ASSERT_TRUE(opened_report) << i;
    ASSERT_EQ(Bytes(opened_report->begin(), opened_report->end()), report);
  }
}

}  // namespace
}  // namespace luso::proto::srtp
