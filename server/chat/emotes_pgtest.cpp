#include <algorithm>
#include <functional>
#include <numeric>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/check.h"
#include "chat/api.h"
#include "chat/emotes.h"
#include "testing/world.h"

namespace luso::chat {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsSupersetOf;
using ::testing::Not;

class EmoteCatalogue : public ::testing::Test {
 protected:
  EmoteCatalogue() { LUSO_CHECK(world_.run(emotes_.load())); }

  std::vector<Emote> list(std::optional<std::string> region = std::nullopt) {
    return world_.run(emotes_.list(std::move(region))).value();
  }

  std::vector<std::string> slugs(std::optional<std::string> region = std::nullopt) {
    std::vector<std::string> found;
    for (const Emote& emote : list(std::move(region))) found.push_back(emote.slug);
    return found;
  }

  Emote emote(std::string_view slug) {
    const std::vector<Emote> all = list();
    const auto found = std::find_if(all.begin(), all.end(), [&](const Emote& e) { return e.slug == slug; });
    LUSO_CHECK(found != all.end());
    return *found;
  }

  testing::World world_;
  Emotes emotes_{world_.pg()};
};

TEST_F(EmoteCatalogue, HasFortyEightAndAPictureOfEach) {
  const std::vector<Emote> all = list();
  EXPECT_EQ(all.size(), 48U);
  for (const Emote& emote : all) {
    EXPECT_EQ(emote.code, ":" + emote.slug + ":");
    EXPECT_EQ(emotes_.pictures().find(emote.slug)->url, emote.url);
    EXPECT_EQ(emote.animated, emote.still_url != emote.url) << emote.slug;
  }
}

TEST_F(EmoteCatalogue, ARegionHasItsOwnAndEverybodys) {
  EXPECT_THAT(slugs("mz"), IsSupersetOf({"capulana", "marrabenta", "golo", "saudade"}));
  EXPECT_THAT(slugs("mz"), Not(Contains("chimarrao")));
  EXPECT_THAT(slugs("br"), Contains("gol"));
  EXPECT_THAT(slugs("br"), Not(Contains("golo")));
  EXPECT_THAT(emote("tais").regions, ElementsAre("tl"));
  EXPECT_THAT(emote("saudade").regions, ElementsAre());
}

TEST_F(EmoteCatalogue, WhatIsTypedBetweenColonsMeansOneEmote) {
  std::set<std::string> words;
  for (const Emote& emote : list()) {
    EXPECT_TRUE(words.insert(emote.slug).second) << emote.slug;
    for (const std::string& alias : emote.aliases) {
      EXPECT_TRUE(words.insert(alias).second) << alias;
      EXPECT_TRUE(std::all_of(alias.begin(), alias.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
      })) << alias;
    }
  }
  EXPECT_EQ(emote("gol").variant_of, "golo");
}

TEST_F(EmoteCatalogue, LoadingAgainChangesNothingAndMendsWhatWasEdited) {
  world_.database().execute("UPDATE emotes SET name_pt = 'Outra' WHERE slug = 'galo'");
  const auto versions = [this] { return world_.database().execute("SELECT xmin FROM emotes ORDER BY slug"); };
  const std::vector<std::string> edited = versions();

  ASSERT_TRUE(world_.run(emotes_.load()));
  const std::vector<std::string> mended = versions();
  ASSERT_TRUE(world_.run(emotes_.load()));

  EXPECT_EQ(emote("galo").name_pt, "Galo de Barcelos");
  EXPECT_EQ(std::inner_product(edited.begin(), edited.end(), mended.begin(), 0, std::plus<>(),
                               std::not_equal_to<>()),
            1);
  EXPECT_EQ(versions(), mended);
}

TEST_F(EmoteCatalogue, AnEmoteThisBinaryCannotDrawIsNotOffered) {
  world_.database().execute(
      "INSERT INTO emotes (slug, kind, name_pt, name_pt_br, name_en, context_pt, context_pt_br, context_en, "
      "unicode_fallback) VALUES ('novo', 'chat', 'n', 'n', 'n', 'c', 'c', 'c', '?')");
  EXPECT_THAT(slugs(), Not(Contains("novo")));
}

TEST_F(EmoteCatalogue, TheContractHasAWordForEveryKindAndRegion) {
  const std::unique_ptr<gen::ChatApi> api = make_api(emotes_);
  const io::Call call{std::make_shared<io::Call::State>()};
  const std::vector<Emote> all = list();

  const gen::EmoteList told = world_.run(api->list_emotes(call, {})).value();
  const gen::EmoteList macau = world_.run(api->list_emotes(call, {.region = gen::EmoteRegion::mo})).value();

  ASSERT_EQ(told.items.size(), all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(gen::to_text(told.items[i].kind), all[i].kind);
    EXPECT_EQ(gen::to_text(told.items[i].scope), all[i].scope);
    EXPECT_EQ(told.items[i].regions.size(), all[i].regions.size());
    EXPECT_THAT(told.items[i].sizes, ElementsAre(20, 28, 56, 112));
  }
  EXPECT_EQ(macau.items.size(), slugs("mo").size());
}

}  // namespace
}  // namespace luso::chat
