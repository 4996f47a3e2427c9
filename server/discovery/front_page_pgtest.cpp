#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "channels/town_pgtest.h"
#include "discovery/service.h"

namespace luso::discovery {
namespace {

class FrontPageOfATown : public ::testing::Test {
 protected:
  void on_air(const std::string& username, int viewers, const std::string& region) {
    const UserId owner = town_.user(username);
    town_.execute("UPDATE channels SET region = " + region +
                  " WHERE user_id = " + std::to_string(owner.value));
    town_.execute(
        "INSERT INTO streams (user_id, title, stream_key, category, state, started_at, viewer_count) VALUES "
        "(" +
        std::to_string(owner.value) + ", 'Fado', 'key_" + username +
        "', 'fado', 'live', '2026-11-21 23:00Z', " + std::to_string(viewers) + ")");
  }

  // Has been on air before, long enough to be more than a try.
  void has_history(const std::string& username) {
    town_.execute(
        "INSERT INTO streams (user_id, title, stream_key, category, state, started_at, ended_at, "
        "watch_time_s)"
        " SELECT id, 'Ontem', 'old_" +
        username +
        "', 'fado', 'ended', '2026-11-20 00:00Z', '2026-11-20 12:00Z', 3600 FROM users WHERE username = '" +
        username + "'");
  }

  gen::FrontPage page() { return town_.run(discovery_.get_front_page()).value(); }

  static const gen::FoundStream* find(const gen::FrontPage& page, const std::string& username) {
    const auto found = std::ranges::find_if(
        page.items, [&](const gen::FoundStream& stream) { return stream.channel.username == username; });
    return found == page.items.end() ? nullptr : &*found;
  }

  channels::TownForTests town_;
  Discovery discovery_{town_.clock, town_.world.pg()};
};

TEST_F(FrontPageOfATown, IsOrderedByViewersWhileThereIsPlaceForAll) {
  on_air("ana", 3, "'pt'");
  on_air("bia", 7, "'br'");

  const gen::FrontPage front = page();

  ASSERT_EQ(front.items.size(), 2U);
  EXPECT_EQ(front.items[0].channel.username, "bia");
  EXPECT_EQ(front.items[0].why, std::nullopt);
  EXPECT_EQ(front.next_cursor, std::nullopt);
}

TEST_F(FrontPageOfATown, KeepsPlacesForARegionAndForWhoIsSmall) {
  for (int i = 0; i < 30; ++i) on_air("grande" + std::to_string(i), 1000 + i, "'br'");
  on_air("dili", 1, "'tl'");
  on_air("pequena", 2, "NULL");
  on_air("novata", 2, "NULL");
  has_history("pequena");

  const gen::FrontPage front = page();

  EXPECT_EQ(front.items.size(), rules::kFrontPageSize);
  ASSERT_NE(find(front, "dili"), nullptr);
  EXPECT_EQ(find(front, "dili")->why, gen::FoundStreamWhy::region);
  ASSERT_NE(find(front, "pequena"), nullptr);
  EXPECT_EQ(find(front, "pequena")->why, gen::FoundStreamWhy::small);
  EXPECT_EQ(find(front, "novata"), nullptr);
  EXPECT_TRUE(front.next_cursor);
}

TEST_F(FrontPageOfATown, WhoeverIsLeavingIsOnNoList) {
  on_air("ana", 3, "'pt'");
  on_air("bia", 2, "'cv'");
  has_history("bia");
  town_.execute(
      "INSERT INTO channel_schedule (channel_id, title, category, duration_min, starts_at, next_starts_at, "
      "next_ends_at) SELECT id, 'Festa', 'fado', 60, '2026-11-24 20:00Z', '2026-11-24 20:00Z', '2026-11-24 "
      "21:00Z' FROM channels");
  town_.execute("UPDATE users SET erase_after = '2026-12-01' WHERE username = 'bia'");

  const gen::FrontPage front = page();

  ASSERT_EQ(front.items.size(), 1U);
  EXPECT_EQ(front.items[0].channel.username, "ana");
  const auto regions = town_.run(discovery_.list_regions()).value().items;
  EXPECT_EQ(regions[4].channel_count, 0);
  EXPECT_EQ(regions[4].live_count, 0);
  const auto upcoming = town_.run(discovery_.list_upcoming({})).value().items;
  ASSERT_EQ(upcoming.size(), 1U);
  EXPECT_EQ(upcoming[0].channel.username, "ana");
}

TEST_F(FrontPageOfATown, RegionsAreListedWithWhatIsOnAir) {
  on_air("ana", 3, "'cv'");
  on_air("bia", 4, "'cv'");

  const auto regions = town_.run(discovery_.list_regions()).value().items;

  ASSERT_EQ(regions.size(), 10U);
  EXPECT_EQ(regions[0].code, gen::RegionActivityCode::br);
  EXPECT_EQ(regions[4].live_count, 2);
  EXPECT_EQ(regions[4].viewer_count, 7);
  EXPECT_EQ(regions[4].channel_count, 2);
  EXPECT_EQ(regions[0].viewer_count, 0);
}

TEST_F(FrontPageOfATown, WhatIsAnnouncedComesSoonestFirstInPages) {
  on_air("ana", 3, "'cv'");
  const auto announce = [&](const std::string& title, const std::string& starts_at,
                            const std::string& category) {
    town_.execute(
        "INSERT INTO channel_schedule (channel_id, title, category, duration_min, starts_at, next_starts_at, "
        "next_ends_at)"
        " SELECT id, '" +
        title + "', '" + category + "', 60, timestamptz '" + starts_at + "', timestamptz '" + starts_at +
        "', timestamptz '" + starts_at + "' + interval '1 hour' FROM channels");
  };
  announce("Depois", "2026-11-24 20:00Z", "fado");
  announce("Antes", "2026-11-23 20:00Z", "futebol");
  announce("Ontem", "2026-11-21 20:00Z", "fado");
  const auto titles = [&](gen::ListUpcomingQuery asked) {
    std::vector<std::string> titles;
    const gen::UpcomingList list = town_.run(discovery_.list_upcoming(std::move(asked))).value();
    for (const gen::Upcoming& one : list.items) titles.push_back(one.title);
    return titles;
  };
  gen::ListUpcomingQuery all, fado, elsewhere, one;
  fado.category = "fado";
  elsewhere.region = gen::ListUpcomingRegion::br;
  one.limit = 1;

  EXPECT_THAT(titles(all), ::testing::ElementsAre("Antes", "Depois"));
  EXPECT_THAT(titles(fado), ::testing::ElementsAre("Depois"));
  EXPECT_THAT(titles(elsewhere), ::testing::IsEmpty());
  one.cursor = town_.run(discovery_.list_upcoming(one)).value().next_cursor;
  EXPECT_THAT(titles(one), ::testing::ElementsAre("Depois"));
}

}  // namespace
}  // namespace luso::discovery
