#include "channels/store.h"

namespace luso::channels {
namespace {

using io::PgParams;
using io::PgResult;
using io::PgRow;
using io::PgSessionPtr;
using io::Statement;

const Statement kFind{"channels.find", R"sql(
  SELECT c.id, c.user_id, u.username, c.display_name, u.avatar_url, c.banner_url, c.description, c.language, c.region, c.default_title,
         c.default_category, c.followers_count, c.created_at, a.stream_id AS live_stream_id,
         EXISTS (SELECT FROM follows f WHERE f.channel_id = c.id AND f.user_id = $2) AS is_following
  FROM channels c
  JOIN users u ON u.id = c.user_id
  LEFT JOIN channels_on_air a ON a.user_id = c.user_id
  WHERE u.username = $1 AND u.erase_after IS NULL)sql"};

const Statement kFindOfUser{"channels.find_of_user", R"sql(
  SELECT c.id, c.user_id, u.username, c.display_name, u.avatar_url, c.banner_url, c.description, c.language, c.region, c.default_title,
         c.default_category, c.followers_count, c.created_at, a.stream_id AS live_stream_id,
         false AS is_following
  FROM channels c
  JOIN users u ON u.id = c.user_id
  LEFT JOIN channels_on_air a ON a.user_id = c.user_id
  WHERE c.user_id = $1)sql"};

// Following twice is following once: the second insert does nothing, and the trigger counts only what was
// inserted.
const Statement kFollow{"channels.follow", R"sql(
  INSERT INTO follows (user_id, channel_id, created_at) VALUES ($1, $2, $3)
  ON CONFLICT (user_id, channel_id) DO NOTHING)sql"};

const Statement kUnfollow{"channels.unfollow", R"sql(
  DELETE FROM follows WHERE user_id = $1 AND channel_id = $2)sql"};

const Statement kFollowState{"channels.follow_state", R"sql(
  SELECT c.followers_count,
         EXISTS (SELECT FROM follows f WHERE f.channel_id = c.id AND f.user_id = $1) AS is_following
  FROM channels c WHERE c.id = $2)sql"};

const Statement kUpdate{"channels.update", R"sql(
  UPDATE channels SET
    display_name = coalesce($2, display_name),
    description = coalesce($3, description),
    language = coalesce($4, language),
    region = nullif(coalesce($8::text, region), 'none'),
    default_title = coalesce($5, default_title),
    default_category = coalesce($6, default_category),
    streams_per_day = coalesce($7, streams_per_day)
  WHERE user_id = $1)sql"};

// Two lists end to end, each in its index's order: those on air, then the rest.
const Statement kListFollowing{"channels.list_following", R"sql(
  SELECT c.id, c.user_id, u.username, c.display_name, u.avatar_url, c.banner_url, c.description, c.language, c.region, c.default_title,
         c.default_category, c.followers_count, c.created_at, a.stream_id AS live_stream_id,
         true AS is_following, f.created_at AS followed_at
  FROM follows f
  JOIN channels c ON c.id = f.channel_id
  JOIN users u ON u.id = c.user_id
  LEFT JOIN channels_on_air a ON a.user_id = c.user_id
  WHERE f.user_id = $1 AND u.erase_after IS NULL
    AND ($2::boolean IS NULL OR (a.stream_id IS NOT NULL, f.created_at, c.id) < ($2::boolean, $3::timestamptz, $4::bigint))
  ORDER BY a.stream_id IS NOT NULL DESC, f.created_at DESC, c.id DESC
  LIMIT $5)sql"};

const Statement kListCategories{"channels.list_categories", R"sql(
  SELECT k.slug, k.name_pt, k.name_pt_br, k.name_en, k.description_pt, k.description_en, k.tags,
         k.portuguese_focused, count(a.stream_id) AS live_count, coalesce(sum(a.viewer_count), 0) AS viewer_count
  FROM stream_categories k
  LEFT JOIN channels_on_air a ON a.category = k.slug
  GROUP BY k.id
  ORDER BY k.sort_order, k.slug)sql"};

const Statement kLoadCategories{"channels.load_categories", R"sql(
  INSERT INTO stream_categories AS k
    (slug, name_pt, name_pt_br, name_en, portuguese_focused, description_pt, description_en, tags, sort_order, kids_safe)
  SELECT slug, name_pt, name_pt_br, name_en, portuguese_focused, description_pt, description_en, tags, sort_order, kids_safe
  FROM jsonb_to_recordset($1::jsonb) AS seed (
    slug text, name_pt text, name_pt_br text, name_en text, portuguese_focused boolean, description_pt text,
    description_en text, tags text[], sort_order integer, kids_safe boolean)
  ON CONFLICT (slug) DO UPDATE SET
    name_pt = excluded.name_pt, name_pt_br = excluded.name_pt_br, name_en = excluded.name_en,
    portuguese_focused = excluded.portuguese_focused, description_pt = excluded.description_pt,
    description_en = excluded.description_en, tags = excluded.tags, sort_order = excluded.sort_order,
    kids_safe = excluded.kids_safe
  WHERE (k.name_pt, k.name_pt_br, k.name_en, k.portuguese_focused, k.description_pt, k.description_en, k.tags,
         k.sort_order, k.kids_safe)
    IS DISTINCT FROM
        (excluded.name_pt, excluded.name_pt_br, excluded.name_en, excluded.portuguese_focused, excluded.description_pt,
         excluded.description_en, excluded.tags, excluded.sort_order, excluded.kids_safe))sql"};

const Statement kInsert{"channels.insert", R"sql(
  INSERT INTO channels (user_id, display_name, language, default_title) VALUES ($1, $2, $3, $4))sql"};

Channel channel_of(const PgRow& row) {
  std::optional<StreamId> live;
  if (const auto id = row.optional_integer("live_stream_id")) live = StreamId{*id};
  return {.id = row.id<ChannelId>("id"),
          .user_id = row.id<UserId>("user_id"),
          .username = row.text("username"),
          .display_name = row.text("display_name"),
          .avatar_url = row.optional_text("avatar_url"),
          .banner_url = row.optional_text("banner_url"),
          .description = row.text("description"),
          .language = row.text("language"),
          .region = row.optional_text("region"),
          .default_title = row.text("default_title"),
          .default_category = row.text("default_category"),
          .followers_count = row.integer("followers_count"),
          .live_stream_id = live,
          .is_following = row.boolean("is_following"),
          .created_at = row.time("created_at")};
}

std::optional<Channel> channel_in(const PgResult& rows) {
  if (rows.empty()) return std::nullopt;
  return channel_of(rows.front());
}

// The change, then the state it left, so that the caller never reads a count from before its own change.
Task<Result<FollowState>> change_follow(PgSessionPtr session, const Statement& change, PgParams params,
                                        UserId follower, ChannelId channel) {
  CO_TRY_VOID(co_await session->query(change, std::move(params)));
  PgParams key{follower, channel};
  CO_TRY(const PgResult rows, co_await session->query(kFollowState, std::move(key)));
  if (rows.empty()) co_return fail(ErrorKind::not_found, "channels.not_found");
  co_return FollowState{.is_following = rows.front().boolean("is_following"),
                        .followers_count = rows.front().integer("followers_count")};
}

}  // namespace

Task<Result<std::optional<Channel>>> Store::find(std::string username, UserId viewer) {
  PgParams params{std::move(username), viewer};
  CO_TRY(const PgResult rows, co_await pg_.query(kFind, std::move(params)));
  co_return channel_in(rows);
}

Task<Result<std::optional<Channel>>> Store::find_of_user(UserId owner) {
  PgParams params{owner};
  CO_TRY(const PgResult rows, co_await pg_.query(kFindOfUser, std::move(params)));
  co_return channel_in(rows);
}

Task<Result<FollowState>> Store::follow(UserId follower, ChannelId channel, WallTime now) {
  co_return co_await pg_.transaction<FollowState>([=](PgSessionPtr session) -> Task<Result<FollowState>> {
    PgParams params{follower, channel, now};
    return change_follow(std::move(session), kFollow, std::move(params), follower, channel);
  });
}

Task<Result<FollowState>> Store::unfollow(UserId follower, ChannelId channel) {
  co_return co_await pg_.transaction<FollowState>([=](PgSessionPtr session) -> Task<Result<FollowState>> {
    PgParams params{follower, channel};
    return change_follow(std::move(session), kUnfollow, std::move(params), follower, channel);
  });
}

Task<Result<void>> Store::update(UserId owner, ChannelChange change) {
  PgParams params{owner,
                  change.display_name,
                  change.description,
                  change.language,
                  change.default_title,
                  change.default_category,
                  change.streams_per_day,
                  change.region};
  CO_TRY_VOID(co_await pg_.query(kUpdate, std::move(params)));
  co_return Result<void>{};
}

Task<Result<std::vector<Store::Followed>>> Store::list_following(UserId follower,
                                                                 std::optional<FollowingKeys> after,
                                                                 int limit) {
  PgParams params{follower, std::nullopt, std::nullopt, std::nullopt, limit};
  if (after) params = {follower, after->is_live, after->followed_at, after->id, limit};
  CO_TRY(const PgResult rows, co_await pg_.query(kListFollowing, std::move(params)));
  std::vector<Followed> list;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    Channel channel = channel_of(rows.row(i));
    const FollowingKeys keys{.is_live = channel.live_stream_id.has_value(),
                             .followed_at = rows.row(i).time("followed_at"),
                             .id = channel.id};
    list.push_back({.channel = std::move(channel), .keys = keys});
  }
  co_return list;
}

Task<Result<std::vector<Category>>> Store::list_categories() {
  CO_TRY(const PgResult rows, co_await pg_.query(kListCategories, PgParams()));
  std::vector<Category> categories;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const PgRow row = rows.row(i);
    categories.push_back({.slug = row.text("slug"),
                          .name_pt = row.text("name_pt"),
                          .name_pt_br = row.text("name_pt_br"),
                          .name_en = row.text("name_en"),
                          .description_pt = row.text("description_pt"),
                          .description_en = row.text("description_en"),
                          .tags = row.text_array("tags"),
                          .portuguese_focused = row.boolean("portuguese_focused"),
                          .live_count = row.integer("live_count"),
                          .viewer_count = row.integer("viewer_count")});
  }
  co_return categories;
}

Task<Result<void>> Store::load_categories(std::string json) {
  PgParams params{std::move(json)};
  CO_TRY_VOID(co_await pg_.query(kLoadCategories, std::move(params)));
  co_return Result<void>{};
}

Task<Result<void>> Store::insert(PgSessionPtr session, ChannelRow row) {
  PgParams params{row.user_id, row.display_name, row.language, row.default_title};
  CO_TRY_VOID(co_await session->query(kInsert, std::move(params)));
  co_return Result<void>{};
}

}  // namespace luso::channels
