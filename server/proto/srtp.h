#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/prefetch.h"
#include "base/result.h"
#include "proto/srtp_replay.h"

// SRTP and SRTCP (RFC 3711, RFC 7714) with OpenSSL's ciphers. One Sealer and one Opener a peer, used by one
// thread at a time.
namespace luso::proto::srtp {

// By their numbers in DTLS' use_srtp (RFC 5764, 4.1.2; RFC 7714, 14.2).
enum class Profile : std::uint16_t { aes128_cm_sha1_80 = 0x0001, aead_aes_128_gcm = 0x0007 };

inline constexpr std::size_t kKeyBytes = 16;
inline constexpr std::size_t kSaltBytesMax = 14;
inline constexpr std::size_t kRtpOverheadMax = 16;   // What sealing adds to an RTP packet,
inline constexpr std::size_t kRtcpOverheadMax = 20;  // and to an RTCP packet.
inline constexpr std::size_t kSsrcsMax = 16;  // Of one peer and direction; packets of others are refused.

inline constexpr std::size_t kSsrcsUsual = 3;  // Picture, its repetitions and sound.

[[nodiscard]] constexpr std::size_t salt_bytes(Profile profile) {
  return profile == Profile::aead_aes_128_gcm ? 12 : 14;
}

[[nodiscard]] constexpr std::size_t keying_bytes(Profile profile) {
  return 2 * (kKeyBytes + salt_bytes(profile));
}

// One direction's master key and salt; GCM's salt is two bytes shorter.
struct MasterKey {
  std::array<std::uint8_t, kKeyBytes> key{};
  std::array<std::uint8_t, kSaltBytesMax> salt{};
};

struct MasterKeys {
  MasterKey client, server;  // What the DTLS client seals with, and the DTLS server.
};

// Cuts DTLS' exported keying material (RFC 5764, 4.2). `material` has keying_bytes(profile) bytes.
[[nodiscard]] MasterKeys split_keying_material(Profile profile, ByteView material);

// The keys one direction really uses (RFC 3711, 4.3; RFC 7714, 11).
struct SessionKeys {
  struct Stream {
    std::array<std::uint8_t, kKeyBytes> cipher{};
    std::array<std::uint8_t, 20> auth{};  // HMAC-SHA1 only.
    std::array<std::uint8_t, kSaltBytesMax> salt{};
  };

  Stream rtp, rtcp;
};

[[nodiscard]] SessionKeys derive_keys(Profile profile, const MasterKey& master);

class Transform;  // One key with its cipher context: srtp_transform.h.

// What leaves. The roll-over counter of each SSRC starts at 0 with its first packet, which is what a receiver
// that has just come assumes (RFC 3711, 3.3.1).
class Sealer {
 public:
  Sealer(Profile profile, const SessionKeys& keys);

  Sealer(Profile profile, const MasterKey& master) : Sealer(profile, derive_keys(profile, master)) {}

  ~Sealer();
  Sealer(Sealer&&) noexcept;
  Sealer& operator=(Sealer&&) noexcept;

  // Writes header, sealed payload and tag to `out` and returns their bytes. The header (fixed part, CSRCs,
  // extension: whole 32-bit words) stays readable and may stand at the front of `out` already; the payload
  // comes from elsewhere, in two pieces so that RTX can put a sequence number in front of shared bytes.
  // 0 when nothing was sealed: `out` is too small, there are too many SSRCs, or this sequence number was
  // sealed before. The latter would use a nonce twice, which gives GCM's key away.
  [[nodiscard]] std::size_t seal_rtp(ByteView header, ByteView prefix, ByteView payload,
                                     std::span<std::uint8_t> out);

  [[nodiscard]] std::size_t seal_rtp(ByteView header, ByteView payload, std::span<std::uint8_t> out) {
    return seal_rtp(header, {}, payload, out);
  }

  // A packet that was sealed before, for a receiver that has no RTX: header and payload must be the same to
  // the last bit, so that what leaves is too. 0 as above, and when its number was not sealed yet.
  [[nodiscard]] std::size_t seal_rtp_again(ByteView header, ByteView payload, std::span<std::uint8_t> out);

  // One compound packet (RFC 3711, 3.4), which must not lie within `out`. 0 as above.
  [[nodiscard]] std::size_t seal_rtcp(ByteView packet, std::span<std::uint8_t> out);

  [[nodiscard]] Profile profile() const { return profile_; }

  // What seal_rtp() touches besides the packets, for whoever has many sealers take turns.
  using WorkingSet = std::array<MemoryPiece, 3>;
  [[nodiscard]] WorkingSet working_set() const;

 private:
  struct Source {
    std::uint32_t ssrc = 0;
    SentWindow sent;
  };

  [[nodiscard]] Source* source_of(std::uint32_t ssrc);
  std::size_t seal_at(std::uint64_t index, ByteView header, ByteView prefix, ByteView payload,
                      std::span<std::uint8_t> out);

  Profile profile_;
  std::unique_ptr<Transform> rtp_, rtcp_;
  std::vector<Source> sources_;
  std::uint32_t rtcp_index_ = 0;
};

// What comes in.
class Opener {
 public:
  Opener(Profile profile, const SessionKeys& keys);

  Opener(Profile profile, const MasterKey& master) : Opener(profile, derive_keys(profile, master)) {}

  ~Opener();
  Opener(Opener&&) noexcept;
  Opener& operator=(Opener&&) noexcept;

  enum class Refusal : std::uint8_t { malformed, forged, replayed, too_many_sources };

  // Opens in place; what is left of the packet, at its front, or why it was refused. A packet that was
  // refused may have been written over. Nothing is remembered of a packet that does not authenticate.
  [[nodiscard]] tl::expected<std::span<std::uint8_t>, Refusal> open_rtp(std::span<std::uint8_t> packet);
  [[nodiscard]] tl::expected<std::span<std::uint8_t>, Refusal> open_rtcp(std::span<std::uint8_t> packet);

 private:
  struct Source;
  [[nodiscard]] Source* find_source(std::uint32_t ssrc);
  [[nodiscard]] Source* add_source(std::uint32_t ssrc);

  Profile profile_;
  SessionKeys keys_;                       // Contexts are made when the first packet comes:
  std::unique_ptr<Transform> rtp_, rtcp_;  // a viewer sends no RTP.
  std::vector<std::unique_ptr<Source>> sources_;
};

}  // namespace luso::proto::srtp
