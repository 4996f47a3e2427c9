#include "proto/rfc4571.h"

#include <algorithm>

#include "base/check.h"

namespace luso::proto::rfc4571 {

std::span<std::uint8_t> Deframer::prepare() {
  // At most one unfinished frame is left, which is shorter than half the buffer.
  std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
            buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
  end_ -= begin_;
  begin_ = 0;
  if (failed_) end_ = 0;
  return std::span(buffer_).subspan(end_);
}

void Deframer::commit(std::size_t bytes) {
  LUSO_CHECK(bytes <= buffer_.size() - end_);
  end_ += bytes;
}

std::optional<std::span<std::uint8_t>> Deframer::next() {
  const std::size_t waiting = end_ - begin_;
  if (failed_ || waiting < kLengthBytes) return std::nullopt;
  const std::size_t size = std::size_t{buffer_[begin_]} << 8U | buffer_[begin_ + 1];
  if (size > kFrameBytesMax) {
    failed_ = true;
    return std::nullopt;
  }
  if (waiting < kLengthBytes + size) return std::nullopt;
  const auto frame = std::span(buffer_).subspan(begin_ + kLengthBytes, size);
  begin_ += kLengthBytes + size;
  return frame;
}

}  // namespace luso::proto::rfc4571
