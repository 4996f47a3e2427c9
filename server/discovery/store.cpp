#include "discovery/store.h"

#include "live/rules.h"

namespace luso::discovery {
namespace {

using io::PgParam;
using io::PgParams;
using io::PgResult;
using io::PgRow;
using io::Statement;

// The columns of a found stream and of a found channel. Macros, because a statement is one string literal.
// Nobody finds who is suspended or leaving.
#define LUSO_STREAM_COLUMNS                                                                      \
  " s.id, s.title, s.category, s.language, s.is_live, s.viewer_count, s.started_at, s.ended_at," \
  " u.username, c.display_name, u.avatar_url, c.region "
#define LUSO_STREAM_PEOPLE " JOIN users u ON u.id = s.user_id JOIN channels c ON c.user_id = s.user_id "
#define LUSO_SEEN " NOT EXISTS (SELECT FROM users_shut_out b WHERE b.user_id = s.user_id) "
// Of a search table's row d. Asked once a statement, however many rows there are.
#define LUSO_SHOWN " d.user_id NOT IN (SELECT user_id FROM users_shut_out) "
#define LUSO_FOUND_STREAM " (d.is_live OR d.ended_at > $3::timestamptz - interval '30 days') AND" LUSO_SHOWN
#define LUSO_CHANNEL_COLUMNS                                                                   \
  " c.id, u.username, c.display_name, u.avatar_url, c.region, c.language, c.default_category," \
  " left(c.description, 160) AS description, c.followers_count, a.stream_id IS NOT NULL AS is_live "
#define LUSO_CHANNEL_PEOPLE                                          \
  " JOIN channels c ON c.id = d.id JOIN users u ON u.id = c.user_id" \
  " LEFT JOIN channels_on_air a ON a.user_id = c.user_id "

// The score is an integer, so that it can be a key of a page: rank, twice for who is on air (four times for a
// stream: what is over can only be read of), a tenth more for who speaks as the reader does. A boost, never a
// filter. Everything it is made of stands in the search table: only a page's rows are joined to what they
// show. The search is made once, hence MATERIALIZED: inlined, it would be made for every row.
const Statement kFindChannels{"discovery.find_channels", R"sql(
  WITH asked AS MATERIALIZED (
    SELECT search_query($1) AS query
  ), scored AS MATERIALIZED (
    SELECT d.channel_id AS id,
      (1000000 * ts_rank(d.document, asked.query) * (1 + d.renown / 100.0)
         * CASE WHEN d.is_live THEN 2 ELSE 1 END * CASE WHEN d.language = $2::text THEN 1.1 ELSE 1 END)::bigint AS score
    FROM asked JOIN channel_search d ON d.document @@ asked.query
    WHERE)sql" LUSO_SHOWN R"sql(
  ), page AS (
    SELECT * FROM scored
    WHERE $3::bigint IS NULL OR (score, id) < ($3::bigint, $4::bigint)
    ORDER BY score DESC, id DESC
    LIMIT $5)
  SELECT)sql" LUSO_CHANNEL_COLUMNS ", d.score FROM page d" LUSO_CHANNEL_PEOPLE
                                                         "ORDER BY d.score DESC, d.id DESC"};

const Statement kFindStreams{"discovery.find_streams", R"sql(
  WITH asked AS MATERIALIZED (
    SELECT search_query($1) AS query
  ), scored AS MATERIALIZED (
    SELECT d.stream_id AS id,
      (1000000 * ts_rank(d.document, asked.query) * CASE WHEN d.is_live THEN 4 ELSE 1 END
         * CASE WHEN d.language = $2::text THEN 1.1 ELSE 1 END)::bigint AS score
    FROM asked JOIN stream_search d ON d.document @@ asked.query
    WHERE)sql" LUSO_FOUND_STREAM R"sql(
  ), page AS (
    SELECT * FROM scored
    WHERE $4::bigint IS NULL OR (score, id) < ($4::bigint, $5::bigint)
    ORDER BY score DESC, id DESC
    LIMIT $6)
  SELECT)sql" LUSO_STREAM_COLUMNS ", d.score FROM page d JOIN streams s ON s.id = d.id" LUSO_STREAM_PEOPLE
                                                       "ORDER BY d.score DESC, d.id DESC"};

const Statement kFindCategories{"discovery.find_categories", R"sql(
  SELECT k.slug, k.name_pt, k.name_pt_br, k.name_en,
         (SELECT count(*) FROM channels_on_air a WHERE a.category = k.slug) AS live_count
  FROM stream_categories k
  WHERE k.search_document @@ search_query($1)
  ORDER BY ts_rank(k.search_document, search_query($1)) DESC, k.sort_order
  LIMIT 6)sql"};

// What is alike is compared letter by letter with a few only: the best known, or what is on air and newest.
#define LUSO_CHANNELS_ALIKE                                                                          \
  " WITH asked AS MATERIALIZED (SELECT search_query_alike($1) AS query, search_normal($1) AS words)" \
  ", candidates AS MATERIALIZED ("                                                                   \
  "SELECT d.channel_id AS id, d.words FROM asked JOIN channel_search d ON d.document @@ asked.query" \
  " WHERE" LUSO_SHOWN                                                                                \
  "ORDER BY d.is_live DESC, d.renown DESC, d.channel_id LIMIT 200)"                                  \
  ", alike AS (SELECT c.id, (1000000 * word_similarity(asked.words, c.words))::bigint AS score"      \
  " FROM asked, candidates c) "

const Statement kFindChannelsAlike{"discovery.find_channels_alike", LUSO_CHANNELS_ALIKE
                                   " SELECT" LUSO_CHANNEL_COLUMNS ", d.score FROM alike d" LUSO_CHANNEL_PEOPLE
                                   "ORDER BY d.score DESC, c.followers_count DESC, d.id DESC LIMIT $2"};

const Statement kFindStreamsAlike{"discovery.find_streams_alike",
                                  R"sql(
  WITH asked AS MATERIALIZED (
    SELECT search_query_alike($1) AS query, search_normal($1) AS words
  ), candidates AS MATERIALIZED (
    SELECT d.stream_id AS id, d.words, d.is_live FROM asked JOIN stream_search d ON d.document @@ asked.query
    WHERE)sql" LUSO_FOUND_STREAM R"sql(ORDER BY d.is_live DESC, d.stream_id DESC LIMIT 200
  ), alike AS (
    SELECT c.id, c.is_live, (1000000 * word_similarity(asked.words, c.words))::bigint AS score
    FROM asked, candidates c ORDER BY c.is_live DESC, score DESC, c.id DESC LIMIT $2)
  SELECT)sql" LUSO_STREAM_COLUMNS ", d.score FROM alike d JOIN streams s ON s.id = d.id" LUSO_STREAM_PEOPLE
                                  "ORDER BY d.is_live DESC, d.score DESC, d.id DESC"};

const Statement kFindCategoriesAlike{"discovery.find_categories_alike", R"sql(
  SELECT k.slug, k.name_pt, k.name_pt_br, k.name_en,
         (SELECT count(*) FROM channels_on_air a WHERE a.category = k.slug) AS live_count
  FROM stream_categories k
  WHERE word_similarity(search_normal($1), k.search_words) >= 0.5
  ORDER BY word_similarity(search_normal($1), k.search_words) DESC, k.sort_order
  LIMIT 3)sql"};

// Each word of the search beside the most similar word that was found; a word nothing is like stays as it was
// typed.
const Statement kNearestWords{"discovery.nearest_words", R"sql(
  SELECT string_agg(coalesce(nearest.word, asked.word), ' ' ORDER BY place) AS words,
         bool_or(search_fold(nearest.word) <> search_fold(asked.word)) AS is_other
  FROM regexp_split_to_table(lower($1), '\s+') WITH ORDINALITY AS asked (word, place)
  LEFT JOIN LATERAL (
    SELECT lower(word) AS word
    FROM unnest($2::text[]) AS text, regexp_split_to_table(text, '[^[:alnum:]]+') AS word
    WHERE similarity(search_fold(word), search_fold(asked.word)) >= 0.3
    ORDER BY similarity(search_fold(word), search_fold(asked.word)) DESC, length(word), word
    LIMIT 1) AS nearest ON true)sql"};

// Categories, then channels, then what is on air, each by its beginning. A beginning that thousands share is
// found among the best known at once; the index of names is asked when those are few, which is when it has
// few to tell. Candidates are bounded before they are joined.
const Statement kSuggest{"discovery.suggest", R"sql(
  WITH asked AS MATERIALIZED (
    SELECT search_query($1, true) AS query, length(search_normal($1)) >= 3 AS is_long
  ), known AS MATERIALIZED (
    (SELECT d.channel_id AS id FROM asked, (
       SELECT channel_id, names FROM channel_search d WHERE d.is_live AND)sql" LUSO_SHOWN R"sql(
       ORDER BY renown DESC, channel_id LIMIT 500) d
     WHERE d.names @@ asked.query LIMIT 5)
    UNION
    (SELECT d.channel_id FROM asked, (
       SELECT channel_id, names FROM channel_search d WHERE)sql" LUSO_SHOWN R"sql(
       ORDER BY renown DESC, channel_id LIMIT 1000) d
     WHERE d.names @@ asked.query LIMIT 5)
  ), named AS (
    SELECT id FROM known
    UNION
    (SELECT d.channel_id FROM asked JOIN channel_search d ON d.names @@ asked.query
     WHERE (SELECT count(*) FROM known) < 5 AND)sql" LUSO_SHOWN R"sql(LIMIT 500)
  ), categories AS (
    SELECT 1 AS part, 'category' AS kind, CASE $2::text WHEN 'pt-BR' THEN k.name_pt_br WHEN 'en' THEN k.name_en ELSE k.name_pt END AS text,
           k.slug AS target, EXISTS (SELECT FROM channels_on_air a WHERE a.category = k.slug) AS is_live, 0::bigint AS weight
    FROM asked, stream_categories k WHERE k.search_document @@ asked.query
    ORDER BY is_live DESC, k.sort_order LIMIT 2
  ), found AS (
    SELECT 2 AS part, 'channel' AS kind, c.display_name AS text, u.username AS target, a.stream_id IS NOT NULL AS is_live,
           c.followers_count::bigint AS weight
    FROM named d)sql" LUSO_CHANNEL_PEOPLE R"sql(
    ORDER BY is_live DESC, weight DESC, text LIMIT 5
  ), on_air AS (
    SELECT 3 AS part, 'stream' AS kind, s.title AS text, u.username AS target, true AS is_live, s.viewer_count::bigint AS weight
    FROM asked JOIN stream_search d ON d.is_live AND d.document @@ asked.query
    JOIN streams s ON s.id = d.stream_id JOIN users u ON u.id = s.user_id
    WHERE asked.is_long AND)sql" LUSO_SHOWN R"sql(
    ORDER BY weight DESC LIMIT 3
  )
  SELECT kind, text, target, is_live FROM (
    SELECT * FROM categories UNION ALL SELECT * FROM found UNION ALL SELECT * FROM on_air) AS everything
  ORDER BY part, is_live DESC, weight DESC, text
  LIMIT 8)sql"};

const Statement kSuggestAlike{"discovery.suggest_alike", LUSO_CHANNELS_ALIKE R"sql(
  SELECT 'channel' AS kind, c.display_name AS text, u.username AS target, a.stream_id IS NOT NULL AS is_live
  FROM alike d)sql" LUSO_CHANNEL_PEOPLE R"sql(
  ORDER BY d.score DESC, c.followers_count DESC, c.id
  LIMIT 5)sql"};

const Statement kListRanked{"discovery.list_ranked",
                            "SELECT" LUSO_STREAM_COLUMNS "FROM streams s" LUSO_STREAM_PEOPLE
                            "WHERE s.is_live AND" LUSO_SEEN
                            "ORDER BY s.viewer_count DESC, s.id DESC LIMIT $1"};

const Statement kListRegional{"discovery.list_regional",
                              "SELECT DISTINCT ON (c.region)" LUSO_STREAM_COLUMNS
                              "FROM streams s" LUSO_STREAM_PEOPLE
                              "WHERE s.is_live AND c.region IS NOT NULL AND" LUSO_SEEN
                              "ORDER BY c.region, s.viewer_count DESC, s.id DESC"};

// Whose history is long enough is asked only of those whose turn it is.
const Statement kListSmall{"discovery.list_small", "SELECT" LUSO_STREAM_COLUMNS R"sql(FROM (
    SELECT * FROM streams
    WHERE is_live AND viewer_count < $1 AND started_at <= $2
    ORDER BY md5(id::text || ':' || $3::bigint::text), id
    LIMIT 200) s)sql" LUSO_STREAM_PEOPLE R"sql(
  CROSS JOIN LATERAL (
    SELECT sum(extract(epoch FROM ended_at - started_at)) AS seconds, sum(h.watch_time_s) AS watched_s
    FROM streams h WHERE h.user_id = s.user_id AND h.state = 'ended' AND h.started_at IS NOT NULL) AS history
  WHERE NOT EXISTS (SELECT FROM users_shut_out b WHERE b.user_id = s.user_id) AND history.seconds >= $4 AND history.watched_s < history.seconds * $1
  ORDER BY md5(s.id::text || ':' || $3::bigint::text), s.id
  LIMIT $5)sql"};

const Statement kListRegions{"discovery.list_regions", R"sql(
  SELECT code, count(s.id) AS live_count, coalesce(sum(s.viewer_count), 0) AS viewer_count, count(c.id) AS channel_count
  FROM unnest('{br,pt,ao,mz,cv,gw,st,tl,mo,diaspora}'::text[]) WITH ORDINALITY AS regions (code, place)
  LEFT JOIN channels c ON c.region = code AND NOT EXISTS (SELECT FROM users_shut_out b WHERE b.user_id = c.user_id)
  LEFT JOIN streams s ON s.user_id = c.user_id AND s.is_live
  GROUP BY code, place
  ORDER BY place)sql"};

const Statement kListUpcoming{"discovery.list_upcoming", R"sql(
  SELECT e.id, e.title, e.category, e.next_starts_at, e.next_ends_at, u.username, c.display_name, u.avatar_url, c.region
  FROM channel_schedule e
  JOIN channels c ON c.id = e.channel_id
  JOIN users u ON u.id = c.user_id
  WHERE e.next_starts_at > $1
    AND ($2::text IS NULL OR e.category = $2) AND ($3::text IS NULL OR c.region = $3)
    AND ($4::timestamptz IS NULL OR (e.next_starts_at, e.id) > ($4::timestamptz, $5::bigint))
    AND NOT EXISTS (SELECT FROM users_shut_out b WHERE b.user_id = c.user_id)
  ORDER BY e.next_starts_at, e.id
  LIMIT $6)sql"};

#undef LUSO_STREAM_COLUMNS
#undef LUSO_STREAM_PEOPLE
#undef LUSO_SEEN
#undef LUSO_FOUND_STREAM
#undef LUSO_SHOWN
#undef LUSO_CHANNELS_ALIKE
#undef LUSO_CHANNEL_COLUMNS
#undef LUSO_CHANNEL_PEOPLE

template <typename Enum>
std::optional<Enum> optional_of(const PgRow& row, std::string_view column) {
  const std::optional<std::string> text = row.optional_text(column);
  return text ? gen::parse<Enum>(*text) : std::nullopt;
}

gen::FoundStreamChannel people_of(const PgRow& row) {
  return {.username = row.text("username"),
          .display_name = row.text("display_name"),
          .avatar_url = row.optional_text("avatar_url"),
          .region = optional_of<gen::FoundRegion>(row, "region")};
}

gen::FoundStream stream_of(const PgRow& row, WallTime now) {
  const StreamId id = row.id<StreamId>("id");
  const bool is_live = row.boolean("is_live");
  return {.id = id.value,
          .title = row.text("title"),
          .category = row.text("category"),
          .language = optional_of<gen::FoundLanguage>(row, "language").value_or(gen::FoundLanguage::other),
          .is_live = is_live,
          .viewer_count = row.integer("viewer_count"),
          .started_at = row.optional_time("started_at"),
          .ended_at = row.optional_time("ended_at"),
          .thumbnail_url = live::rules::thumbnail_url(id, is_live, now),
          .channel = people_of(row),
          .why = std::nullopt};
}

gen::FoundChannel channel_of(const PgRow& row) {
  return {.username = row.text("username"),
          .display_name = row.text("display_name"),
          .avatar_url = row.optional_text("avatar_url"),
          .region = optional_of<gen::FoundRegion>(row, "region"),
          .language = optional_of<gen::FoundLanguage>(row, "language").value_or(gen::FoundLanguage::other),
          .default_category = row.text("default_category"),
          .description = row.text("description"),
          .followers_count = row.integer("followers_count"),
          .is_live = row.boolean("is_live")};
}

Store::Keys keys_of(const PgRow& row) {
  return {.score = row.integer("score"), .id = row.integer("id")};
}

Store::Hits<gen::FoundStream> streams_in(const PgResult& rows, WallTime now) {
  Store::Hits<gen::FoundStream> hits;
  for (std::size_t i = 0; i < rows.size(); ++i)
    hits.push_back({.item = stream_of(rows.row(i), now), .keys = keys_of(rows.row(i))});
  return hits;
}

Store::Hits<gen::FoundChannel> channels_in(const PgResult& rows) {
  Store::Hits<gen::FoundChannel> hits;
  for (std::size_t i = 0; i < rows.size(); ++i)
    hits.push_back({.item = channel_of(rows.row(i)), .keys = keys_of(rows.row(i))});
  return hits;
}

std::vector<gen::FoundCategory> categories_in(const PgResult& rows) {
  std::vector<gen::FoundCategory> categories;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const PgRow row = rows.row(i);
    categories.push_back({.slug = row.text("slug"),
                          .name_pt = row.text("name_pt"),
                          .name_pt_br = row.text("name_pt_br"),
                          .name_en = row.text("name_en"),
                          .live_count = row.integer("live_count")});
  }
  return categories;
}

std::vector<gen::Suggestion> suggestions_in(const PgResult& rows) {
  std::vector<gen::Suggestion> items;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const PgRow row = rows.row(i);
    items.push_back(
        {.kind = optional_of<gen::SuggestionKind>(row, "kind").value_or(gen::SuggestionKind::channel),
         .text = row.text("text"),
         .to = row.text("target"),
         .is_live = row.boolean("is_live")});
  }
  return items;
}

std::vector<Store::OnAir> on_air_in(const PgResult& rows, WallTime now) {
  std::vector<Store::OnAir> list;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    gen::FoundStream stream = stream_of(rows.row(i), now);
    const rules::Candidate candidate{.id = StreamId{stream.id}, .region = stream.channel.region};
    list.push_back({.stream = std::move(stream), .candidate = candidate});
  }
  return list;
}

std::optional<std::int64_t> score_of(const std::optional<Store::Keys>& keys) {
  return keys ? std::optional(keys->score) : std::nullopt;
}

std::optional<std::int64_t> id_of(const std::optional<Store::Keys>& keys) {
  return keys ? std::optional(keys->id) : std::nullopt;
}

}  // namespace

Task<Result<Store::Hits<gen::FoundChannel>>> Store::find_channels(Asked asked) {
  PgParams params{asked.query, asked.language, score_of(asked.after), id_of(asked.after), asked.limit};
  CO_TRY(const PgResult rows, co_await pg_.query(kFindChannels, std::move(params)));
  co_return channels_in(rows);
}

Task<Result<Store::Hits<gen::FoundStream>>> Store::find_streams(Asked asked) {
  PgParams params{asked.query,           asked.language,     asked.now,
                  score_of(asked.after), id_of(asked.after), asked.limit};
  CO_TRY(const PgResult rows, co_await pg_.query(kFindStreams, std::move(params)));
  co_return streams_in(rows, asked.now);
}

Task<Result<std::vector<gen::FoundCategory>>> Store::find_categories(std::string query) {
  PgParams params{query};
  CO_TRY(const PgResult rows, co_await pg_.query(kFindCategories, std::move(params)));
  co_return categories_in(rows);
}

Task<Result<Store::Hits<gen::FoundChannel>>> Store::find_channels_alike(Asked asked) {
  PgParams params{asked.query, asked.limit};
  CO_TRY(const PgResult rows, co_await pg_.query(kFindChannelsAlike, std::move(params)));
  co_return channels_in(rows);
}

Task<Result<Store::Hits<gen::FoundStream>>> Store::find_streams_alike(Asked asked) {
  PgParams params{asked.query, asked.limit, asked.now};
  CO_TRY(const PgResult rows, co_await pg_.query(kFindStreamsAlike, std::move(params)));
  co_return streams_in(rows, asked.now);
}

Task<Result<std::vector<gen::FoundCategory>>> Store::find_categories_alike(std::string query) {
  PgParams params{query};
  CO_TRY(const PgResult rows, co_await pg_.query(kFindCategoriesAlike, std::move(params)));
  co_return categories_in(rows);
}

Task<Result<std::optional<std::string>>> Store::nearest_words(std::string query,
                                                              std::vector<std::string> texts) {
  PgParams params{query, PgParam::array(texts)};
  CO_TRY(const PgResult rows, co_await pg_.query(kNearestWords, std::move(params)));
  if (rows.empty() || rows.front().is_null("is_other") || !rows.front().boolean("is_other"))
    co_return std::nullopt;
  co_return rows.front().text("words");
}

Task<Result<std::vector<gen::Suggestion>>> Store::suggest(std::string query, std::string locale) {
  PgParams params{query, locale};
  CO_TRY(const PgResult rows, co_await pg_.query(kSuggest, std::move(params)));
  std::vector<gen::Suggestion> items = suggestions_in(rows);
  if (!items.empty() || query.size() <= rules::kAlikeLettersMin) co_return items;
  PgParams again{query};
  CO_TRY(const PgResult alike, co_await pg_.query(kSuggestAlike, std::move(again)));
  co_return suggestions_in(alike);
}

Task<Result<std::vector<Store::OnAir>>> Store::list_ranked(WallTime now, std::size_t limit) {
  PgParams params{static_cast<std::int64_t>(limit)};
  CO_TRY(const PgResult rows, co_await pg_.query(kListRanked, std::move(params)));
  co_return on_air_in(rows, now);
}

Task<Result<std::vector<Store::OnAir>>> Store::list_regional(WallTime now) {
  CO_TRY(const PgResult rows, co_await pg_.query(kListRegional, PgParams()));
  co_return on_air_in(rows, now);
}

Task<Result<std::vector<Store::OnAir>>> Store::list_small(WallTime now, std::int64_t draw,
                                                          std::size_t limit) {
  const auto history_s = std::chrono::duration_cast<std::chrono::seconds>(rules::kSmallHistoryMin).count();
  PgParams params{rules::kSmallViewersMax, now - rules::kSmallOnAirMin, draw, history_s,
                  static_cast<std::int64_t>(limit)};
  CO_TRY(const PgResult rows, co_await pg_.query(kListSmall, std::move(params)));
  co_return on_air_in(rows, now);
}

Task<Result<std::vector<gen::RegionActivity>>> Store::list_regions() {
  CO_TRY(const PgResult rows, co_await pg_.query(kListRegions, PgParams()));
  std::vector<gen::RegionActivity> regions;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const PgRow row = rows.row(i);
    regions.push_back(
        {.code = optional_of<gen::RegionActivityCode>(row, "code").value_or(gen::RegionActivityCode::br),
         .live_count = row.integer("live_count"),
         .viewer_count = row.integer("viewer_count"),
         .channel_count = row.integer("channel_count")});
  }
  co_return regions;
}

Task<Result<std::vector<gen::Upcoming>>> Store::list_upcoming(UpcomingAsked asked) {
  PgParams params{asked.now, asked.category, asked.region, asked.after_start, asked.after_id, asked.limit};
  CO_TRY(const PgResult rows, co_await pg_.query(kListUpcoming, std::move(params)));
  std::vector<gen::Upcoming> items;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const PgRow row = rows.row(i);
    items.push_back({.id = row.integer("id"),
                     .title = row.text("title"),
                     .category = row.text("category"),
                     .starts_at = row.time("next_starts_at"),
                     .ends_at = row.time("next_ends_at"),
                     .channel = people_of(row)});
  }
  co_return items;
}

}  // namespace luso::discovery
