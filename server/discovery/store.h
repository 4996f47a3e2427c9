#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "discovery/rules.h"
#include "gen/discovery.h"
#include "io/pg.h"

namespace luso::discovery {

// The SQL of search and of the front page: it reads what channels and live write and writes nothing itself;
// the tables it searches are kept by triggers. A read model: its rows are the contract's.
class Store {
 public:
  explicit Store(io::Pg& pg) : pg_(pg) {}

  // Where the page before ended.
  struct Keys {
    std::int64_t score = 0;
    std::int64_t id = 0;
  };

  template <typename Item>
  struct Hit {
    Item item;
    Keys keys;
  };

  template <typename Item>
  using Hits = std::vector<Hit<Item>>;

  struct Asked {
    std::string query;
    std::string language;  // Boosts what speaks as the reader does; "" boosts nothing.
    WallTime now;
    std::optional<Keys> after;
    int limit = 0;
  };

  // The best first.
  [[nodiscard]] Task<Result<Hits<gen::FoundChannel>>> find_channels(Asked asked);
  [[nodiscard]] Task<Result<Hits<gen::FoundStream>>> find_streams(Asked asked);
  [[nodiscard]] Task<Result<std::vector<gen::FoundCategory>>> find_categories(std::string query);
  // What is spelt like it.
  [[nodiscard]] Task<Result<Hits<gen::FoundChannel>>> find_channels_alike(Asked asked);
  [[nodiscard]] Task<Result<Hits<gen::FoundStream>>> find_streams_alike(Asked asked);
  [[nodiscard]] Task<Result<std::vector<gen::FoundCategory>>> find_categories_alike(std::string query);
  // The query with each word made the most similar word of `texts`; empty when that is the query again.
  [[nodiscard]] Task<Result<std::optional<std::string>>> nearest_words(std::string query,
                                                                       std::vector<std::string> texts);

  [[nodiscard]] Task<Result<std::vector<gen::Suggestion>>> suggest(std::string query, std::string locale);

  // --- The front page.

  struct OnAir {
    gen::FoundStream stream;
    rules::Candidate candidate;
  };

  // Most viewers first.
  [[nodiscard]] Task<Result<std::vector<OnAir>>> list_ranked(WallTime now, std::size_t limit);
  // The most watched of each region.
  [[nodiscard]] Task<Result<std::vector<OnAir>>> list_regional(WallTime now);
  // Small channels in an order that `draw` decides.
  [[nodiscard]] Task<Result<std::vector<OnAir>>> list_small(WallTime now, std::int64_t draw,
                                                            std::size_t limit);

  [[nodiscard]] Task<Result<std::vector<gen::RegionActivity>>> list_regions();

  // --- What is announced.

  struct UpcomingAsked {
    std::optional<std::string> category;
    std::optional<std::string> region;
    WallTime now;
    std::optional<WallTime> after_start;  // Where the page before ended, with its id.
    std::int64_t after_id = 0;
    int limit = 0;
  };

  // The soonest first.
  [[nodiscard]] Task<Result<std::vector<gen::Upcoming>>> list_upcoming(UpcomingAsked asked);

 private:
  io::Pg& pg_;
};

}  // namespace luso::discovery
