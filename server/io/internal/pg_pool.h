#pragma once

#include <list>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include <boost/asio/steady_timer.hpp>

#include "io/internal/pg_connection.h"
#include "io/reactor.h"

namespace luso::io::internal {

// The connections of one reactor. Opened when first needed, lent to one coroutine at a time, most recently
// used first, and replaced when lost. Touched from its reactor only; shared so that a late lease still finds
// it.
class PgPool : public std::enable_shared_from_this<PgPool> {
 public:
  PgPool(Reactor& reactor, Reactors& reactors, const Pg::Settings& settings);

  // One of the pool's places, and the connection in it once it is open. Going away gives the connection back,
  // or drops it when it is in no state to be lent again, and makes room for the next.
  class Lease {
   public:
    Lease(std::shared_ptr<PgPool> pool, std::unique_ptr<PgConnection> connection);
    Lease(Lease&&) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease();

    [[nodiscard]] PgConnection& connection() const { return *connection_; }

    [[nodiscard]] PgPool& pool() const { return *pool_; }

   private:
    friend class PgPool;
    void replace(std::unique_ptr<PgConnection> connection);
    void drop();

    std::shared_ptr<PgPool> pool_;  // Null once moved away.
    std::unique_ptr<PgConnection> connection_;
  };

  // An idle connection, when there is one: the common case, without a coroutine.
  [[nodiscard]] std::optional<Lease> try_acquire();
  // Waits for its turn, and through short outages, until `deadline`.
  [[nodiscard]] Task<Result<Lease>> acquire(PgDeadline deadline);
  // Closes what is idle and refuses who waits; what is lent closes when it comes back.
  void close();

  [[nodiscard]] const Pg::Settings& settings() const { return settings_; }

 private:
  struct Waiter;

  [[nodiscard]] std::unique_ptr<PgConnection> take_idle();
  [[nodiscard]] Task<Result<Lease>> open(Lease place, PgDeadline deadline);
  [[nodiscard]] Task<Result<void>> wait_out_backoff(PgDeadline deadline);
  void give_back(std::unique_ptr<PgConnection> connection);
  void free_place();
  void hand_to_first_waiter(std::unique_ptr<PgConnection> connection);
  void note_connected();
  void note_failed(const Error& error);
  void watch();

  Reactor& reactor_;
  Reactors& reactors_;
  const Pg::Settings settings_;
  std::vector<std::unique_ptr<PgConnection>> idle_;
  std::set<PgConnection*> lent_;  // And being opened: what the watchdog looks at.
  std::size_t places_taken_ = 0;  // Idle, lent or being opened.
  std::list<Waiter*> waiters_;    // First come, first served.
  boost::asio::steady_timer watchdog_;
  bool watching_ = false;
  bool closed_ = false;
  std::chrono::milliseconds backoff_{0};
  PgDeadline next_connect_at_{};
  std::string last_failure_;
};

}  // namespace luso::io::internal
