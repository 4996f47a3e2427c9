#include "discovery/rules.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace luso::discovery::rules {
namespace {

using gen::FoundRegion;
using gen::FoundStreamWhy;
using ::testing::IsEmpty;

std::vector<Candidate> big(std::size_t count, std::optional<FoundRegion> region = FoundRegion::br) {
  std::vector<Candidate> list;
  for (std::size_t i = 1; i <= count; ++i)
    list.push_back({.id = StreamId{static_cast<std::int64_t>(i)}, .region = region});
  return list;
}

std::vector<std::int64_t> ids_for(const Placement& placement, std::optional<FoundStreamWhy> why) {
  std::vector<std::int64_t> ids;
  for (const Placed& placed : placement.places) {
    if (placed.why == why) ids.push_back(placed.id.value);
  }
  return ids;
}

TEST(DiscoveryQuery, IsOneLineOfAFewWords) {
  EXPECT_EQ(clean_query("  são   joão ").value(), "são joão");
  EXPECT_EQ(clean_query("a b c d e f g h i j k l m n o").value(), "a b c d e f g h i j k l");
  for (const std::string_view text : {"", "   ", "a\nb", "fado\x01", "\xff"}) {
    EXPECT_EQ(clean_query(text).error().reason, "api.invalid") << text;
  }
}

TEST(FrontPage, WithAPlaceForEverybodyNobodyNeedsAKeptOne) {
  const std::vector<Candidate> ranked = big(10);

  const Placement placement =
      place(ranked, {{.id = StreamId{10}, .region = FoundRegion::tl}}, {ranked[9]}, 10);

  EXPECT_EQ(ids_for(placement, std::nullopt).size(), 10U);
  EXPECT_EQ(placement.last_ranked, std::nullopt);
}

TEST(FrontPage, EveryRegionOnAirIsOnIt) {
  const std::vector<Candidate> regional = {{.id = StreamId{1}, .region = FoundRegion::br},
                                           {.id = StreamId{900}, .region = FoundRegion::gw},
                                           {.id = StreamId{901}, .region = FoundRegion::tl}};

  const Placement placement = place(big(30), regional, {}, 24);

  EXPECT_EQ(placement.places.size(), 24U);
  EXPECT_THAT(ids_for(placement, FoundStreamWhy::region), ::testing::ElementsAre(900, 901));
}

TEST(FrontPage, KeepsThreePlacesInTenForSmallChannelsInTheirDrawnOrder) {
  std::vector<Candidate> small;
  for (std::int64_t id = 500; id < 520; ++id) small.push_back({.id = StreamId{id}, .region = std::nullopt});

  const Placement placement = place(big(100), {}, small, 24);

  EXPECT_THAT(ids_for(placement, FoundStreamWhy::small),
              ::testing::ElementsAre(500, 501, 502, 503, 504, 505, 506));
  EXPECT_EQ(placement.last_ranked, StreamId{17});
}

TEST(FrontPage, KeptPlacesAreAmongTheFirstAndNotAtTheEnd) {
  const Placement placement = place(big(100), {}, {{.id = StreamId{500}, .region = std::nullopt}}, 24);

  EXPECT_EQ(placement.places[2].id, StreamId{500});
}

TEST(FrontPage, WhoHasAPlaceByViewersTakesNoKeptOne) {
  const std::vector<Candidate> ranked = big(40);

  const Placement placement = place(ranked, {ranked[2]}, {ranked[0], ranked[1]}, 24);

  EXPECT_THAT(ids_for(placement, FoundStreamWhy::region), IsEmpty());
  EXPECT_THAT(ids_for(placement, FoundStreamWhy::small), IsEmpty());
  EXPECT_EQ(placement.last_ranked, StreamId{24});
}

TEST(FrontPage, NobodyIsOnItTwiceAndTheListGoesOnWhereItEnded) {
  for (std::size_t on_air = 0; on_air < 60; ++on_air) {
    const std::vector<Candidate> ranked = big(on_air, std::nullopt);
    const std::size_t tail = on_air / 2;
    const std::vector<Candidate> small(ranked.begin() + static_cast<std::ptrdiff_t>(tail), ranked.end());

    const Placement placement = place(ranked, {}, small, 12);

    std::set<std::int64_t> ids;
    for (const Placed& placed : placement.places) EXPECT_TRUE(ids.insert(placed.id.value).second);
    EXPECT_EQ(ids.size(), std::min<std::size_t>(on_air, 12));
    if (!placement.last_ranked) continue;
    for (std::int64_t id = 1; id <= placement.last_ranked->value; ++id) EXPECT_TRUE(ids.contains(id)) << id;
  }
}

}  // namespace
}  // namespace luso::discovery::rules
