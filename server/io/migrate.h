#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "io/pg.h"

// The schema, one step at a time: db/migrations/NNNN_name.sql, carried inside the binary and never edited
// once applied.
namespace luso::io {

struct Migration {
  int version = 0;
  std::string_view name;
  std::string_view sql;
};

// What this binary carries, in ascending order.
[[nodiscard]] std::span<const Migration> embedded_migrations();

struct MigrationStatus {
  int version = 0;
  std::string name;
  std::optional<WallTime> applied_at;  // Empty: pending.
};

// Applies what is pending, each step in a transaction of its own and under a lock, so that several processes
// may start at once; answers how many it applied. A step that was edited after it was applied, a gap, or a
// database that a newer binary has migrated is an error whose detail says so in one sentence, and nothing is
// changed.
[[nodiscard]] Task<Result<int>> migrate(Pg& pg, std::span<const Migration> migrations);

// The same checks, and every step with the moment it was applied.
[[nodiscard]] Task<Result<std::vector<MigrationStatus>>> migration_status(
    Pg& pg, std::span<const Migration> migrations);
// What `lusotown migrate status` prints.
[[nodiscard]] std::string render_migration_status(const std::vector<MigrationStatus>& steps);

// True when nothing is pending: for /readyz and the start of a server that does not migrate.
[[nodiscard]] Task<Result<bool>> is_migrated(Pg& pg, std::span<const Migration> migrations);

}  // namespace luso::io
