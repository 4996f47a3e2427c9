#include "discovery/rules.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "gen/reasons.h"

namespace luso::discovery::rules {
namespace {

constexpr std::size_t kKeptEvery = 3;

tl::unexpected<Error> invalid_query() {
  tl::unexpected<Error> failure = gen::fail(gen::reasons::kApiInvalid);
  failure.value().field = "q";
  return failure;
}

// Who has a place so far, and whose regions are seen.
class Chosen {
 public:
  bool take(const Candidate& candidate) {
    if (!ids_.insert(candidate.id.value).second) return false;
    if (candidate.region) regions_.insert(*candidate.region);
    return true;
  }

  [[nodiscard]] bool has(gen::FoundRegion region) const { return regions_.contains(region); }

 private:
  std::set<std::int64_t> ids_;
  std::set<gen::FoundRegion> regions_;
};

std::vector<Placed> woven(const std::vector<Placed>& ranked, const std::vector<Placed>& kept) {
  std::vector<Placed> places;
  std::size_t next_ranked = 0;
  std::size_t next_kept = 0;
  while (next_ranked < ranked.size() || next_kept < kept.size()) {
    const bool is_kept_turn = (places.size() + 1) % kKeptEvery == 0 || next_ranked == ranked.size();
    const bool takes_kept = is_kept_turn && next_kept < kept.size();
    places.push_back(takes_kept ? kept[next_kept++] : ranked[next_ranked++]);
  }
  return places;
}

}  // namespace

Result<std::string> clean_query(std::string_view text) {
  const std::string_view trimmed = trim(text);
  if (trimmed.empty() || !is_utf8(trimmed) || has_control_characters(trimmed)) return invalid_query();
  std::vector<std::string> words;
  for (const std::string_view word : split(trimmed, ' ')) {
    if (!word.empty() && words.size() < kQueryWordsMax) words.emplace_back(word);
  }
  return join(words, " ");
}

Placement place(const std::vector<Candidate>& ranked, const std::vector<Candidate>& regional,
                const std::vector<Candidate>& small, std::size_t places) {
  Placement placement;
  if (ranked.size() <= places) {
    for (const Candidate& candidate : ranked)
      placement.places.push_back({.id = candidate.id, .why = std::nullopt});
    return placement;
  }
  const std::size_t small_max = std::min(small.size(), places * 3 / 10);
  const std::size_t kept_max = std::min(places, small_max + regional.size());
  Chosen chosen;
  std::vector<Placed> by_rank;
  std::vector<Placed> kept;
  std::size_t next = 0;
  const auto take_ranked = [&](std::size_t until) {
    for (; next < ranked.size() && by_rank.size() + kept.size() < until; ++next) {
      placement.last_ranked = ranked[next].id;
      if (chosen.take(ranked[next])) by_rank.push_back({.id = ranked[next].id, .why = std::nullopt});
    }
  };

  take_ranked(places - kept_max);
  for (const Candidate& candidate : regional) {
    if (!candidate.region || chosen.has(*candidate.region) || !chosen.take(candidate)) continue;
    kept.push_back({.id = candidate.id, .why = gen::FoundStreamWhy::region});
  }
  std::size_t small_kept = 0;
  for (const Candidate& candidate : small) {
    if (small_kept == small_max) break;
    if (!chosen.take(candidate)) continue;
    kept.push_back({.id = candidate.id, .why = gen::FoundStreamWhy::small});
    ++small_kept;
  }
  take_ranked(places);
  placement.places = woven(by_rank, kept);
  return placement;
}

}  // namespace luso::discovery::rules
