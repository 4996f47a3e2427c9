#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace luso::io::internal {

// Bytes read and not yet parsed.
class InputBuffer {
 public:
  [[nodiscard]] std::string_view unread() const { return {bytes_.data() + begin_, end_ - begin_}; }

  [[nodiscard]] bool empty() const { return begin_ == end_; }

  // Room to read into; commit() says how much came.
  [[nodiscard]] std::span<char> prepare(std::size_t size) {
    if (begin_ > 0 && end_ + size > bytes_.size()) {
      std::copy(bytes_.begin() + static_cast<std::ptrdiff_t>(begin_),
                bytes_.begin() + static_cast<std::ptrdiff_t>(end_), bytes_.begin());
      end_ -= begin_;
      begin_ = 0;
    }
    if (end_ + size > bytes_.size()) bytes_.resize(end_ + size);
    return std::span(bytes_).subspan(end_, size);
  }

  void commit(std::size_t size) { end_ += size; }

  void consume(std::size_t size) {
    begin_ += size;
    if (begin_ == end_) begin_ = end_ = 0;
  }

 private:
  std::vector<char> bytes_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace luso::io::internal
