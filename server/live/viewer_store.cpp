#include "live/viewer_store.h"

#include "live/rules.h"

namespace luso::live {
namespace {

using io::PgParams;
using io::PgResult;
using io::PgRow;
using io::Statement;

// A session is found again by the player's own id, whatever connection, address or server process the beat
// comes by. `told` is what this beat says beside the one before it:
//   gap_ms     since that beat
//   moved      the playhead went on
//   is_news    more than a beat delivered twice
//   may_count  it plays, moves, or waits with everybody else for the encoder to come back
// A counted viewer stays one until the beat before this is out of the window: two beats within it, no fewer.
// The count of the answer has him in it, though the next sample is seconds away: nobody watches what nobody
// watches.
const Statement kBook{"live.book_heartbeat", R"sql(
  WITH stream AS (
    SELECT id, user_id, state, title, category, viewer_count, grace_ends_at FROM streams WHERE id = $1
  ), beat AS (
    INSERT INTO viewer_sessions AS v
      (stream_id, user_id, session_id, is_own, joined_at, last_beat_at, left_at, playhead_s, stalls, stalled_ms,
       is_playing, is_visible, protocol, height, latency_ms)
    SELECT id, $2, $3,
           coalesce(user_id = $2, false) OR EXISTS (
             SELECT FROM channels c JOIN channel_members m ON m.channel_id = c.id
             WHERE c.user_id = stream.user_id AND m.user_id = $2 AND m.role = 'editor' AND m.accepted_at IS NOT NULL),
           $4, $4, CASE WHEN $10::boolean THEN $4::timestamptz END, $5, $6,
           $7, $8 AND NOT $10::boolean, $9, $11, $12, $13
    FROM stream WHERE state IN ('live', 'reconnecting')
    ON CONFLICT (stream_id, session_id) DO UPDATE SET
      (counted_until, verified_at, watch_time_ms, hidden_watch_time_ms) = (
        SELECT
          CASE
            WHEN $10::boolean THEN NULL
            WHEN is_news AND may_count AND gap_ms <= $14::bigint THEN v.last_beat_at + $14::bigint * interval '1 ms'
            WHEN is_news THEN NULL
            ELSE v.counted_until
          END,
          CASE
            WHEN v.verified_at IS NULL AND is_news AND may_count AND gap_ms <= $14::bigint THEN $4::timestamptz
            ELSE v.verified_at
          END,
          v.watch_time_ms + CASE WHEN v.is_visible THEN watched_ms ELSE 0 END,
          v.hidden_watch_time_ms + CASE WHEN v.is_visible THEN 0 ELSE watched_ms END
        FROM (
          SELECT gap_ms,
                 moved OR gap_ms >= $16::bigint AS is_news,
                 moved OR $8::boolean OR state = 'reconnecting' AS may_count,
                 CASE WHEN v.is_playing AND state = 'live' AND (moved OR $8::boolean OR $10::boolean)
                      THEN least(gap_ms, $15::bigint) ELSE 0 END AS watched_ms
          FROM (
            SELECT state, excluded.playhead_s > v.playhead_s AS moved,
                   greatest(0, (extract(epoch FROM excluded.last_beat_at - v.last_beat_at) * 1000)::bigint) AS gap_ms
            FROM stream
          ) AS between_beats
        ) AS told
      ),
      user_id = coalesce(v.user_id, excluded.user_id),
      is_own = v.is_own OR excluded.is_own,
      beats = v.beats + 1,
      last_beat_at = greatest(v.last_beat_at, excluded.last_beat_at),
      left_at = excluded.left_at,
      playhead_s = excluded.playhead_s,
      stalls = greatest(v.stalls, excluded.stalls),
      stalled_ms = greatest(v.stalled_ms, excluded.stalled_ms),
      is_playing = excluded.is_playing,
      is_visible = excluded.is_visible,
      protocol = coalesce(excluded.protocol, v.protocol),
      height = coalesce(excluded.height, v.height),
      latency_ms = coalesce(excluded.latency_ms, v.latency_ms)
    RETURNING counted_until, is_own
  )
  SELECT s.state, greatest(s.viewer_count, (b.counted_until > $4 AND NOT b.is_own)::int) AS viewer_count,
         s.title, s.category, s.grace_ends_at,
         coalesce(b.counted_until > $4, false) AS is_counted
  FROM stream s LEFT JOIN beat b ON true)sql"};

// Somebody signed in is one viewer on however many screens: their sessions share the negative of their user's
// id, which no session's own id meets. peak_viewers and total_viewers only grow.
const Statement kSample{"live.sample_viewers", R"sql(
  WITH counted AS (
    SELECT s.id, s.is_live,
           count(DISTINCT viewer) FILTER (WHERE v.counted_until > $1) AS viewer_count,
           count(DISTINCT viewer) FILTER (WHERE v.counted_until > $1 AND NOT v.is_visible) AS hidden_viewer_count,
           count(v.id) FILTER (WHERE v.left_at IS NULL AND v.last_beat_at > $1 - $2::bigint * interval '1 ms')
             AS viewer_count_raw,
           count(DISTINCT viewer) FILTER (WHERE v.verified_at IS NOT NULL) AS total_viewers,
           coalesce(sum(v.watch_time_ms) FILTER (WHERE v.verified_at IS NOT NULL), 0) / 1000 AS watch_time_s
    FROM streams s
    LEFT JOIN viewer_sessions v ON v.stream_id = s.id AND NOT v.is_own
    CROSS JOIN LATERAL (SELECT coalesce(-v.user_id, v.id)) AS who (viewer)
    WHERE s.is_live OR s.ended_at > $1 - 2 * $2::bigint * interval '1 ms'
    GROUP BY s.id
  ), samples AS (
    INSERT INTO viewer_samples AS p (stream_id, minute, viewer_count, hidden_viewer_count, viewer_count_raw)
    SELECT c.id, date_trunc('minute', $1::timestamptz), c.viewer_count, c.hidden_viewer_count, c.viewer_count_raw
    FROM counted c WHERE c.is_live
    ON CONFLICT (stream_id, minute) DO UPDATE SET
      viewer_count = greatest(p.viewer_count, excluded.viewer_count),
      hidden_viewer_count = greatest(p.hidden_viewer_count, excluded.hidden_viewer_count),
      viewer_count_raw = greatest(p.viewer_count_raw, excluded.viewer_count_raw)
    WHERE (p.viewer_count, p.hidden_viewer_count, p.viewer_count_raw)
      IS DISTINCT FROM (excluded.viewer_count, excluded.hidden_viewer_count, excluded.viewer_count_raw)
  ), booked AS (
    UPDATE streams s SET
      viewer_count = CASE WHEN s.is_live THEN c.viewer_count ELSE 0 END,
      hidden_viewer_count = CASE WHEN s.is_live THEN c.hidden_viewer_count ELSE 0 END,
      peak_viewers = greatest(s.peak_viewers, c.viewer_count),
      peak_viewers_raw = greatest(s.peak_viewers_raw, c.viewer_count_raw),
      total_viewers = greatest(s.total_viewers, c.total_viewers),
      watch_time_s = c.watch_time_s,
      average_watch_time_s = c.watch_time_s / greatest(c.total_viewers, 1)
    FROM counted c
    WHERE s.id = c.id
      AND (s.viewer_count, s.hidden_viewer_count, s.peak_viewers_raw, s.total_viewers, s.watch_time_s)
        IS DISTINCT FROM (CASE WHEN s.is_live THEN c.viewer_count ELSE 0 END,
                          CASE WHEN s.is_live THEN c.hidden_viewer_count ELSE 0 END,
                          greatest(s.peak_viewers_raw, c.viewer_count_raw), greatest(s.total_viewers, c.total_viewers),
                          c.watch_time_s)
  )
  SELECT coalesce(sum(viewer_count), 0)::bigint AS viewers FROM counted WHERE is_live)sql"};

const Statement kCloseSilent{"live.close_silent_viewers", R"sql(
  UPDATE viewer_sessions SET left_at = last_beat_at, counted_until = NULL, is_playing = false
  WHERE left_at IS NULL AND last_beat_at <= $1::timestamptz - $2::bigint * interval '1 ms')sql"};

std::int64_t milliseconds_of(Duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

}  // namespace

Task<Result<std::optional<ViewerStore::Booked>>> ViewerStore::book(Heartbeat beat, WallTime now) {
  const std::optional<UserId> user = beat.user_id ? std::optional(beat.user_id) : std::nullopt;
  PgParams params{beat.stream_id,
                  user,
                  beat.session_id,
                  now,
                  beat.playhead_s,
                  beat.stalls,
                  beat.stalled_ms,
                  beat.is_playing,
                  beat.is_visible,
                  beat.is_leaving,
                  beat.protocol,
                  beat.height,
                  beat.latency_ms,
                  milliseconds_of(rules::kViewerWindow),
                  milliseconds_of(rules::kWatchGapMax),
                  milliseconds_of(rules::kBeatSpacingMin)};
  CO_TRY(const PgResult rows, co_await pg_.query(kBook, std::move(params)));
  if (rows.empty()) co_return std::nullopt;
  const PgRow row = rows.front();
  HeartbeatAnswer answer{.state = gen::parse<StreamState>(row.text("state")).value_or(StreamState::ended),
                         .viewer_count = row.integer("viewer_count"),
                         .title = row.text("title"),
                         .category = row.text("category"),
                         .grace_ends_at = row.optional_time("grace_ends_at")};
  co_return Booked{.answer = std::move(answer), .is_counted = row.boolean("is_counted")};
}

Task<Result<std::int64_t>> ViewerStore::sample(WallTime now) {
  PgParams params{now, milliseconds_of(rules::kViewerWindow)};
  CO_TRY(const PgResult rows, co_await pg_.query(kSample, std::move(params)));
  co_return rows.front().integer("viewers");
}

Task<Result<void>> ViewerStore::close_silent(WallTime now) {
  PgParams params{now, milliseconds_of(rules::kViewerWindow)};
  CO_TRY_VOID(co_await pg_.query(kCloseSilent, std::move(params)));
  co_return Result<void>{};
}

}  // namespace luso::live
