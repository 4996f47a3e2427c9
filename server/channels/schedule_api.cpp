#include <array>
#include <cstdio>
#include <utility>

#include "base/text.h"
#include "channels/api.h"
#include "channels/schedule_rules.h"
#include "gen/reasons.h"

namespace luso::channels {
namespace {

using std::chrono::minutes;

UserId caller_of(const io::Call& call) {
  return call.principal() ? call.principal()->user_id : UserId{};
}

// "21:30" on a clock of 24 hours.
std::optional<minutes> parse_time(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const auto hour = parse_integer<unsigned>(text.substr(0, 2));
  const auto minute = parse_integer<unsigned>(text.substr(3, 2));
  if (!hour || !minute || *hour > 23 || *minute > 59) return std::nullopt;
  return minutes(*hour * 60 + *minute);
}

std::string to_text(minutes time_of_day) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%02d:%02d", static_cast<int>(time_of_day.count() / 60),
                static_cast<int>(time_of_day.count() % 60));
  return text.data();
}

Result<Recurrence> recurrence_of(const gen::ScheduleEntryRequest& body) {
  const bool is_weekly = body.weekday || body.time || body.time_zone;
  if (body.starts_at.has_value() == is_weekly) return gen::fail(gen::reasons::kApiInvalid, "starts_at");
  if (body.starts_at) return *body.starts_at;
  if (!body.weekday) return gen::fail(gen::reasons::kApiInvalid, "weekday");
  if (!body.time_zone) return gen::fail(gen::reasons::kApiInvalid, "time_zone");
  const std::optional<minutes> time = body.time ? parse_time(*body.time) : std::nullopt;
  if (!time) return gen::fail(gen::reasons::kApiInvalid, "time");
  // The contract's week begins on Monday, as ISO's does.
  return Weekly{.weekday = std::chrono::weekday(static_cast<unsigned>(*body.weekday) + 1),
                .time_of_day = *time,
                .time_zone = *body.time_zone};
}

Result<NewScheduleEntry> from_dto(gen::ScheduleEntryRequest body) {
  TRY(Recurrence when, recurrence_of(body));
  return NewScheduleEntry{.title = std::move(body.title),
                          .category = std::move(body.category),
                          .duration = minutes(body.duration_min),
                          .when = std::move(when)};
}

gen::Occurrence to_dto(Occurrence one) {
  return {.entry_id = one.entry_id.value,
          .date = luso::to_text(one.date),
          .starts_at = one.starts_at,
          .ends_at = one.ends_at,
          .title = std::move(one.title),
          .category = std::move(one.category),
          .is_weekly = one.is_weekly,
          .is_cancelled = one.is_cancelled};
}

gen::ScheduleEntry to_dto(ScheduleEntry entry, WallTime now) {
  gen::ScheduleEntry dto;
  const std::optional<Occurrence> next = rules::next_of(entry, now);
  if (next) dto.next_starts_at = next->starts_at;
  dto.id = entry.id.value;
  dto.title = std::move(entry.title);
  dto.category = std::move(entry.category);
  dto.duration_min = static_cast<std::int32_t>(entry.duration.count());
  if (const auto* weekly = std::get_if<Weekly>(&entry.when)) {
    dto.weekday = gen::to_text(static_cast<gen::Weekday>(weekly->weekday.iso_encoding() - 1));
    dto.time = to_text(weekly->time_of_day);
    dto.time_zone = weekly->time_zone;
  } else {
    dto.starts_at = std::get<WallTime>(entry.when);
  }
  for (const LocalDate day : entry.cancelled) dto.cancelled_dates.push_back(luso::to_text(day));
  return dto;
}

class Api final : public gen::ScheduleApi {
 public:
  Api(Clock& clock, Schedules& schedules, Access& access)
      : clock_(clock), schedules_(schedules), access_(access) {}

  Task<Result<gen::OccurrenceList>> get_schedule(io::Call, std::string username,
                                                 gen::GetScheduleQuery query) override {
    CO_TRY(std::vector<Occurrence> occurrences,
           co_await schedules_.upcoming(std::move(username), query.days));
    gen::OccurrenceList list;
    for (Occurrence& one : occurrences) list.items.push_back(to_dto(std::move(one)));
    co_return list;
  }

  Task<Result<gen::ScheduleEntryList>> list_schedule_entries(io::Call call,
                                                             gen::ListScheduleEntriesQuery query) override {
    CO_TRY(const UserId owner, co_await owner_for(call, std::move(query.channel)));
    CO_TRY(std::vector<ScheduleEntry> entries, co_await schedules_.list(owner));
    gen::ScheduleEntryList list;
    for (ScheduleEntry& entry : entries) list.items.push_back(to_dto(std::move(entry), clock_.now()));
    co_return list;
  }

  Task<Result<gen::ScheduleEntry>> create_schedule_entry(io::Call call, gen::CreateScheduleEntryQuery query,
                                                         gen::ScheduleEntryRequest body) override {
    CO_TRY(const UserId owner, co_await owner_for(call, std::move(query.channel)));
    CO_TRY(NewScheduleEntry entry, from_dto(std::move(body)));
    CO_TRY(ScheduleEntry made, co_await schedules_.create(owner, std::move(entry)));
    CO_TRY_VOID(co_await note(call, owner, "channels.schedule_announced"));
    co_return to_dto(std::move(made), clock_.now());
  }

  Task<Result<gen::ScheduleEntry>> update_schedule_entry(io::Call call, std::int64_t entry_id,
                                                         gen::UpdateScheduleEntryQuery query,
                                                         gen::ScheduleEntryRequest body) override {
    const ScheduleEntryId id{entry_id};
    CO_TRY(const UserId owner, co_await owner_for(call, std::move(query.channel)));
    CO_TRY(NewScheduleEntry entry, from_dto(std::move(body)));
    CO_TRY(ScheduleEntry now, co_await schedules_.update(owner, id, std::move(entry)));
    CO_TRY_VOID(co_await note(call, owner, "channels.schedule_edited"));
    co_return to_dto(std::move(now), clock_.now());
  }

  Task<Result<void>> delete_schedule_entry(io::Call call, std::int64_t entry_id,
                                           gen::DeleteScheduleEntryQuery query) override {
    const ScheduleEntryId id{entry_id};
    CO_TRY(const UserId owner, co_await owner_for(call, std::move(query.channel)));
    CO_TRY_VOID(co_await schedules_.remove(owner, id));
    co_return co_await note(call, owner, "channels.schedule_removed");
  }

  Task<Result<gen::ScheduleEntry>> cancel_occurrence(io::Call call, std::int64_t entry_id, std::string date,
                                                     gen::CancelOccurrenceQuery query) override {
    const ScheduleEntryId id{entry_id};
    CO_TRY(const UserId owner, co_await owner_for(call, std::move(query.channel)));
    CO_TRY(gen::ScheduleEntry now, co_await set_cancelled(owner, id, std::move(date), true));
    CO_TRY_VOID(co_await note(call, owner, "channels.schedule_cancelled"));
    co_return now;
  }

  Task<Result<gen::ScheduleEntry>> restore_occurrence(io::Call call, std::int64_t entry_id, std::string date,
                                                      gen::RestoreOccurrenceQuery query) override {
    const ScheduleEntryId id{entry_id};
    CO_TRY(const UserId owner, co_await owner_for(call, std::move(query.channel)));
    CO_TRY(gen::ScheduleEntry now, co_await set_cancelled(owner, id, std::move(date), false));
    CO_TRY_VOID(co_await note(call, owner, "channels.schedule_restored"));
    co_return now;
  }

 private:
  Task<Result<UserId>> owner_for(io::Call call, std::optional<std::string> channel) {
    return access_.owner_for(caller_of(call), std::move(channel), Action::edit_channel);
  }

  // What an editor did in the owner's name.
  Task<Result<void>> note(io::Call call, UserId owner, std::string action) {
    return access_.note(clock_.now(), caller_of(call), owner, std::move(action));
  }

  Task<Result<gen::ScheduleEntry>> set_cancelled(UserId owner, ScheduleEntryId id, std::string date,
                                                 bool is_cancelled) {
    const std::optional<LocalDate> day = parse_date(date);
    if (!day) co_return gen::fail(gen::reasons::kChannelsNoSuchOccurrence);
    CO_TRY(ScheduleEntry now, co_await schedules_.set_cancelled(owner, id, *day, is_cancelled));
    co_return to_dto(std::move(now), clock_.now());
  }

  Clock& clock_;
  Schedules& schedules_;
  Access& access_;
};

}  // namespace

std::unique_ptr<gen::ScheduleApi> make_api(Clock& clock, Schedules& schedules, Access& access) {
  return std::make_unique<Api>(clock, schedules, access);
}

}  // namespace luso::channels
