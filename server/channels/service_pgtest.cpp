#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "channels/service.h"
#include "channels/town_pgtest.h"

namespace luso::channels {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

class ChannelsService : public ::testing::Test {
 protected:
  Channel channel(const std::string& username, UserId viewer = {}) {
    return town_.run(channels_.get(username, viewer)).value();
  }

  FollowState follow(UserId follower, const std::string& username) {
    return town_.run(channels_.follow(follower, username)).value();
  }

  // Puts a channel on air, as live would.
  void go_live(UserId owner, const std::string& category = "fado") {
    town_.execute("INSERT INTO streams (user_id, title, stream_key, category, state, started_at) VALUES (" +
                  std::to_string(owner.value) + ", 'Fado', 'key" + std::to_string(owner.value) + "', '" +
                  category + "', 'live', now())");
  }

  TownForTests town_;
  Channels& channels_ = town_.channels;
};

TEST_F(ChannelsService, ANewAccountHasAChannelThatSpeaksItsLanguage) {
  town_.user("bia", "pt-BR");

  const Channel bia = channel("bia");

  EXPECT_EQ(bia.display_name, "bia");
  EXPECT_EQ(bia.language, "pt-BR");
  EXPECT_EQ(bia.default_title, "bia ao vivo");
  EXPECT_EQ(bia.default_category, "conversa");
  EXPECT_FALSE(bia.live_stream_id);
}

TEST_F(ChannelsService, AChannelNobodyHasIsNotFound) {
  EXPECT_EQ(town_.run(channels_.get("ninguem", UserId{})).error().reason, "channels.not_found");
  EXPECT_EQ(town_.run(channels_.follow(town_.user("ana"), "ninguem")).error().reason, "channels.not_found");
}

TEST_F(ChannelsService, FollowingTwiceIsFollowingOnce) {
  const UserId rui = town_.user("rui");
  town_.user("ana");

  follow(rui, "ana");
  const FollowState state = follow(rui, "ana");

  EXPECT_TRUE(state.is_following);
  EXPECT_EQ(state.followers_count, 1);
  EXPECT_TRUE(channel("ana", rui).is_following);
  EXPECT_FALSE(channel("ana").is_following);
}

TEST_F(ChannelsService, UnfollowingWhoOneNeverFollowedChangesNothing) {
  const UserId rui = town_.user("rui");
  town_.user("ana");

  const FollowState state = town_.run(channels_.unfollow(rui, "ana")).value();

  EXPECT_FALSE(state.is_following);
  EXPECT_EQ(state.followers_count, 0);
}

TEST_F(ChannelsService, NobodyFollowsThemselves) {
  const UserId ana = town_.user("ana");

  EXPECT_EQ(town_.run(channels_.follow(ana, "ana")).error().reason, "channels.own_channel");
}

TEST_F(ChannelsService, FollowersAreCountedRightWhenTheyComeTogether) {
  town_.user("ana");
  const UserId rui = town_.user("rui");
  const UserId eva = town_.user("eva");

  for (int round = 0; round < 20; ++round) {
    const auto [first, second] =
        town_.run_together(channels_.follow(rui, "ana"), channels_.follow(eva, "ana"));
    ASSERT_TRUE(first && second);
    ASSERT_EQ(channel("ana").followers_count, 2);
    const auto [one, other] =
        town_.run_together(channels_.unfollow(rui, "ana"), channels_.unfollow(eva, "ana"));
    ASSERT_TRUE(one && other);
    ASSERT_EQ(channel("ana").followers_count, 0);
  }
}

TEST_F(ChannelsService, OnePersonClickingTwiceAtOnceIsCountedOnce) {
  town_.user("ana");
  const UserId rui = town_.user("rui");

  const auto [first, second] = town_.run_together(channels_.follow(rui, "ana"), channels_.follow(rui, "ana"));

  ASSERT_TRUE(first && second);
  EXPECT_EQ(channel("ana").followers_count, 1);
}

TEST_F(ChannelsService, ADeletedAccountTakesItsFollowsAway) {
  town_.user("ana");
  const UserId rui = town_.user("rui");
  follow(rui, "ana");

  town_.execute("DELETE FROM users WHERE id = " + std::to_string(rui.value));

  EXPECT_EQ(channel("ana").followers_count, 0);
}

TEST_F(ChannelsService, OnlyWhatIsGivenChanges) {
  const UserId ana = town_.user("ana");
  ChannelChange change;
  change.display_name = "  Ana Moura ";
  change.default_category = "fado";

  const Channel ana_now = town_.run(channels_.update(ana, std::nullopt, change)).value();

  EXPECT_EQ(ana_now.display_name, "Ana Moura");
  EXPECT_EQ(ana_now.default_category, "fado");
  EXPECT_EQ(ana_now.default_title, "ana em direto");
}

TEST_F(ChannelsService, ARegionIsSaidKeptAndTakenAway) {
  const UserId ana = town_.user("ana");
  ChannelChange said, other, unsaid;
  said.region = "cv";
  other.description = "Mornas.";
  unsaid.region = "none";

  EXPECT_EQ(channel("ana").region, std::nullopt);
  EXPECT_EQ(town_.run(channels_.update(ana, std::nullopt, said)).value().region, "cv");
  EXPECT_EQ(town_.run(channels_.update(ana, std::nullopt, other)).value().region, "cv");
  EXPECT_EQ(town_.run(channels_.update(ana, std::nullopt, unsaid)).value().region, std::nullopt);
}

TEST_F(ChannelsService, ACategoryThatDoesNotExistIsRefused) {
  ChannelChange change;
  change.default_category = "xadrez-subaquatico";

  EXPECT_EQ(town_.run(channels_.update(town_.user("ana"), std::nullopt, change)).error().reason,
            "live.unknown_category");
}

TEST_F(ChannelsService, FollowedChannelsOnAirComeFirstThenTheNewestFollow) {
  const UserId rui = town_.user("rui");
  const UserId ana = town_.user("ana");
  town_.user("bia");
  town_.user("eva");
  for (const char* username : {"ana", "bia", "eva"}) {
    follow(rui, username);
    town_.clock.advance(1min);
  }
  go_live(ana);

  const ChannelPage page = town_.run(channels_.list_following(rui, 50, std::nullopt)).value();

  std::vector<std::string> usernames;
  for (const Channel& item : page.items) usernames.push_back(item.username);
  EXPECT_THAT(usernames, ElementsAre("ana", "eva", "bia"));
  EXPECT_TRUE(page.items.front().live_stream_id);
  EXPECT_FALSE(page.next_cursor);
}

TEST_F(ChannelsService, PagesOfFollowedChannelsMeetWithoutGapsOrRepeats) {
  const UserId rui = town_.user("rui");
  for (int i = 0; i < 23; ++i) {
    const std::string name = "canal" + std::to_string(i);
    const UserId owner = town_.user(name);
    follow(rui, name);  // All in the same microsecond: the id decides.
    if (i % 3 == 0) go_live(owner);
  }

  std::set<std::string> seen;
  std::optional<std::string> cursor;
  int pages = 0;
  do {
    const ChannelPage page = town_.run(channels_.list_following(rui, 5, cursor)).value();
    for (const Channel& item : page.items) EXPECT_TRUE(seen.insert(item.username).second) << item.username;
    cursor = page.next_cursor;
    ++pages;
  } while (cursor);

  EXPECT_EQ(seen.size(), 23U);
  EXPECT_EQ(pages, 5);
}

TEST_F(ChannelsService, AForeignCursorIsRefused) {
  const auto page = town_.run(channels_.list_following(town_.user("rui"), 5, "amanha"));

  EXPECT_EQ(page.error().reason, "api.invalid");
}

TEST_F(ChannelsService, CategoriesComeInTheirOrderWithWhoIsOnAir) {
  go_live(town_.user("ana"), "fado");
  go_live(town_.user("bia"), "fado");

  const auto categories = town_.run(channels_.list_categories()).value();

  EXPECT_EQ(categories.size(), 30U);
  EXPECT_EQ(categories.front().slug, "conversa");
  const auto fado = std::ranges::find(categories, "fado", &Category::slug);
  ASSERT_NE(fado, categories.end());
  EXPECT_TRUE(fado->portuguese_focused);
  EXPECT_EQ(fado->live_count, 2);
  EXPECT_EQ(categories.front().live_count, 0);
}

TEST_F(ChannelsService, LoadingTheCategoriesAgainKeepsTheirIdsAndWhatUsesThem) {
  town_.execute("UPDATE stream_categories SET name_pt = 'Fadista' WHERE slug = 'fado'");
  const std::string id = town_.execute("SELECT id FROM stream_categories WHERE slug = 'fado'");

  ASSERT_TRUE(town_.run(channels_.load_categories()));

  EXPECT_EQ(town_.execute("SELECT count(*) FROM stream_categories"), "30");
  EXPECT_EQ(town_.execute("SELECT name_pt FROM stream_categories WHERE id = " + id), "Fado");
  EXPECT_EQ(town_.execute("SELECT array_to_string(tags, ',') FROM stream_categories WHERE slug = 'fado'"),
            "guitarra-portuguesa");
}

}  // namespace
}  // namespace luso::channels
