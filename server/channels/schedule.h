#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "channels/schedule_store.h"

namespace luso::channels {

// When channels say they will be on air. Any reactor may call.
//
// channel_schedule.next_starts_at is the read side for lists of the whole town: kept right by every write
// here, and by advance() as time passes.
class Schedules {
 public:
  static constexpr std::int64_t kEntriesMax =
      50;  // Of one channel, those that are over not counted; refused.
  static constexpr std::size_t kOccurrencesMax = 50;  // In one answer, the soonest.
  static constexpr int kAdvancedMax = 200;            // In one transaction; the rest in the next.
  static constexpr std::chrono::days kForgottenAfter{
      30};  // What happened once stays this long with its owner.
  static constexpr std::chrono::seconds kAdvanceEvery{30};

  Schedules(Clock& clock, io::Pg& pg) : clock_(clock), pg_(pg), store_(pg) {}

  [[nodiscard]] Task<Result<std::vector<Occurrence>>> upcoming(std::string username, int days);

  [[nodiscard]] Task<Result<std::vector<ScheduleEntry>>> list(UserId owner);
  [[nodiscard]] Task<Result<ScheduleEntry>> create(UserId owner, NewScheduleEntry entry);
  [[nodiscard]] Task<Result<ScheduleEntry>> update(UserId owner, ScheduleEntryId id, NewScheduleEntry entry);
  [[nodiscard]] Task<Result<void>> remove(UserId owner, ScheduleEntryId id);
  // One day of it does not happen, or happens after all. Saying so twice is saying it once.
  [[nodiscard]] Task<Result<ScheduleEntry>> set_cancelled(UserId owner, ScheduleEntryId id, LocalDate date,
                                                          bool is_cancelled);

  // Moves on what has passed and forgets what is long over; how many moved on.
  [[nodiscard]] Task<Result<std::size_t>> advance();
  // Does so until it is cancelled: spawn it in a Scope.
  [[nodiscard]] Task<void> run();

 private:
  Task<Result<ScheduleEntry>> settle(io::PgSessionPtr session, ChannelId channel, ScheduleEntryId id);
  Task<Result<ScheduleEntry>> insert(io::PgSessionPtr session, UserId owner, NewScheduleEntry entry);
  Task<Result<ScheduleEntry>> replace(io::PgSessionPtr session, UserId owner, ScheduleEntryId id,
                                      NewScheduleEntry entry);
  Task<Result<ScheduleEntry>> mark(io::PgSessionPtr session, UserId owner, ScheduleEntryId id, LocalDate date,
                                   bool is_cancelled);
  Task<Result<std::size_t>> advance_some(io::PgSessionPtr session);

  Clock& clock_;
  io::Pg& pg_;
  ScheduleStore store_;
};

}  // namespace luso::channels
