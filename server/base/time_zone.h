#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string_view>

#include "base/clock.h"

namespace luso {

using LocalDate = std::chrono::local_days;

// The civil clocks of a place, by its IANA name. The rules are ICU's, carried in its library: the answer does
// not depend on the machine. Cheap to copy; any thread may ask.
class TimeZone {
 public:
  // Empty when there is no such place. Offsets such as "GMT+3" are no place.
  [[nodiscard]] static std::optional<TimeZone> find(std::string_view iana_name);

  // When the clocks there show that time of that day. A time they skip in spring is as much later as they
  // skip; one they show twice in autumn is meant the first time.
  [[nodiscard]] WallTime at(LocalDate date, std::chrono::minutes time_of_day) const;
  [[nodiscard]] LocalDate date_of(WallTime moment) const;  // The day there at that moment.

 private:
  struct Rules;

  explicit TimeZone(std::shared_ptr<const Rules> rules) : rules_(std::move(rules)) {}

  std::shared_ptr<const Rules> rules_;
};

// "2026-11-22" and back; empty when the text is anything else, or no day of any calendar.
[[nodiscard]] std::optional<LocalDate> parse_date(std::string_view text);
[[nodiscard]] std::string to_text(LocalDate date);

}  // namespace luso
