#pragma once

#include <optional>
#include <string>
#include <vector>

#include "channels/schedule_model.h"
#include "io/pg.h"

namespace luso::channels {

// The SQL of announcements. Writes happen inside the caller's transaction.
class ScheduleStore {
 public:
  explicit ScheduleStore(io::Pg& pg) : pg_(pg) {}

  // Of a channel by its name; no value when there is no such channel.
  [[nodiscard]] Task<Result<std::optional<std::vector<ScheduleEntry>>>> list_of(std::string username);
  [[nodiscard]] Task<Result<std::vector<ScheduleEntry>>> list_of_user(UserId owner);

  // Takes the owner's channel for this transaction, so that two writes cannot both be the fiftieth.
  [[nodiscard]] static Task<Result<ChannelId>> lock_channel(io::PgSessionPtr session, UserId owner);
  [[nodiscard]] static Task<Result<std::int64_t>> count_open(io::PgSessionPtr session, ChannelId channel,
                                                             WallTime now);
  [[nodiscard]] static Task<Result<std::optional<ScheduleEntry>>> find(io::PgSessionPtr session,
                                                                       ChannelId channel, ScheduleEntryId id);
  [[nodiscard]] static Task<Result<ScheduleEntryId>> insert(io::PgSessionPtr session, ChannelId channel,
                                                            NewScheduleEntry entry);
  [[nodiscard]] static Task<Result<void>> update(io::PgSessionPtr session, ScheduleEntryId id,
                                                 NewScheduleEntry entry);
  [[nodiscard]] static Task<Result<void>> set_cancelled(io::PgSessionPtr session, ScheduleEntryId id,
                                                        LocalDate date, bool is_cancelled);
  [[nodiscard]] static Task<Result<void>> set_next(io::PgSessionPtr session, ScheduleEntryId id,
                                                   std::optional<Occurrence> next);
  // Whether there was one.
  [[nodiscard]] Task<Result<bool>> remove(UserId owner, ScheduleEntryId id);

  // Entries whose next occurrence is over, locked; those another server works on are left to it.
  [[nodiscard]] static Task<Result<std::vector<ScheduleEntry>>> lock_passing(io::PgSessionPtr session,
                                                                             WallTime now, int limit);
  // What happened once, and days that were cancelled, before that moment.
  [[nodiscard]] Task<Result<void>> forget_before(WallTime moment);

 private:
  io::Pg& pg_;
};

}  // namespace luso::channels
