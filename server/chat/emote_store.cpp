#include "chat/emote_store.h"

namespace luso::chat {
namespace {

using io::PgParams;
using io::PgResult;
using io::PgRow;
using io::Statement;

const Statement kList{"chat.list_emotes", R"sql(
  SELECT slug, code, kind, scope, regions, animated, name_pt, name_pt_br, name_en, context_pt, context_pt_br,
         context_en, unicode_fallback, aliases, variant_of
  FROM emotes
  WHERE $1::text IS NULL OR regions = '{}' OR $1::text = ANY(regions::text[])
  ORDER BY sort_order, slug)sql"};

const Statement kLoad{"chat.load_emotes", R"sql(
  INSERT INTO emotes AS e
    (slug, kind, regions, animated, name_pt, name_pt_br, name_en, context_pt, context_pt_br, context_en,
     unicode_fallback, aliases, variant_of, notes, sort_order)
  SELECT slug, kind, regions::region[], animated, name_pt, name_pt_br, name_en, context_pt, context_pt_br, context_en,
         unicode_fallback, aliases, variant_of, notes, sort_order
  FROM jsonb_to_recordset($1::jsonb) AS seed (
    slug text, kind text, regions text[], animated boolean, name_pt text, name_pt_br text, name_en text,
    context_pt text, context_pt_br text, context_en text, unicode_fallback text, aliases text[], variant_of text,
    notes text, sort_order integer)
  ON CONFLICT (slug) DO UPDATE SET
    kind = excluded.kind, regions = excluded.regions, animated = excluded.animated, name_pt = excluded.name_pt,
    name_pt_br = excluded.name_pt_br, name_en = excluded.name_en, context_pt = excluded.context_pt,
    context_pt_br = excluded.context_pt_br, context_en = excluded.context_en,
    unicode_fallback = excluded.unicode_fallback, aliases = excluded.aliases, variant_of = excluded.variant_of,
    notes = excluded.notes, sort_order = excluded.sort_order
  WHERE (e.kind, e.regions, e.animated, e.name_pt, e.name_pt_br, e.name_en, e.context_pt, e.context_pt_br,
         e.context_en, e.unicode_fallback, e.aliases, e.variant_of, e.notes, e.sort_order)
    IS DISTINCT FROM
        (excluded.kind, excluded.regions, excluded.animated, excluded.name_pt, excluded.name_pt_br, excluded.name_en,
         excluded.context_pt, excluded.context_pt_br, excluded.context_en, excluded.unicode_fallback,
         excluded.aliases, excluded.variant_of, excluded.notes, excluded.sort_order))sql"};

Emote emote_of(const PgRow& row) {
  return {.slug = row.text("slug"),
          .code = row.text("code"),
          .kind = row.text("kind"),
          .scope = row.text("scope"),
          .regions = row.text_array("regions"),
          .animated = row.boolean("animated"),
          .name_pt = row.text("name_pt"),
          .name_pt_br = row.text("name_pt_br"),
          .name_en = row.text("name_en"),
          .context_pt = row.text("context_pt"),
          .context_pt_br = row.text("context_pt_br"),
          .context_en = row.text("context_en"),
          .unicode_fallback = row.text("unicode_fallback"),
          .aliases = row.text_array("aliases"),
          .variant_of = row.optional_text("variant_of"),
          .url = {},
          .still_url = {}};
}

}  // namespace

Task<Result<std::vector<Emote>>> EmoteStore::list(std::optional<std::string> region) {
  PgParams params{region};
  CO_TRY(const PgResult rows, co_await pg_.query(kList, std::move(params)));
  std::vector<Emote> emotes;
  emotes.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) emotes.push_back(emote_of(rows.row(i)));
  co_return emotes;
}

Task<Result<void>> EmoteStore::load(std::string json) {
  PgParams params{std::move(json)};
  CO_TRY_VOID(co_await pg_.query(kLoad, std::move(params)));
  co_return Result<void>{};
}

}  // namespace luso::chat
