#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/ids.h"
#include "io/pg.h"
#include "pictures/model.h"

// Pictures and whose they are, as SQL.
namespace luso::pictures::store {

using io::PgSessionPtr;

struct PictureRow {
  std::string id;
  UserId user_id;
  Kind kind{};
  WallTime created_at;
};

[[nodiscard]] Task<Result<void>> insert_picture(PgSessionPtr session, PictureRow row);
[[nodiscard]] Task<Result<void>> insert_size(PgSessionPtr session, std::string picture_id, int width,
                                             std::string webp);
// Makes it what the user or the channel shows; empty: shows none. The address it has from now on.
[[nodiscard]] Task<Result<std::optional<std::string>>> show(PgSessionPtr session, UserId user, Kind kind,
                                                            std::optional<std::string> picture_id);
// Every other picture of that kind is replaced from now on.
[[nodiscard]] Task<Result<void>> replace_others(PgSessionPtr session, UserId user, Kind kind,
                                                std::string kept_id, WallTime now);
[[nodiscard]] Task<Result<void>> delete_all(PgSessionPtr session, UserId user, Kind kind);
[[nodiscard]] Task<Result<std::int64_t>> delete_replaced(io::Pg* pg, WallTime before);

[[nodiscard]] Task<Result<std::optional<std::string>>> find_webp(io::Pg* pg, std::string picture_id,
                                                                 int width);

}  // namespace luso::pictures::store
