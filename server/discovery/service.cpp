#include "discovery/service.h"

#include <algorithm>
#include <map>

#include "base/text.h"
#include "channels/cursor.h"
#include "gen/reasons.h"

namespace luso::discovery {
namespace {

// Alike streams and channels beyond these help nobody.
constexpr int kAlikeMax = 12;

Result<std::optional<Store::Keys>> keys_after(const gen::SearchQuery& asked) {
  if (!asked.cursor) return std::nullopt;
  const auto keys = channels::decode_cursor<2>(*asked.cursor);
  if (!keys || !asked.kind) return gen::fail(gen::reasons::kApiInvalid, "cursor");
  return Store::Keys{.score = (*keys)[0], .id = (*keys)[1]};
}

std::string language_of(const std::optional<gen::ReaderLocale>& locale) {
  return locale && *locale != gen::ReaderLocale::en ? std::string(gen::to_text(*locale)) : std::string();
}

// Moves a page's worth of hits over; answers where the next page begins.
template <typename Item>
std::optional<std::string> take(Store::Hits<Item> hits, int limit, std::vector<Item>& items) {
  std::optional<std::string> next;
  if (hits.size() > static_cast<std::size_t>(limit)) {
    hits.resize(static_cast<std::size_t>(limit));
    next = channels::encode_cursor<2>({hits.back().keys.score, hits.back().keys.id});
  }
  for (auto& hit : hits) items.push_back(std::move(hit.item));
  return next;
}

// Those that are not there yet.
template <typename Item, typename Key>
void add_new(std::vector<Item>& items, std::vector<Item> more, Key key) {
  for (Item& item : more) {
    const bool is_there =
        std::ranges::any_of(items, [&](const Item& other) { return key(other) == key(item); });
    if (!is_there) items.push_back(std::move(item));
  }
}

template <typename Item, typename Key>
void add_new_hits(std::vector<Item>& items, Store::Hits<Item> hits, Key key) {
  std::vector<Item> more;
  for (auto& hit : hits) more.push_back(std::move(hit.item));
  add_new(items, std::move(more), key);
}

bool wants(const std::optional<gen::SearchKind>& kind, gen::SearchKind one) {
  return !kind || *kind == one;
}

std::size_t count_of(const gen::SearchResults& results) {
  return results.channels.size() + results.streams.size() + results.categories.size();
}

std::vector<std::string> texts_of(const gen::SearchResults& results) {
  std::vector<std::string> texts;
  for (const auto& channel : results.channels) texts.push_back(channel.display_name);
  for (const auto& stream : results.streams) texts.push_back(stream.title);
  for (const auto& category : results.categories)
    texts.insert(texts.end(), {category.name_pt, category.name_pt_br, category.name_en});
  return texts;
}

std::vector<rules::Candidate> candidates_of(const std::vector<Store::OnAir>& list) {
  std::vector<rules::Candidate> candidates;
  for (const Store::OnAir& one : list) candidates.push_back(one.candidate);
  return candidates;
}

}  // namespace

Task<Result<gen::SearchResults>> Discovery::search(gen::SearchQuery asked) {
  CO_TRY(std::string query, rules::clean_query(asked.q));
  CO_TRY(const std::optional<Store::Keys> after, keys_after(asked));
  const Store::Asked question{.query = std::move(query),
                              .language = language_of(asked.locale),
                              .now = clock_.now(),
                              .after = after,
                              .limit = asked.limit + 1};
  gen::SearchResults results{.channels = {},
                             .streams = {},
                             .categories = {},
                             .is_alike = false,
                             .did_you_mean = std::nullopt,
                             .next_cursor = std::nullopt};
  std::optional<std::string> next;
  if (wants(asked.kind, gen::SearchKind::channels)) {
    CO_TRY(auto hits, co_await store_.find_channels(question));
    next = take(std::move(hits), asked.limit, results.channels);
  }
  if (wants(asked.kind, gen::SearchKind::streams)) {
    CO_TRY(auto hits, co_await store_.find_streams(question));
    next = take(std::move(hits), asked.limit, results.streams);
  }
  if (wants(asked.kind, gen::SearchKind::categories) && !after) {
    CO_TRY(results.categories, co_await store_.find_categories(question.query));
  }
  if (asked.kind) results.next_cursor = std::move(next);
  if (!after && count_of(results) < rules::kHitsEnough)
    co_return co_await add_alike(question, asked.kind, std::move(results));
  co_return results;
}

Task<Result<gen::SearchResults>> Discovery::add_alike(Store::Asked asked, std::optional<gen::SearchKind> kind,
                                                      gen::SearchResults results) {
  if (code_point_count(asked.query) < rules::kAlikeLettersMin) co_return results;
  const bool found_nothing = count_of(results) == 0;
  asked.limit = kAlikeMax;
  if (wants(kind, gen::SearchKind::channels)) {
    CO_TRY(auto hits, co_await store_.find_channels_alike(asked));
    add_new_hits(results.channels, std::move(hits), [](const auto& channel) { return channel.username; });
  }
  if (wants(kind, gen::SearchKind::streams)) {
    CO_TRY(auto hits, co_await store_.find_streams_alike(asked));
    add_new_hits(results.streams, std::move(hits), [](const auto& stream) { return stream.id; });
  }
  if (wants(kind, gen::SearchKind::categories)) {
    CO_TRY(auto more, co_await store_.find_categories_alike(asked.query));
    add_new(results.categories, std::move(more), [](const auto& category) { return category.slug; });
  }
  if (!found_nothing || count_of(results) == 0) co_return results;
  results.is_alike = true;
  std::vector<std::string> texts = texts_of(results);
  CO_TRY(results.did_you_mean, co_await store_.nearest_words(asked.query, std::move(texts)));
  co_return results;
}

Task<Result<gen::SuggestionList>> Discovery::suggest(gen::SuggestQuery asked) {
  CO_TRY(std::string query, rules::clean_query(asked.q));
  const std::string locale(gen::to_text(asked.locale.value_or(gen::ReaderLocale::pt_pt)));
  CO_TRY(auto items, co_await store_.suggest(std::move(query), locale));
  co_return gen::SuggestionList{.items = std::move(items)};
}

Task<Result<gen::FrontPage>> Discovery::get_front_page() {
  const WallTime now = clock_.now();
  CO_TRY(const auto ranked, co_await store_.list_ranked(now, rules::kFrontPageSize + 1));
  std::vector<Store::OnAir> regional;
  std::vector<Store::OnAir> small;
  if (ranked.size() > rules::kFrontPageSize) {
    CO_TRY(regional, co_await store_.list_regional(now));
    CO_TRY(small, co_await store_.list_small(now, now.time_since_epoch() / rules::kDrawEvery,
                                             rules::kFrontPageSize));
  }
  const rules::Placement placement =
      rules::place(candidates_of(ranked), candidates_of(regional), candidates_of(small));

  std::map<std::int64_t, const gen::FoundStream*> by_id;
  for (const std::vector<Store::OnAir>* list : {&ranked, &std::as_const(regional), &std::as_const(small)}) {
    for (const Store::OnAir& one : *list) by_id.emplace(one.stream.id, &one.stream);
  }
  gen::FrontPage page{.items = {}, .next_cursor = std::nullopt};
  for (const rules::Placed& placed : placement.places) {
    page.items.push_back(*by_id.at(placed.id.value));
    page.items.back().why = placed.why;
  }
  if (placement.last_ranked) {
    const gen::FoundStream& last = *by_id.at(placement.last_ranked->value);
    page.next_cursor = channels::encode_cursor<2>({last.viewer_count, last.id});
  }
  co_return page;
}

Task<Result<gen::RegionList>> Discovery::list_regions() {
  CO_TRY(auto items, co_await store_.list_regions());
  co_return gen::RegionList{.items = std::move(items)};
}

Task<Result<gen::UpcomingList>> Discovery::list_upcoming(gen::ListUpcomingQuery asked) {
  Store::UpcomingAsked question{.category = std::move(asked.category),
                                .region = std::nullopt,
                                .now = clock_.now(),
                                .after_start = std::nullopt,
                                .after_id = 0,
                                .limit = asked.limit + 1};
  if (asked.region) question.region = gen::to_text(*asked.region);
  if (asked.cursor) {
    const auto keys = channels::decode_cursor<2>(*asked.cursor);
    if (!keys) co_return gen::fail(gen::reasons::kApiInvalid, "cursor");
    question.after_start = WallTime(std::chrono::microseconds((*keys)[0]));
    question.after_id = (*keys)[1];
  }
  CO_TRY(auto items, co_await store_.list_upcoming(std::move(question)));
  gen::UpcomingList list{.items = std::move(items), .next_cursor = std::nullopt};
  if (list.items.size() > static_cast<std::size_t>(asked.limit)) {
    list.items.resize(static_cast<std::size_t>(asked.limit));
    const gen::Upcoming& last = list.items.back();
    list.next_cursor = channels::encode_cursor<2>({last.starts_at.time_since_epoch().count(), last.id});
  }
  co_return list;
}

}  // namespace luso::discovery
