#include "proto/hmac_sha1.h"

#include <openssl/evp.h>

#include "base/check.h"

namespace luso::proto {

namespace {

constexpr std::size_t kBlockBytes = 64;

const EVP_MD* sha1() {
  static EVP_MD* const kSha1 = EVP_MD_fetch(nullptr, "SHA1", nullptr);  // Once: fetching takes a lock.
  LUSO_CHECK(kSha1 != nullptr);
  return kSha1;
}

}  // namespace

void HmacSha1::FreeContext::operator()(evp_md_ctx_st* context) const {
  EVP_MD_CTX_free(context);
}

HmacSha1::HmacSha1(ByteView key)
    : inner_(EVP_MD_CTX_new()), outer_(EVP_MD_CTX_new()), work_(EVP_MD_CTX_new()) {
  LUSO_CHECK(inner_ && outer_ && work_);
  std::array<std::uint8_t, kBlockBytes> block{};
  if (key.size() > kBlockBytes) {
    LUSO_CHECK(EVP_Digest(key.data(), key.size(), block.data(), nullptr, sha1(), nullptr) == 1);
  } else if (!key.empty()) {
    std::memcpy(block.data(), key.data(), key.size());
  }
  const auto start = [&block](EVP_MD_CTX* context, std::uint8_t pad) {
    std::array<std::uint8_t, kBlockBytes> padded = block;
    for (std::uint8_t& byte : padded) byte ^= pad;
    LUSO_CHECK(EVP_DigestInit_ex(context, sha1(), nullptr) == 1);
    LUSO_CHECK(EVP_DigestUpdate(context, padded.data(), padded.size()) == 1);
  };
  start(inner_.get(), 0x36);
  start(outer_.get(), 0x5c);
}

HmacSha1::Digest HmacSha1::operator()(ByteView first, ByteView second) {
  Digest digest{};
  LUSO_CHECK(EVP_MD_CTX_copy_ex(work_.get(), inner_.get()) == 1);
  LUSO_CHECK(EVP_DigestUpdate(work_.get(), first.data(), first.size()) == 1);
  LUSO_CHECK(EVP_DigestUpdate(work_.get(), second.data(), second.size()) == 1);
  LUSO_CHECK(EVP_DigestFinal_ex(work_.get(), digest.data(), nullptr) == 1);
  LUSO_CHECK(EVP_MD_CTX_copy_ex(work_.get(), outer_.get()) == 1);
  LUSO_CHECK(EVP_DigestUpdate(work_.get(), digest.data(), digest.size()) == 1);
  LUSO_CHECK(EVP_DigestFinal_ex(work_.get(), digest.data(), nullptr) == 1);
  return digest;
}

}  // namespace luso::proto
