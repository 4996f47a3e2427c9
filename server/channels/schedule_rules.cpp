#include "channels/schedule_rules.h"

#include <algorithm>

#include "channels/rules.h"
#include "gen/reasons.h"

namespace luso::channels::rules {
namespace {

using std::chrono::days;
using std::chrono::weeks;

// A place's day can begin this long before and after that of UTC, so a search by days starts one early and
// ends one late.
constexpr days kZoneSlack{1};
// Whoever cancels every week that can be cancelled still has a next one after them.
constexpr days kNextWithin = kOccurrencesDays + days{8};

LocalDate utc_date(WallTime moment) {
  return LocalDate(std::chrono::floor<days>(moment.time_since_epoch()));
}

Occurrence occurrence(const ScheduleEntry& entry, LocalDate date, WallTime starts_at) {
  return {.entry_id = entry.id,
          .date = date,
          .starts_at = starts_at,
          .ends_at = starts_at + entry.duration,
          .title = entry.title,
          .category = entry.category,
          .is_weekly = std::holds_alternative<Weekly>(entry.when),
          .is_cancelled = std::ranges::binary_search(entry.cancelled, date)};
}

bool is_within(const Occurrence& one, WallTime from, WallTime until) {
  return one.ends_at > from && one.starts_at < until;
}

}  // namespace

Result<NewScheduleEntry> clean(NewScheduleEntry entry, WallTime now) {
  TRY(entry.title, clean_line(entry.title, "title"));
  if (const auto* once = std::get_if<WallTime>(&entry.when)) {
    if (*once + entry.duration <= now || *once > now + kAnnouncedMax)
      return gen::fail(gen::reasons::kChannelsBadStart);
  } else if (!TimeZone::find(std::get<Weekly>(entry.when).time_zone)) {
    return gen::fail(gen::reasons::kChannelsUnknownTimeZone);
  }
  return entry;
}

std::vector<Occurrence> occurrences_of(const ScheduleEntry& entry, WallTime from, WallTime until) {
  std::vector<Occurrence> found;
  if (const auto* once = std::get_if<WallTime>(&entry.when)) {
    Occurrence one = occurrence(entry, utc_date(*once), *once);
    if (is_within(one, from, until)) found.push_back(std::move(one));
    return found;
  }
  const auto& weekly = std::get<Weekly>(entry.when);
  const std::optional<TimeZone> zone = TimeZone::find(weekly.time_zone);
  if (!zone) return found;  // A place that has been renamed away since: nothing can be said of its clocks.
  const LocalDate first = utc_date(from - entry.duration) - kZoneSlack;
  LocalDate date = first + (weekly.weekday - std::chrono::weekday(first));
  for (const LocalDate last = utc_date(until) + kZoneSlack; date <= last; date += weeks(1)) {
    Occurrence one = occurrence(entry, date, zone->at(date, weekly.time_of_day));
    if (is_within(one, from, until)) found.push_back(std::move(one));
  }
  return found;
}

std::vector<Occurrence> occurrences_of(const std::vector<ScheduleEntry>& entries, WallTime from,
                                       WallTime until, std::size_t count_max) {
  std::vector<Occurrence> all;
  for (const ScheduleEntry& entry : entries) {
    std::ranges::move(occurrences_of(entry, from, until), std::back_inserter(all));
  }
  std::ranges::sort(all, {}, [](const Occurrence& one) { return std::pair(one.starts_at, one.entry_id); });
  if (all.size() > count_max) all.resize(count_max);
  return all;
}

std::optional<Occurrence> next_of(const ScheduleEntry& entry, WallTime now) {
  const bool is_once = std::holds_alternative<WallTime>(entry.when);
  for (Occurrence& one :
       occurrences_of(entry, now, now + (is_once ? kAnnouncedMax + days{1} : kNextWithin))) {
    if (!one.is_cancelled) return std::move(one);
  }
  return std::nullopt;
}

Result<Occurrence> occurrence_on(const ScheduleEntry& entry, LocalDate date, WallTime now) {
  const bool is_once = std::holds_alternative<WallTime>(entry.when);
  for (Occurrence& one :
       occurrences_of(entry, now, now + (is_once ? kAnnouncedMax + days{1} : kOccurrencesDays))) {
    if (one.date == date) return std::move(one);
  }
  return gen::fail(gen::reasons::kChannelsNoSuchOccurrence);
}

}  // namespace luso::channels::rules
