#include "proto/rtmp_handshake.h"

#include <algorithm>
#include <string>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/check.h"

namespace luso::proto::rtmp {
namespace {

constexpr std::size_t kDigestBytes = 32;
constexpr std::size_t kPositionsModulus =
    728;  // Each half has 764 bytes: 4 of position, 32 of digest, the rest slack.
constexpr std::size_t kSecondHalf = 8 + 764;
constexpr std::size_t kSignedReplyBytes = kHandshakePartBytes - kDigestBytes;
constexpr std::string_view kClientKey = "Genuine Adobe Flash Player 001";
constexpr std::string_view kServerKey = "Genuine Adobe Flash Media Server 001";
// Follows kServerKey where a whole reply is signed.
constexpr std::array<std::uint8_t, 32> kServerKeyTail{
    0xF0, 0xEE, 0xC2, 0x4A, 0x80, 0x68, 0xBE, 0xE8, 0x2E, 0x00, 0xD0, 0xD1, 0x02, 0x9E, 0x7E, 0x57,
    0x6E, 0xEC, 0x5D, 0x2D, 0x29, 0x80, 0x6F, 0xAB, 0x93, 0xB8, 0xE6, 0x36, 0xCF, 0xEB, 0x31, 0xAE};

using Digest = std::array<std::uint8_t, kDigestBytes>;

Digest hmac_sha256(ByteView key, ByteView message) {
  Digest digest;
  unsigned size = 0;
  LUSO_CHECK(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), message.data(), message.size(),
                  digest.data(), &size) != nullptr);
  return digest;
}

// Where a part carries its digest: the first or the second half, at a place given by four bytes added up.
std::size_t digest_position(const HandshakePart& part, DigestScheme scheme) {
  const std::size_t half = scheme == DigestScheme::digest_first ? 8 : kSecondHalf;
  const std::size_t sum = part[half] + part[half + 1] + part[half + 2] + part[half + 3];
  return half + 4 + sum % kPositionsModulus;
}

// The digest of everything around the place of the digest.
Digest digest_of(const HandshakePart& part, std::size_t position, std::string_view key) {
  std::array<std::uint8_t, kHandshakePartBytes - kDigestBytes> around{};
  const auto after = std::copy_n(part.begin(), position, around.begin());
  std::copy(part.begin() + static_cast<std::ptrdiff_t>(position + kDigestBytes), part.end(), after);
  return hmac_sha256(as_bytes(key), around);
}

void put_digest(HandshakePart& part, DigestScheme scheme, std::string_view key) {
  const std::size_t position = digest_position(part, scheme);
  std::ranges::copy(digest_of(part, position, key), part.begin() + static_cast<std::ptrdiff_t>(position));
}

bool is_signed(const HandshakePart& part, DigestScheme scheme) {
  const std::size_t position = digest_position(part, scheme);
  const Digest expected = digest_of(part, position, kClientKey);
  return std::ranges::equal(expected, ByteView(part).subspan(position, kDigestBytes));
}

// What S2 must end with to answer a signed C1: its own digest under a key made of C1's digest.
Digest reply_digest(const HandshakePart& c1, ByteView reply, DigestScheme scheme) {
  Bytes key(kServerKey.begin(), kServerKey.end());
  key.insert(key.end(), kServerKeyTail.begin(), kServerKeyTail.end());
  const ByteView challenge = ByteView(c1).subspan(digest_position(c1, scheme), kDigestBytes);
  return hmac_sha256(hmac_sha256(key, challenge), reply.first(kSignedReplyBytes));
}

// SplitMix64: unpredictability is not asked of these bytes, only variety.
void fill_random(std::span<std::uint8_t> out, std::uint64_t seed) {
  for (std::uint8_t& byte : out) {
    seed += 0x9E37'79B9'7F4A'7C15U;
    std::uint64_t mixed = (seed ^ seed >> 30U) * 0xBF58'476D'1CE4'E5B9U;
    mixed = (mixed ^ mixed >> 27U) * 0x94D0'49BB'1331'11EBU;
    byte = static_cast<std::uint8_t>(mixed >> 56U);
  }
}

// 5.2.3: time and zero, then random bytes. A peer that signs puts its version where the zero was.
HandshakePart make_part(std::uint64_t random_seed, DigestScheme scheme, std::string_view key) {
  HandshakePart part{};
  fill_random(std::span(part).subspan(8), random_seed);
  if (scheme == DigestScheme::plain) return part;
  constexpr std::array<std::uint8_t, 4> kVersion{9, 0, 124, 2};
  std::ranges::copy(kVersion, part.begin() + 4);
  put_digest(part, scheme, key);
  return part;
}

}  // namespace

DigestScheme detect_scheme(const HandshakePart& c1) {
  const bool has_version =
      std::ranges::any_of(ByteView(c1).subspan(4, 4), [](std::uint8_t byte) { return byte != 0; });
  if (!has_version) return DigestScheme::plain;
  if (is_signed(c1, DigestScheme::digest_first)) return DigestScheme::digest_first;
  if (is_signed(c1, DigestScheme::key_first)) return DigestScheme::key_first;
  return DigestScheme::plain;
}

HandshakePart make_client_part(std::uint64_t random_seed, DigestScheme scheme) {
  return make_part(random_seed, scheme, kClientKey);
}

bool answers_digest(const HandshakePart& c1, const HandshakePart& s2, DigestScheme scheme) {
  return std::ranges::equal(reply_digest(c1, s2, scheme), ByteView(s2).subspan(kSignedReplyBytes));
}

Result<void> ServerHandshake::feed(ByteView& in, Bytes& out) {
  if (taken_ == 0 && !in.empty()) {
    if (in.front() != kRtmpVersion) {
      return fail(ErrorKind::invalid, "rtmp.bad_handshake", "version " + std::to_string(in.front()));
    }
    in = in.subspan(1);
    taken_ = 1;
    c1_.emplace();
  }
  if (c1_) {
    const std::size_t have = taken_ - 1;
    const std::size_t count = std::min(in.size(), kHandshakePartBytes - have);
    std::ranges::copy(in.first(count), c1_->begin() + static_cast<std::ptrdiff_t>(have));
    in = in.subspan(count);
    taken_ += count;
    if (have + count < kHandshakePartBytes) return {};
    answer(out);
    c1_.reset();
  }
  // C2 echoes S1. Encoders get it wrong, and nothing depends on it: it is counted, not read.
  const std::size_t count = std::min(in.size(), 1 + 2 * kHandshakePartBytes - taken_);
  in = in.subspan(count);
  taken_ += count;
  return {};
}

void ServerHandshake::answer(Bytes& out) {
  scheme_ = detect_scheme(*c1_);
  const HandshakePart s1 = make_part(random_seed_, scheme_, kServerKey);
  HandshakePart s2 = *c1_;
  if (scheme_ != DigestScheme::plain) {
    s2 = make_part(random_seed_ + 1, DigestScheme::plain, {});
    std::ranges::copy(reply_digest(*c1_, s2, scheme_), s2.begin() + kSignedReplyBytes);
  }
  ByteWriter writer(out);
  writer.u8(kRtmpVersion);
  writer.raw(s1);
  writer.raw(s2);
}

}  // namespace luso::proto::rtmp
