#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "discovery/store.h"

namespace luso::discovery {

// How people find what is on air: search, suggestions and the front page. Any reactor may call.
class Discovery {
 public:
  Discovery(Clock& clock, io::Pg& pg) : clock_(clock), store_(pg) {}

  // Channels, streams and categories, or one kind and its pages. Where little says what was asked, what is
  // spelt alike comes after it.
  [[nodiscard]] Task<Result<gen::SearchResults>> search(gen::SearchQuery asked);
  [[nodiscard]] Task<Result<gen::SuggestionList>> suggest(gen::SuggestQuery asked);
  [[nodiscard]] Task<Result<gen::FrontPage>> get_front_page();
  [[nodiscard]] Task<Result<gen::RegionList>> list_regions();
  [[nodiscard]] Task<Result<gen::UpcomingList>> list_upcoming(gen::ListUpcomingQuery asked);

 private:
  [[nodiscard]] Task<Result<gen::SearchResults>> add_alike(Store::Asked asked,
                                                           std::optional<gen::SearchKind> kind,
                                                           gen::SearchResults results);

  Clock& clock_;
  Store store_;
};

}  // namespace luso::discovery
