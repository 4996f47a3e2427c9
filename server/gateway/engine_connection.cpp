#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "gateway/internal/engine_shard.h"
#include "gateway/internal/poll_answer.h"

namespace luso::gateway {
namespace asio = boost::asio;
namespace eio = proto::engineio;

using eio::CloseReason;
using eio::Session;
using internal::engine_metrics;
using internal::Line;

namespace {

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);

// What everybody is told in the same words.
const eio::EncodedPtr& ping_packet() {
  static const eio::EncodedPtr packet = eio::encode_packet(eio::PacketType::ping);
  return packet;
}

const eio::EncodedPtr& probe_answer() {
  static const eio::EncodedPtr packet = eio::encode_packet(eio::PacketType::pong, "probe");
  return packet;
}

MonoTime steady_now() {
  return std::chrono::steady_clock::now();
}

}  // namespace

EngineConnection::EngineConnection(internal::EngineShard& shard, const Opening& opening,
                                   std::shared_ptr<const Handshake> handshake,
                                   std::shared_ptr<internal::EngineTicket> ticket)
    : shard_(shard),
      handshake_(std::move(handshake)),
      ticket_(std::move(ticket)),
      session_(opening.sid, shard.settings.session, opening.transport, opening.now, opening.first_ping) {
  if (opening.transport == eio::Transport::polling)
    poll_ = std::make_unique<asio::steady_timer>(shard.reactor.executor(), MonoTime::max());
  engine_metrics().sessions.add(1);
}

EngineConnection::~EngineConnection() {
  engine_metrics().sessions.add(-1);
}

io::Reactor& EngineConnection::reactor() const {
  return shard_.reactor;
}

void EngineConnection::welcome(std::unique_ptr<Guest> guest) {
  guest_ = std::move(guest);
  settle();
}

void EngineConnection::send(const eio::EncodedPtr& messages) {
  if (!is_open()) return;
  if (line_) return line_->send(messages);
  if (session_.send(messages)) {
    if (session_.has_payload()) poll_->cancel();
    return;
  }
  // Whoever sends may be in the middle of a room: the end comes when it is done.
  asio::post(shard_.reactor.executor(), [self = shared_from_this()] { self->settle(); });
}

bool EngineConnection::is_writable() const {
  return line_ ? line_->is_writable() : session_.is_writable();
}

void EngineConnection::close(CloseReason reason) {
  if (reason == CloseReason::forced_close) {
    session_.close(steady_now());
  } else {
    session_.end(reason);
  }
  settle();
}

void EngineConnection::wake_by(MonoTime due) {
  guest_due_ = std::min(guest_due_, due);
  if (!finished_) shard_.agenda.book(shared_from_this(), guest_due_);
}

MonoTime EngineConnection::on_time(MonoTime now) {
  switch (session_.tick(now)) {
    case Session::Due::ping: say_ping(); break;
    case Session::Due::drop_candidate:
      if (candidate_) candidate_->close();
      candidate_.reset();
      break;
    case Session::Due::closed:
    case Session::Due::nothing: break;
  }
  if (now >= guest_due_ && is_open()) guest_due_ = guest_->on_time(now);
  settle();
  return finished_ ? MonoTime::max() : std::min(session_.deadline(), guest_due_);
}

void EngineConnection::say_ping() {
  send(ping_packet());
}

// False when there is nothing more to hear.
bool EngineConnection::hear(const std::shared_ptr<Line>& line, bool is_text, std::string_view payload) {
  const auto packet = is_text ? eio::parse_packet(payload) : eio::binary_message(as_bytes(payload));
  bool listening = false;
  if (line == candidate_) {
    listening = hear_candidate(packet);
  } else if (line == line_) {
    listening = take(packet, steady_now());
  }
  settle();
  return listening;
}

bool EngineConnection::hear_candidate(const std::optional<eio::Packet>& packet) {
  switch (session_.probe(packet)) {
    case Session::Probe::answer: candidate_->send(probe_answer()); return true;
    case Session::Probe::upgrade:
      engine_metrics().upgrades.add();
      line_ = std::move(candidate_);
      for (const eio::EncodedPtr& waiting : session_.take_backlog()) line_->send(waiting);
      if (session_.state() == Session::State::closing) session_.end(CloseReason::forced_close);
      return true;
    case Session::Probe::nothing: return true;
    case Session::Probe::drop: candidate_.reset(); return false;
  }
  return false;
}

bool EngineConnection::take(const std::optional<eio::Packet>& packet, MonoTime now) {
  const Session::Received received = session_.receive(packet, now);
  if (received == Session::Received::message) guest_->on_message(*packet);
  return session_.state() != Session::State::closed;
}

// False for a body that has what is no packet; the sound ones before it have been heard.
bool EngineConnection::post(std::string_view body) {
  const MonoTime now = steady_now();
  eio::PayloadReader reader(body);
  while (const auto packet = reader.next()) {
    if (!take(packet, now)) break;
  }
  if (reader.failed()) static_cast<void>(session_.receive(std::nullopt, now));
  settle();
  return !reader.failed();
}

bool EngineConnection::attach_candidate(const std::shared_ptr<Line>& line) {
  if (!session_.begin_upgrade(steady_now())) return false;
  candidate_ = line;
  settle();
  return true;
}

void EngineConnection::line_lost(const std::shared_ptr<Line>& line, CloseReason reason) {
  if (line == candidate_) {
    candidate_.reset();
    session_.candidate_lost();
  } else if (line == line_) {
    session_.end(reason);
  }
  settle();
}

Task<EngineConnection::PollAnswer> EngineConnection::answer_poll(
    std::shared_ptr<EngineConnection> connection) {
  co_await asio::this_coro::throw_if_cancelled(false);
  Session& session = connection->session_;
  const Session::Poll outcome = session.poll();
  connection->settle();
  if (outcome == Session::Poll::overlap || outcome == Session::Poll::refuse) co_return PollAnswer{};
  while (!session.has_payload()) {
    co_await connection->poll_->async_wait(kNoThrow);
    const auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() == asio::cancellation_type::none) continue;
    session.poll_aborted();
    connection->settle();
    co_return PollAnswer{};
  }
  PollAnswer answer{.payload = session.take_payload()};
  connection->settle();
  co_return answer;
}

void EngineConnection::settle() {
  if (session_.has_payload()) poll_->cancel();
  if (session_.state() == Session::State::closed) return finish();
  shard_.agenda.book(shared_from_this(), std::min(session_.deadline(), guest_due_));
}

void EngineConnection::finish() {
  if (std::exchange(finished_, true)) return;
  const auto self = shared_from_this();
  if (session_.reason() == CloseReason::too_slow) engine_metrics().too_slow.add();
  if (line_) line_->close();
  if (candidate_) candidate_->close();
  line_.reset();
  candidate_.reset();
  ticket_.reset();
  shard_.agenda.remove(self);
  shard_.connections.erase(session_.sid());
  if (guest_) guest_->on_close(session_.reason());
}

}  // namespace luso::gateway
