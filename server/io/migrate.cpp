#include "io/migrate.h"

#include <array>
#include <sodium.h>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "base/log.h"
#include "base/text.h"

namespace luso::io {
namespace {

// Under the lock there is one migrating process; a long step is not a late statement.
constexpr std::string_view kEnter = R"sql(
  SET LOCAL statement_timeout = 0;
  SELECT pg_advisory_xact_lock(7232186001);
  CREATE TABLE IF NOT EXISTS schema_migrations (
    version    INTEGER     PRIMARY KEY,
    name       TEXT        NOT NULL,
    checksum   TEXT        NOT NULL,
    applied_at TIMESTAMPTZ NOT NULL DEFAULT now()
  );)sql";

const Statement kTableExists{"io.migrations_table_exists", R"sql(
  SELECT to_regclass('schema_migrations') IS NOT NULL AS found)sql"};

const Statement kApplied{"io.applied_migrations", R"sql(
  SELECT version, name, checksum, applied_at FROM schema_migrations ORDER BY version)sql"};

const Statement kRecord{"io.record_migration", R"sql(
  INSERT INTO schema_migrations (version, name, checksum) VALUES ($1, $2, $3))sql"};

struct Applied {
  int version;
  std::string name;
  std::string checksum;
  WallTime at;
};

std::string checksum_of(const Migration& migration) {
  std::array<std::uint8_t, crypto_hash_sha256_BYTES> digest{};
  const ByteView sql = as_bytes(migration.sql);
  crypto_hash_sha256(digest.data(), sql.data(), sql.size());
  return hex_encode(digest);
}

std::string file_name(int version, std::string_view name) {
  return fmt::format("{:04}_{}", version, name);
}

std::string utc_text(WallTime time) {
  return fmt::format("{:%Y-%m-%d %H:%M:%S}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

tl::unexpected<Error> refuse(std::string sentence) {
  return fail(ErrorKind::precondition, "pg.migrations", std::move(sentence));
}

Task<Result<std::vector<Applied>>> read_applied(PgSessionPtr session) {
  CO_TRY(const PgResult rows, co_await session->query(kApplied, PgParams{}));
  std::vector<Applied> applied;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const PgRow row = rows.row(i);
    applied.push_back({.version = static_cast<int>(row.integer("version")),
                       .name = row.text("name"),
                       .checksum = row.text("checksum"),
                       .at = row.time("applied_at")});
  }
  co_return applied;
}

// What is applied must be a prefix of what we carry, to the letter. Answers how long the prefix is.
Result<std::size_t> check_prefix(std::span<const Migration> migrations, const std::vector<Applied>& applied) {
  for (std::size_t i = 0; i < applied.size(); ++i) {
    const Applied& done = applied[i];
    const std::string done_name = file_name(done.version, done.name);
    if (i >= migrations.size()) {
      return refuse("The database has migration " + done_name +
                    ", which this binary does not know: it is too old.");
    }
    const Migration& ours = migrations[i];
    if (ours.version < done.version) {
      return refuse("Migration " + file_name(ours.version, ours.name) + " comes before " + done_name +
                    ", which the database has already: give it a later number.");
    }
    if (ours.version > done.version || ours.name != done.name) {
      return refuse("The database has migration " + done_name + ", which this binary does not know.");
    }
    if (checksum_of(ours) != done.checksum) {
      return refuse("Migration " + done_name +
                    " was edited after it was applied: put it back and write a new one.");
    }
  }
  return applied.size();
}

// One transaction: the next pending step, if any. True when there was one.
Task<Result<bool>> apply_next(PgSessionPtr session, std::span<const Migration> migrations) {
  CO_TRY_VOID(co_await session->execute_script(std::string(kEnter)));
  CO_TRY(const std::vector<Applied> applied, co_await read_applied(session));
  CO_TRY(const std::size_t done, check_prefix(migrations, applied));
  if (done == migrations.size()) co_return false;
  const Migration& next = migrations[done];
  const std::string name = file_name(next.version, next.name);
  Result<void> executed = co_await session->execute_script(std::string(next.sql));
  if (!executed) {
    executed.error().detail = "Migration " + name + " failed: " + executed.error().detail;
    co_return tl::unexpected(executed.error());
  }
  PgParams record{next.version, next.name, checksum_of(next)};
  CO_TRY_VOID(co_await session->query(kRecord, std::move(record)));
  log::info("pg.migrated", {{"migration", name}});
  co_return true;
}

}  // namespace

Task<Result<int>> migrate(Pg& pg, std::span<const Migration> migrations) {
  for (int applied = 0;; ++applied) {
    auto step = [migrations](PgSessionPtr session) { return apply_next(std::move(session), migrations); };
    CO_TRY(const bool more, co_await pg.transaction<bool>(step));
    if (!more) co_return applied;
  }
}

Task<Result<std::vector<MigrationStatus>>> migration_status(Pg& pg, std::span<const Migration> migrations) {
  CO_TRY(const PgSessionPtr session, co_await pg.acquire());
  CO_TRY(const PgResult table, co_await session->query(kTableExists, PgParams{}));
  std::vector<Applied> applied;
  if (table.front().boolean("found")) {
    CO_TRY(applied, co_await read_applied(session));
  }
  CO_TRY_VOID(check_prefix(migrations, applied));
  std::vector<MigrationStatus> steps;
  for (std::size_t i = 0; i < migrations.size(); ++i) {
    steps.push_back({.version = migrations[i].version,
                     .name = std::string(migrations[i].name),
                     .applied_at = i < applied.size() ? std::optional(applied[i].at) : std::nullopt});
  }
  co_return steps;
}

std::string render_migration_status(const std::vector<MigrationStatus>& steps) {
  std::string out;
  for (const MigrationStatus& step : steps) {
    const std::string when = step.applied_at ? "applied " + utc_text(*step.applied_at) : "pending";
    out += fmt::format("{:40} {}\n", file_name(step.version, step.name), when);
  }
  return out;
}

Task<Result<bool>> is_migrated(Pg& pg, std::span<const Migration> migrations) {
  CO_TRY(const std::vector<MigrationStatus> steps, co_await migration_status(pg, migrations));
  co_return std::ranges::all_of(steps,
                                [](const MigrationStatus& step) { return step.applied_at.has_value(); });
}

}  // namespace luso::io
