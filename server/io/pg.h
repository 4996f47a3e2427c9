#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/any_io_executor.hpp>

#include "base/clock.h"
#include "base/ids.h"
#include "io/task.h"

struct pg_result;  // libpq's PGresult

// PostgreSQL through libpq's non-blocking API: one pool of connections per reactor, prepared statements, one
// truth.
namespace luso::io {

// One SQL statement with a name; prepared once per connection. Define at namespace scope:
//   const Statement kFindUser{"identity.find_user", R"sql(SELECT … WHERE id = $1)sql"};
// Every Statement registers itself, so the tests can prepare them all against the migrated schema.
struct Statement {
  Statement(std::string_view name, std::string_view sql);
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  std::string_view name;
  std::string_view sql;
  [[nodiscard]] static const std::vector<const Statement*>& all();
};

// A parameter in PostgreSQL's text format; null when `text` is empty optional.
struct PgParam {
  std::optional<std::string> text;

  PgParam(std::nullopt_t) {}  // NOLINT(google-explicit-constructor)

  PgParam(std::string_view value) : text(value) {}  // NOLINT(google-explicit-constructor)

  PgParam(const char* value) : text(value) {}  // NOLINT(google-explicit-constructor)

  PgParam(std::string value) : text(std::move(value)) {}  // NOLINT(google-explicit-constructor)

  PgParam(bool value) : text(value ? "t" : "f") {}  // NOLINT(google-explicit-constructor)

  PgParam(std::int64_t value) : text(std::to_string(value)) {}  // NOLINT(google-explicit-constructor)

  PgParam(int value) : text(std::to_string(value)) {}  // NOLINT(google-explicit-constructor)

  PgParam(double value);    // NOLINT(google-explicit-constructor)
  PgParam(WallTime value);  // NOLINT(google-explicit-constructor)

  template <typename Tag>
  PgParam(Id<Tag> id) : text(std::to_string(id.value)) {}  // NOLINT(google-explicit-constructor)

  template <typename T>
  PgParam(const std::optional<T>& value) {  // NOLINT(google-explicit-constructor)
    if (value) text = PgParam(*value).text;
  }

  // Arrays: "{1,2,3}" and quoted text.
  static PgParam array(const std::vector<std::int64_t>& values);
  static PgParam array(const std::vector<std::string>& values);
  static PgParam bytea(std::string_view bytes);
};

using PgParams = std::vector<PgParam>;

// One row's view; lives as long as its PgResult. Columns go by name; asking for a column that is not
// there, or for a value that is null without `optional`, stops the process: the statement and the code
// disagree.
class PgRow {
 public:
  [[nodiscard]] bool is_null(std::string_view column) const;
  [[nodiscard]] std::string text(std::string_view column) const;
  [[nodiscard]] std::int64_t integer(std::string_view column) const;
  [[nodiscard]] double real(std::string_view column) const;
  [[nodiscard]] bool boolean(std::string_view column) const;
  [[nodiscard]] WallTime time(std::string_view column) const;  // timestamptz
  [[nodiscard]] std::string bytea(std::string_view column) const;
  [[nodiscard]] std::vector<std::string> text_array(std::string_view column) const;
  [[nodiscard]] std::optional<std::string> optional_text(std::string_view column) const;
  [[nodiscard]] std::optional<std::int64_t> optional_integer(std::string_view column) const;
  [[nodiscard]] std::optional<WallTime> optional_time(std::string_view column) const;

  template <typename IdType>
  [[nodiscard]] IdType id(std::string_view column) const {
    return IdType{integer(column)};
  }

 private:
  friend class PgResult;

  PgRow(const pg_result* result, int row) : result_(result), row_(row) {}

  [[nodiscard]] int index_of(std::string_view column) const;
  [[nodiscard]] std::optional<std::string_view> value_of(std::string_view column) const;
  [[nodiscard]] std::string_view required(std::string_view column) const;

  const pg_result* result_;
  int row_;
  mutable int next_column_ = 0;
};

class PgResult {
 public:
  explicit PgResult(std::shared_ptr<const pg_result> result) : result_(std::move(result)) {}

  [[nodiscard]] std::size_t size() const;

  [[nodiscard]] bool empty() const { return size() == 0; }

  [[nodiscard]] PgRow row(std::size_t index) const;

  [[nodiscard]] PgRow front() const { return row(0); }

  [[nodiscard]] std::int64_t affected() const;  // Rows changed by INSERT, UPDATE or DELETE.

 private:
  std::shared_ptr<const pg_result> result_;
};

// A connection held by one coroutine: a transaction in progress, or a session lock.
class PgSession {
 public:
  virtual ~PgSession() = default;
  [[nodiscard]] virtual Task<Result<PgResult>> query(const Statement& statement, PgParams params) = 0;
  // Simple protocol, several statements allowed, no deadline but the server's: migrations only.
  [[nodiscard]] virtual Task<Result<void>> execute_script(std::string sql) = 0;
};

using PgSessionPtr = std::shared_ptr<PgSession>;

enum class Isolation : std::uint8_t { read_committed, serializable };

// Errors: unique violations are `conflict`, "pg.unique_violation" with the constraint's name in `field`;
// foreign key, check and not-null violations `invalid`, "pg.constraint" with the constraint (the column, for
// not-null) in `field`, and so are values that do not fit their type; serialization failures, deadlocks and
// locks not had `conflict`, "pg.retry"; lost connections, full pools and timeouts `unavailable`,
// "pg.unavailable". Anything else is `internal`: a bug.
//
// Connections open when first needed. When the server goes away, callers wait for it until their acquire
// timeout. A coroutine cancelled in the middle of a statement cancels the statement and costs its connection,
// nothing more.
class Pg {
 public:
  struct Settings {
    std::string url;  // postgresql://… or a libpq conninfo
    unsigned connections_per_reactor = 4;
    std::size_t waiters_max = 1024;  // Coroutines waiting for a connection, per reactor.
    std::chrono::milliseconds acquire_timeout{5'000};
    std::chrono::milliseconds statement_timeout{10'000};
  };

  Pg(Settings settings, class Reactors& reactors);
  ~Pg();

  // On any connection of the calling reactor's pool, in autocommit.
  [[nodiscard]] Task<Result<PgResult>> query(const Statement& statement, PgParams params);

  // Begin, body, commit; any error from the body rolls back and is returned. A serializable transaction is
  // retried on "pg.retry" up to kTransactionTries times, so the body must be repeatable.
  static constexpr int kTransactionTries = 5;
  template <typename T>
  [[nodiscard]] Task<Result<T>> transaction(std::function<Task<Result<T>>(PgSessionPtr)> body,
                                            Isolation isolation = Isolation::read_committed);

  // A connection of one's own until the pointer goes away.
  [[nodiscard]] Task<Result<PgSessionPtr>> acquire();
  // SELECT 1 within a second: for /readyz.
  [[nodiscard]] Task<Result<void>> ping();
  [[nodiscard]] Task<void> close();

 private:
  [[nodiscard]] Task<Result<void>> begin(PgSessionPtr session, Isolation isolation);
  [[nodiscard]] Task<Result<void>> finish(PgSessionPtr session, bool commit);
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

template <typename T>
Task<Result<T>> Pg::transaction(std::function<Task<Result<T>>(PgSessionPtr)> body, Isolation isolation) {
  for (int attempt = 1;; ++attempt) {
    CO_TRY(PgSessionPtr session, co_await acquire());
    CO_TRY_VOID(co_await begin(session, isolation));
    Result<T> outcome = co_await body(session);
    Result<void> finished = co_await finish(session, outcome.has_value());
    if (outcome && !finished) outcome = tl::unexpected(finished.error());
    const bool again =
        !outcome && outcome.error().reason == "pg.retry" && isolation == Isolation::serializable;
    if (!again || attempt == kTransactionTries) co_return outcome;
  }
}

}  // namespace luso::io
