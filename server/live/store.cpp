#include "live/store.h"

namespace luso::live {
namespace {

using io::PgParams;
using io::PgResult;
using io::PgRow;
using io::PgSessionPtr;
using io::Statement;

// The columns stream_of() reads. A macro, because a statement is one string literal.
#define LUSO_STREAM_COLUMNS                                                                                 \
  " s.id, s.user_id, u.username, c.display_name, u.avatar_url, c.region, s.title, s.category, s.language, " \
  "s.state,"                                                                                                \
  " s.viewer_count, s.total_viewers, s.peak_viewers, s.average_watch_time_s, s.created_at, s.started_at,"   \
  " s.ended_at, s.grace_ends_at"                                                                            \
  " FROM streams s JOIN users u ON u.id = s.user_id JOIN channels c ON c.user_id = s.user_id "

const Statement kFind{"live.find", "SELECT" LUSO_STREAM_COLUMNS "WHERE s.id = $1 AND u.erase_after IS NULL"};

// StreamFilter, as $1 to $6; of nobody who is suspended or leaving.
#define LUSO_STREAM_FILTER                                                                               \
  " AND NOT EXISTS (SELECT FROM users_shut_out x WHERE x.user_id = s.user_id)"                           \
  " AND ($1::text IS NULL OR s.category = $1) AND ($2::text IS NULL OR s.language = $2)"                 \
  " AND ($3::text IS NULL OR u.username = $3) AND ($4::text IS NULL OR c.region = $4)"                   \
  " AND (NOT $5::boolean OR EXISTS (SELECT FROM stream_categories k WHERE k.slug = s.category AND "      \
  "k.portuguese_focused))"                                                                               \
  " AND ($6::bigint IS NULL OR EXISTS (SELECT FROM follows f WHERE f.channel_id = c.id AND f.user_id = " \
  "$6)) "

const Statement kListLive{"live.list_live",
                          "SELECT" LUSO_STREAM_COLUMNS "WHERE s.is_live" LUSO_STREAM_FILTER R"sql(
    AND ($7::bigint IS NULL OR (s.viewer_count, s.id) < ($7::bigint, $8::bigint))
  ORDER BY s.viewer_count DESC, s.id DESC
  LIMIT $9)sql"};

const Statement kListNewest{"live.list_newest",
                            "SELECT" LUSO_STREAM_COLUMNS "WHERE s.is_live" LUSO_STREAM_FILTER R"sql(
    AND ($7::timestamptz IS NULL OR (s.started_at, s.id) < ($7::timestamptz, $8::bigint))
  ORDER BY s.started_at DESC, s.id DESC
  LIMIT $9)sql"};

const Statement kListEnded{"live.list_ended",
                           "SELECT" LUSO_STREAM_COLUMNS
                           "WHERE s.state = 'ended' AND s.started_at IS NOT NULL" LUSO_STREAM_FILTER R"sql(
    AND ($7::bigint IS NULL OR s.id < $7::bigint)
  ORDER BY s.id DESC
  LIMIT $8)sql"};

#undef LUSO_STREAM_FILTER

const Statement kListOfUser{"live.list_of_user", "SELECT" LUSO_STREAM_COLUMNS R"sql(
  WHERE s.user_id = $1 AND ($2::bigint IS NULL OR s.id < $2::bigint)
  ORDER BY s.id DESC
  LIMIT $3)sql"};

#undef LUSO_STREAM_COLUMNS

// Enough for any screen; a day on air comes in steps of six minutes.
constexpr int kCurvePointsMax = 240;

const Statement kCurve{"live.viewer_curve", R"sql(
  WITH span AS (
    SELECT min(minute) AS begins,
           greatest(1, ceil((extract(epoch FROM max(minute) - min(minute)) / 60 + 1) / $2))::int AS step_minutes
    FROM viewer_samples WHERE stream_id = $1
  )
  SELECT date_bin(make_interval(mins => step_minutes), minute, begins) AS at, max(viewer_count) AS viewer_count,
         step_minutes
  FROM viewer_samples CROSS JOIN span WHERE stream_id = $1
  GROUP BY 1, step_minutes
  ORDER BY 1)sql"};

const Statement kUpdate{"live.update", R"sql(
  UPDATE streams SET
    title = coalesce($2, title),
    category = coalesce($3, category),
    language = coalesce($4, language)
  WHERE id = $1 AND state <> 'ended')sql"};

const Statement kEnd{"live.end", R"sql(
  UPDATE streams SET state = 'ended', ended_at = $2, grace_ends_at = NULL, publish_id = NULL, publish_key_id = NULL,
                     viewer_count = 0, hidden_viewer_count = 0
  WHERE id = $1 AND state <> 'ended')sql"};

// Streams that only wait keep waiting: a ban may be lifted. Their encoders are disconnected all the same.
const Statement kEndAllOf{"live.end_all_of", R"sql(
  WITH open AS (
    SELECT id, is_live FROM streams WHERE user_id = $1 AND state <> 'ended' FOR UPDATE
  ), ended AS (
    UPDATE streams s SET state = 'ended', ended_at = $2, grace_ends_at = NULL, publish_id = NULL, publish_key_id = NULL,
                         viewer_count = 0, hidden_viewer_count = 0
    FROM open WHERE s.id = open.id AND open.is_live
  )
  SELECT id FROM open)sql"};

const Statement kLockChannel{"live.lock_channel", R"sql(
  SELECT id, default_title, default_category, language, streams_per_day
  FROM channels WHERE user_id = $1 FOR UPDATE)sql"};

const Statement kListCreations{"live.list_creations", R"sql(
  SELECT created_at FROM streams WHERE user_id = $1 AND created_at > $2 ORDER BY created_at DESC)sql"};

const Statement kInsert{"live.insert", R"sql(
  INSERT INTO streams (user_id, title, category, language, stream_key, by_channel_key, created_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7)
  RETURNING id)sql"};

Stream stream_of(const PgRow& row) {
  return {.id = row.id<StreamId>("id"),
          .user_id = row.id<UserId>("user_id"),
          .username = row.text("username"),
          .display_name = row.text("display_name"),
          .avatar_url = row.optional_text("avatar_url"),
          .region = row.optional_text("region"),
          .title = row.text("title"),
          .category = row.text("category"),
          .language = row.text("language"),
          .state = gen::parse<StreamState>(row.text("state")).value_or(StreamState::ended),
          .viewer_count = row.integer("viewer_count"),
          .total_viewers = row.integer("total_viewers"),
          .peak_viewers = row.integer("peak_viewers"),
          .average_watch_time_s = row.integer("average_watch_time_s"),
          .created_at = row.time("created_at"),
          .started_at = row.optional_time("started_at"),
          .ended_at = row.optional_time("ended_at"),
          .grace_ends_at = row.optional_time("grace_ends_at")};
}

std::vector<Stream> streams_in(const PgResult& rows) {
  std::vector<Stream> streams;
  for (std::size_t i = 0; i < rows.size(); ++i) streams.push_back(stream_of(rows.row(i)));
  return streams;
}

std::optional<std::int64_t> value_of(std::optional<StreamId> id) {
  return id ? std::optional(id->value) : std::nullopt;
}

PgParams params_of(const StreamFilter& filter) {
  std::optional<std::int64_t> follower;
  if (filter.followed_by) follower = filter.followed_by->value;
  return {filter.category, filter.language, filter.username, filter.region, filter.is_portuguese_focused,
          follower};
}

}  // namespace

Task<Result<std::optional<Stream>>> Store::find(StreamId id) {
  PgParams params{id};
  CO_TRY(const PgResult rows, co_await pg_.query(kFind, std::move(params)));
  if (rows.empty()) co_return std::nullopt;
  co_return stream_of(rows.front());
}

Task<Result<std::vector<Stream>>> Store::list_live(StreamFilter filter, std::optional<LiveKeys> after,
                                                   int limit) {
  PgParams params = params_of(filter);
  params.emplace_back(after ? std::optional(after->viewer_count) : std::nullopt);
  params.emplace_back(after ? std::optional(after->id.value) : std::nullopt);
  params.emplace_back(limit);
  CO_TRY(const PgResult rows, co_await pg_.query(kListLive, std::move(params)));
  co_return streams_in(rows);
}

Task<Result<std::vector<Stream>>> Store::list_newest(StreamFilter filter, std::optional<NewestKeys> after,
                                                     int limit) {
  PgParams params = params_of(filter);
  params.emplace_back(after ? std::optional(after->started_at) : std::nullopt);
  params.emplace_back(after ? std::optional(after->id.value) : std::nullopt);
  params.emplace_back(limit);
  CO_TRY(const PgResult rows, co_await pg_.query(kListNewest, std::move(params)));
  co_return streams_in(rows);
}

Task<Result<std::vector<Stream>>> Store::list_ended(StreamFilter filter, std::optional<StreamId> after,
                                                    int limit) {
  PgParams params = params_of(filter);
  params.emplace_back(value_of(after));
  params.emplace_back(limit);
  CO_TRY(const PgResult rows, co_await pg_.query(kListEnded, std::move(params)));
  co_return streams_in(rows);
}

Task<Result<std::vector<Stream>>> Store::list_of_user(UserId owner, std::optional<StreamId> after,
                                                      int limit) {
  PgParams params{owner, value_of(after), limit};
  CO_TRY(const PgResult rows, co_await pg_.query(kListOfUser, std::move(params)));
  co_return streams_in(rows);
}

Task<Result<Curve>> Store::curve_of(StreamId id) {
  PgParams params{id, kCurvePointsMax};
  CO_TRY(const PgResult rows, co_await pg_.query(kCurve, std::move(params)));
  Curve curve;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const PgRow row = rows.row(i);
    curve.step_minutes = row.integer("step_minutes");
    curve.points.push_back({.at = row.time("at"), .viewer_count = row.integer("viewer_count")});
  }
  co_return curve;
}

Task<Result<bool>> Store::update(StreamId id, StreamChange change) {
  PgParams params{id, change.title, change.category, change.language};
  CO_TRY(const PgResult rows, co_await pg_.query(kUpdate, std::move(params)));
  co_return rows.affected() > 0;
}

Task<Result<bool>> Store::end(StreamId id, WallTime now) {
  PgParams params{id, now};
  CO_TRY(const PgResult rows, co_await pg_.query(kEnd, std::move(params)));
  co_return rows.affected() > 0;
}

Task<Result<std::vector<StreamId>>> Store::end_all_of(UserId owner, WallTime now) {
  PgParams params{owner, now};
  CO_TRY(const PgResult rows, co_await pg_.query(kEndAllOf, std::move(params)));
  std::vector<StreamId> ids;
  for (std::size_t i = 0; i < rows.size(); ++i) ids.push_back(rows.row(i).id<StreamId>("id"));
  co_return ids;
}

Task<Result<std::optional<Store::ChannelDefaults>>> Store::lock_channel(PgSessionPtr session, UserId owner) {
  PgParams params{owner};
  CO_TRY(const PgResult rows, co_await session->query(kLockChannel, std::move(params)));
  if (rows.empty()) co_return std::nullopt;
  const PgRow row = rows.front();
  co_return ChannelDefaults{.channel_id = row.id<ChannelId>("id"),
                            .title = row.text("default_title"),
                            .category = row.text("default_category"),
                            .language = row.text("language"),
                            .streams_per_day = row.optional_integer("streams_per_day")};
}

Task<Result<std::vector<WallTime>>> Store::list_creations(PgSessionPtr session, UserId owner,
                                                          WallTime since) {
  PgParams params{owner, since};
  CO_TRY(const PgResult rows, co_await session->query(kListCreations, std::move(params)));
  std::vector<WallTime> created;
  for (std::size_t i = 0; i < rows.size(); ++i) created.push_back(rows.row(i).time("created_at"));
  co_return created;
}

Task<Result<StreamId>> Store::insert(PgSessionPtr session, StreamRow row) {
  PgParams params{row.stream.user_id, row.stream.title,   row.stream.category, row.stream.language,
                  row.stream_key,     row.by_channel_key, row.created_at};
  CO_TRY(const PgResult rows, co_await session->query(kInsert, std::move(params)));
  co_return rows.front().id<StreamId>("id");
}

}  // namespace luso::live
