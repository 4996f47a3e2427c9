#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.h"

// AV1's open bitstream units: what MP4 and RTP carriage share. Clauses are of the AV1 specification.
namespace luso::proto::av1 {

// 6.2.2
inline constexpr unsigned kSequenceHeader = 1, kTemporalDelimiter = 2, kFrameHeader = 3, kFrame = 6,
                          kTileList = 8, kPadding = 15;
inline constexpr std::uint8_t kObuForbidden = 0x80, kObuHasExtension = 0x04, kObuHasSize = 0x02;

struct Obu {
  unsigned type = 0;
  ByteView whole;  // Header and payload.
  ByteView payload;
};

// 4.10.5; nothing when it does not end, or is larger than an OBU may be.
[[nodiscard]] inline std::optional<std::uint32_t> read_leb128(ByteReader& reader) {
  std::uint64_t value = 0;
  for (unsigned i = 0; i < 8; ++i) {
    const std::uint8_t byte = reader.u8();
    value |= std::uint64_t{byte & 0x7FU} << (7 * i);
    if ((byte & 0x80U) == 0) {
      if (reader.failed() || value > UINT32_MAX) return std::nullopt;
      return static_cast<std::uint32_t>(value);
    }
  }
  return std::nullopt;
}

inline void append_leb128(std::uint32_t value, Bytes& out) {
  for (; value >= 0x80U; value >>= 7U) out.push_back(static_cast<std::uint8_t>(value | 0x80U));
  out.push_back(static_cast<std::uint8_t>(value));
}

[[nodiscard]] constexpr std::size_t leb128_size(std::size_t value) {
  std::size_t size = 1;
  for (; value >= 0x80U; value >>= 7U) ++size;
  return size;
}

// 5.3. Takes one OBU off the front; without a size of its own it is all the rest.
[[nodiscard]] inline std::optional<Obu> take_obu(ByteView& rest) {
  ByteReader reader(rest);
  const unsigned header = reader.u8();
  if ((header & kObuForbidden) != 0) return std::nullopt;
  const bool has_extension = (header & kObuHasExtension) != 0, has_size = (header & kObuHasSize) != 0;
  if (has_extension) reader.skip(1);
  std::size_t size = reader.remaining();
  if (has_size) {
    const auto coded = read_leb128(reader);
    if (!coded) return std::nullopt;
    size = *coded;
  }
  const ByteView payload = reader.take(size);
  if (reader.failed()) return std::nullopt;
  const Obu obu{
      .type = header >> 3U & 0xFU, .whole = rest.first(rest.size() - reader.remaining()), .payload = payload};
  rest = reader.rest();
  return obu;
}

}  // namespace luso::proto::av1
