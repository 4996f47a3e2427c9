#include "proto/engineio_session.h"

#include <utility>

#include "proto/json_text.h"

namespace luso::proto::engineio {
namespace {

// What a timer may be late by before the client is given more time for it.
constexpr auto kTimerSlack = std::chrono::milliseconds(20);

}  // namespace

std::string_view name_of(CloseReason reason) {
  switch (reason) {
    case CloseReason::transport_close: return "transport close";
    case CloseReason::transport_error:
    case CloseReason::too_slow: return "transport error";
    case CloseReason::ping_timeout: return "ping timeout";
    case CloseReason::parse_error: return "parse error";
    case CloseReason::forced_close: return "forced close";
    case CloseReason::server_shutting_down: return "server shutting down";
  }
  return "transport error";
}

Session::Session(std::string sid, const Settings& settings, Transport transport, MonoTime now,
                 MonoTime first_ping)
    : sid_(std::move(sid)),
      settings_(settings),
      transport_(transport),
      ping_due_(std::min(first_ping, now + settings.ping_interval)) {}

std::string Session::greeting() const {
  std::string out = R"({"sid":)";
  json::append_string(out, sid_);
  out += R"(,"upgrades":[)";
  if (transport_ == Transport::polling) out += R"("websocket")";
  out += R"(],"pingInterval":)" + std::to_string(settings_.ping_interval.count());
  out += R"(,"pingTimeout":)" + std::to_string(settings_.ping_timeout.count());
  out += R"(,"maxPayload":)" + std::to_string(settings_.payload_bytes_max) + '}';
  return out;
}

Session::Received Session::receive(const std::optional<Packet>& packet, MonoTime now) {
  if (state_ != State::open) return Received::nothing;
  if (!packet) {
    end(CloseReason::parse_error);
    return Received::closed;
  }
  // Whoever speaks is there: a long upload may keep the pong waiting once.
  if (pong_due_ && !pong_extended_ && packet->type != PacketType::pong) {
    pong_due_ = std::max(*pong_due_, now + settings_.ping_timeout);
    pong_extended_ = true;
  }
  switch (packet->type) {
    case PacketType::message: return Received::message;
    case PacketType::pong:
      pong_due_.reset();
      ping_due_ = now + settings_.ping_interval;
      return Received::nothing;
    case PacketType::close: end(CloseReason::transport_close); return Received::closed;
    case PacketType::ping:  // Since protocol 4 it is the server who asks.
      end(CloseReason::transport_error);
      return Received::closed;
    case PacketType::open:
    case PacketType::upgrade:
    case PacketType::noop: return Received::nothing;
  }
  return Received::nothing;
}

MonoTime Session::deadline() const {
  if (state_ == State::closed) return MonoTime::max();
  MonoTime due = pong_due_.value_or(ping_due_);
  if (farewell_due_) due = std::min(due, *farewell_due_);
  if (upgrading_) due = std::min(due, upgrade_due_);
  return due;
}

Session::Due Session::tick(MonoTime now) {
  if (state_ == State::closed) return Due::nothing;
  if (farewell_due_ && now >= *farewell_due_) {
    end(CloseReason::forced_close);
    return Due::closed;
  }
  if (pong_due_ && now >= *pong_due_) {
    end(CloseReason::ping_timeout);
    return Due::closed;
  }
  if (upgrading_ && now >= upgrade_due_) {
    candidate_lost();
    return Due::drop_candidate;
  }
  if (pong_due_ || now < ping_due_) return Due::nothing;
  // Reckoned from when the ping should have gone out, unless we are far too late with it.
  pong_due_ = std::max(ping_due_, now - kTimerSlack) + settings_.ping_timeout;
  pong_extended_ = false;
  return Due::ping;
}

Session::Poll Session::poll() {
  if (state_ == State::closed || transport_ != Transport::polling) return Poll::refuse;
  if (polled_) {
    end(CloseReason::transport_error);
    return Poll::overlap;
  }
  polled_ = true;
  if (probed_) noop_due_ = true;  // The client waits for this one to end before it switches over.
  return has_payload() ? Poll::answer : Poll::wait;
}

bool Session::has_payload() const {
  return polled_ && (!backlog_.empty() || noop_due_ || state_ != State::open);
}

std::string Session::take_payload() {
  std::string payload;
  polled_ = false;
  for (const EncodedPtr& packets : take_backlog()) append_to_payload(payload, packets->frames);
  const bool last = state_ == State::closing || say_close_;
  if (last) {
    if (!payload.empty()) payload += kSeparator;
    payload += static_cast<char>(PacketType::close);
    say_close_ = false;
    end(CloseReason::forced_close);
  }
  if (payload.empty()) payload = static_cast<char>(PacketType::noop);
  noop_due_ = false;
  return payload;
}

void Session::poll_aborted() {
  polled_ = false;
  end(CloseReason::transport_error);
}

bool Session::begin_upgrade(MonoTime now) {
  if (state_ != State::open || transport_ != Transport::polling || upgrading_) return false;
  upgrading_ = true;
  probed_ = false;
  upgrade_due_ = now + settings_.upgrade_timeout;
  return true;
}

Session::Probe Session::probe(const std::optional<Packet>& packet) {
  if (!upgrading_) return Probe::drop;
  if (packet && packet->type == PacketType::ping && packet->data == "probe") {
    probed_ = true;
    noop_due_ = polled_;
    return Probe::answer;
  }
  upgrading_ = false;
  if (!packet || packet->type != PacketType::upgrade || state_ == State::closed) {
    probed_ = false;
    return Probe::drop;
  }
  transport_ = Transport::websocket;
  noop_due_ = polled_;
  return Probe::upgrade;
}

void Session::candidate_lost() {
  upgrading_ = probed_ = false;
}

bool Session::send(EncodedPtr packets) {
  if (state_ != State::open) return false;
  if (backlog_.size() >= settings_.backlog_packets_max ||
      backlog_bytes_ + packets->frames.size() > settings_.backlog_bytes_max) {
    end(CloseReason::too_slow);
    return false;
  }
  backlog_bytes_ += packets->frames.size();
  backlog_.push_back(std::move(packets));
  return true;
}

std::deque<EncodedPtr> Session::take_backlog() {
  backlog_bytes_ = 0;
  return std::exchange(backlog_, {});
}

void Session::close(MonoTime now) {
  if (state_ != State::open) return;
  if (transport_ == Transport::websocket) return end(CloseReason::forced_close);
  state_ = State::closing;
  farewell_due_ = now + settings_.farewell;
}

void Session::end(CloseReason reason) {
  if (state_ == State::closed) return;
  state_ = State::closed;
  reason_ = reason;
  say_close_ = polled_ && reason != CloseReason::transport_close;  // A client that left needs no telling.
  upgrading_ = probed_ = false;
  backlog_.clear();
  backlog_bytes_ = 0;
}

}  // namespace luso::proto::engineio
