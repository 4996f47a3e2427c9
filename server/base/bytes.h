#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace luso {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

// Bytes that many readers hold and nobody changes: a frame, a part, a segment, a static file.
using SharedBytes = std::shared_ptr<const Bytes>;

[[nodiscard]] inline SharedBytes share(Bytes bytes) {
  return std::make_shared<const Bytes>(std::move(bytes));
}

[[nodiscard]] inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

[[nodiscard]] inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// Reads big-endian fields from the front of a view. A read past the end yields zeros and latches `failed()`,
// so a parser checks once at the end of a structure instead of before every field.
class ByteReader {
 public:
  explicit ByteReader(ByteView bytes) : rest_(bytes) {}

  [[nodiscard]] bool failed() const { return failed_; }

  [[nodiscard]] bool empty() const { return rest_.empty(); }

  [[nodiscard]] std::size_t remaining() const { return rest_.size(); }

  [[nodiscard]] ByteView rest() const { return rest_; }

  std::uint8_t u8() { return static_cast<std::uint8_t>(big_endian(1)); }

  std::uint16_t u16() { return static_cast<std::uint16_t>(big_endian(2)); }

  std::uint32_t u24() { return static_cast<std::uint32_t>(big_endian(3)); }

  std::uint32_t u32() { return static_cast<std::uint32_t>(big_endian(4)); }

  std::uint64_t u64() { return big_endian(8); }

  ByteView take(std::size_t count) {
    if (count > rest_.size()) {
      failed_ = true;
      rest_ = {};
      return {};
    }
    ByteView taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }

  void skip(std::size_t count) { static_cast<void>(take(count)); }

 private:
  std::uint64_t big_endian(std::size_t width) {
    std::uint64_t value = 0;
    for (std::uint8_t byte : take(width)) value = value << 8U | byte;
    return value;
  }

  ByteView rest_;
  bool failed_ = false;
};

// Appends big-endian fields to a byte vector it owns or borrows.
class ByteWriter {
 public:
  explicit ByteWriter(Bytes& out) : out_(out) {}

  void u8(std::uint8_t value) { out_.push_back(value); }

  void u16(std::uint16_t value) { big_endian(value, 2); }

  void u24(std::uint32_t value) { big_endian(value, 3); }

  void u32(std::uint32_t value) { big_endian(value, 4); }

  void u64(std::uint64_t value) { big_endian(value, 8); }

  void raw(ByteView bytes) { out_.insert(out_.end(), bytes.begin(), bytes.end()); }

  void text(std::string_view value) { raw(as_bytes(value)); }

  [[nodiscard]] std::size_t size() const { return out_.size(); }

  // Overwrites four bytes written earlier: lengths that are known only afterwards.
  void patch_u32(std::size_t at, std::uint32_t value) {
    for (std::size_t i = 0; i < 4; ++i) out_[at + i] = static_cast<std::uint8_t>(value >> (24U - 8U * i));
  }

 private:
  void big_endian(std::uint64_t value, unsigned width) {
    for (unsigned i = width; i > 0; --i) out_.push_back(static_cast<std::uint8_t>(value >> (8U * (i - 1))));
  }

  Bytes& out_;
};

}  // namespace luso
