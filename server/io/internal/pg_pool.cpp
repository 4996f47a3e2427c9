#include "io/internal/pg_pool.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/check.h"
#include "base/log.h"
#include "base/metrics.h"

namespace luso::io::internal {
namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::milliseconds kBackoffMin = 50ms;
constexpr std::chrono::milliseconds kBackoffMax = 2000ms;  // Then we try every two seconds.
constexpr std::chrono::milliseconds kConnectTimeout =
    3000ms;                                                // One attempt; then the next, after the back-off.
constexpr std::chrono::milliseconds kWatchdogTick = 50ms;  // Deadlines are this coarse.

metrics::Histogram& wait_seconds() {
  static metrics::Histogram& histogram = metrics::registry().histogram(
      "luso_pg_wait_seconds", "How long callers waited for a connection when all were lent",
      metrics::latency_bounds_s());
  return histogram;
}

tl::unexpected<Error> refuse(std::string detail) {
  return fail(ErrorKind::unavailable, "pg.unavailable", std::move(detail));
}

}  // namespace

// A coroutine in the queue. What it was handed and never took goes back with it.
struct PgPool::Waiter {
  explicit Waiter(PgPool& pool) : pool_(pool), timer(pool.reactor_.context()) {
    pool_.waiters_.push_back(this);
  }

  ~Waiter() { pool_.waiters_.remove(this); }

  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;

  PgPool& pool_;
  asio::steady_timer timer;
  std::optional<Lease> handed;
};

PgPool::Lease::Lease(std::shared_ptr<PgPool> pool, std::unique_ptr<PgConnection> connection)
    : pool_(std::move(pool)) {
  replace(std::move(connection));
}

PgPool::Lease::~Lease() {
  if (pool_ == nullptr) return;
  // After the reactors have stopped, whoever takes the house down is alone in it.
  LUSO_CHECK(Reactor::current() == &pool_->reactor_ || Reactor::current() == nullptr);
  const bool reusable = connection_ != nullptr && connection_->usable() && !connection_->in_transaction();
  if (reusable && !pool_->closed_) {
    pool_->lent_.erase(connection_.get());
    pool_->give_back(std::move(connection_));
    return;
  }
  drop();
  pool_->free_place();
}

void PgPool::Lease::replace(std::unique_ptr<PgConnection> connection) {
  drop();
  connection_ = std::move(connection);
  if (connection_ == nullptr) return;
  pool_->lent_.insert(connection_.get());
  pool_->watch();
}

void PgPool::Lease::drop() {
  if (connection_ == nullptr) return;
  pool_->lent_.erase(connection_.get());
  // The server would go on with a statement nobody waits for.
  PgConnection::CancelRequest cancel =
      pool_->closed_ ? PgConnection::CancelRequest{} : connection_->cancel_request();
  if (cancel) static_cast<void>(pool_->reactors_.post_blocking(std::move(cancel)));
  connection_.reset();
}

PgPool::PgPool(Reactor& reactor, Reactors& reactors, const Pg::Settings& settings)
    : reactor_(reactor), reactors_(reactors), settings_(settings), watchdog_(reactor.context()) {}

std::optional<PgPool::Lease> PgPool::try_acquire() {
  auto connection = take_idle();
  if (connection == nullptr) return std::nullopt;
  return std::optional<Lease>(std::in_place, shared_from_this(), std::move(connection));
}

Task<Result<PgPool::Lease>> PgPool::acquire(PgDeadline deadline) {
  if (closed_) co_return refuse("the pool is closed");
  if (auto lease = try_acquire()) co_return std::move(*lease);
  if (places_taken_ < settings_.connections_per_reactor) {
    ++places_taken_;
    co_return co_await open(Lease(shared_from_this(), nullptr), deadline);
  }
  if (waiters_.size() >= settings_.waiters_max) co_return refuse("too many wait for a connection already");
  Waiter waiter(*this);
  waiter.timer.expires_at(deadline);
  const auto started = std::chrono::steady_clock::now();
  co_await waiter.timer.async_wait(asio::as_tuple(asio::use_awaitable));
  wait_seconds().observe(std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count());
  if (!waiter.handed) co_return refuse(closed_ ? "the pool was closed" : "no connection became free in time");
  if (waiter.handed->connection_ != nullptr) co_return std::move(*waiter.handed);
  co_return co_await open(std::move(*waiter.handed), deadline);
}

std::unique_ptr<PgConnection> PgPool::take_idle() {
  while (!idle_.empty()) {
    std::unique_ptr<PgConnection> connection = std::move(idle_.back());
    idle_.pop_back();
    if (connection->still_there()) return connection;
    connection.reset();
    --places_taken_;
  }
  return nullptr;
}

Task<Result<PgPool::Lease>> PgPool::open(Lease place, PgDeadline deadline) {
  for (;;) {
    CO_TRY_VOID(co_await wait_out_backoff(deadline));
    if (closed_) co_return refuse("the pool was closed");
    place.replace(std::make_unique<PgConnection>(reactor_.context()));
    const PgDeadline attempt_end = std::min(deadline, std::chrono::steady_clock::now() + kConnectTimeout);
    const Result<void> connected =
        co_await place.connection().connect(settings_.url, settings_.statement_timeout, attempt_end);
    if (connected) {
      note_connected();
      co_return std::move(place);
    }
    place.replace(nullptr);
    const bool cancelled =
        (co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none;
    if (cancelled) co_return tl::unexpected(connected.error());
    note_failed(connected.error());
  }
}

Task<Result<void>> PgPool::wait_out_backoff(PgDeadline deadline) {
  asio::steady_timer timer(reactor_.context());
  while (std::chrono::steady_clock::now() < next_connect_at_) {
    if (next_connect_at_ >= deadline) co_return refuse(last_failure_);
    timer.expires_at(next_connect_at_);
    const auto [error] = co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
    if (error) co_return refuse("cancelled");
  }
  if (std::chrono::steady_clock::now() >= deadline) co_return refuse(last_failure_);
  co_return Result<void>{};
}

void PgPool::give_back(std::unique_ptr<PgConnection> connection) {
  if (waiters_.empty()) {
    idle_.push_back(std::move(connection));
  } else {
    hand_to_first_waiter(std::move(connection));
  }
}

void PgPool::free_place() {
  if (waiters_.empty() || closed_) {
    --places_taken_;
  } else {
    hand_to_first_waiter(nullptr);
  }
}

void PgPool::hand_to_first_waiter(std::unique_ptr<PgConnection> connection) {
  Waiter* first = waiters_.front();
  waiters_.pop_front();
  first->handed.emplace(shared_from_this(), std::move(connection));
  first->timer.cancel();
}

void PgPool::close() {
  if (closed_) return;
  closed_ = true;
  places_taken_ -= idle_.size();
  idle_.clear();
  for (Waiter* waiter : waiters_) waiter->timer.cancel();
}

void PgPool::note_connected() {
  if (backoff_ != 0ms) log::info("pg.connected_again", {{"reactor", reactor_.index()}});
  backoff_ = 0ms;
  next_connect_at_ = {};
}

void PgPool::note_failed(const Error& error) {
  last_failure_ = error.detail;
  backoff_ = std::clamp(backoff_ * 2, kBackoffMin, kBackoffMax);
  next_connect_at_ = std::chrono::steady_clock::now() + backoff_;
  log::warn("pg.connect_failed",
            {{"reactor", reactor_.index()}, {"detail", error.detail}, {"next_try_ms", backoff_.count()}});
}

void PgPool::watch() {
  if (watching_) return;
  watching_ = true;
  watchdog_.expires_after(kWatchdogTick);
  watchdog_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const auto self = weak.lock();
    if (error || self == nullptr) return;
    self->watching_ = false;
    const PgDeadline now = std::chrono::steady_clock::now();
    for (PgConnection* connection : self->lent_) connection->enforce_deadline(now);
    if (!self->lent_.empty()) self->watch();
  });
}

}  // namespace luso::io::internal
