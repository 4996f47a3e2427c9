#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"

namespace luso::proto {

// Reads bit fields, most significant first, from the front of a view. As with ByteReader, a read past the end
// yields zeros and latches `failed()`.
class BitReader {
 public:
  explicit BitReader(ByteView bytes) : bytes_(bytes) {}

  [[nodiscard]] bool failed() const { return failed_; }

  [[nodiscard]] std::size_t remaining() const { return bytes_.size() * 8 - position_; }

  [[nodiscard]] std::size_t position() const { return position_; }

  std::uint32_t bits(unsigned count) {  // At most 32.
    if (count > remaining()) {
      skip(count);
      return 0;
    }
    std::uint32_t value = 0;
    while (count > 0) {
      const unsigned offset = position_ % 8;
      const unsigned taken = std::min(count, 8 - offset);
      const unsigned byte = bytes_[position_ / 8];
      value = value << taken | (byte >> (8 - offset - taken) & ((1U << taken) - 1));
      position_ += taken;
      count -= taken;
    }
    return value;
  }

  bool flag() { return bits(1) != 0; }

  void skip(std::size_t count) {
    if (count > remaining()) {
      failed_ = true;
      count = remaining();
    }
    position_ += count;
  }

  void align() { skip((8 - position_ % 8) % 8); }

  // Exp-Golomb codes (ITU-T H.264, 9.1). 32 leading zeros or more are damage, not a number.
  std::uint32_t ue() {
    unsigned zeros = 0;
    while (zeros < 32 && !failed_ && !flag()) ++zeros;
    if (zeros == 32) failed_ = true;
    if (failed_) return 0;
    return static_cast<std::uint32_t>((std::uint64_t{1} << zeros) - 1 + bits(zeros));
  }

  std::int32_t se() {
    const std::uint32_t code = ue();
    const auto magnitude = static_cast<std::int32_t>(code / 2 + code % 2);
    return code % 2 == 1 ? magnitude : -magnitude;
  }

 private:
  ByteView bytes_;
  std::size_t position_ = 0;
  bool failed_ = false;
};

}  // namespace luso::proto
