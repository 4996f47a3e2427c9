#include "proto/srtp_transform.h"

#include <algorithm>

#include <openssl/evp.h>

#include "base/check.h"
#include "base/secret.h"

namespace luso::proto::srtp {

namespace {

// Fetched once: each fetch takes a lock and a walk through the providers.
const EVP_CIPHER* cipher_of(Profile profile) {
  static EVP_CIPHER* const kGcm = EVP_CIPHER_fetch(nullptr, "AES-128-GCM", nullptr);
  static EVP_CIPHER* const kCtr = EVP_CIPHER_fetch(nullptr, "AES-128-CTR", nullptr);
  LUSO_CHECK(kGcm != nullptr && kCtr != nullptr);
  return profile == Profile::aead_aes_128_gcm ? kGcm : kCtr;
}

}  // namespace

void Transform::FreeContext::operator()(evp_cipher_ctx_st* context) const {
  EVP_CIPHER_CTX_free(context);
}

Transform::Transform(Profile profile, const SessionKeys::Stream& keys, Direction direction)
    : context_(EVP_CIPHER_CTX_new()), salt_(keys.salt) {
  LUSO_CHECK(context_ != nullptr);
  const bool gcm = profile == Profile::aead_aes_128_gcm;
  if (!gcm) hmac_.emplace(keys.auth);
  // Counter mode is its own inverse; only GCM must know the direction.
  const int encrypt = !gcm || direction == Direction::seal ? 1 : 0;
  LUSO_CHECK(EVP_CipherInit_ex(context_.get(), cipher_of(profile), nullptr, keys.cipher.data(), nullptr,
                               encrypt) == 1);
}

// The salt, with SSRC and index laid over it: RFC 3711, 4.1.1 (the last two bytes count blocks) and RFC 7714,
// 8.1 and 9.1.
void Transform::start(const Job& job) {
  std::array<std::uint8_t, 16> iv{};
  std::copy(salt_.begin(), salt_.end(), iv.begin());
  const std::size_t at = hmac_ ? 4 : 2;
  for (std::size_t i = 0; i < 4; ++i) iv[at + i] ^= static_cast<std::uint8_t>(job.ssrc >> (24 - 8 * i));
  for (std::size_t i = 0; i < 6; ++i) iv[at + 4 + i] ^= static_cast<std::uint8_t>(job.index >> (40 - 8 * i));
  LUSO_CHECK(EVP_CipherInit_ex(context_.get(), nullptr, nullptr, nullptr, iv.data(), -1) == 1);
}

void Transform::authenticate_only(ByteView bytes) {
  if (bytes.empty()) return;
  int written = 0;
  LUSO_CHECK(
      EVP_CipherUpdate(context_.get(), nullptr, &written, bytes.data(), static_cast<int>(bytes.size())) == 1);
}

void Transform::crypt(ByteView from, std::uint8_t* to) {
  if (from.empty()) return;
  int written = 0;
  LUSO_CHECK(EVP_CipherUpdate(context_.get(), to, &written, from.data(), static_cast<int>(from.size())) == 1);
}

HmacSha1::Digest Transform::mac(const Job& job) {
  const ByteView packet(job.clear.data(), job.clear.size() + job.sealed.size());
  return (*hmac_)(packet, job.trailer);
}

void Transform::seal(const Job& job, ByteView prefix, ByteView payload, std::span<std::uint8_t> tag) {
  start(job);
  if (!hmac_) {
    authenticate_only(job.clear);
    authenticate_only(job.trailer);
  }
  crypt(prefix, job.sealed.data());
  crypt(payload, job.sealed.data() + prefix.size());
  if (hmac_) {
    const HmacSha1::Digest digest = mac(job);
    std::copy_n(digest.begin(), tag.size(), tag.begin());
    return;
  }
  int none = 0;
  LUSO_CHECK(EVP_CipherFinal_ex(context_.get(), tag.data(), &none) == 1);
  LUSO_CHECK(EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_GET_TAG, static_cast<int>(tag.size()),
                                 tag.data()) == 1);
}

bool Transform::open(const Job& job, ByteView tag) {
  if (hmac_) {
    // Before anything is decrypted: garbage costs one hash.
    const HmacSha1::Digest digest = mac(job);
    if (!equal_in_constant_time(ByteView(digest).first(tag.size()), tag)) return false;
    start(job);
    crypt(job.sealed, job.sealed.data());
    return true;
  }
  start(job);
  authenticate_only(job.clear);
  authenticate_only(job.trailer);
  crypt(job.sealed, job.sealed.data());
  LUSO_CHECK(EVP_CIPHER_CTX_ctrl(context_.get(), EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tag.size()),
                                 const_cast<std::uint8_t*>(tag.data())) == 1);  // It is only read.
  int none = 0;
  std::array<std::uint8_t, 16> rest{};
  return EVP_CipherFinal_ex(context_.get(), rest.data(), &none) == 1;
}

}  // namespace luso::proto::srtp
