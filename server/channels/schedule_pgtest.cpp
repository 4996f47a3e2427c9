#include <gtest/gtest.h>

#include "channels/about.h"
#include "channels/schedule.h"
#include "channels/schedule_rules.h"
#include "channels/town_pgtest.h"

namespace luso::channels {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;

// It is Sunday, 22 November 2026, midnight in UTC.
class SchedulesOfChannels : public ::testing::Test {
 protected:
  static NewScheduleEntry sundays() {
    return {.title = "Fado ao domingo",
            .category = "fado",
            .duration = 90min,
            .when = Weekly{.weekday = std::chrono::Sunday, .time_of_day = 21h, .time_zone = "Europe/Lisbon"}};
  }

  static NewScheduleEntry once(Duration from_now) {
    return {
        .title = "Festa", .category = "conversa", .duration = 60min, .when = TownForTests::kStart + from_now};
  }

  std::vector<Occurrence> upcoming(int within = 14) {
    return town_.run(schedules_.upcoming("ana", within)).value();
  }

  std::string next_of(ScheduleEntryId id) {
    return town_.execute("SELECT next_starts_at AT TIME ZONE 'UTC' FROM channel_schedule WHERE id = " +
                         std::to_string(id.value));
  }

  TownForTests town_;
  UserId ana_ = town_.user("ana");
  Schedules schedules_{town_.clock, town_.world.pg()};
};

TEST_F(SchedulesOfChannels, WhatIsAnnouncedIsListedSoonestFirst) {
  ASSERT_TRUE(town_.run(schedules_.create(ana_, sundays())));
  ASSERT_TRUE(town_.run(schedules_.create(ana_, once(24h))));

  const std::vector<Occurrence> all = upcoming();

  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].title, "Fado ao domingo");
  EXPECT_EQ(all[0].starts_at, TownForTests::kStart + 21h);
  EXPECT_EQ(all[1].title, "Festa");
  EXPECT_FALSE(all[1].is_weekly);
  EXPECT_EQ(all[2].starts_at, TownForTests::kStart + days(7) + 21h);
}

TEST_F(SchedulesOfChannels, AChannelNobodyHasIsNotFound) {
  EXPECT_EQ(town_.run(schedules_.upcoming("ninguem", 14)).error().reason, "channels.not_found");
}

TEST_F(SchedulesOfChannels, WhoeverIsLeavingAnnouncesNothing) {
  ASSERT_TRUE(town_.run(schedules_.create(ana_, sundays())));
  town_.execute("UPDATE users SET erase_after = now()");

  EXPECT_EQ(town_.run(schedules_.upcoming("ana", 14)).error().reason, "channels.not_found");
}

TEST_F(SchedulesOfChannels, ACategoryThatDoesNotExistIsRefused) {
  NewScheduleEntry entry = sundays();
  entry.category = "xadrez-subaquatico";

  EXPECT_EQ(town_.run(schedules_.create(ana_, entry)).error().reason, "live.unknown_category");
}

TEST_F(SchedulesOfChannels, TheNextTimeIsKeptForListsOfTheWholeTownAndMovesOnWhenItIsOver) {
  const ScheduleEntryId id = town_.run(schedules_.create(ana_, sundays()))->id;
  EXPECT_EQ(next_of(id), "2026-11-22 21:00:00");

  town_.clock.advance(22h);
  EXPECT_EQ(town_.run(schedules_.advance()).value(), 0U) << "it still goes on";
  town_.clock.advance(1h);
  EXPECT_EQ(town_.run(schedules_.advance()).value(), 1U);

  EXPECT_EQ(next_of(id), "2026-11-29 21:00:00");
}

TEST_F(SchedulesOfChannels, WhatHappenedOnceHasNoNextAndIsForgottenInTime) {
  const ScheduleEntryId id = town_.run(schedules_.create(ana_, once(1h)))->id;
  town_.clock.advance(3h);
  ASSERT_TRUE(town_.run(schedules_.advance()));
  EXPECT_EQ(next_of(id), "");
  EXPECT_EQ(town_.run(schedules_.list(ana_))->size(), 1U);

  town_.clock.advance(Schedules::kForgottenAfter);
  ASSERT_TRUE(town_.run(schedules_.advance()));

  EXPECT_TRUE(town_.run(schedules_.list(ana_))->empty());
}

TEST_F(SchedulesOfChannels, ADayThatIsCancelledIsNotTheNextAndCanBeRestored) {
  const ScheduleEntryId id = town_.run(schedules_.create(ana_, sundays()))->id;
  const LocalDate today = parse_date("2026-11-22").value();

  for (int twice = 0; twice < 2; ++twice)
    ASSERT_TRUE(town_.run(schedules_.set_cancelled(ana_, id, today, true)));
  EXPECT_TRUE(upcoming().front().is_cancelled);
  EXPECT_EQ(next_of(id), "2026-11-29 21:00:00");

  ASSERT_TRUE(town_.run(schedules_.set_cancelled(ana_, id, today, false)));
  EXPECT_FALSE(upcoming().front().is_cancelled);
  EXPECT_EQ(next_of(id), "2026-11-22 21:00:00");
}

TEST_F(SchedulesOfChannels, ADayItDoesNotFallOnCannotBeCancelled) {
  const ScheduleEntryId id = town_.run(schedules_.create(ana_, sundays()))->id;

  const auto cancelled =
      town_.run(schedules_.set_cancelled(ana_, id, parse_date("2026-11-23").value(), true));

  EXPECT_EQ(cancelled.error().reason, "channels.no_such_occurrence");
}

TEST_F(SchedulesOfChannels, AChangeSaysItAnewAndKeepsCancelledDays) {
  const ScheduleEntryId id = town_.run(schedules_.create(ana_, sundays()))->id;
  ASSERT_TRUE(town_.run(schedules_.set_cancelled(ana_, id, parse_date("2026-11-22").value(), true)));
  NewScheduleEntry later = sundays();
  std::get<Weekly>(later.when).time_of_day = 22h;

  ASSERT_TRUE(town_.run(schedules_.update(ana_, id, later)));

  EXPECT_TRUE(upcoming().front().is_cancelled);
  EXPECT_EQ(next_of(id), "2026-11-29 22:00:00");
}

TEST_F(SchedulesOfChannels, NobodyTouchesWhatAnotherAnnounced) {
  const ScheduleEntryId id = town_.run(schedules_.create(ana_, sundays()))->id;
  const UserId rui = town_.user("rui");

  EXPECT_EQ(town_.run(schedules_.update(rui, id, sundays())).error().reason, "channels.no_such_entry");
  EXPECT_EQ(town_.run(schedules_.remove(rui, id)).error().reason, "channels.no_such_entry");
  EXPECT_EQ(
      town_.run(schedules_.set_cancelled(rui, id, parse_date("2026-11-22").value(), true)).error().reason,
      "channels.no_such_entry");
  EXPECT_TRUE(town_.run(schedules_.remove(ana_, id)));
  EXPECT_TRUE(upcoming().empty());
}

TEST_F(SchedulesOfChannels, FiftyAreTheLimitAlsoForTwoAtOnceAndWhatIsOverDoesNotCount) {
  ASSERT_TRUE(town_.run(schedules_.create(ana_, once(1h))));
  for (int i = 1; i < Schedules::kEntriesMax - 1; ++i)
    ASSERT_TRUE(town_.run(schedules_.create(ana_, sundays())));

  const auto [first, second] =
      town_.run_together(schedules_.create(ana_, sundays()), schedules_.create(ana_, sundays()));
  EXPECT_NE(first.has_value(), second.has_value());
  EXPECT_EQ((first ? second : first).error().reason, "channels.too_many_entries");

  town_.clock.advance(3h);
  EXPECT_TRUE(town_.run(schedules_.create(ana_, sundays())));
}

TEST_F(SchedulesOfChannels, ADeletedAccountTakesItsAnnouncementsAway) {
  ASSERT_TRUE(town_.run(schedules_.create(ana_, sundays())));

  town_.execute("DELETE FROM users WHERE id = " + std::to_string(ana_.value));

  EXPECT_EQ(town_.execute("SELECT count(*) FROM channel_schedule"), "0");
}

class AboutsOfChannels : public ::testing::Test {
 protected:
  About about() { return town_.run(abouts_.get("ana")).value(); }

  TownForTests town_;
  UserId ana_ = town_.user("ana");
  Abouts abouts_{town_.world.pg()};
};

TEST_F(AboutsOfChannels, ANewChannelSaysNothingAndMayBeShownAnywhere) {
  EXPECT_TRUE(about().panels.empty());
  EXPECT_TRUE(about().links.empty());
  EXPECT_EQ(about().embed_hosts, std::vector<std::string>{"*"});
}

TEST_F(AboutsOfChannels, AListThatIsGivenReplacesTheOneBeforeAndOthersStay) {
  AboutChange change;
  change.panels = {{.title = "Regras", .body = "**Respeito**"},
                   {.title = "Equipamento", .body = "Uma guitarra, \"a\" {viola}"}};
  change.links = {{.label = "Sítio", .url = "https://example.org/"}};
  ASSERT_TRUE(town_.run(abouts_.update(ana_, change)));

  AboutChange reordered;
  reordered.panels = {(*change.panels)[1], (*change.panels)[0]};
  ASSERT_TRUE(town_.run(abouts_.update(ana_, reordered)));

  EXPECT_EQ(about().panels, *reordered.panels);
  EXPECT_EQ(about().links, *change.links);
}

TEST_F(AboutsOfChannels, WhoeverIsLeavingSaysNothing) {
  town_.execute("UPDATE users SET erase_after = now()");

  EXPECT_EQ(town_.run(abouts_.get("ana")).error().reason, "channels.not_found");
}

TEST_F(AboutsOfChannels, NobodyIsAListOfItsOwn) {
  AboutChange change;
  change.embed_hosts = std::vector<std::string>{};

  EXPECT_TRUE(town_.run(abouts_.update(ana_, change))->embed_hosts.empty());
  EXPECT_TRUE(about().embed_hosts.empty());
}

TEST_F(AboutsOfChannels, AChannelNobodyHasIsNotFound) {
  EXPECT_EQ(town_.run(abouts_.get("ninguem")).error().reason, "channels.not_found");
  EXPECT_EQ(town_.run(abouts_.update(UserId{999}, {})).error().reason, "channels.not_found");
}

}  // namespace
}  // namespace luso::channels
