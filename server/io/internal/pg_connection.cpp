#include "io/internal/pg_connection.h"

#include <array>
#include <poll.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <libpq-fe.h>

#include "base/check.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/text.h"

namespace luso::io::internal {
namespace asio = boost::asio;

namespace {

// What libpq says ends with a line break, and may have several lines.
std::string one_line(const char* message) {
  std::string line(trim(message == nullptr ? "" : message));
  std::ranges::replace(line, '\n', ' ');
  return line;
}

std::string_view field_of(const pg_result* result, int code) {
  const char* value = PQresultErrorField(result, code);
  return value == nullptr ? std::string_view{} : std::string_view(value);
}

metrics::Histogram& statement_seconds() {
  static metrics::Histogram& histogram = metrics::registry().histogram(
      "luso_pg_statement_seconds", "From sending a statement to its whole answer",
      metrics::latency_bounds_s());
  return histogram;
}

metrics::Gauge& open_connections() {
  static metrics::Gauge& gauge =
      metrics::registry().gauge("luso_pg_connections", "Connections to the database, open or being opened");
  return gauge;
}

void log_notice(void* /*context*/, const pg_result* result) {
  log::debug("pg.notice", {{"message", one_line(PQresultErrorMessage(result))}});
}

}  // namespace

Error error_of(const pg_result* result, std::string_view statement) {
  const std::string_view state = field_of(result, PG_DIAG_SQLSTATE);
  Error error{.kind = ErrorKind::internal, .reason = "api.internal", .detail = {}, .field = {}};
  error.detail = std::string(statement) + ": " + one_line(PQresultErrorMessage(result)) + " (" +
                 std::string(state) + ")";
  if (state == "23505" || state == "23P01") {
    error.kind = ErrorKind::conflict;
    error.reason = "pg.unique_violation";
    error.field = field_of(result, PG_DIAG_CONSTRAINT_NAME);
  } else if (state == "23502") {
    error.kind = ErrorKind::invalid;
    error.reason = "pg.constraint";
    error.field = field_of(result, PG_DIAG_COLUMN_NAME);
  } else if (state.starts_with("23") || state.starts_with("22")) {
    error.kind = ErrorKind::invalid;
    error.reason = "pg.constraint";
    error.field = field_of(result, PG_DIAG_CONSTRAINT_NAME);
  } else if (state == "40001" || state == "40P01" || state == "55P03") {
    error.kind = ErrorKind::conflict;
    error.reason = "pg.retry";
  } else if (state == "57014" || state.starts_with("57P") || state.starts_with("08") ||
             state.starts_with("53")) {
    error.kind = ErrorKind::unavailable;
    error.reason = "pg.unavailable";
  }
  return error;
}

// Marks the connection as being in the middle of something. Unless done() is reached, it stays so for good:
// the coroutine was cancelled or destroyed, and the rest of the answer is still on its way.
class PgConnection::InFlight {
 public:
  InFlight(PgConnection& connection, PgDeadline deadline, metrics::Histogram* took = nullptr)
      : connection_(connection), took_(took) {
    LUSO_CHECK(!connection.in_flight_);
    connection.in_flight_ = true;
    connection.timed_out_ = false;
    connection.deadline_ = deadline;
  }

  ~InFlight() {
    connection_.deadline_ = kNoDeadline;
    if (took_ == nullptr || !connection_.usable()) return;
    took_->observe(std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count());
  }

  InFlight(const InFlight&) = delete;
  InFlight& operator=(const InFlight&) = delete;

  void done() { connection_.in_flight_ = false; }

 private:
  PgConnection& connection_;
  metrics::Histogram* took_;
  PgDeadline started_ = std::chrono::steady_clock::now();
};

PgConnection::PgConnection(asio::io_context& context) : socket_(context), connection_(nullptr, PQfinish) {
  open_connections().add(1);
}

PgConnection::~PgConnection() {
  if (socket_.is_open()) socket_.release();  // libpq owns the descriptor.
  open_connections().add(-1);
}

bool PgConnection::usable() const {
  return !in_flight_ && !broken_ && connection_ != nullptr && PQstatus(connection_.get()) == CONNECTION_OK;
}

bool PgConnection::in_transaction() const {
  return PQtransactionStatus(connection_.get()) != PQTRANS_IDLE;
}

bool PgConnection::still_there() const {
  if (!usable()) return false;
  pollfd socket{.fd = PQsocket(connection_.get()), .events = POLLIN, .revents = 0};
  // Whatever an idle connection has to say unasked, it is nearly always farewell. A new one costs a few
  // milliseconds.
  return poll(&socket, 1, 0) == 0;
}

PgConnection::CancelRequest PgConnection::cancel_request() const {
  if (!in_flight_ || connection_ == nullptr || PQstatus(connection_.get()) != CONNECTION_OK) return {};
  const std::shared_ptr<PGcancel> request(PQgetCancel(connection_.get()), PQfreeCancel);
  if (request == nullptr) return {};
  return [request] {
    std::array<char, 256> message{};
    if (PQcancel(request.get(), message.data(), message.size()) == 0) {
      log::warn("pg.cancel_failed", {{"message", one_line(message.data())}});
    }
  };
}

void PgConnection::enforce_deadline(PgDeadline now) {
  if (now < deadline_ || timed_out_) return;
  timed_out_ = true;
  if (socket_.is_open()) socket_.cancel();
}

Error PgConnection::lost(std::string_view doing) const {
  std::string why = timed_out_ ? "timed out" : one_line(PQerrorMessage(connection_.get()));
  if (why.empty()) why = "the connection was given up";
  return Error{.kind = ErrorKind::unavailable,
               .reason = "pg.unavailable",
               .detail = std::string(doing) + ": " + why,
               .field = {}};
}

Task<Result<void>> PgConnection::wait(Ready ready) {
  const auto kind = ready == Ready::read ? asio::posix::descriptor_base::wait_read
                                         : asio::posix::descriptor_base::wait_write;
  const auto [error] = co_await socket_.async_wait(kind, asio::as_tuple(asio::use_awaitable));
  if (error || timed_out_) {
    broken_ = true;
    co_return tl::unexpected(lost("waiting for the database"));
  }
  co_return Result<void>{};
}

// libpq opens another socket when it tries the next host or falls back from TLS.
void PgConnection::adopt_socket() {
  const int descriptor = PQsocket(connection_.get());
  if (socket_.is_open()) {
    if (socket_.native_handle() == descriptor) return;
    socket_.release();
  }
  if (descriptor >= 0) socket_.assign(descriptor);
}

Task<Result<void>> PgConnection::connect(std::string url, std::chrono::milliseconds statement_timeout,
                                         PgDeadline deadline) {
  const std::string options =
      "-c timezone=UTC -c datestyle=ISO -c bytea_output=hex -c extra_float_digits=1"
      " -c statement_timeout=" +
      std::to_string(statement_timeout.count());
  const std::array<const char*, 5> names{"dbname", "options", "application_name", "client_encoding", nullptr};
  const std::array<const char*, 5> values{url.c_str(), options.c_str(), "lusotown", "UTF8", nullptr};
  connection_.reset(PQconnectStartParams(names.data(), values.data(), 1));
  if (connection_ == nullptr || PQstatus(connection_.get()) == CONNECTION_BAD) {
    broken_ = true;
    co_return tl::unexpected(lost("connecting to the database"));
  }
  PQsetNoticeReceiver(connection_.get(), log_notice, nullptr);
  InFlight in_flight(*this, deadline);
  PostgresPollingStatusType next = PGRES_POLLING_WRITING;
  while (next != PGRES_POLLING_OK) {
    if (next == PGRES_POLLING_FAILED) {
      broken_ = true;
      co_return tl::unexpected(lost("connecting to the database"));
    }
    adopt_socket();
    CO_TRY_VOID(co_await wait(next == PGRES_POLLING_READING ? Ready::read : Ready::write));
    // A socket that libpq closes must have left the reactor before: its number may be taken by the next one.
    socket_.release();
    next = PQconnectPoll(connection_.get());
  }
  adopt_socket();
  if (PQsetnonblocking(connection_.get(), 1) != 0)
    co_return tl::unexpected(lost("connecting to the database"));
  in_flight.done();
  co_return Result<void>{};
}

// Waits until the rest of a large statement has gone out; a small one went with the first PQflush.
Task<Result<void>> PgConnection::send_rest(int left) {
  while (left > 0) {
    CO_TRY_VOID(co_await wait(Ready::write));
    left = PQflush(connection_.get());
  }
  if (left == 0) co_return Result<void>{};
  broken_ = true;
  co_return tl::unexpected(lost("sending to the database"));
}

// The last result of the statement in flight, once the server is ready for the next. An earlier failure wins.
Task<Result<std::shared_ptr<const pg_result>>> PgConnection::receive() {
  if (const int left = PQflush(connection_.get()); left != 0) CO_TRY_VOID(co_await send_rest(left));
  std::shared_ptr<const pg_result> last;
  for (;;) {
    while (PQisBusy(connection_.get()) != 0) {
      CO_TRY_VOID(co_await wait(Ready::read));
      if (PQconsumeInput(connection_.get()) == 0) {
        broken_ = true;
        co_return tl::unexpected(lost("reading from the database"));
      }
    }
    PGresult* next = PQgetResult(connection_.get());
    if (next == nullptr) break;
    const ExecStatusType status = PQresultStatus(next);
    if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH) {
      PQclear(next);
      broken_ = true;
      co_return fail(ErrorKind::internal, "api.internal", "COPY is not spoken here");
    }
    if (last != nullptr && PQresultStatus(last.get()) == PGRES_FATAL_ERROR) {
      PQclear(next);
    } else {
      last.reset(next, [](const pg_result* result) { PQclear(const_cast<pg_result*>(result)); });
    }
  }
  if (last == nullptr || PQstatus(connection_.get()) != CONNECTION_OK) {
    broken_ = true;
    co_return tl::unexpected(lost("reading from the database"));
  }
  co_return last;
}

Task<Result<void>> PgConnection::prepare(const Statement& statement) {
  const std::string name(statement.name);
  const std::string sql(statement.sql);
  if (PQsendPrepare(connection_.get(), name.c_str(), sql.c_str(), 0, nullptr) == 0) {
    broken_ = true;
    co_return tl::unexpected(lost(statement.name));
  }
  CO_TRY(const auto result, co_await receive());
  if (PQresultStatus(result.get()) != PGRES_COMMAND_OK)
    co_return tl::unexpected(error_of(result.get(), statement.name));
  prepared_.insert(&statement);
  co_return Result<void>{};
}

Task<Result<PgResult>> PgConnection::query(const Statement& statement, PgParams params, PgDeadline deadline) {
  std::vector<const char*> values;
  values.reserve(params.size());
  for (const PgParam& param : params) {
    // libpq takes C strings: what stands behind a zero byte would be lost without a word.
    if (param.text && param.text->find('\0') != std::string::npos) {
      co_return fail(ErrorKind::invalid, "pg.constraint",
                     std::string(statement.name) + ": a zero byte in a text");
    }
    values.push_back(param.text ? param.text->c_str() : nullptr);
  }
  InFlight in_flight(*this, deadline, &statement_seconds());
  if (!prepared_.contains(&statement)) {
    const Result<void> prepared = co_await prepare(statement);
    if (!prepared && !broken_) in_flight.done();
    CO_TRY_VOID(prepared);
  }
  const std::string name(statement.name);
  if (PQsendQueryPrepared(connection_.get(), name.c_str(), static_cast<int>(values.size()), values.data(),
                          nullptr, nullptr, 0) == 0) {
    broken_ = true;
    co_return tl::unexpected(lost(statement.name));
  }
  CO_TRY(auto result, co_await receive());
  in_flight.done();
  const ExecStatusType status = PQresultStatus(result.get());
  if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) co_return PgResult(std::move(result));
  // The schema changed under a prepared statement: the next connection prepares it anew.
  const std::string_view state = field_of(result.get(), PG_DIAG_SQLSTATE);
  if (state == "0A000" || state == "26000") broken_ = true;
  co_return tl::unexpected(error_of(result.get(), statement.name));
}

Task<Result<std::string>> PgConnection::execute(std::string sql, PgDeadline deadline) {
  InFlight in_flight(*this, deadline);
  if (PQsendQuery(connection_.get(), sql.c_str()) == 0) {
    broken_ = true;
    co_return tl::unexpected(lost("executing a script"));
  }
  CO_TRY(const auto result, co_await receive());
  in_flight.done();
  const ExecStatusType status = PQresultStatus(result.get());
  if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || status == PGRES_EMPTY_QUERY) {
    co_return std::string(PQcmdStatus(const_cast<pg_result*>(result.get())));
  }
  co_return tl::unexpected(error_of(result.get(), "script"));
}

}  // namespace luso::io::internal
