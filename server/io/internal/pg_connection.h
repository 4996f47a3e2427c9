#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include "io/pg.h"

struct pg_conn;  // libpq's PGconn

namespace luso::io::internal {

using PgDeadline = std::chrono::steady_clock::time_point;
inline constexpr PgDeadline kNoDeadline = PgDeadline::max();

// One libpq connection, driven without blocking on the reactor it was made for. One coroutine uses it at a
// time. When that coroutine goes away in the middle of a statement, or the server does, the connection is no
// longer usable() and whoever holds it must let it die: half an answer is never read by somebody else.
class PgConnection {
 public:
  // PQcancel for the statement in flight, to be called on a thread that may block.
  using CancelRequest = std::function<void()>;

  explicit PgConnection(boost::asio::io_context& context);
  ~PgConnection();
  PgConnection(const PgConnection&) = delete;
  PgConnection& operator=(const PgConnection&) = delete;

  [[nodiscard]] Task<Result<void>> connect(std::string url, std::chrono::milliseconds statement_timeout,
                                           PgDeadline deadline);
  [[nodiscard]] Task<Result<PgResult>> query(const Statement& statement, PgParams params,
                                             PgDeadline deadline);
  // Simple protocol; answers the last statement's command tag, such as "COMMIT".
  [[nodiscard]] Task<Result<std::string>> execute(std::string sql, PgDeadline deadline);

  // Connected, and not in the middle of an answer.
  [[nodiscard]] bool usable() const;
  [[nodiscard]] bool in_transaction() const;
  // Looks, without waiting, whether the server has closed an idle connection.
  [[nodiscard]] bool still_there() const;
  // For a connection that is given up in the middle of a statement; empty when there is nothing to cancel.
  [[nodiscard]] CancelRequest cancel_request() const;

  // Ends the wait in progress when its deadline has passed. Called by the pool's watchdog: a timer a
  // statement would cost a system call each.
  void enforce_deadline(PgDeadline now);

 private:
  class InFlight;
  enum class Ready : bool { read, write };
  struct Answer;

  [[nodiscard]] Task<Result<void>> wait(Ready ready);
  [[nodiscard]] Task<Result<void>> prepare(const Statement& statement);
  [[nodiscard]] Task<Result<void>> send_rest(int left);
  [[nodiscard]] Task<Result<std::shared_ptr<const pg_result>>> receive();
  [[nodiscard]] Error lost(std::string_view doing) const;
  void adopt_socket();

  boost::asio::posix::stream_descriptor socket_;
  std::unique_ptr<pg_conn, void (*)(pg_conn*)> connection_;
  std::unordered_set<const Statement*> prepared_;
  PgDeadline deadline_ = kNoDeadline;
  bool timed_out_ = false;
  bool in_flight_ = false;
  bool broken_ = false;
};

// What a failed result means for the caller, by SQLSTATE.
[[nodiscard]] Error error_of(const pg_result* result, std::string_view statement);

}  // namespace luso::io::internal
