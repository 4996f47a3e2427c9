#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/result.h"

// The RTMP handshake (RTMP 1.0, 5.2), plain and with Adobe's digests. Flash-era encoders sign C1 with
// HMAC-SHA256 at one of two places and some of them want a signed answer; everybody else gets the plain one.
namespace luso::proto::rtmp {

inline constexpr std::size_t kHandshakePartBytes = 1536;  // C1, C2, S1 and S2.
inline constexpr std::uint8_t kRtmpVersion = 3;           // C0; anything else is rtmp.bad_handshake.

enum class DigestScheme : std::uint8_t { plain, digest_first, key_first };

using HandshakePart = std::array<std::uint8_t, kHandshakePartBytes>;

// Which scheme a C1 is signed by.
[[nodiscard]] DigestScheme detect_scheme(const HandshakePart& c1);
// A C1 as a client makes it.
[[nodiscard]] HandshakePart make_client_part(std::uint64_t random_seed, DigestScheme scheme);
// Whether an S2 proves, to the client that sent `c1`, that the server knows Adobe's key.
[[nodiscard]] bool answers_digest(const HandshakePart& c1, const HandshakePart& s2, DigestScheme scheme);

class ServerHandshake {
 public:
  explicit ServerHandshake(std::uint64_t random_seed) : random_seed_(random_seed) {}

  [[nodiscard]] bool done() const { return taken_ == 1 + 2 * kHandshakePartBytes; }

  [[nodiscard]] DigestScheme scheme() const { return scheme_; }

  // Takes what it needs off the front of `in` and appends S0, S1 and S2 to `out` as soon as C1 is whole.
  [[nodiscard]] Result<void> feed(ByteView& in, Bytes& out);

 private:
  void answer(Bytes& out);

  std::uint64_t random_seed_;
  std::size_t taken_ = 0;
  DigestScheme scheme_ = DigestScheme::plain;
  std::optional<HandshakePart> c1_;  // Only until it is answered.
};

}  // namespace luso::proto::rtmp
