#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "gen/discovery.h"

// Decisions about what is found and what is shown first. Pure: values in, values out.
namespace luso::discovery::rules {

// --- Searching. The words themselves are made comparable in SQL (db/migrations, search_normal).

inline constexpr std::size_t kQueryWordsMax = 12;  // Words after these are not looked at.
// Fewer hits than this, and what is merely spelt alike is shown too.
inline constexpr std::size_t kHitsEnough = 5;
inline constexpr std::size_t kAlikeLettersMin = 3;  // Shorter, and everything is alike.

// One line without control characters, of kQueryWordsMax words at most.
[[nodiscard]] Result<std::string> clean_query(std::string_view text);

// --- The front page.

inline constexpr std::size_t kFrontPageSize = 24;
// Three places in ten are kept for channels that are small, or nobody new would ever be seen.
inline constexpr std::size_t kSmallPlaces = kFrontPageSize * 3 / 10;
// Who counts as small: fewer viewers than this now and on average, on air for a while, and not for the first
// time.
inline constexpr int kSmallViewersMax = 50;
inline constexpr Duration kSmallOnAirMin = std::chrono::minutes(15);
inline constexpr Duration kSmallHistoryMin = std::chrono::hours(10);
// How long one draw among the small ones holds: a page asked again looks the same.
inline constexpr Duration kDrawEvery = std::chrono::minutes(10);

// A stream on air, as far as its place is concerned.
struct Candidate {
  StreamId id;
  std::optional<gen::FoundRegion> region;
};

struct Placed {
  StreamId id;
  std::optional<gen::FoundStreamWhy> why;

  friend bool operator==(const Placed&, const Placed&) = default;
};

struct Placement {
  std::vector<Placed> places;
  std::optional<StreamId>
      last_ranked;  // The list by viewers goes on after it; empty when everybody has a place.
};

// `ranked` is what is on air, most viewers first, and one more than there are places if there are more;
// `regional` the most watched of each region; `small` the small ones in the order they were drawn. Where
// there is a place for everybody nobody needs a kept one. Kept places are every third, so that they are seen
// and not just there.
[[nodiscard]] Placement place(const std::vector<Candidate>& ranked, const std::vector<Candidate>& regional,
                              const std::vector<Candidate>& small, std::size_t places = kFrontPageSize);

}  // namespace luso::discovery::rules
