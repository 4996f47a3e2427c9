#include "pictures/store.h"

#include <utility>

namespace luso::pictures::store {
namespace {

using io::PgParam;
using io::PgParams;
using io::PgResult;
using io::Statement;

const Statement kInsert{"pictures.insert", R"sql(
  INSERT INTO pictures (id, user_id, kind, created_at) VALUES ($1, $2, $3, $4))sql"};

const Statement kInsertSize{"pictures.insert_size", R"sql(
  INSERT INTO picture_sizes (picture_id, width, webp) VALUES ($1, $2, $3))sql"};

const Statement kShowAvatar{"pictures.show_avatar", R"sql(
  UPDATE users SET avatar_id = $2 WHERE id = $1 RETURNING avatar_url AS url)sql"};

const Statement kShowBanner{"pictures.show_banner", R"sql(
  UPDATE channels SET banner_id = $2 WHERE user_id = $1 RETURNING banner_url AS url)sql"};

const Statement kReplaceOthers{"pictures.replace_others", R"sql(
  UPDATE pictures SET replaced_at = $4
  WHERE user_id = $1 AND kind = $2 AND id <> $3 AND replaced_at IS NULL)sql"};

const Statement kDeleteAll{"pictures.delete_all", R"sql(
  DELETE FROM pictures WHERE user_id = $1 AND kind = $2)sql"};

const Statement kDeleteReplaced{"pictures.delete_replaced", R"sql(
  DELETE FROM pictures WHERE replaced_at < $1)sql"};

const Statement kFindWebp{"pictures.find_webp", R"sql(
  SELECT webp FROM picture_sizes WHERE picture_id = $1 AND width = $2)sql"};

}  // namespace

Task<Result<void>> insert_picture(PgSessionPtr session, PictureRow row) {
  PgParams params{row.id, row.user_id, name_of(row.kind), row.created_at};
  CO_TRY_VOID(co_await session->query(kInsert, std::move(params)));
  co_return Result<void>();
}

Task<Result<void>> insert_size(PgSessionPtr session, std::string picture_id, int width, std::string webp) {
  PgParams params{picture_id, width, PgParam::bytea(webp)};
  CO_TRY_VOID(co_await session->query(kInsertSize, std::move(params)));
  co_return Result<void>();
}

Task<Result<std::optional<std::string>>> show(PgSessionPtr session, UserId user, Kind kind,
                                              std::optional<std::string> picture_id) {
  PgParams params{user, picture_id};
  const Statement& statement = kind == Kind::avatar ? kShowAvatar : kShowBanner;
  CO_TRY(const PgResult rows, co_await session->query(statement, std::move(params)));
  if (rows.empty()) co_return std::nullopt;
  co_return rows.front().optional_text("url");
}

Task<Result<void>> replace_others(PgSessionPtr session, UserId user, Kind kind, std::string kept_id,
                                  WallTime now) {
  PgParams params{user, name_of(kind), kept_id, now};
  CO_TRY_VOID(co_await session->query(kReplaceOthers, std::move(params)));
  co_return Result<void>();
}

Task<Result<void>> delete_all(PgSessionPtr session, UserId user, Kind kind) {
  PgParams params{user, name_of(kind)};
  CO_TRY_VOID(co_await session->query(kDeleteAll, std::move(params)));
  co_return Result<void>();
}

Task<Result<std::int64_t>> delete_replaced(io::Pg* pg, WallTime before) {
  PgParams params{before};
  CO_TRY(const PgResult rows, co_await pg->query(kDeleteReplaced, std::move(params)));
  co_return rows.affected();
}

Task<Result<std::optional<std::string>>> find_webp(io::Pg* pg, std::string picture_id, int width) {
  PgParams params{picture_id, width};
  CO_TRY(const PgResult rows, co_await pg->query(kFindWebp, std::move(params)));
  if (rows.empty()) co_return std::nullopt;
  co_return rows.front().bytea("webp");
}

}  // namespace luso::pictures::store
