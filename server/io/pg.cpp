#include "io/pg.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/check.h"
#include "base/metrics.h"
#include "io/internal/pg_pool.h"
#include "io/reactor.h"

namespace luso::io {
namespace asio = boost::asio;
using internal::kNoDeadline;
using internal::PgDeadline;
using internal::PgPool;

namespace {

constexpr std::chrono::milliseconds kPingTimeout{1'000};
// The server ends a late statement by itself, and keeps the connection; we end it when the server does not.
constexpr std::chrono::milliseconds kServerGrace{1'000};
// PostgreSQL cuts longer names off without a word.
constexpr std::size_t kStatementNameMax = 63;

const Statement kPing{"io.ping", "SELECT 1"};

std::vector<const Statement*>& registered_statements() {
  static std::vector<const Statement*> all;
  return all;
}

// Counts what did not work, by reason; the answer goes on as it is.
template <typename T>
Result<T> counted(Result<T> outcome) {
  if (!outcome) {
    metrics::registry()
        .counter("luso_pg_failures_total", "Statements without an answer",
                 {{"reason", outcome.error().reason}})
        .add();
  }
  return outcome;
}

PgDeadline after(std::chrono::milliseconds time) {
  return std::chrono::steady_clock::now() + time;
}

class LeasedSession final : public PgSession {
 public:
  explicit LeasedSession(PgPool::Lease lease) : lease_(std::move(lease)) {}

  Task<Result<PgResult>> query(const Statement& statement, PgParams params) override {
    if (!lease_.connection().usable()) co_return gone();
    const PgDeadline deadline = after(lease_.pool().settings().statement_timeout + kServerGrace);
    co_return counted(co_await lease_.connection().query(statement, std::move(params), deadline));
  }

  Task<Result<void>> execute_script(std::string sql) override {
    CO_TRY([[maybe_unused]] const std::string tag, co_await command(std::move(sql), kNoDeadline));
    co_return Result<void>{};
  }

  Task<Result<std::string>> command(std::string sql, PgDeadline deadline) {
    if (!lease_.connection().usable()) co_return gone();
    co_return co_await lease_.connection().execute(std::move(sql), deadline);
  }

 private:
  static tl::unexpected<Error> gone() {
    return fail(ErrorKind::unavailable, "pg.unavailable", "the session's connection was lost");
  }

  PgPool::Lease lease_;
};

}  // namespace

Statement::Statement(std::string_view given_name, std::string_view given_sql)
    : name(given_name), sql(given_sql) {
  LUSO_CHECK(name.size() <= kStatementNameMax);
  for (const Statement* other : registered_statements()) LUSO_CHECK(other->name != name);
  registered_statements().push_back(this);
}

const std::vector<const Statement*>& Statement::all() {
  return registered_statements();
}

struct Pg::Impl {
  Impl(const Settings& given, Reactors& reactors) : settings(given) {
    for (std::size_t i = 0; i < reactors.size(); ++i) {
      Reactor& reactor = reactors.at(i);
      pools.emplace_back(&reactor, std::make_shared<PgPool>(reactor, reactors, settings));
    }
  }

  [[nodiscard]] PgPool& pool_here() const {
    const Reactor* here = Reactor::current();
    LUSO_CHECK(here != nullptr);  // The database is asked from a reactor.
    return *pools.at(here->index()).second;
  }

  Settings settings;
  std::vector<std::pair<Reactor*, std::shared_ptr<PgPool>>> pools;  // By the reactor's index.
};

Pg::Pg(Settings settings, Reactors& reactors) : impl_(std::make_unique<Impl>(settings, reactors)) {}

Pg::~Pg() {
  for (const auto& [reactor, pool] : impl_->pools) pool->close();
}

Task<Result<PgResult>> Pg::query(const Statement& statement, PgParams params) {
  PgPool& pool = impl_->pool_here();
  std::optional<PgPool::Lease> lease = pool.try_acquire();
  if (!lease) {
    Result<PgPool::Lease> waited = co_await pool.acquire(after(impl_->settings.acquire_timeout));
    if (!waited) co_return counted(Result<PgResult>(tl::unexpected(std::move(waited).error())));
    lease.emplace(*std::move(waited));
  }
  const PgDeadline deadline = after(impl_->settings.statement_timeout + kServerGrace);
  co_return counted(co_await lease->connection().query(statement, std::move(params), deadline));
}

Task<Result<PgSessionPtr>> Pg::acquire() {
  CO_TRY(PgPool::Lease lease, co_await impl_->pool_here().acquire(after(impl_->settings.acquire_timeout)));
  co_return std::make_shared<LeasedSession>(std::move(lease));
}

Task<Result<void>> Pg::ping() {
  const PgDeadline deadline = after(kPingTimeout);
  CO_TRY(const PgPool::Lease lease, co_await impl_->pool_here().acquire(deadline));
  CO_TRY_VOID(co_await lease.connection().query(kPing, PgParams{}, deadline));
  co_return Result<void>{};
}

Task<void> Pg::close() {
  for (const auto& [reactor, pool] : impl_->pools) {
    auto close_there = [closing = pool]() -> Task<void> {
      closing->close();
      co_return;
    };
    co_await asio::co_spawn(reactor->executor(), close_there, asio::use_awaitable);
  }
}

Task<Result<void>> Pg::begin(PgSessionPtr session, Isolation isolation) {
  co_return co_await session->execute_script(
      isolation == Isolation::serializable ? "BEGIN ISOLATION LEVEL SERIALIZABLE" : "BEGIN");
}

Task<Result<void>> Pg::finish(PgSessionPtr session, bool commit) {
  auto& leased = static_cast<LeasedSession&>(*session);
  const PgDeadline deadline = after(impl_->settings.statement_timeout + kServerGrace);
  CO_TRY(const std::string tag, co_await leased.command(commit ? "COMMIT" : "ROLLBACK", deadline));
  // A body that ignored a failed statement and reported success: the server has undone it all.
  if (commit && tag != "COMMIT") {
    co_return fail(ErrorKind::internal, "api.internal",
                   "a failed statement was ignored: nothing was committed");
  }
  co_return Result<void>{};
}

}  // namespace luso::io
