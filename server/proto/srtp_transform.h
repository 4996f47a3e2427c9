#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "base/bytes.h"
#include "base/prefetch.h"
#include "proto/hmac_sha1.h"
#include "proto/srtp.h"

struct evp_cipher_ctx_st;

namespace luso::proto::srtp {

// One session key at work in one direction: the part of Sealer and Opener in which the profiles differ.
class Transform {
 public:
  enum class Direction : std::uint8_t { seal, open };

  Transform(Profile profile, const SessionKeys::Stream& keys, Direction direction);

  // A packet on its way through.
  struct Job {
    std::uint32_t ssrc = 0;          // With the index it makes the key stream the packet's own.
    std::uint64_t index = 0;         // RTP: roll-over counter and sequence number; RTCP: 31 bits.
    ByteView clear;                  // Only authenticated,
    std::span<std::uint8_t> sealed;  // and what lies right behind it, encrypted too.
    ByteView trailer;                // Authenticated besides.
  };

  // Encrypts prefix and payload into `job.sealed`, which has just their size, and writes the tag.
  void seal(const Job& job, ByteView prefix, ByteView payload, std::span<std::uint8_t> tag);

  // What seal() and open() touch, as far as OpenSSL lets us see.
  [[nodiscard]] MemoryPiece cipher_memory() const { return {.at = context_.get(), .bytes = kContextBytes}; }

  // Decrypts in place; false when the tag is wrong.
  [[nodiscard]] bool open(const Job& job, ByteView tag);

 private:
  struct FreeContext {
    void operator()(evp_cipher_ctx_st* context) const;
  };

  static constexpr std::size_t kContextBytes = 192;  // Of an EVP_CIPHER_CTX, about.

  void start(const Job& job);
  void authenticate_only(ByteView bytes);
  void crypt(ByteView from, std::uint8_t* to);
  [[nodiscard]] HmacSha1::Digest mac(const Job& job);

  std::unique_ptr<evp_cipher_ctx_st, FreeContext> context_;
  std::optional<HmacSha1> hmac_;  // Without it the cipher authenticates.
  std::array<std::uint8_t, kSaltBytesMax> salt_;
};

[[nodiscard]] constexpr std::size_t tag_bytes(Profile profile) {
  return profile == Profile::aead_aes_128_gcm ? 16 : 10;
}

}  // namespace luso::proto::srtp
