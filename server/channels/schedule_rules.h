#pragma once

#include <optional>
#include <vector>

#include "base/result.h"
#include "channels/schedule_model.h"

// When announced broadcasts happen. Pure: the moment that is now is handed in.
namespace luso::channels::rules {

inline constexpr std::chrono::days kAnnouncedMax{366};    // Further ahead nobody plans; refused.
inline constexpr std::chrono::days kOccurrencesDays{60};  // How far lists look, and what can be cancelled.

// A title on one line, a place that exists, a start that is to come.
[[nodiscard]] Result<NewScheduleEntry> clean(NewScheduleEntry entry, WallTime now);

// Those that end after `from` and begin before `until`, soonest first; cancelled ones are there and say so.
[[nodiscard]] std::vector<Occurrence> occurrences_of(const ScheduleEntry& entry, WallTime from,
                                                     WallTime until);

// Of all the entries together, soonest first.
[[nodiscard]] std::vector<Occurrence> occurrences_of(const std::vector<ScheduleEntry>& entries, WallTime from,
                                                     WallTime until, std::size_t count_max);

// The soonest that is not over and not cancelled.
[[nodiscard]] std::optional<Occurrence> next_of(const ScheduleEntry& entry, WallTime now);

// The one of that day, if it can still be cancelled: it is not over, and near enough to be listed.
[[nodiscard]] Result<Occurrence> occurrence_on(const ScheduleEntry& entry, LocalDate date, WallTime now);

}  // namespace luso::channels::rules
