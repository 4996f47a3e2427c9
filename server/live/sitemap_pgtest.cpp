#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "live/sitemap.h"
#include "live/studio_pgtest.h"

namespace luso::live {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Sitemap : public ::testing::Test {
 protected:
  gen::SitemapChannelList page(gen::ListSitemapChannelsQuery query) {
    return studio_.run(api_->list_sitemap_channels(call_, query)).value();
  }

  std::vector<std::string> names(gen::ListSitemapChannelsQuery query = {}) {
    std::vector<std::string> found;
    for (const gen::SitemapChannel& channel : page(query).items) found.push_back(channel.username);
    return found;
  }

  void describe(const std::string& username) {
    studio_.execute(
        "UPDATE channels SET description = 'Fado.' WHERE user_id = (SELECT id FROM users WHERE username = '" +
        username + "')");
  }

  Studio studio_;
  io::Call call_{std::make_shared<io::Call::State>()};
  std::unique_ptr<gen::SitemapApi> api_ = make_sitemap_api(studio_.world.pg());
};

TEST_F(Sitemap, ListsChannelsThatHaveSomethingToShow) {
  studio_.user("bia");
  const UserId ana = studio_.user("ana");
  studio_.user("rui");
  studio_.on_air(ana);
  describe("rui");
  EXPECT_THAT(names(), ElementsAre("ana", "rui"));

  studio_.execute(
      "INSERT INTO bans (user_id, reason, created_at) SELECT id, 'x', now() FROM users WHERE username = "
      "'rui'");
  EXPECT_THAT(names(), ElementsAre("ana"));

  studio_.execute("UPDATE users SET erase_after = now() WHERE username = 'ana'");
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(Sitemap, IsReadInPagesThatNeitherRepeatNorSkip) {
  for (const char* name : {"ana", "bia", "caio", "duarte", "eva"}) {
    studio_.user(name);
    describe(name);
  }
  std::vector<std::string> all;
  gen::ListSitemapChannelsQuery query{};
  query.limit = 2;
  for (std::optional<std::int64_t> after = 0; after;) {
    query.after_id = *after;
    const gen::SitemapChannelList list = page(query);
    for (const gen::SitemapChannel& channel : list.items) all.push_back(channel.username);
    after = list.next_after_id;
  }
  EXPECT_THAT(all, ElementsAre("ana", "bia", "caio", "duarte", "eva"));
}

TEST_F(Sitemap, SaysWhenAChannelOrItsLatestBroadcastChanged) {
  const UserId ana = studio_.user("ana");
  describe("ana");
  studio_.execute("ALTER TABLE channels DISABLE TRIGGER channels_stamped");
  studio_.execute("UPDATE channels SET updated_at = '2026-01-01'");
  studio_.execute("ALTER TABLE channels ENABLE TRIGGER channels_stamped");
  const WallTime quiet = page({}).items.front().modified_at;

  studio_.execute("UPDATE channels SET followers_count = 3");
  EXPECT_EQ(page({}).items.front().modified_at, quiet) << "a follower more is no news";

  studio_.on_air(ana);
  EXPECT_EQ(page({}).items.front().modified_at, studio_.clock.now());

  describe("ana");
  EXPECT_GT(page({}).items.front().modified_at, quiet);
}

}  // namespace
}  // namespace luso::live
