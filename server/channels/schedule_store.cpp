#include "channels/schedule_store.h"

#include "base/check.h"

namespace luso::channels {
namespace {

using io::PgParam;
using io::PgParams;
using io::PgResult;
using io::PgRow;
using io::PgSessionPtr;
using io::Statement;

// The columns entry_of() reads. A macro, because a statement is one string literal.
#define LUSO_ENTRY_COLUMNS                                                                                 \
  " e.id, e.title, e.category, e.duration_min, e.starts_at, e.weekday, e.minute_of_day, e.time_zone,"      \
  " ARRAY(SELECT x.day::text FROM channel_schedule_cancelled x WHERE x.entry_id = e.id ORDER BY x.day) AS" \
  " cancelled FROM channel_schedule e "

const Statement kChannelNamed{"channels.schedule_channel", R"sql(
  SELECT c.id FROM channels c JOIN users u ON u.id = c.user_id WHERE u.username = $1 AND u.erase_after IS NULL)sql"};

const Statement kListOf{"channels.schedule_list", "SELECT" LUSO_ENTRY_COLUMNS R"sql(
  WHERE e.channel_id = $1
  ORDER BY e.id)sql"};

const Statement kListOfUser{"channels.schedule_list_of_user", "SELECT" LUSO_ENTRY_COLUMNS R"sql(
  JOIN channels c ON c.id = e.channel_id
  WHERE c.user_id = $1
  ORDER BY e.next_starts_at NULLS LAST, e.id)sql"};

const Statement kFindEntry{"channels.schedule_find", "SELECT" LUSO_ENTRY_COLUMNS R"sql(
  WHERE e.channel_id = $1 AND e.id = $2
  FOR UPDATE OF e)sql"};

const Statement kLockPassing{"channels.schedule_lock_passing", "SELECT" LUSO_ENTRY_COLUMNS R"sql(
  WHERE e.next_ends_at <= $1
  ORDER BY e.next_ends_at
  LIMIT $2
  FOR UPDATE OF e SKIP LOCKED)sql"};

#undef LUSO_ENTRY_COLUMNS

const Statement kLockChannel{"channels.schedule_lock_channel", R"sql(
  SELECT id FROM channels WHERE user_id = $1 FOR UPDATE)sql"};

const Statement kCountOpen{"channels.schedule_count_open", R"sql(
  SELECT count(*) AS n FROM channel_schedule
  WHERE channel_id = $1 AND (weekday IS NOT NULL OR starts_at + duration_min * interval '1 minute' > $2))sql"};

const Statement kInsertEntry{"channels.schedule_insert", R"sql(
  INSERT INTO channel_schedule (channel_id, title, category, duration_min, starts_at, weekday, minute_of_day, time_zone)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
  RETURNING id)sql"};

const Statement kUpdateEntry{"channels.schedule_update", R"sql(
  UPDATE channel_schedule SET title = $2, category = $3, duration_min = $4, starts_at = $5, weekday = $6,
                              minute_of_day = $7, time_zone = $8
  WHERE id = $1)sql"};

const Statement kCancel{"channels.schedule_cancel", R"sql(
  INSERT INTO channel_schedule_cancelled (entry_id, day) VALUES ($1, $2) ON CONFLICT DO NOTHING)sql"};

const Statement kRestore{"channels.schedule_restore", R"sql(
  DELETE FROM channel_schedule_cancelled WHERE entry_id = $1 AND day = $2)sql"};

const Statement kSetNext{"channels.schedule_set_next", R"sql(
  UPDATE channel_schedule SET next_starts_at = $2, next_ends_at = $3 WHERE id = $1)sql"};

const Statement kRemoveEntry{"channels.schedule_remove", R"sql(
  DELETE FROM channel_schedule e USING channels c
  WHERE e.id = $2 AND c.id = e.channel_id AND c.user_id = $1)sql"};

const Statement kForgetOnce{"channels.schedule_forget_once", R"sql(
  DELETE FROM channel_schedule WHERE starts_at < $1 AND next_ends_at IS NULL)sql"};

const Statement kForgetCancelled{"channels.schedule_forget_cancelled", R"sql(
  DELETE FROM channel_schedule_cancelled WHERE day < $1)sql"};

Recurrence recurrence_of(const PgRow& row) {
  if (const auto once = row.optional_time("starts_at")) return *once;
  return Weekly{.weekday = std::chrono::weekday(static_cast<unsigned>(row.integer("weekday"))),
                .time_of_day = std::chrono::minutes(row.integer("minute_of_day")),
                .time_zone = row.text("time_zone")};
}

ScheduleEntry entry_of(const PgRow& row) {
  ScheduleEntry entry{.id = row.id<ScheduleEntryId>("id"),
                      .title = row.text("title"),
                      .category = row.text("category"),
                      .duration = std::chrono::minutes(row.integer("duration_min")),
                      .when = recurrence_of(row),
                      .cancelled = {}};
  for (const std::string& day : row.text_array("cancelled")) {
    const std::optional<LocalDate> date = parse_date(day);
    LUSO_CHECK(date);
    entry.cancelled.push_back(*date);
  }
  return entry;
}

std::vector<ScheduleEntry> entries_of(const PgResult& rows) {
  std::vector<ScheduleEntry> entries;
  for (std::size_t i = 0; i < rows.size(); ++i) entries.push_back(entry_of(rows.row(i)));
  return entries;
}

PgParams params_of(std::int64_t id, const NewScheduleEntry& entry) {
  PgParams params{id, entry.title, entry.category, static_cast<std::int64_t>(entry.duration.count())};
  if (const auto* weekly = std::get_if<Weekly>(&entry.when)) {
    params.emplace_back(std::nullopt);
    params.emplace_back(static_cast<int>(weekly->weekday.iso_encoding()));
    params.emplace_back(static_cast<std::int64_t>(weekly->time_of_day.count()));
    params.emplace_back(weekly->time_zone);
  } else {
    params.emplace_back(std::get<WallTime>(entry.when));
    params.insert(params.end(), 3, PgParam(std::nullopt));
  }
  return params;
}

}  // namespace

Task<Result<std::optional<std::vector<ScheduleEntry>>>> ScheduleStore::list_of(std::string username) {
  PgParams name{std::move(username)};
  CO_TRY(const PgResult channel, co_await pg_.query(kChannelNamed, std::move(name)));
  if (channel.empty()) co_return std::optional<std::vector<ScheduleEntry>>();
  PgParams params{channel.front().id<ChannelId>("id")};
  CO_TRY(const PgResult rows, co_await pg_.query(kListOf, std::move(params)));
  co_return std::optional(entries_of(rows));
}

Task<Result<std::vector<ScheduleEntry>>> ScheduleStore::list_of_user(UserId owner) {
  PgParams params{owner};
  CO_TRY(const PgResult rows, co_await pg_.query(kListOfUser, std::move(params)));
  co_return entries_of(rows);
}

Task<Result<ChannelId>> ScheduleStore::lock_channel(PgSessionPtr session, UserId owner) {
  PgParams params{owner};
  CO_TRY(const PgResult rows, co_await session->query(kLockChannel, std::move(params)));
  if (rows.empty()) co_return fail(ErrorKind::not_found, "channels.not_found");
  co_return rows.front().id<ChannelId>("id");
}

Task<Result<std::int64_t>> ScheduleStore::count_open(PgSessionPtr session, ChannelId channel, WallTime now) {
  PgParams params{channel, now};
  CO_TRY(const PgResult rows, co_await session->query(kCountOpen, std::move(params)));
  co_return rows.front().integer("n");
}

Task<Result<std::optional<ScheduleEntry>>> ScheduleStore::find(PgSessionPtr session, ChannelId channel,
                                                               ScheduleEntryId id) {
  PgParams params{channel, id};
  CO_TRY(const PgResult rows, co_await session->query(kFindEntry, std::move(params)));
  if (rows.empty()) co_return std::optional<ScheduleEntry>();
  co_return std::optional(entry_of(rows.front()));
}

Task<Result<ScheduleEntryId>> ScheduleStore::insert(PgSessionPtr session, ChannelId channel,
                                                    NewScheduleEntry entry) {
  CO_TRY(const PgResult rows, co_await session->query(kInsertEntry, params_of(channel.value, entry)));
  co_return rows.front().id<ScheduleEntryId>("id");
}

Task<Result<void>> ScheduleStore::update(PgSessionPtr session, ScheduleEntryId id, NewScheduleEntry entry) {
  CO_TRY_VOID(co_await session->query(kUpdateEntry, params_of(id.value, entry)));
  co_return Result<void>{};
}

Task<Result<void>> ScheduleStore::set_cancelled(PgSessionPtr session, ScheduleEntryId id, LocalDate date,
                                                bool is_cancelled) {
  PgParams params{id, to_text(date)};
  CO_TRY_VOID(co_await session->query(is_cancelled ? kCancel : kRestore, std::move(params)));
  co_return Result<void>{};
}

Task<Result<void>> ScheduleStore::set_next(PgSessionPtr session, ScheduleEntryId id,
                                           std::optional<Occurrence> next) {
  PgParams params{id, std::nullopt, std::nullopt};
  if (next) params = {id, next->starts_at, next->ends_at};
  CO_TRY_VOID(co_await session->query(kSetNext, std::move(params)));
  co_return Result<void>{};
}

Task<Result<bool>> ScheduleStore::remove(UserId owner, ScheduleEntryId id) {
  PgParams params{owner, id};
  CO_TRY(const PgResult rows, co_await pg_.query(kRemoveEntry, std::move(params)));
  co_return rows.affected() > 0;
}

Task<Result<std::vector<ScheduleEntry>>> ScheduleStore::lock_passing(PgSessionPtr session, WallTime now,
                                                                     int limit) {
  PgParams params{now, limit};
  CO_TRY(const PgResult rows, co_await session->query(kLockPassing, std::move(params)));
  co_return entries_of(rows);
}

Task<Result<void>> ScheduleStore::forget_before(WallTime moment) {
  PgParams once{moment};
  CO_TRY_VOID(co_await pg_.query(kForgetOnce, std::move(once)));
  PgParams cancelled{to_text(LocalDate(std::chrono::floor<std::chrono::days>(moment.time_since_epoch())))};
  CO_TRY_VOID(co_await pg_.query(kForgetCancelled, std::move(cancelled)));
  co_return Result<void>{};
}

}  // namespace luso::channels
