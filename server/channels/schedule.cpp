#include "channels/schedule.h"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/log.h"
#include "channels/schedule_rules.h"
#include "gen/reasons.h"

namespace luso::channels {

using io::PgSessionPtr;
namespace reasons = gen::reasons;

namespace {

// The one constraint a caller can break: a category nobody has.
Result<ScheduleEntry> named(Result<ScheduleEntry> outcome) {
  if (!outcome && outcome.error().field == "channel_schedule_category_fkey")
    return gen::fail(reasons::kLiveUnknownCategory);
  return outcome;
}

Task<Result<ScheduleEntry>> get(PgSessionPtr session, ChannelId channel, ScheduleEntryId id) {
  CO_TRY(std::optional<ScheduleEntry> entry, co_await ScheduleStore::find(std::move(session), channel, id));
  if (!entry) co_return gen::fail(reasons::kChannelsNoSuchEntry);
  co_return *std::move(entry);
}

}  // namespace

Task<Result<std::vector<Occurrence>>> Schedules::upcoming(std::string username, int days) {
  CO_TRY(const auto entries, co_await store_.list_of(std::move(username)));
  if (!entries) co_return gen::fail(reasons::kChannelsNotFound);
  const WallTime now = clock_.now();
  co_return rules::occurrences_of(*entries, now, now + std::chrono::days(days), kOccurrencesMax);
}

Task<Result<std::vector<ScheduleEntry>>> Schedules::list(UserId owner) {
  return store_.list_of_user(owner);
}

Task<Result<ScheduleEntry>> Schedules::create(UserId owner, NewScheduleEntry entry) {
  CO_TRY(NewScheduleEntry cleaned, rules::clean(std::move(entry), clock_.now()));
  co_return named(co_await pg_.transaction<ScheduleEntry>(
      [&](PgSessionPtr session) { return insert(std::move(session), owner, cleaned); }));
}

Task<Result<ScheduleEntry>> Schedules::update(UserId owner, ScheduleEntryId id, NewScheduleEntry entry) {
  CO_TRY(NewScheduleEntry cleaned, rules::clean(std::move(entry), clock_.now()));
  co_return named(co_await pg_.transaction<ScheduleEntry>(
      [&](PgSessionPtr session) { return replace(std::move(session), owner, id, cleaned); }));
}

Task<Result<void>> Schedules::remove(UserId owner, ScheduleEntryId id) {
  CO_TRY(const bool was_there, co_await store_.remove(owner, id));
  if (!was_there) co_return gen::fail(reasons::kChannelsNoSuchEntry);
  co_return Result<void>{};
}

Task<Result<ScheduleEntry>> Schedules::set_cancelled(UserId owner, ScheduleEntryId id, LocalDate date,
                                                     bool is_cancelled) {
  co_return co_await pg_.transaction<ScheduleEntry>(
      [&](PgSessionPtr session) { return mark(std::move(session), owner, id, date, is_cancelled); });
}

// What the entry says now, with its next time worked out anew.
Task<Result<ScheduleEntry>> Schedules::settle(PgSessionPtr session, ChannelId channel, ScheduleEntryId id) {
  CO_TRY(ScheduleEntry entry, co_await get(session, channel, id));
  CO_TRY_VOID(co_await ScheduleStore::set_next(session, id, rules::next_of(entry, clock_.now())));
  co_return entry;
}

Task<Result<ScheduleEntry>> Schedules::insert(PgSessionPtr session, UserId owner, NewScheduleEntry entry) {
  CO_TRY(const ChannelId channel, co_await ScheduleStore::lock_channel(session, owner));
  CO_TRY(const std::int64_t count, co_await ScheduleStore::count_open(session, channel, clock_.now()));
  if (count >= kEntriesMax) co_return gen::fail(reasons::kChannelsTooManyEntries);
  CO_TRY(const ScheduleEntryId id, co_await ScheduleStore::insert(session, channel, std::move(entry)));
  co_return co_await settle(session, channel, id);
}

Task<Result<ScheduleEntry>> Schedules::replace(PgSessionPtr session, UserId owner, ScheduleEntryId id,
                                               NewScheduleEntry entry) {
  CO_TRY(const ChannelId channel, co_await ScheduleStore::lock_channel(session, owner));
  CO_TRY_VOID(co_await get(session, channel, id));
  CO_TRY_VOID(co_await ScheduleStore::update(session, id, std::move(entry)));
  co_return co_await settle(session, channel, id);
}

Task<Result<ScheduleEntry>> Schedules::mark(PgSessionPtr session, UserId owner, ScheduleEntryId id,
                                            LocalDate date, bool is_cancelled) {
  CO_TRY(const ChannelId channel, co_await ScheduleStore::lock_channel(session, owner));
  CO_TRY(const ScheduleEntry entry, co_await get(session, channel, id));
  if (is_cancelled) CO_TRY_VOID(rules::occurrence_on(entry, date, clock_.now()));
  CO_TRY_VOID(co_await ScheduleStore::set_cancelled(session, id, date, is_cancelled));
  co_return co_await settle(session, channel, id);
}

Task<Result<std::size_t>> Schedules::advance() {
  CO_TRY_VOID(co_await store_.forget_before(clock_.now() - kForgottenAfter));
  co_return co_await pg_.transaction<std::size_t>(
      [this](PgSessionPtr session) { return advance_some(std::move(session)); });
}

Task<Result<std::size_t>> Schedules::advance_some(PgSessionPtr session) {
  const WallTime now = clock_.now();
  CO_TRY(const std::vector<ScheduleEntry> passed,
         co_await ScheduleStore::lock_passing(session, now, kAdvancedMax));
  for (const ScheduleEntry& entry : passed) {
    CO_TRY_VOID(co_await ScheduleStore::set_next(session, entry.id, rules::next_of(entry, now)));
  }
  co_return passed.size();
}

Task<void> Schedules::run() {
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
  for (;;) {
    const Result<std::size_t> moved = co_await advance();
    if (!moved)
      log::warn("channels.schedule_failed",
                {{"reason", moved.error().reason}, {"detail", moved.error().detail}});
    if (moved && *moved == static_cast<std::size_t>(kAdvancedMax)) continue;  // There is more.
    timer.expires_after(kAdvanceEvery);
    co_await timer.async_wait(boost::asio::use_awaitable);
  }
}

}  // namespace luso::channels
