#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace luso::gen::internal {

// What the contract says about one value. Lengths count Unicode code points; of a list, the items_ limits are
// about the list and the others about each item.
struct Limits {
  std::size_t length_min = 0;
  std::size_t length_max = std::numeric_limits<std::size_t>::max();
  std::size_t items_min = 0;
  std::size_t items_max = std::numeric_limits<std::size_t>::max();
  double minimum = std::numeric_limits<double>::lowest();
  double maximum = std::numeric_limits<double>::max();
  bool (*matches)(std::string_view) = nullptr;
};

// What is wrong with a value, for the log; empty when nothing is.
using Fault = std::optional<std::string>;

[[nodiscard]] Fault fault_of(std::string_view text, const Limits& limits);
[[nodiscard]] Fault fault_of(double number, const Limits& limits);

// One '@', a local part of up to 64 unreserved characters, a dotted domain of letters, digits and hyphens.
// Stricter than RFC 5321 on purpose: what every mail server takes.
[[nodiscard]] bool is_email(std::string_view text);

// RFC 3339 in UTC with milliseconds: "2026-11-22T10:00:00.123Z".
[[nodiscard]] std::string format_time(WallTime time);
// Any RFC 3339 time with up to microseconds, with an offset or Z.
[[nodiscard]] std::optional<WallTime> parse_time(std::string_view text);

// Remembers the first fault and where it was: "api_token.scopes[2]".
class Decoder {
 public:
  [[nodiscard]] bool failed() const { return fault_.has_value(); }

  void refuse(std::string why);
  void check(const Fault& fault);
  [[nodiscard]] Error error() const;  // Of a failed decoder.

  // Going down into a field or an item, and back up when the step ends.
  class Step {
   public:
    Step(Decoder& decoder, std::string_view field);
    Step(Decoder& decoder, std::size_t index);
    ~Step();
    Step(const Step&) = delete;
    Step& operator=(const Step&) = delete;

   private:
    Decoder& decoder_;
    std::size_t parent_length_;
  };

 private:
  std::string path_;
  std::string fault_path_;
  Fault fault_;
};

}  // namespace luso::gen::internal
