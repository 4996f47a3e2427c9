#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "base/bytes.h"

// Datagrams over TCP, each behind its length in two bytes (RFC 4571, 2), as ICE-TCP carries them (RFC 6544).
namespace luso::proto::rfc4571 {

inline constexpr std::size_t kLengthBytes = 2;
inline constexpr std::size_t kFrameBytesMax = 2'048;  // What fits a datagram; a longer frame is an error.

// Read into prepare(), commit(), then take frames from next() until it has none.
class Deframer {
 public:
  // Room to read into, at least one byte. Invalidates what next() handed out.
  [[nodiscard]] std::span<std::uint8_t> prepare();
  void commit(std::size_t bytes);

  // The next whole frame, which may be written over; valid until prepare().
  [[nodiscard]] std::optional<std::span<std::uint8_t>> next();

  // A frame is longer than kFrameBytesMax: this is no RFC 4571, or no peer of ours. Nothing follows.
  [[nodiscard]] bool failed() const { return failed_; }

 private:
  static constexpr std::size_t kBufferBytes = 2 * (kLengthBytes + kFrameBytesMax);

  Bytes buffer_ = Bytes(kBufferBytes);
  std::size_t begin_ = 0, end_ = 0;  // What has come and was not handed out.
  bool failed_ = false;
};

}  // namespace luso::proto::rfc4571
