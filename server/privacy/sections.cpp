#include "privacy/sections.h"

#include <array>

namespace luso::privacy {
namespace {

using io::Statement;

const Statement kAccount{"privacy.account", R"sql(
  SELECT r.id AS key, to_jsonb(r)::text AS row FROM (
    SELECT id, username, display_name, email, role, locale, region, avatar_url, created_at, erase_after
    FROM users WHERE id = $1 AND id > $2) r)sql"};

const Statement kSessions{"privacy.sessions", R"sql(
  SELECT r.id AS key, to_jsonb(r)::text AS row FROM (
    SELECT id, user_agent, created_at, last_seen_at, expires_at
    FROM sessions WHERE user_id = $1 AND id > $2 ORDER BY id LIMIT 200) r)sql"};

const Statement kApiTokens{"privacy.api_tokens", R"sql(
  SELECT r.id AS key, to_jsonb(r)::text AS row FROM (
    SELECT id, name, scopes, created_at, last_used_at, expires_at
    FROM api_tokens WHERE user_id = $1 AND id > $2 ORDER BY id LIMIT 200) r)sql"};

const Statement kEmailChanges{"privacy.email_changes", R"sql(
  SELECT r.id AS key, to_jsonb(r)::text AS row FROM (
    SELECT id, old_email, new_email, created_at, confirmed_at, expires_at
    FROM email_changes WHERE user_id = $1 AND id > $2 ORDER BY id LIMIT 200) r)sql"};

const Statement kTwoFactor{"privacy.two_factor", R"sql(
  SELECT user_id AS key, jsonb_build_object('created_at', created_at, 'confirmed_at', confirmed_at)::text AS row
  FROM two_factor WHERE user_id = $1 AND user_id > $2)sql"};

const Statement kBans{"privacy.bans", R"sql(
  SELECT user_id AS key, jsonb_build_object('reason', reason, 'created_at', created_at)::text AS row
  FROM bans WHERE user_id = $1 AND user_id > $2)sql"};

// What others did to the person has its detail; of what the person did to others the detail speaks of those.
const Statement kAudit{"privacy.audit_log", R"sql(
  SELECT r.id AS key, to_jsonb(r)::text AS row FROM (
    SELECT id, at, action, coalesce(actor_id = $1, false) AS by_me, coalesce(subject_id = $1, false) AS about_me,
           CASE WHEN subject_id = $1 THEN detail ELSE '' END AS detail
    FROM audit_log WHERE (subject_id = $1 OR actor_id = $1) AND id > $2 ORDER BY id LIMIT 200) r)sql"};

// Keys of pictures are random: they are counted instead. There are few, those replaced are swept.
const Statement kPictures{"privacy.pictures", R"sql(
  SELECT r.number AS key, (to_jsonb(r) - 'number')::text AS row FROM (
    SELECT row_number() OVER (ORDER BY created_at, id) AS number, id, kind, created_at, replaced_at,
           ARRAY(SELECT '/pictures/' || p.id || '-' || z.width || '.webp'
                 FROM picture_sizes z WHERE z.picture_id = p.id ORDER BY z.width) AS urls
    FROM pictures p WHERE user_id = $1) r
  WHERE r.number > $2 ORDER BY r.number LIMIT 200)sql"};

const Statement kChannel{"privacy.channels", R"sql(
  SELECT r.id AS key, to_jsonb(r)::text AS row FROM (
    SELECT id, display_name, description, language, region, default_title, default_category, streams_per_day,
           followers_count, banner_url, embed_hosts, created_at, updated_at
    FROM channels WHERE user_id = $1 AND id > $2 ORDER BY id LIMIT 200) r)sql"};

const Statement kChannelKeys{"privacy.channel_keys", R"sql(
  SELECT k.key_id AS key, jsonb_build_object('created_at', k.created_at, 'revoked_at', k.revoked_at)::text AS row
  FROM channel_keys k JOIN channels c ON c.id = k.channel_id
  WHERE c.user_id = $1 AND k.key_id > $2 ORDER BY k.key_id LIMIT 200)sql"};

const Statement kStudio{"privacy.studio_progress", R"sql(
  SELECT p.channel_id AS key, (to_jsonb(p) - 'channel_id')::text AS row FROM (
    SELECT channel_id, upload_kbps, upload_measured_at, dismissed_at FROM studio_progress) p
  JOIN channels c ON c.id = p.channel_id
  WHERE c.user_id = $1 AND p.channel_id > $2)sql"};

const Statement kFollows{"privacy.follows", R"sql(
  SELECT c.id AS key, jsonb_build_object('username', u.username, 'created_at', f.created_at)::text AS row
  FROM follows f JOIN channels c ON c.id = f.channel_id JOIN users u ON u.id = c.user_id
  WHERE f.user_id = $1 AND c.id > $2 ORDER BY c.id LIMIT 200)sql"};

// Teams the person is on, and who is on their own.
const Statement kTeam{"privacy.channel_members", R"sql(
  SELECT row_number AS key, (to_jsonb(r) - 'row_number')::text AS row FROM (
    SELECT row_number() OVER (ORDER BY m.created_at, m.channel_id, m.user_id), owner.username AS channel,
           member.username AS member, m.role, coalesce(m.invited_by = $1, false) AS invited_by_me,
           m.created_at, m.accepted_at
    FROM channel_members m JOIN channels c ON c.id = m.channel_id
    JOIN users owner ON owner.id = c.user_id JOIN users member ON member.id = m.user_id
    WHERE m.user_id = $1 OR c.user_id = $1) r
  WHERE row_number > $2 ORDER BY row_number LIMIT 200)sql"};

const Statement kSchedule{"privacy.channel_schedule", R"sql(
  SELECT r.id AS key, to_jsonb(r)::text AS row FROM (
    SELECT s.id, s.title, s.category, s.duration_min, s.starts_at, s.weekday, s.minute_of_day, s.time_zone,
           s.created_at, ARRAY(SELECT x.day FROM channel_schedule_cancelled x WHERE x.entry_id = s.id ORDER BY x.day)
             AS cancelled_days
    FROM channel_schedule s JOIN channels c ON c.id = s.channel_id
    WHERE c.user_id = $1 AND s.id > $2 ORDER BY s.id LIMIT 200) r)sql"};

const Statement kPanels{"privacy.channel_panels", R"sql(
  SELECT r.position AS key, to_jsonb(r)::text AS row FROM (
    SELECT p.position, p.title, p.body FROM channel_panels p JOIN channels c ON c.id = p.channel_id
    WHERE c.user_id = $1 AND p.position > $2 ORDER BY p.position LIMIT 200) r)sql"};

const Statement kLinks{"privacy.channel_links", R"sql(
  SELECT r.position AS key, to_jsonb(r)::text AS row FROM (
    SELECT l.position, l.label, l.url FROM channel_links l JOIN channels c ON c.id = l.channel_id
    WHERE c.user_id = $1 AND l.position > $2 ORDER BY l.position LIMIT 200) r)sql"};

const Statement kStreams{"privacy.streams", R"sql(
  SELECT r.id AS key, to_jsonb(r)::text AS row FROM (
    SELECT id, title, category, language, state, is_live, by_channel_key, created_at, started_at, ended_at,
           last_media_at, grace_ends_at, key_revoked_at, viewer_count, hidden_viewer_count, total_viewers,
           peak_viewers, peak_viewers_raw, watch_time_s, average_watch_time_s
    FROM streams WHERE user_id = $1 AND id > $2 ORDER BY id LIMIT 200) r)sql"};

const Statement kWatched{"privacy.viewer_sessions", R"sql(
  SELECT r.id AS key, to_jsonb(r)::text AS row FROM (
    SELECT v.id, v.stream_id, u.username AS channel, s.title, v.joined_at, v.left_at, v.last_beat_at, v.counted_until,
           v.verified_at, v.is_own, v.beats, v.total_watch_time, v.watch_time_ms, v.hidden_watch_time_ms, v.playhead_s,
           v.stalls, v.stalled_ms, v.is_playing, v.is_visible, v.protocol, v.height, v.latency_ms
    FROM viewer_sessions v JOIN streams s ON s.id = v.stream_id JOIN users u ON u.id = s.user_id
    WHERE v.user_id = $1 AND v.id > $2 ORDER BY v.id LIMIT 200) r)sql"};

const std::array kSections{
    Section{.name = "account", .table = "users", .page = &kAccount},
    Section{.name = "sessions", .table = "sessions", .page = &kSessions},
    Section{.name = "api_tokens", .table = "api_tokens", .page = &kApiTokens},
    Section{.name = "email_changes", .table = "email_changes", .page = &kEmailChanges},
    Section{.name = "two_factor", .table = "two_factor", .page = &kTwoFactor},
    Section{.name = "suspensions", .table = "bans", .page = &kBans},
    Section{.name = "records", .table = "audit_log", .page = &kAudit},
    Section{.name = "pictures", .table = "pictures", .page = &kPictures},
    Section{.name = "channel", .table = "channels", .page = &kChannel},
    Section{.name = "channel_key", .table = "channel_keys", .page = &kChannelKeys},
    Section{.name = "studio", .table = "studio_progress", .page = &kStudio},
    Section{.name = "team", .table = "channel_members", .page = &kTeam},
    Section{.name = "schedule", .table = "channel_schedule", .page = &kSchedule},
    Section{.name = "panels", .table = "channel_panels", .page = &kPanels},
    Section{.name = "links", .table = "channel_links", .page = &kLinks},
    Section{.name = "streams", .table = "streams", .page = &kStreams},
    Section{.name = "follows", .table = "follows", .page = &kFollows},
    Section{.name = "watched", .table = "viewer_sessions", .page = &kWatched},
};

constexpr auto kTablesLeftOut = std::to_array<Exception>({
    {.of = "schema_migrations", .reason = "The house's own."},
    {.of = "stream_categories", .reason = "The house's own."},
    {.of = "emotes", .reason = "The house's own."},
    {.of = "held_usernames", .reason = "Names of accounts that are gone; whoever may ask has another."},
    {.of = "pending_registrations", .reason = "Of nobody yet; gone within a day."},
    {.of = "password_resets", .reason = "A hash and two times, gone within the hour."},
    {.of = "second_steps", .reason = "A hash and two times, gone within five minutes."},
    {.of = "recovery_codes", .reason = "Hashes alone."},
    {.of = "letter_outbox", .reason = "Letters on their way to the person themselves."},
    {.of = "picture_sizes", .reason = "Behind the addresses that the pictures' rows name."},
    {.of = "viewer_samples", .reason = "Counts a minute, of nobody in particular."},
    {.of = "channel_schedule_cancelled", .reason = "In the schedule's rows, as cancelled_days."},
    {.of = "channel_search", .reason = "Words of the channel, made anew from its row."},
    {.of = "stream_search", .reason = "Words of the stream, made anew from its row."},
    {.of = "search_words",
     .reason = "Words that anybody's names and titles have, of nobody's in particular; a word goes with the "
               "last of them."},
});

// Hashes, keys and tokens stay out: the file lies in a downloads folder, and they tell a person nothing.
constexpr auto kColumnsLeftOut = std::to_array<Exception>({
    {.of = "users.email_key", .reason = "The e-mail once more, in small letters."},
    {.of = "users.password_hash", .reason = "Opens the account to whoever breaks it."},
    {.of = "users.avatar_id", .reason = "Part of avatar_url."},
    {.of = "sessions.token_hash", .reason = "A key."},
    {.of = "api_tokens.token_hash", .reason = "A key."},
    {.of = "email_changes.token_hash", .reason = "A key."},
    {.of = "two_factor.sealed_secret", .reason = "A key."},
    {.of = "two_factor.last_step", .reason = "Which code came last: the house's own counting."},
    {.of = "bans.by_user_id", .reason = "Another person."},
    {.of = "audit_log.actor_id", .reason = "Maybe another person; by_me says when it is not."},
    {.of = "audit_log.subject_id", .reason = "Maybe another person; about_me says when it is not."},
    {.of = "channels.banner_id", .reason = "Part of banner_url."},
    {.of = "channel_keys.stream_key", .reason = "A key."},
    {.of = "channel_keys.key_id", .reason = "The number of a key."},
    {.of = "channel_members.invited_by",
     .reason = "Maybe another person; invited_by_me says when it is not."},
    {.of = "channel_schedule.next_starts_at", .reason = "Worked out from the rest."},
    {.of = "channel_schedule.next_ends_at", .reason = "Worked out from the rest."},
    {.of = "streams.stream_key", .reason = "A key."},
    {.of = "streams.key_id", .reason = "The number of a key."},
    {.of = "streams.publish_id", .reason = "The name of a connection."},
    {.of = "streams.publish_key_id", .reason = "The number of a key."},
    {.of = "viewer_sessions.session_id", .reason = "Counts a viewer to whoever sends it."},
    {.of = "follows.channel_id", .reason = "Its username is there."},
    {.of = "channel_members.channel_id", .reason = "Its owner's username is there."},
});

constexpr auto kLooseReferences = std::to_array<Exception>({
    {.of = "audit_log.actor_id", .reason = "A number that is nobody's once the account is erased."},
    {.of = "audit_log.subject_id", .reason = "As the actor; identity.forget_audit empties the detail."},
    {.of = "held_usernames.username", .reason = "Kept from impostors, and gone when its time is over."},
    {.of = "letter_outbox.recipient", .reason = "identity.forget_letters."},
    {.of = "pending_registrations.username", .reason = "identity.forget_pending; gone within a day."},
    {.of = "pending_registrations.display_name", .reason = "identity.forget_pending; gone within a day."},
    {.of = "pending_registrations.email", .reason = "identity.forget_pending; gone within a day."},
    {.of = "pending_registrations.email_key", .reason = "identity.forget_pending; gone within a day."},
});

}  // namespace

std::span<const Section> sections() {
  return kSections;
}

std::span<const Exception> tables_left_out() {
  return kTablesLeftOut;
}

std::span<const Exception> columns_left_out() {
  return kColumnsLeftOut;
}

std::span<const Exception> loose_references() {
  return kLooseReferences;
}

}  // namespace luso::privacy
