#include "studio/checklists.h"

#include "gen/reasons.h"

namespace luso::studio {
namespace {

using channels::Action;
using io::PgParams;
using io::PgResult;
using io::PgRow;
using io::Statement;

const Statement kRead{"studio.read_progress", R"sql(
  SELECT c.display_name, c.default_title, c.description <> '' AS has_description, c.region IS NOT NULL AS has_region,
         u.avatar_url IS NOT NULL AS has_picture,
         EXISTS (SELECT FROM streams s WHERE s.user_id = c.user_id) AS has_stream,
         EXISTS (SELECT FROM streams s WHERE s.user_id = c.user_id AND s.started_at IS NOT NULL) AS has_been_live,
         EXISTS (SELECT FROM channel_keys k WHERE k.channel_id = c.id AND k.revoked_at IS NULL) AS has_key,
         EXISTS (SELECT FROM channel_members m WHERE m.channel_id = c.id) AS has_team,
         p.upload_kbps, p.upload_measured_at, p.dismissed_at IS NOT NULL AS is_dismissed
  FROM channels c
  JOIN users u ON u.id = c.user_id
  LEFT JOIN studio_progress p ON p.channel_id = c.id
  WHERE c.user_id = $1)sql"};

// What is not said stays as it was.
const Statement kWrite{"studio.write_progress", R"sql(
  INSERT INTO studio_progress AS p (channel_id, upload_kbps, upload_measured_at, dismissed_at)
  SELECT id, $2::integer, CASE WHEN $2::integer IS NOT NULL THEN $4::timestamptz END,
         CASE WHEN $3::boolean THEN $4::timestamptz END
  FROM channels WHERE user_id = $1
  ON CONFLICT (channel_id) DO UPDATE SET
    upload_kbps = coalesce(excluded.upload_kbps, p.upload_kbps),
    upload_measured_at = coalesce(excluded.upload_measured_at, p.upload_measured_at),
    dismissed_at = CASE WHEN $3::boolean IS NULL THEN p.dismissed_at ELSE excluded.dismissed_at END)sql"};

Progress progress_of(const PgRow& row) {
  return {.has_picture = row.boolean("has_picture"),
          .has_description = row.boolean("has_description"),
          .has_region = row.boolean("has_region"),
          .display_name = row.text("display_name"),
          .default_title = row.text("default_title"),
          .has_stream = row.boolean("has_stream"),
          .has_key = row.boolean("has_key"),
          .has_been_live = row.boolean("has_been_live"),
          .has_team = row.boolean("has_team"),
          .upload_kbps = row.optional_integer("upload_kbps"),
          .upload_measured_at = row.optional_time("upload_measured_at"),
          .is_dismissed = row.boolean("is_dismissed")};
}

}  // namespace

Task<Result<Progress>> Checklists::get(UserId caller, std::optional<std::string> channel) {
  CO_TRY(const UserId owner, co_await access_.owner_for(caller, std::move(channel), Action::view_studio));
  co_return co_await read(owner);
}

Task<Result<Progress>> Checklists::update(UserId caller, std::optional<std::string> channel,
                                          ChecklistChange change) {
  CO_TRY(const UserId owner, co_await access_.owner_for(caller, std::move(channel), Action::edit_channel));
  PgParams params{owner, change.upload_kbps, change.is_dismissed, clock_.now()};
  CO_TRY_VOID(co_await pg_.query(kWrite, std::move(params)));
  co_return co_await read(owner);
}

Task<Result<Progress>> Checklists::read(UserId owner) {
  PgParams params{owner};
  CO_TRY(const PgResult rows, co_await pg_.query(kRead, std::move(params)));
  if (rows.empty()) co_return gen::fail(gen::reasons::kChannelsNotFound);
  co_return progress_of(rows.front());
}

}  // namespace luso::studio
