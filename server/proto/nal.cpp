#include "proto/nal.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.h"

namespace luso::proto::nal {

std::optional<ByteView> Cursor::next() {
  while (!rest_.empty()) {
    ByteReader reader(rest_);
    std::uint32_t length = 0;
    for (const std::uint8_t byte : reader.take(length_size_)) length = length << 8U | byte;
    const ByteView unit = reader.take(length);
    if (reader.failed()) {
      failed_ = true;
      rest_ = {};
      return std::nullopt;
    }
    rest_ = reader.rest();
    if (!unit.empty()) return unit;
  }
  return std::nullopt;
}

bool looks_like_annex_b(ByteView sample) {
  if (sample.size() < 4 || sample[0] != 0 || sample[1] != 0) return false;
  return sample[2] == 1 || (sample[2] == 0 && sample[3] == 1);
}

void append_unit(ByteView unit, Bytes& out) {
  ByteWriter writer(out);
  writer.u32(static_cast<std::uint32_t>(unit.size()));
  writer.raw(unit);
}

namespace {

// Where the next 00 00 01 begins at or after `from`, or the end.
std::size_t find_start_code(ByteView stream, std::size_t from) {
  for (std::size_t i = from; i + 3 <= stream.size();) {
    if (stream[i + 2] > 1) {
      i += 3;  // No start code can cover this byte.
    } else if (stream[i] == 0 && stream[i + 1] == 0 && stream[i + 2] == 1) {
      return i;
    } else {
      ++i;
    }
  }
  return stream.size();
}

}  // namespace

Bytes annex_b_to_length_prefixed(ByteView stream) {
  Bytes out;
  out.reserve(stream.size() + 16);
  std::size_t start = find_start_code(stream, 0);
  while (start < stream.size()) {
    const std::size_t begin = start + 3;
    const std::size_t next = find_start_code(stream, begin);
    std::size_t end = next;
    while (end > begin && stream[end - 1] == 0)
      --end;  // trailing_zero_8bits and a start code's leading zero.
    if (end > begin) append_unit(stream.subspan(begin, end - begin), out);
    start = next;
  }
  return out;
}

Bytes unescape(ByteView payload, std::size_t limit) {
  Bytes out;
  out.reserve(std::min(payload.size(), limit));
  unsigned zeros = 0;
  for (const std::uint8_t byte : payload) {
    if (out.size() == limit) break;
    if (zeros >= 2 && byte == 3) {
      zeros = 0;
      continue;
    }
    zeros = byte == 0 ? zeros + 1 : 0;
    out.push_back(byte);
  }
  return out;
}

}  // namespace luso::proto::nal
