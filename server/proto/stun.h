#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

// STUN as ICE uses it, without sockets: binding requests and their answers (RFC 8489, RFC 8445 section 16.1).
namespace luso::proto::stun {

inline constexpr std::size_t kHeaderBytes = 20;
inline constexpr std::size_t kMessageBytesMax = 1'280;  // Longer ones are not ICE's; refused unread.
inline constexpr std::size_t kAttributesMax = 32;       // In one message; more is an error.
inline constexpr std::size_t kUnknownMax = 8;           // Attributes a 420 lists; further ones go unnamed.
inline constexpr std::size_t kUsernameBytesMax = 513;   // RFC 8445, 16.1: two fragments and a colon.

enum class Class : std::uint8_t { request = 0, indication = 1, success = 2, error = 3 };

inline constexpr std::uint16_t kBinding = 0x001;

enum class ErrorCode : std::uint16_t {
  bad_request = 400,
  unauthenticated = 401,
  unknown_attribute = 420,
  role_conflict = 487,  // RFC 8445, 7.2.5.1
  server_error = 500
};

using TransactionId = std::array<std::uint8_t, 12>;

// An IP address and port as XOR-MAPPED-ADDRESS carries them. IPv4 uses the first four bytes.
struct Address {
  bool v6 = false;
  std::uint16_t port = 0;
  std::array<std::uint8_t, 16> ip{};
  friend bool operator==(const Address&, const Address&) = default;
};

// A message taken apart. Its views point into the datagram it was parsed from.
struct Message {
  Class kind = Class::request;
  std::uint16_t method = kBinding;
  TransactionId transaction{};
  std::optional<std::string_view> username;
  std::optional<std::uint32_t> priority;
  bool use_candidate = false;
  std::optional<std::uint64_t> controlling;  // The tie-breaker of whoever takes itself for controlling,
  std::optional<std::uint64_t> controlled;   // or controlled.
  std::optional<Address> mapped;             // XOR-MAPPED-ADDRESS
  std::optional<std::uint16_t> error;
  std::vector<std::uint16_t> unknown;  // Comprehension-required and not understood: answer 420.
  bool has_fingerprint = false;        // It is there and right; a wrong one is a parse error.
  std::size_t integrity_at = 0;        // Where MESSAGE-INTEGRITY begins; 0 when there is none.
};

// Whether a datagram can be STUN: the magic cookie, and a first byte that RFC 7983 leaves to STUN.
[[nodiscard]] bool looks_like_stun(ByteView datagram);

// Fails with "proto.bad_stun". Attributes after MESSAGE-INTEGRITY other than FINGERPRINT are not looked at
// (RFC 8489, 14.5).
[[nodiscard]] Result<Message> parse(ByteView datagram);

// Whether MESSAGE-INTEGRITY is there and was made with this password (short-term credentials, 9.1). Takes as
// long for a wrong one as for a right one.
[[nodiscard]] bool verify_integrity(ByteView datagram, const Message& message, std::string_view password);

// Builds one message, attribute by attribute in the order of the calls.
class Builder {
 public:
  Builder(Class kind, const TransactionId& transaction, std::uint16_t method = kBinding);

  Builder& username(std::string_view value);
  Builder& priority(std::uint32_t value);
  Builder& use_candidate();
  Builder& controlling(std::uint64_t tie_breaker);
  Builder& controlled(std::uint64_t tie_breaker);
  Builder& xor_mapped_address(const Address& address);
  Builder& error(ErrorCode code, std::string_view reason);
  Builder& unknown_attributes(std::span<const std::uint16_t> types);
  Builder& attribute(std::uint16_t type, ByteView value);

  // The bytes, closed by MESSAGE-INTEGRITY (unless there is no password) and FINGERPRINT.
  [[nodiscard]] Bytes finish(std::string_view password);

 private:
  void begin(std::uint16_t type, std::size_t bytes);
  void pad();
  void set_length(std::size_t attributes_bytes);

  TransactionId transaction_;
  Bytes out_;
};

}  // namespace luso::proto::stun
