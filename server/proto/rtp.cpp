#include "proto/rtp.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>

#include "base/bytes.h"
#include "base/check.h"
#include "base/result.h"

namespace luso::proto::rtp {
namespace {

constexpr unsigned kVersion = 2;
constexpr std::size_t kWord = 4;
constexpr std::uint16_t kOneByteProfile = 0xBEDE;                         // RFC 8285, 4.2
constexpr std::uint16_t kTwoByteProfile = 0x1000, kTwoByteMask = 0xFFF0;  // RFC 8285, 4.3
constexpr std::uint8_t kOneByteIdMax = 14, kOneByteIdStop = 15;           // 4.2: id 15 ends the walk.
constexpr std::size_t kOneByteValueMax = 16;
constexpr std::uint8_t kRtcpFirst = 192, kRtcpLast = 223;

tl::unexpected<Error> bad(const char* detail) {
  return fail(ErrorKind::invalid, "proto.bad_rtp", detail);
}

bool fit_one_byte(std::span<const Extension> extensions) {
  return std::ranges::all_of(extensions, [](const Extension& each) {
    return each.id <= kOneByteIdMax && !each.value.empty() && each.value.size() <= kOneByteValueMax;
  });
}

std::size_t elements_size(std::span<const Extension> extensions, bool one_byte) {
  std::size_t size = 0;
  for (const Extension& each : extensions) size += (one_byte ? 1 : 2) + each.value.size();
  return (size + kWord - 1) / kWord * kWord;
}

// Fixed-size output: the fan-out writes headers straight into the datagrams it sends.
class Pen {
 public:
  explicit Pen(std::span<std::uint8_t> out) : out_(out) {}

  void u8(std::uint8_t value) { out_[at_++] = value; }

  void u16(std::uint16_t value) {
    u8(static_cast<std::uint8_t>(value >> 8U));
    u8(static_cast<std::uint8_t>(value));
  }

  void u32(std::uint32_t value) {
    u16(static_cast<std::uint16_t>(value >> 16U));
    u16(static_cast<std::uint16_t>(value));
  }

  void raw(ByteView bytes) {
    if (!bytes.empty()) std::memcpy(&out_[at_], bytes.data(), bytes.size());
    at_ += bytes.size();
  }

  void zeros_until(std::size_t end) {
    while (at_ < end) u8(0);
  }

  [[nodiscard]] std::size_t at() const { return at_; }

 private:
  std::span<std::uint8_t> out_;
  std::size_t at_ = 0;
};

}  // namespace

// RFC 3550, 5.1 and 5.3.1.
Result<Packet> parse(ByteView datagram) {
  ByteReader reader(datagram);
  const unsigned first = reader.u8(), second = reader.u8();
  if (first >> 6U != kVersion) return bad("not version 2");
  Packet packet;
  packet.header.marker = (second & 0x80U) != 0;
  packet.header.payload_type = second & 0x7FU;
  packet.header.sequence = reader.u16();
  packet.header.timestamp = reader.u32();
  packet.header.ssrc = reader.u32();
  reader.skip((first & 0x0FU) * kWord);
  if ((first & 0x10U) != 0) {
    packet.extension_profile = reader.u16();
    packet.extension = reader.take(reader.u16() * kWord);
  }
  if (reader.failed()) return bad("the header is cut short");
  packet.payload = reader.rest();
  packet.header_bytes = datagram.size() - packet.payload.size();
  if ((first & 0x20U) != 0) {
    packet.padding_bytes = packet.payload.empty() ? 0 : packet.payload.back();
    if (packet.padding_bytes == 0 || packet.padding_bytes > packet.payload.size())
      return bad("impossible padding");
    packet.payload = packet.payload.first(packet.payload.size() - packet.padding_bytes);
  }
  return packet;
}

std::optional<std::size_t> header_bytes_of(ByteView datagram) {
  ByteReader reader(datagram);
  const unsigned first = reader.u8();
  if (first >> 6U != kVersion) return std::nullopt;
  reader.skip(kHeaderBytes - 1 + (first & 0x0FU) * kWord);
  if ((first & 0x10U) != 0) {
    reader.skip(2);
    reader.skip(reader.u16() * kWord);
  }
  if (reader.failed()) return std::nullopt;
  return datagram.size() - reader.remaining();
}

bool is_rtcp(ByteView datagram) {
  return datagram.size() >= 2 && datagram[1] >= kRtcpFirst && datagram[1] <= kRtcpLast;
}

Extensions::Extensions(const Packet& packet)
    : two_byte_((packet.extension_profile & kTwoByteMask) == kTwoByteProfile) {
  if (two_byte_ || packet.extension_profile == kOneByteProfile) rest_ = packet.extension;
}

std::optional<Extension> Extensions::next() {
  while (!rest_.empty() && rest_[0] == 0) rest_ = rest_.subspan(1);
  if (rest_.empty()) return std::nullopt;
  ByteReader reader(rest_);
  Extension found;
  const unsigned first = reader.u8();
  std::size_t size = 0;
  if (two_byte_) {
    found.id = static_cast<std::uint8_t>(first);
    size = reader.u8();
  } else {
    found.id = static_cast<std::uint8_t>(first >> 4U);
    size = (first & 0x0FU) + 1;
  }
  found.value = reader.take(size);
  const bool stops = !two_byte_ && (found.id == kOneByteIdStop || found.id == 0);
  if (reader.failed() || stops) {
    rest_ = {};
    return std::nullopt;
  }
  rest_ = reader.rest();
  return found;
}

std::optional<ByteView> Packet::find_extension(std::uint8_t id) const {
  Extensions elements(*this);
  while (const auto element = elements.next())
    if (element->id == id) return element->value;
  return std::nullopt;
}

std::size_t header_size(std::span<const Extension> extensions) {
  if (extensions.empty()) return kHeaderBytes;
  return kHeaderBytes + kWord + elements_size(extensions, fit_one_byte(extensions));
}

std::size_t write_header(const Header& header, std::span<const Extension> extensions,
                         std::span<std::uint8_t> out) {
  Pen pen(out);
  pen.u8(static_cast<std::uint8_t>(kVersion << 6U | (extensions.empty() ? 0U : 0x10U)));
  pen.u8(static_cast<std::uint8_t>((header.marker ? 0x80U : 0U) | (header.payload_type & 0x7FU)));
  pen.u16(header.sequence);
  pen.u32(header.timestamp);
  pen.u32(header.ssrc);
  if (extensions.empty()) return pen.at();

  const bool one_byte = fit_one_byte(extensions);
  const std::size_t size = elements_size(extensions, one_byte);
  pen.u16(one_byte ? kOneByteProfile : kTwoByteProfile);
  pen.u16(static_cast<std::uint16_t>(size / kWord));
  for (const Extension& each : extensions) {
    if (one_byte) {
      pen.u8(static_cast<std::uint8_t>(each.id << 4U | (each.value.size() - 1)));
    } else {
      pen.u8(each.id);
      pen.u8(static_cast<std::uint8_t>(each.value.size()));
    }
    pen.raw(each.value);
  }
  pen.zeros_until(kHeaderBytes + kWord + size);
  return pen.at();
}

void append_packet(const Header& header, std::span<const Extension> extensions, ByteView payload, Bytes& out,
                   std::uint8_t padding_bytes) {
  const std::size_t start = out.size();
  out.resize(start + header_size(extensions));
  write_header(header, extensions, std::span(out).subspan(start));
  out.insert(out.end(), payload.begin(), payload.end());
  if (padding_bytes == 0) return;
  out[start] |= 0x20U;
  out.resize(out.size() + padding_bytes);
  out.back() = padding_bytes;
}

Result<Retransmission> unwrap_rtx(const Packet& packet) {
  ByteReader reader(packet.payload);
  const std::uint16_t original = reader.u16();
  if (reader.failed()) return bad("a retransmission of nothing");
  return Retransmission{.original_sequence = original, .payload = reader.rest()};
}

void Payloads::clear() {
  bytes_.clear();
  ends_.clear();
}

ByteView Payloads::operator[](std::size_t index) const {
  LUSO_CHECK(index < ends_.size());
  const std::size_t begin = index == 0 ? 0 : ends_[index - 1];
  return ByteView(bytes_).subspan(begin, ends_[index] - begin);
}

}  // namespace luso::proto::rtp
