#include "proto/captions.h"

#include <cstddef>
#include <cstdint>

#include "proto/nal.h"

namespace luso::proto::captions {
namespace {

constexpr std::size_t kSeiBytesMax =
    4'096;  // 31 triplets need a hundred; pictures' own data may come before.

// How many bytes of header stand before a unit's SEI messages; nothing when it is no SEI.
std::size_t sei_header_of(Codec codec, ByteView unit) {
  constexpr unsigned kH264Sei = 6, kHevcPrefixSei = 39, kHevcSuffixSei = 40;
  if (codec == Codec::h264) return (unit[0] & 0x1FU) == kH264Sei ? 1 : 0;
  const unsigned type = unit[0] >> 1U & 0x3FU;
  return type == kHevcPrefixSei || type == kHevcSuffixSei ? 2 : 0;
}

// 7.3.2.3.1: type and size are sums of bytes, each but the last 255.
std::size_t read_sum(ByteReader& reader) {
  std::size_t sum = 0;
  std::uint8_t byte = 0;
  do {
    byte = reader.u8();
    sum += byte;
  } while (byte == UINT8_MAX && !reader.failed());
  return sum;
}

// A/53 Part 4, tables 6.7 to 6.9: whose user data it is, then the pairs, each behind its marker.
bool speaks(ByteView message) {
  constexpr unsigned kUnitedStates = 0xB5, kAtsc = 0x31, kCaptions = 3;
  constexpr std::uint32_t kGa94 = 0x47413934;
  ByteReader reader(message);
  if (reader.u8() != kUnitedStates || reader.u16() != kAtsc || reader.u32() != kGa94) return false;
  if (reader.u8() != kCaptions) return false;
  const unsigned flags = reader.u8();
  const bool has_pairs = (flags & 0x40U) != 0;
  reader.skip(1);  // em_data
  for (unsigned left = has_pairs ? flags & 0x1FU : 0; left > 0; --left) {
    constexpr unsigned kValid = 4, kField = 3, kWithoutParity = 0x7F;
    const unsigned marker = reader.u8();
    const unsigned pair = reader.u16();
    if (reader.failed()) return false;
    const bool says_something = ((pair >> 8U | pair) & kWithoutParity) != 0;
    if ((marker & kValid) != 0 && (marker & kField) == 0 && says_something) return true;
  }
  return false;
}

}  // namespace

bool are_in(Codec codec, ByteView sample) {
  constexpr std::size_t kUserDataRegistered = 4;
  if (codec != Codec::h264 && codec != Codec::hevc) return false;
  nal::Cursor cursor(sample, nal::kLengthSize);
  while (const auto unit = cursor.next()) {
    const std::size_t header = sei_header_of(codec, *unit);
    if (header == 0 || unit->size() <= header) continue;
    const Bytes messages = nal::unescape(unit->subspan(header), kSeiBytesMax);
    ByteReader reader(messages);
    while (reader.remaining() > 1) {  // The last byte is the trailing bits.
      const std::size_t type = read_sum(reader);
      const ByteView message = reader.take(read_sum(reader));
      if (type == kUserDataRegistered && speaks(message)) return true;
    }
  }
  return false;
}

}  // namespace luso::proto::captions
