#include "channels/schedule_rules.h"

#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>  // After gtest.h, which it needs.

namespace luso::channels {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;

WallTime utc(const char* day, std::chrono::minutes time = 0min) {
  return WallTime(parse_date(day)->time_since_epoch() + time);
}

ScheduleEntry weekly(std::chrono::weekday weekday, std::chrono::minutes time, const char* zone) {
  return {.id = ScheduleEntryId{1},
          .title = "Fado",
          .category = "fado",
          .duration = 90min,
          .when = Weekly{.weekday = weekday, .time_of_day = time, .time_zone = zone},
          .cancelled = {}};
}

ScheduleEntry once(WallTime starts_at) {
  return {.id = ScheduleEntryId{2},
          .title = "Festa",
          .category = "fado",
          .duration = 60min,
          .when = starts_at,
          .cancelled = {}};
}

std::vector<WallTime> starts(const std::vector<Occurrence>& all) {
  std::vector<WallTime> times;
  for (const Occurrence& one : all) times.push_back(one.starts_at);
  return times;
}

// 22 November 2026 is a Sunday. Clocks in Lisbon go back on 25 October 2026 and forward on 28 March 2027.
TEST(ScheduleRules, TheSameClockTimeIsAnotherMomentAfterTheClocksWentBack) {
  const ScheduleEntry sundays = weekly(std::chrono::Sunday, 21h, "Europe/Lisbon");

  EXPECT_EQ(starts(rules::occurrences_of(sundays, utc("2026-10-17"), utc("2026-11-02"))),
            (std::vector{utc("2026-10-18", 20h), utc("2026-10-25", 21h), utc("2026-11-01", 21h)}));
}

TEST(ScheduleRules, BrasiliaStaysWhereItIsWhenLisbonMoves) {
  const ScheduleEntry sundays = weekly(std::chrono::Sunday, 18h, "America/Sao_Paulo");

  EXPECT_EQ(starts(rules::occurrences_of(sundays, utc("2026-10-17"), utc("2026-11-02"))),
            (std::vector{utc("2026-10-18", 21h), utc("2026-10-25", 21h), utc("2026-11-01", 21h)}));
}

TEST(ScheduleRules, ALateEveningInBrasiliaIsTheNextDayInUtcAndKeepsItsOwnDate) {
  const auto all = rules::occurrences_of(weekly(std::chrono::Saturday, 22h, "America/Sao_Paulo"),
                                         utc("2026-11-22"), utc("2026-11-23"));

  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].starts_at, utc("2026-11-22", 1h));
  EXPECT_EQ(to_text(all[0].date), "2026-11-21");
}

TEST(ScheduleRules, WhatGoesOnNowIsListedUntilItIsOver) {
  const ScheduleEntry sundays = weekly(std::chrono::Sunday, 21h, "UTC");

  EXPECT_EQ(rules::next_of(sundays, utc("2026-11-22", 22h))->starts_at, utc("2026-11-22", 21h));
  EXPECT_EQ(rules::next_of(sundays, utc("2026-11-22", 22h + 30min))->starts_at, utc("2026-11-29", 21h));
}

TEST(ScheduleRules, ACancelledDayIsListedAndIsNotTheNext) {
  ScheduleEntry sundays = weekly(std::chrono::Sunday, 21h, "Europe/Lisbon");
  sundays.cancelled = {*parse_date("2026-11-22")};

  const auto all = rules::occurrences_of(sundays, utc("2026-11-22"), utc("2026-11-30"));

  ASSERT_EQ(all.size(), 2U);
  EXPECT_TRUE(all[0].is_cancelled);
  EXPECT_FALSE(all[1].is_cancelled);
  EXPECT_EQ(rules::next_of(sundays, utc("2026-11-22"))->starts_at, utc("2026-11-29", 21h));
}

TEST(ScheduleRules, WhoeverCancelsEverythingThatCanBeCancelledStillHasANextOne) {
  ScheduleEntry sundays = weekly(std::chrono::Sunday, 21h, "Europe/Lisbon");
  const WallTime now = utc("2026-11-22");
  for (const Occurrence& one : rules::occurrences_of(sundays, now, now + rules::kOccurrencesDays)) {
    ASSERT_TRUE(rules::occurrence_on(sundays, one.date, now));
    sundays.cancelled.push_back(one.date);
  }

  EXPECT_TRUE(rules::next_of(sundays, now));
}

TEST(ScheduleRules, OnlyADayItFallsOnCanBeCancelled) {
  const ScheduleEntry sundays = weekly(std::chrono::Sunday, 21h, "Europe/Lisbon");
  const WallTime now = utc("2026-11-22", 23h);

  for (const char* day : {"2026-11-23", "2026-11-22" /* over */, "2027-11-21" /* far away */}) {
    const auto one = rules::occurrence_on(sundays, *parse_date(day), now);
    ASSERT_FALSE(one) << day;
    EXPECT_EQ(one.error().reason, "channels.no_such_occurrence");
  }
}

TEST(ScheduleRules, WhatHappensOnceIsOverAfterwards) {
  const ScheduleEntry party = once(utc("2026-12-31", 23h));

  EXPECT_EQ(rules::next_of(party, utc("2026-11-22"))->date, parse_date("2026-12-31"));
  EXPECT_FALSE(rules::next_of(party, utc("2027-01-01")));
}

TEST(ScheduleRules, SeveralEntriesComeInOneOrderAndNoMoreThanAskedFor) {
  const std::vector entries{weekly(std::chrono::Sunday, 21h, "Europe/Lisbon"), once(utc("2026-11-24", 10h))};

  EXPECT_EQ(starts(rules::occurrences_of(entries, utc("2026-11-22"), utc("2026-12-07"), 3)),
            (std::vector{utc("2026-11-22", 21h), utc("2026-11-24", 10h), utc("2026-11-29", 21h)}));
}

TEST(ScheduleRules, AnAnnouncementIsCleanedAndItsStartIsToCome) {
  const WallTime now = utc("2026-11-22");
  const auto entry = [](Recurrence when) {
    return NewScheduleEntry{
        .title = " Fado  ", .category = "fado", .duration = 60min, .when = std::move(when)};
  };

  EXPECT_EQ(rules::clean(entry(now + 1h), now)->title, "Fado");
  EXPECT_TRUE(rules::clean(entry(now - 30min), now)) << "what has begun may still be announced";
  EXPECT_EQ(rules::clean(entry(now - 2h), now).error().reason, "channels.bad_start");
  EXPECT_EQ(rules::clean(entry(now + days(400)), now).error().reason, "channels.bad_start");
  EXPECT_EQ(
      rules::clean(
          entry(Weekly{.weekday = std::chrono::Monday, .time_of_day = 1h, .time_zone = "Portugal/Coimbra"}),
          now)
          .error()
          .reason,
      "channels.unknown_time_zone");
}

RC_GTEST_PROP(ScheduleRules, EveryWeekHasExactlyOne, ()) {
  const auto weekday = *rc::gen::inRange(0U, 7U);
  const auto minute = *rc::gen::inRange(0, 1440);
  const auto* zone =
      *rc::gen::element("Europe/Lisbon", "America/Sao_Paulo", "Asia/Dili", "Atlantic/Azores", "UTC");
  const WallTime from = utc("2026-01-01") + std::chrono::hours(*rc::gen::inRange(0, 10'000));
  const ScheduleEntry entry = weekly(std::chrono::weekday(weekday), std::chrono::minutes(minute), zone);

  const auto all = rules::occurrences_of(entry, from, from + days(70));

  RC_ASSERT(all.size() >= 10U);
  RC_ASSERT(all.size() <= 11U);
  for (std::size_t i = 0; i < all.size(); ++i) {
    RC_ASSERT(std::chrono::weekday(all[i].date) == std::chrono::weekday(weekday));
    if (i > 0) RC_ASSERT(all[i].date - all[i - 1].date == days(7));
  }
}

}  // namespace
}  // namespace luso::channels
