#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

// RTP (RFC 3550) as WebRTC uses it: header extensions (RFC 8285), retransmission (RFC 4588), and the bytes
// that every packet of a stream pays.
namespace luso::proto::rtp {

inline constexpr std::size_t kHeaderBytes = 12;  // Without contributing sources and extensions.
inline constexpr std::uint32_t kVideoClockRate = 90'000;
inline constexpr std::uint32_t kAudioClockRate = 48'000;  // Opus, whatever it codes (RFC 7587, 4.1).

// What fits through every path that Chromium itself trusts, and what each layer takes of it.
inline constexpr std::size_t kSrtpPacketBytesMax = 1200;
inline constexpr std::size_t kSrtpTagBytesMax = 16;     // AEAD_AES_128_GCM; HMAC-SHA1-80 takes 10.
inline constexpr std::size_t kExtensionsBytesMax = 20;  // The block's own header and 16 bytes of elements.
inline constexpr std::size_t kRtxBytes = 2;
inline constexpr std::size_t kPayloadBytesMax =
    kSrtpPacketBytesMax - kSrtpTagBytesMax - kHeaderBytes - kExtensionsBytesMax - kRtxBytes;

struct Header {
  bool marker = false;
  std::uint8_t payload_type = 0;  // 7 bits.
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
  std::uint32_t ssrc = 0;
  friend bool operator==(const Header&, const Header&) = default;
};

// One element of a header extension. Ids are negotiated: 1 to 14 in the one-byte form, 1 to 255 in the other.
struct Extension {
  std::uint8_t id = 0;
  ByteView value;
};

// A packet that was read: views into the datagram.
struct Packet {
  Header header;
  std::uint16_t extension_profile = 0;  // 0xBEDE or 0x1000 to 0x100F are ours to read; see Extensions.
  ByteView extension;
  ByteView payload;              // Without its padding.
  std::size_t header_bytes = 0;  // Contributing sources and extensions included: what SRTP leaves in clear.
  std::size_t padding_bytes = 0;

  [[nodiscard]] std::optional<ByteView> find_extension(std::uint8_t id) const;
};

// Fails with "proto.bad_rtp": wrong version, cut short, or padding longer than the packet.
[[nodiscard]] Result<Packet> parse(ByteView datagram);

// How long the header in front of a (still protected) payload is; empty when the packet is not RTP.
[[nodiscard]] std::optional<std::size_t> header_bytes_of(ByteView datagram);

// RTP and RTCP on one port (RFC 5761, 4): packet types 192 to 223 stand where marker and payload type do.
[[nodiscard]] bool is_rtcp(ByteView datagram);

// Walks the elements of a header extension, in both forms of RFC 8285. Padding is skipped; damage ends it.
class Extensions {
 public:
  explicit Extensions(const Packet& packet);
  [[nodiscard]] std::optional<Extension> next();

 private:
  ByteView rest_;
  bool two_byte_ = false;
};

// Writes the header and, when there are any, its extension elements: in the one-byte form if they fit it.
// `out` must have room for header_size(); returns how many bytes were written.
[[nodiscard]] std::size_t header_size(std::span<const Extension> extensions);
std::size_t write_header(const Header& header, std::span<const Extension> extensions,
                         std::span<std::uint8_t> out);

// A whole packet at the end of `out`. `padding_bytes` is 0 or, at most 255, counts its own last byte.
void append_packet(const Header& header, std::span<const Extension> extensions, ByteView payload, Bytes& out,
                   std::uint8_t padding_bytes = 0);

// Retransmission as a stream of its own (RFC 4588, 4): the payload begins with the sequence number of the
// packet it repeats.
struct Retransmission {
  std::uint16_t original_sequence = 0;
  ByteView payload;
};

// Fails with "proto.bad_rtp" when there is no number; a probe that is nothing but padding has none.
[[nodiscard]] Result<Retransmission> unwrap_rtx(const Packet& packet);

// The payloads of one access unit, one a packet, back to back in one buffer that can be used again. The last
// packet of an access unit carries the marker bit.
class Payloads {
 public:
  void clear();

  [[nodiscard]] std::size_t size() const { return ends_.size(); }

  [[nodiscard]] bool empty() const { return ends_.empty(); }

  [[nodiscard]] ByteView operator[](std::size_t index) const;

  [[nodiscard]] const Bytes& bytes() const { return bytes_; }

  // For packetisers: append to bytes, then close each payload.
  [[nodiscard]] Bytes& buffer() { return bytes_; }

  void close_payload() { ends_.push_back(bytes_.size()); }

 private:
  Bytes bytes_;
  std::vector<std::size_t> ends_;
};

// One step forward or back on a circle of 16-bit numbers (RFC 3550, A.1): `sequence` is nearer ahead of
// `than` than behind it.
[[nodiscard]] constexpr bool is_newer(std::uint16_t sequence, std::uint16_t than) {
  return sequence != than && static_cast<std::uint16_t>(sequence - than) < 0x8000U;
}

// Counts on where 16-bit sequence numbers or 32-bit timestamps wrap. The first number stands for itself, one
// lap up, so that what came before it is never negative.
template <typename Narrow>
class Unwrapper {
 public:
  static constexpr std::int64_t kLap = std::int64_t{1} << (8 * sizeof(Narrow));

  [[nodiscard]] std::int64_t unwrap(Narrow value) {
    if (!last_) {
      last_ = kLap + value;
    } else {
      const auto step =
          static_cast<std::make_signed_t<Narrow>>(static_cast<Narrow>(value - static_cast<Narrow>(*last_)));
      last_ = *last_ + step;
    }
    return *last_;
  }

  // As unwrap(), without taking the value for where we are now.
  [[nodiscard]] std::int64_t peek(Narrow value) const {
    Unwrapper copy = *this;
    return copy.unwrap(value);
  }

 private:
  std::optional<std::int64_t> last_;
};

using SequenceUnwrapper = Unwrapper<std::uint16_t>;
using TimestampUnwrapper = Unwrapper<std::uint32_t>;

}  // namespace luso::proto::rtp
