#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.h"

namespace luso {

// Takes as long for a wrong guess as for a right one, whatever it has in common with the truth. Lengths may
// show.
[[nodiscard]] bool equal_in_constant_time(std::string_view left, std::string_view right);
[[nodiscard]] bool equal_in_constant_time(ByteView left, ByteView right);

// Overwrites memory in a way the compiler may not leave out.
void wipe(std::string& text);

// A password or key on its way to where it is used: it cannot be logged by accident and leaves nothing
// behind.
class Secret {
 public:
  Secret() = default;

  explicit Secret(std::string value) : value_(std::move(value)) {}

  Secret(const Secret&) = default;
  Secret& operator=(const Secret&) = default;

  Secret(Secret&& other) noexcept : value_(other.value_) { wipe(other.value_); }

  Secret& operator=(Secret&& other) noexcept;

  ~Secret() { wipe(value_); }

  [[nodiscard]] const std::string& reveal() const { return value_; }

  [[nodiscard]] bool empty() const { return value_.empty(); }

 private:
  std::string value_;
};

}  // namespace luso
