#include "live/publish_store.h"

namespace luso::live {
namespace {

using io::PgParams;
using io::PgResult;
using io::PgRow;
using io::PgSessionPtr;
using io::Statement;

const Statement kFindKeyOfStream{"live.find_key_of_stream", R"sql(
  SELECT s.user_id, s.id AS stream_id, NULL::bigint AS channel_id, s.stream_key, s.key_id, u.username,
         s.key_revoked_at IS NOT NULL AS is_revoked, s.state = 'ended' AS has_ended,
         EXISTS (SELECT FROM users_shut_out b WHERE b.user_id = s.user_id) AS is_banned,
         (SELECT o.id FROM streams o WHERE o.user_id = s.user_id AND o.id <> s.id AND o.state = 'live')
           AS other_live_stream_id
  FROM streams s JOIN users u ON u.id = s.user_id
  WHERE s.stream_key = $1)sql"};

// A stream on air by a key of its own is another stream than the channel key would continue.
const Statement kFindKeyOfChannel{"live.find_key_of_channel", R"sql(
  SELECT c.user_id, NULL::bigint AS stream_id, c.id AS channel_id, k.stream_key, k.key_id, u.username,
         k.revoked_at IS NOT NULL AS is_revoked, false AS has_ended,
         EXISTS (SELECT FROM users_shut_out b WHERE b.user_id = c.user_id) AS is_banned,
         (SELECT o.id FROM streams o WHERE o.user_id = c.user_id AND o.state = 'live' AND NOT o.by_channel_key
            AND o.publish_key_id <> k.key_id) AS other_live_stream_id
  FROM channel_keys k JOIN channels c ON c.id = k.channel_id JOIN users u ON u.id = c.user_id
  WHERE k.stream_key = $1)sql"};

const Statement kFindStreamKey{"live.find_stream_key", R"sql(
  SELECT user_id, id AS stream_id, NULL::bigint AS channel_id, stream_key, key_id,
         key_revoked_at IS NOT NULL AS is_revoked, state = 'ended' AS has_ended, false AS is_banned,
         NULL::bigint AS other_live_stream_id
  FROM streams WHERE id = $1)sql"};

const Statement kFindChannelKey{"live.find_channel_key", R"sql(
  SELECT c.user_id, NULL::bigint AS stream_id, c.id AS channel_id, k.stream_key, k.key_id,
         k.revoked_at IS NOT NULL AS is_revoked, false AS has_ended, false AS is_banned,
         NULL::bigint AS other_live_stream_id
  FROM channel_keys k JOIN channels c ON c.id = k.channel_id
  WHERE c.user_id = $1)sql"};

const Statement kRotateStreamKey{"live.rotate_stream_key", R"sql(
  UPDATE streams SET stream_key = $2, key_id = nextval('stream_key_ids'), key_revoked_at = NULL
  WHERE id = $1 AND state <> 'ended')sql"};

const Statement kRevokeStreamKey{"live.revoke_stream_key", R"sql(
  UPDATE streams SET key_revoked_at = coalesce(key_revoked_at, $2)
  WHERE id = $1 AND state <> 'ended')sql"};

const Statement kMakeChannelKey{"live.make_channel_key", R"sql(
  INSERT INTO channel_keys (channel_id, stream_key, created_at)
  SELECT id, $2, $3 FROM channels WHERE user_id = $1
  ON CONFLICT (channel_id) DO NOTHING)sql"};

const Statement kRotateChannelKey{"live.rotate_channel_key", R"sql(
  WITH old AS (
    SELECT k.channel_id, k.key_id, c.user_id FROM channel_keys k JOIN channels c ON c.id = k.channel_id
    WHERE c.user_id = $1 FOR UPDATE OF k
  ), rotated AS (
    UPDATE channel_keys k SET stream_key = $2, key_id = nextval('stream_key_ids'), created_at = $3, revoked_at = NULL
    FROM old WHERE k.channel_id = old.channel_id
  )
  SELECT s.id FROM streams s JOIN old ON s.user_id = old.user_id
  WHERE s.state <> 'ended' AND (s.by_channel_key OR s.publish_key_id = old.key_id))sql"};

const Statement kRevokeChannelKey{"live.revoke_channel_key", R"sql(
  WITH revoked AS (
    UPDATE channel_keys k SET revoked_at = coalesce(k.revoked_at, $2)
    FROM channels c WHERE c.id = k.channel_id AND c.user_id = $1
    RETURNING k.key_id, c.user_id
  )
  SELECT s.id FROM streams s JOIN revoked ON s.user_id = revoked.user_id
  WHERE s.state <> 'ended' AND (s.by_channel_key OR s.publish_key_id = revoked.key_id))sql"};

const Statement kFindOpenStream{"live.find_open_stream", R"sql(
  SELECT id FROM streams
  WHERE user_id = $1 AND (is_live OR (state = 'waiting' AND by_channel_key))
  ORDER BY is_live DESC, id DESC LIMIT 1)sql"};

const Statement kExtendGrace{"live.extend_grace", R"sql(
  UPDATE streams SET grace_ends_at = greatest(grace_ends_at, $2) WHERE id = $1 AND state = 'reconnecting')sql"};

// Between the permission and the first picture a key may have been revoked, a stream ended, an account
// suspended.
const Statement kLockForAir{"live.lock_for_air", R"sql(
  SELECT s.state <> 'ended'
         AND NOT EXISTS (SELECT FROM users_shut_out b WHERE b.user_id = s.user_id)
         AND ((s.key_id = $2 AND s.key_revoked_at IS NULL)
              OR EXISTS (SELECT FROM channel_keys k JOIN channels c ON c.id = k.channel_id
                         WHERE c.user_id = s.user_id AND k.key_id = $2 AND k.revoked_at IS NULL)) AS may_go_on_air
  FROM streams s WHERE s.id = $1 FOR UPDATE OF s)sql"};

const Statement kEndSuperseded{"live.end_superseded", R"sql(
  UPDATE streams SET state = 'ended', ended_at = $2, grace_ends_at = NULL, publish_id = NULL, publish_key_id = NULL,
                     viewer_count = 0, hidden_viewer_count = 0
  WHERE user_id = (SELECT user_id FROM streams WHERE id = $1) AND id <> $1 AND state = 'reconnecting'
  RETURNING id)sql"};

const Statement kSetOnAir{"live.set_on_air", R"sql(
  UPDATE streams SET state = 'live', started_at = coalesce(started_at, $4), grace_ends_at = NULL, last_media_at = $4,
                     publish_id = $2, publish_key_id = $3
  WHERE id = $1)sql"};

const Statement kForgetPublisher{"live.forget_publisher", R"sql(
  UPDATE streams SET publish_id = NULL, publish_key_id = NULL WHERE id = $1 AND publish_id = $2)sql"};

// Where nobody is known to be on air, the one who left was: the one before was taken over from, and the new
// one never had a picture.
const Statement kStartGrace{"live.start_grace", R"sql(
  UPDATE streams SET state = 'reconnecting', grace_ends_at = $4, last_media_at = $3, publish_id = NULL,
                     publish_key_id = NULL
  WHERE id = $1 AND state = 'live' AND (publish_id IS NULL OR publish_id = $2))sql"};

const Statement kEndOnAir{"live.end_on_air", R"sql(
  UPDATE streams SET state = 'ended', ended_at = $2, grace_ends_at = NULL, publish_id = NULL, publish_key_id = NULL,
                     viewer_count = 0, hidden_viewer_count = 0
  WHERE id = $1 AND is_live)sql"};

const Statement kResumeAll{"live.resume_all", R"sql(
  UPDATE streams SET state = 'reconnecting', grace_ends_at = $1, publish_id = NULL, publish_key_id = NULL
  WHERE is_live
  RETURNING id)sql"};

const Statement kEndOverdue{"live.end_overdue", R"sql(
  UPDATE streams SET state = 'ended', ended_at = $1, grace_ends_at = NULL, viewer_count = 0, hidden_viewer_count = 0
  WHERE state = 'reconnecting' AND grace_ends_at <= $1
  RETURNING id)sql"};

template <typename IdType>
std::optional<IdType> optional_id(const PgRow& row, std::string_view column) {
  const auto value = row.optional_integer(column);
  return value ? std::optional(IdType{*value}) : std::nullopt;
}

KeyRecord record_of(const PgRow& row) {
  return {.subject = {.user_id = row.id<UserId>("user_id"),
                      .stream_id = optional_id<StreamId>(row, "stream_id"),
                      .channel_id = optional_id<ChannelId>(row, "channel_id"),
                      .key_id = row.integer("key_id")},
          .stream_key = row.text("stream_key"),
          .is_revoked = row.boolean("is_revoked"),
          .is_banned = row.boolean("is_banned"),
          .has_ended = row.boolean("has_ended"),
          .other_live_stream_id = optional_id<StreamId>(row, "other_live_stream_id")};
}

std::vector<StreamId> ids_in(const PgResult& rows) {
  std::vector<StreamId> ids;
  for (std::size_t i = 0; i < rows.size(); ++i) ids.push_back(rows.row(i).id<StreamId>("id"));
  return ids;
}

Task<Result<std::optional<KeyRecord>>> find_record(io::Pg& pg, const Statement& statement, PgParams params) {
  CO_TRY(const PgResult rows, co_await pg.query(statement, std::move(params)));
  if (rows.empty()) co_return std::nullopt;
  co_return record_of(rows.front());
}

Task<Result<std::vector<StreamId>>> list_ids(io::Pg& pg, const Statement& statement, PgParams params) {
  CO_TRY(const PgResult rows, co_await pg.query(statement, std::move(params)));
  co_return ids_in(rows);
}

Task<Result<bool>> changes_a_row(io::Pg& pg, const Statement& statement, PgParams params) {
  CO_TRY(const PgResult rows, co_await pg.query(statement, std::move(params)));
  co_return rows.affected() > 0;
}

Task<Result<void>> change(io::Pg& pg, const Statement& statement, PgParams params) {
  CO_TRY_VOID(co_await pg.query(statement, std::move(params)));
  co_return Result<void>{};
}

}  // namespace

Task<Result<std::optional<PublishStore::StoredKey>>> PublishStore::find_key(std::string stream_key) {
  for (const Statement* statement : {&kFindKeyOfStream, &kFindKeyOfChannel}) {
    PgParams params{stream_key};
    CO_TRY(const PgResult rows, co_await pg_.query(*statement, std::move(params)));
    if (rows.empty()) continue;
    co_return StoredKey{.record = record_of(rows.front()), .username = rows.front().text("username")};
  }
  co_return std::nullopt;
}

Task<Result<std::optional<KeyRecord>>> PublishStore::find_stream_key(StreamId id) {
  return find_record(pg_, kFindStreamKey, PgParams{id});
}

Task<Result<std::optional<KeyRecord>>> PublishStore::find_channel_key(UserId owner) {
  return find_record(pg_, kFindChannelKey, PgParams{owner});
}

Task<Result<bool>> PublishStore::rotate_stream_key(StreamId id, std::string stream_key) {
  return changes_a_row(pg_, kRotateStreamKey, PgParams{id, std::move(stream_key)});
}

Task<Result<bool>> PublishStore::revoke_stream_key(StreamId id, WallTime now) {
  return changes_a_row(pg_, kRevokeStreamKey, PgParams{id, now});
}

Task<Result<void>> PublishStore::make_channel_key(UserId owner, std::string stream_key, WallTime now) {
  return change(pg_, kMakeChannelKey, PgParams{owner, std::move(stream_key), now});
}

Task<Result<std::vector<StreamId>>> PublishStore::rotate_channel_key(UserId owner, std::string stream_key,
                                                                     WallTime now) {
  return list_ids(pg_, kRotateChannelKey, PgParams{owner, std::move(stream_key), now});
}

Task<Result<std::vector<StreamId>>> PublishStore::revoke_channel_key(UserId owner, WallTime now) {
  return list_ids(pg_, kRevokeChannelKey, PgParams{owner, now});
}

Task<Result<std::optional<StreamId>>> PublishStore::find_open_stream(PgSessionPtr session, UserId owner) {
  PgParams params{owner};
  CO_TRY(const PgResult rows, co_await session->query(kFindOpenStream, std::move(params)));
  if (rows.empty()) co_return std::nullopt;
  co_return rows.front().id<StreamId>("id");
}

Task<Result<void>> PublishStore::extend_grace(StreamId id, WallTime grace_ends_at) {
  return change(pg_, kExtendGrace, PgParams{id, grace_ends_at});
}

Task<Result<bool>> PublishStore::lock_for_air(PgSessionPtr session, StreamId id, std::int64_t key_id) {
  PgParams params{id, key_id};
  CO_TRY(const PgResult rows, co_await session->query(kLockForAir, std::move(params)));
  co_return !rows.empty() && rows.front().boolean("may_go_on_air");
}

Task<Result<std::vector<StreamId>>> PublishStore::end_superseded(PgSessionPtr session, StreamId id,
                                                                 WallTime now) {
  PgParams params{id, now};
  CO_TRY(const PgResult rows, co_await session->query(kEndSuperseded, std::move(params)));
  co_return ids_in(rows);
}

Task<Result<void>> PublishStore::set_on_air(PgSessionPtr session, OnAir on_air, WallTime now) {
  PgParams params{on_air.id, on_air.publish_id, on_air.key_id, now};
  CO_TRY_VOID(co_await session->query(kSetOnAir, std::move(params)));
  co_return Result<void>{};
}

Task<Result<void>> PublishStore::forget_publisher(StreamId id, std::string publish_id) {
  return change(pg_, kForgetPublisher, PgParams{id, std::move(publish_id)});
}

Task<Result<bool>> PublishStore::start_grace(StreamId id, std::string publish_id, WallTime now,
                                             WallTime grace_ends_at) {
  return changes_a_row(pg_, kStartGrace, PgParams{id, std::move(publish_id), now, grace_ends_at});
}

Task<Result<bool>> PublishStore::end_on_air(StreamId id, WallTime now) {
  return changes_a_row(pg_, kEndOnAir, PgParams{id, now});
}

Task<Result<std::vector<StreamId>>> PublishStore::resume_all(WallTime grace_ends_at) {
  return list_ids(pg_, kResumeAll, PgParams{grace_ends_at});
}

Task<Result<std::vector<StreamId>>> PublishStore::end_overdue(WallTime now) {
  return list_ids(pg_, kEndOverdue, PgParams{now});
}

}  // namespace luso::live
