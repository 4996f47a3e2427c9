#include "base/time_zone.h"

#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>  // After gtest.h, which it needs.

namespace luso {
namespace {

using namespace std::chrono_literals;

LocalDate date(const char* text) {
  return parse_date(text).value();
}

WallTime utc(const char* day, std::chrono::minutes time) {
  return WallTime(date(day).time_since_epoch() + time);
}

TEST(TimeZones, LisbonIsAnHourAheadInSummer) {
  const TimeZone lisbon = TimeZone::find("Europe/Lisbon").value();

  EXPECT_EQ(lisbon.at(date("2026-10-24"), 21h), utc("2026-10-24", 20h));
  EXPECT_EQ(lisbon.at(date("2026-10-25"), 21h),
            utc("2026-10-25", 21h));  // The clocks went back that morning.
  EXPECT_EQ(lisbon.at(date("2027-03-28"), 21h), utc("2027-03-28", 20h));
}

TEST(TimeZones, BrasiliaHasHadNoSummerTimeSince2019) {
  const TimeZone brasilia = TimeZone::find("America/Sao_Paulo").value();

  EXPECT_EQ(brasilia.at(date("2018-12-01"), 21h), utc("2018-12-01", 23h));
  EXPECT_EQ(brasilia.at(date("2026-12-01"), 21h), utc("2026-12-01", 24h));
  EXPECT_EQ(brasilia.at(date("2026-07-01"), 21h), utc("2026-07-01", 24h));
}

TEST(TimeZones, ATimeTheClocksSkipIsAsMuchLater) {
  const TimeZone lisbon = TimeZone::find("Europe/Lisbon").value();

  EXPECT_EQ(lisbon.at(date("2027-03-28"), 90min),
            utc("2027-03-28", 90min));  // 01:30 is not shown: 02:30 is meant.
}

TEST(TimeZones, ATimeTheClocksShowTwiceIsTheFirst) {
  const TimeZone lisbon = TimeZone::find("Europe/Lisbon").value();

  EXPECT_EQ(lisbon.at(date("2026-10-25"), 90min), utc("2026-10-25", 30min));
}

TEST(TimeZones, TheDayIsThatOfThePlace) {
  const WallTime late = utc("2026-11-22", 23h + 30min);

  EXPECT_EQ(TimeZone::find("Europe/Lisbon")->date_of(late), date("2026-11-22"));
  EXPECT_EQ(TimeZone::find("Asia/Dili")->date_of(late), date("2026-11-23"));
  EXPECT_EQ(TimeZone::find("America/Sao_Paulo")->date_of(utc("2026-11-22", 1h)), date("2026-11-21"));
}

TEST(TimeZones, WhatIsNoPlaceIsNotFound) {
  for (const char* name : {"", "Europe/Coimbra", "GMT+3", "Etc/Unknown", "Europe/Lisbon ", "\xff\xfe"}) {
    EXPECT_FALSE(TimeZone::find(name)) << name;
  }
  EXPECT_FALSE(TimeZone::find(std::string(100, 'a')));
}

TEST(TimeZones, EveryPlaceThatSpeaksPortugueseIsKnown) {
  for (const char* name :
       {"Europe/Lisbon", "Atlantic/Azores", "Atlantic/Madeira", "America/Sao_Paulo", "America/Manaus",
        "America/Noronha", "America/Rio_Branco", "Africa/Luanda", "Africa/Maputo", "Atlantic/Cape_Verde",
        "Africa/Bissau", "Africa/Sao_Tome", "Asia/Dili", "Asia/Macau", "UTC"}) {
    EXPECT_TRUE(TimeZone::find(name)) << name;
  }
}

TEST(Dates, AreReadStrictly) {
  for (const char* text :
       {"2026-02-29", "2026-13-01", "2026-1-01", "26-01-01", "2026-01-01T", "2026/01/01", "-026-01-01", ""}) {
    EXPECT_FALSE(parse_date(text)) << text;
  }
  EXPECT_EQ(to_text(date("2028-02-29")), "2028-02-29");
}

RC_GTEST_PROP(Dates, ComeBackAsTheyWent, (std::uint16_t days)) {
  const LocalDate day{std::chrono::days(days)};
  RC_ASSERT(parse_date(to_text(day)) == day);
}

RC_GTEST_PROP(TimeZones, AMomentFallsOnTheDayItWasMadeFrom, (std::uint16_t days)) {
  const TimeZone lisbon = TimeZone::find("Europe/Lisbon").value();
  const LocalDate day{std::chrono::days(days)};
  RC_ASSERT(lisbon.date_of(lisbon.at(day, 12h)) == day);
}

}  // namespace
}  // namespace luso
