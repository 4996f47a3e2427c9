#include "proto/stun.h"

#include <algorithm>
#include <utility>

#include "base/secret.h"
#include "proto/hmac_sha1.h"

namespace luso::proto::stun {

namespace {

constexpr std::uint32_t kCookie = 0x2112A442;  // RFC 8489, 5
constexpr std::uint32_t kFingerprintXor = 0x5354554e;
constexpr std::size_t kAttributeHeaderBytes = 4;
constexpr std::size_t kFingerprintBytes = 4;

// RFC 8489, 18.3; RFC 8445, 20.1
namespace type {
constexpr std::uint16_t kMappedAddress = 0x0001;
constexpr std::uint16_t kUsername = 0x0006;
constexpr std::uint16_t kMessageIntegrity = 0x0008;
constexpr std::uint16_t kErrorCode = 0x0009;
constexpr std::uint16_t kUnknownAttributes = 0x000A;
constexpr std::uint16_t kRealm = 0x0014;
constexpr std::uint16_t kNonce = 0x0015;
constexpr std::uint16_t kXorMappedAddress = 0x0020;
constexpr std::uint16_t kPriority = 0x0024;
constexpr std::uint16_t kUseCandidate = 0x0025;
constexpr std::uint16_t kFingerprint = 0x8028;
constexpr std::uint16_t kIceControlled = 0x8029;
constexpr std::uint16_t kIceControlling = 0x802A;
constexpr std::uint16_t kComprehensionOptional = 0x8000;  // And above.
}  // namespace type

constexpr std::array<std::uint32_t, 256> kCrcTable = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value & 1U) != 0 ? 0xEDB88320U ^ (value >> 1U) : value >> 1U;
    table[i] = value;
  }
  return table;
}();

// ITU V.42, as RFC 8489, 14.7 wants it.
std::uint32_t crc32(ByteView bytes) {
  std::uint32_t crc = ~0U;
  for (const std::uint8_t byte : bytes) crc = kCrcTable[(crc ^ byte) & 0xFFU] ^ (crc >> 8U);
  return ~crc;
}

std::size_t padded(std::size_t bytes) {
  return (bytes + 3) & ~std::size_t{3};
}

// The message type spreads method and class over 14 bits (RFC 8489, 5): M11…M7 C1 M6…M4 C0 M3…M0.
std::uint16_t message_type(Class kind, std::uint16_t method) {
  const auto c = static_cast<unsigned>(kind);
  const unsigned m = method;
  return static_cast<std::uint16_t>((m & 0xF80U) << 2U | (m & 0x70U) << 1U | (m & 0xFU) | (c & 2U) << 7U |
                                    (c & 1U) << 4U);
}

Class class_of(std::uint16_t message_type) {
  return static_cast<Class>((message_type >> 7U & 2U) | (message_type >> 4U & 1U));
}

std::uint16_t method_of(std::uint16_t message_type) {
  return static_cast<std::uint16_t>((message_type & 0xFU) | (message_type >> 1U & 0x70U) |
                                    (message_type >> 2U & 0xF80U));
}

auto bad(const char* detail) {
  return fail(ErrorKind::invalid, "proto.bad_stun", detail);
}

// Port and address are masked with the cookie, and IPv6 further with the transaction (14.2). Both ways.
void mask(Address& address, const TransactionId& transaction) {
  std::array<std::uint8_t, 16> pad{};
  for (unsigned i = 0; i < 4; ++i) pad[i] = static_cast<std::uint8_t>(kCookie >> (24U - 8U * i));
  std::copy(transaction.begin(), transaction.end(), pad.begin() + 4);
  address.port ^= static_cast<std::uint16_t>(kCookie >> 16U);
  const std::size_t bytes = address.v6 ? 16 : 4;
  for (std::size_t i = 0; i < bytes; ++i) address.ip[i] ^= pad[i];
}

bool read_mapped(ByteReader value, const TransactionId& transaction, Message& message) {
  Address address;
  value.skip(1);
  const std::uint8_t family = value.u8();
  if (family != 1 && family != 2) return false;
  address.v6 = family == 2;
  address.port = value.u16();
  const ByteView ip = value.take(address.v6 ? 16 : 4);
  if (value.failed() || !value.empty()) return false;
  std::copy(ip.begin(), ip.end(), address.ip.begin());
  mask(address, transaction);
  message.mapped = address;
  return true;
}

bool read_error(ByteReader value, Message& message) {
  value.skip(2);
  const unsigned hundreds = value.u8() & 7U;
  const unsigned rest = value.u8();
  message.error = static_cast<std::uint16_t>(hundreds * 100 + rest);
  return !value.failed() && hundreds >= 3 && hundreds <= 6 && rest < 100;
}

// Of an attribute that comes twice the first one counts (14). False when it is malformed.
bool read_attribute(std::uint16_t type, ByteView value, Message& message) {
  ByteReader in(value);
  switch (type) {
    case type::kUsername:
      if (!message.username) message.username = as_text(value);
      return value.size() <= kUsernameBytesMax;
    case type::kPriority:
      if (!message.priority) message.priority = in.u32();
      return value.size() == 4;
    case type::kUseCandidate: message.use_candidate = true; return value.empty();
    case type::kIceControlling:
      if (!message.controlling) message.controlling = in.u64();
      return value.size() == 8;
    case type::kIceControlled:
      if (!message.controlled) message.controlled = in.u64();
      return value.size() == 8;
    case type::kXorMappedAddress: return message.mapped || read_mapped(in, message.transaction, message);
    case type::kErrorCode: return message.error || read_error(in, message);
    // Known, and of no use to ICE.
    case type::kMappedAddress:
    case type::kUnknownAttributes:
    case type::kRealm:
    case type::kNonce: return true;
    default:
      if (type < type::kComprehensionOptional && message.unknown.size() < kUnknownMax) {
        message.unknown.push_back(type);
      }
      return true;
  }
}

}  // namespace

bool looks_like_stun(ByteView datagram) {
  if (datagram.size() < kHeaderBytes || datagram[0] > 3) return false;
  ByteReader in(datagram.subspan(4, 4));
  return in.u32() == kCookie;
}

Result<Message> parse(ByteView datagram) {
  if (!looks_like_stun(datagram)) return bad("no STUN header");
  if (datagram.size() > kMessageBytesMax) return bad("too long");
  ByteReader in(datagram);
  const std::uint16_t type = in.u16();
  const std::size_t length = in.u16();
  if (length % 4 != 0 || length != datagram.size() - kHeaderBytes) return bad("wrong length");
  in.skip(4);
  Message message;
  message.kind = class_of(type);
  message.method = method_of(type);
  const ByteView transaction = in.take(message.transaction.size());
  std::copy(transaction.begin(), transaction.end(), message.transaction.begin());

  for (std::size_t count = 0; !in.empty(); ++count) {
    if (count == kAttributesMax) return bad("too many attributes");
    if (message.has_fingerprint) return bad("something after FINGERPRINT");
    const std::size_t at = datagram.size() - in.remaining();
    const std::uint16_t attribute = in.u16();
    const std::size_t bytes = in.u16();
    const ByteView value = in.take(bytes);
    in.skip(padded(bytes) - bytes);
    if (in.failed()) return bad("an attribute is cut short");
    if (attribute == type::kFingerprint) {
      const std::uint32_t expected = crc32(datagram.first(at)) ^ kFingerprintXor;
      if (bytes != kFingerprintBytes || ByteReader(value).u32() != expected) return bad("wrong FINGERPRINT");
      message.has_fingerprint = true;
    } else if (message.integrity_at != 0) {
      continue;  // 14.5: whatever follows MESSAGE-INTEGRITY is not protected by it.
    } else if (attribute == type::kMessageIntegrity) {
      if (bytes != HmacSha1::kBytes) return bad("malformed MESSAGE-INTEGRITY");
      message.integrity_at = at;
    } else if (!read_attribute(attribute, value, message)) {
      return bad("malformed attribute");
    }
  }
  return message;
}

bool verify_integrity(ByteView datagram, const Message& message, std::string_view password) {
  if (message.integrity_at == 0) return false;
  // 14.5: the hash sees the header's length as if the message ended with this attribute.
  std::array<std::uint8_t, kHeaderBytes> header{};
  std::copy_n(datagram.begin(), header.size(), header.begin());
  const std::size_t length = message.integrity_at - kHeaderBytes + kAttributeHeaderBytes + HmacSha1::kBytes;
  header[2] = static_cast<std::uint8_t>(length >> 8U);
  header[3] = static_cast<std::uint8_t>(length);
  HmacSha1 hmac(as_bytes(password));
  const auto expected = hmac(header, datagram.subspan(kHeaderBytes, message.integrity_at - kHeaderBytes));
  return equal_in_constant_time(
      expected, datagram.subspan(message.integrity_at + kAttributeHeaderBytes, HmacSha1::kBytes));
}

Builder::Builder(Class kind, const TransactionId& transaction, std::uint16_t method)
    : transaction_(transaction) {
  out_.reserve(128);
  ByteWriter out(out_);
  out.u16(message_type(kind, method));
  out.u16(0);
  out.u32(kCookie);
  out.raw(transaction);
}

void Builder::begin(std::uint16_t type, std::size_t bytes) {
  ByteWriter out(out_);
  out.u16(type);
  out.u16(static_cast<std::uint16_t>(bytes));
}

void Builder::pad() {
  out_.resize(padded(out_.size()), 0);
}

void Builder::set_length(std::size_t attributes_bytes) {
  out_[2] = static_cast<std::uint8_t>(attributes_bytes >> 8U);
  out_[3] = static_cast<std::uint8_t>(attributes_bytes);
}

Builder& Builder::attribute(std::uint16_t type, ByteView value) {
  begin(type, value.size());
  ByteWriter(out_).raw(value);
  pad();
  return *this;
}

Builder& Builder::username(std::string_view value) {
  return attribute(type::kUsername, as_bytes(value));
}

Builder& Builder::priority(std::uint32_t value) {
  begin(type::kPriority, 4);
  ByteWriter(out_).u32(value);
  return *this;
}

Builder& Builder::use_candidate() {
  return attribute(type::kUseCandidate, {});
}

Builder& Builder::controlling(std::uint64_t tie_breaker) {
  begin(type::kIceControlling, 8);
  ByteWriter(out_).u64(tie_breaker);
  return *this;
}

Builder& Builder::controlled(std::uint64_t tie_breaker) {
  begin(type::kIceControlled, 8);
  ByteWriter(out_).u64(tie_breaker);
  return *this;
}

Builder& Builder::xor_mapped_address(const Address& address) {
  Address masked = address;
  mask(masked, transaction_);
  const std::size_t bytes = masked.v6 ? 16 : 4;
  begin(type::kXorMappedAddress, 4 + bytes);
  ByteWriter out(out_);
  out.u8(0);
  out.u8(masked.v6 ? 2 : 1);
  out.u16(masked.port);
  out.raw(ByteView(masked.ip).first(bytes));
  return *this;
}

Builder& Builder::error(ErrorCode code, std::string_view reason) {
  const auto number = static_cast<unsigned>(code);
  begin(type::kErrorCode, 4 + reason.size());
  ByteWriter out(out_);
  out.u16(0);
  out.u8(static_cast<std::uint8_t>(number / 100));
  out.u8(static_cast<std::uint8_t>(number % 100));
  out.text(reason);
  pad();
  return *this;
}

Builder& Builder::unknown_attributes(std::span<const std::uint16_t> types) {
  begin(type::kUnknownAttributes, 2 * types.size());
  ByteWriter out(out_);
  for (const std::uint16_t type : types) out.u16(type);
  pad();
  return *this;
}

Bytes Builder::finish(std::string_view password) {
  ByteWriter out(out_);
  if (!password.empty()) {
    set_length(out_.size() - kHeaderBytes + kAttributeHeaderBytes + HmacSha1::kBytes);
    HmacSha1 hmac(as_bytes(password));
    const auto digest = hmac(out_);
    begin(type::kMessageIntegrity, digest.size());
    out.raw(digest);
  }
  set_length(out_.size() - kHeaderBytes + kAttributeHeaderBytes + kFingerprintBytes);
  const std::uint32_t crc = crc32(out_) ^ kFingerprintXor;
  begin(type::kFingerprint, kFingerprintBytes);
  out.u32(crc);
  return std::move(out_);
}

}  // namespace luso::proto::stun
