#include <algorithm>

#include <openssl/evp.h>

#include "base/check.h"
#include "proto/srtp.h"

namespace luso::proto::srtp {

namespace {

// RFC 3711, 4.3.2
enum class Label : std::uint8_t {
  rtp_cipher = 0,
  rtp_auth = 1,
  rtp_salt = 2,
  rtcp_cipher = 3,
  rtcp_auth = 4,
  rtcp_salt = 5
};

// AES in counter mode is the pseudo-random function of both profiles (RFC 3711, 4.3.3; RFC 7714, 11). A key
// derivation rate of 0: keys are derived once.
void derive(const MasterKey& master, Label label, std::span<std::uint8_t> out) {
  std::array<std::uint8_t, 16> iv{};
  std::copy(master.salt.begin(), master.salt.end(), iv.begin());
  iv[7] ^= static_cast<std::uint8_t>(label);
  std::fill(out.begin(), out.end(), std::uint8_t{0});
  EVP_CIPHER_CTX* const context = EVP_CIPHER_CTX_new();
  int bytes = 0;
  const bool done =
      context != nullptr &&
      EVP_EncryptInit_ex(context, EVP_aes_128_ctr(), nullptr, master.key.data(), iv.data()) == 1 &&
      EVP_EncryptUpdate(context, out.data(), &bytes, out.data(), static_cast<int>(out.size())) == 1;
  EVP_CIPHER_CTX_free(context);
  LUSO_CHECK(done);
}

}  // namespace

SessionKeys derive_keys(Profile profile, const MasterKey& master) {
  SessionKeys keys;
  derive(master, Label::rtp_cipher, keys.rtp.cipher);
  derive(master, Label::rtcp_cipher, keys.rtcp.cipher);
  derive(master, Label::rtp_salt, std::span(keys.rtp.salt).first(salt_bytes(profile)));
  derive(master, Label::rtcp_salt, std::span(keys.rtcp.salt).first(salt_bytes(profile)));
  if (profile == Profile::aes128_cm_sha1_80) {
    derive(master, Label::rtp_auth, keys.rtp.auth);
    derive(master, Label::rtcp_auth, keys.rtcp.auth);
  }
  return keys;
}

MasterKeys split_keying_material(Profile profile, ByteView material) {
  LUSO_CHECK(material.size() == keying_bytes(profile));
  ByteReader in(material);
  const auto take = [&in](std::span<std::uint8_t> out, std::size_t bytes) {
    const ByteView from = in.take(bytes);
    std::copy(from.begin(), from.end(), out.begin());
  };
  MasterKeys keys;
  take(keys.client.key, kKeyBytes);
  take(keys.server.key, kKeyBytes);
  take(keys.client.salt, salt_bytes(profile));
  take(keys.server.salt, salt_bytes(profile));
  return keys;
}

}  // namespace luso::proto::srtp
