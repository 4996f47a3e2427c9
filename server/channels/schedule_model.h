#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/time_zone.h"

namespace luso::channels {

// Every week, when the clocks of a place show that time.
struct Weekly {
  std::chrono::weekday weekday;
  std::chrono::minutes time_of_day{};
  std::string time_zone;  // IANA name; known to exist.
};

using Recurrence = std::variant<WallTime, Weekly>;  // Once, or every week.

// What an owner announces.
struct NewScheduleEntry {
  std::string title;
  std::string category;
  std::chrono::minutes duration{};
  Recurrence when;
};

struct ScheduleEntry {
  ScheduleEntryId id;
  std::string title;
  std::string category;
  std::chrono::minutes duration{};
  Recurrence when;
  std::vector<LocalDate>
      cancelled;  // In order; days as the entry's own place counts them, UTC for what happens once.
};

// One time that an entry happens.
struct Occurrence {
  ScheduleEntryId entry_id;
  LocalDate date;
  WallTime starts_at;
  WallTime ends_at;
  std::string title;
  std::string category;
  bool is_weekly = false;
  bool is_cancelled = false;
};

}  // namespace luso::channels
