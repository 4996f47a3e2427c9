#include "gateway/internal/client.h"

#include <algorithm>

#include <boost/asio/this_coro.hpp>

#include "base/log.h"
#include "base/random.h"
#include "base/text.h"
#include "gateway/internal/namespace_shard.h"
#include "io/call_on.h"
#include "proto/json_text.h"

namespace luso::gateway::internal {
namespace asio = boost::asio;
namespace eio = proto::engineio;
namespace json = proto::json;
namespace sio = proto::socketio;

using eio::CloseReason;
using sio::Decoder;
using sio::Packet;
using sio::PacketType;

namespace {

constexpr std::size_t kIdBytes = 15;  // Twenty characters: Node's adapters tell ids from rooms by that.

MonoTime steady_now() {
  return std::chrono::steady_clock::now();
}

// A pid names the reactor that remembers it.
std::string new_pid(const io::Reactor& reactor) {
  Bytes id = system_random().bytes(kIdBytes);
  id.front() = static_cast<std::uint8_t>(reactor.index());
  return base64url_encode(id);
}

std::optional<std::size_t> reactor_of(std::string_view pid) {
  const auto id = base64url_decode(pid);
  if (!id || id->size() != kIdBytes) return std::nullopt;
  return id->front();
}

std::string text_member(std::string_view object, std::string_view name) {
  if (object.empty()) return {};
  const auto value = json::member_of(object, name);
  return value && json::kind_of(*value) == json::Kind::string ? json::string_of(*value) : std::string();
}

// Ends that a client may come back from.
bool is_recoverable(CloseReason reason) {
  return reason != CloseReason::parse_error;
}

std::string denial_json(const Denial& denial) {
  std::string out = R"({"message":)" + json::quote(denial.message);
  if (!denial.data.empty()) out += R"(,"data":)" + denial.data;
  return out + '}';
}

}  // namespace

// What a client that came back has not seen.
struct Client::Missed {
  std::vector<BroadcastPtr> messages;
  std::vector<std::uint64_t> seen;  // By the reactor it was lost on.
};

// With the reactor that the pid names: now when that is this one, else as soon as it comes to it.
template <typename Act>
void Client::at_home_of(Namespace& nsp, const std::string& pid, Act act) {
  NamespaceShard& shard = *nsp.shards_.at(reactor_of(pid).value());
  if (io::Reactor::current() == &shard.reactor) {
    act(*shard.lost);
  } else {
    shard.reactor.post([&shard, act] { act(*shard.lost); });
  }
}

Client::Client(Gateway& gateway, EngineConnection& connection)
    : gateway_(gateway),
      connection_(connection),
      decoder_({.attachments_max = sio::kAttachmentsMax,
                .attachment_bytes_max = gateway.settings_.engine.session.payload_bytes_max}),
      connect_due_(steady_now() + gateway.settings_.connect_timeout) {
  connection_.wake_by(connect_due_);
}

void Client::send(const Packet& packet) {
  connection_.send(sio::encode(packet));
}

SocketPtr Client::find(std::string_view nsp) const {
  const auto found =
      std::ranges::find_if(sockets_, [&](const SocketPtr& socket) { return socket->nsp().name() == nsp; });
  return found == sockets_.end() ? nullptr : *found;
}

void Client::on_message(const eio::Packet& message) {
  switch (decoder_.feed(message)) {
    case Decoder::State::packet:
      attachments_due_.reset();
      take(decoder_.packet());
      return;
    case Decoder::State::more:
      if (attachments_due_) return;
      attachments_due_ = steady_now() + gateway_.settings_.attachments_timeout;
      connection_.wake_by(*attachments_due_);
      return;
    case Decoder::State::broken: broken(decoder_.why()); return;
  }
}

void Client::broken(std::string_view why) {
  log::debug("socketio.broken", {{"remote", connection_.handshake().address.to_string()}, {"why", why}});
  connection_.close(CloseReason::parse_error);
}

void Client::take(const Packet& packet) {
  if (packet.type == PacketType::connect) return connect(packet);
  const SocketPtr socket = find(packet.nsp);
  if (!socket) return broken("a packet for a namespace that was not joined");
  switch (packet.type) {
    case PacketType::event: return event(socket, packet);
    case PacketType::ack: return socket->take_answer(packet);
    case PacketType::disconnect: return part(socket, "client namespace disconnect", Departure::final);
    default: return broken("a packet that only servers send");
  }
}

void Client::connect(const Packet& packet) {
  Namespace* nsp = gateway_.find(packet.nsp);
  if (nsp == nullptr) {
    send(
        {.type = PacketType::connect_error, .nsp = packet.nsp, .data = R"({"message":"Invalid namespace"})"});
    return;
  }
  if (find(packet.nsp)) return broken("joined twice");
  if (std::ranges::find(joining_, nsp) != joining_.end())
    return;  // The answer to the first will do for both.
  if (sockets_.size() + joining_.size() >= kNamespacesMax) return broken("too many namespaces");
  std::string auth(packet.data);
  if (nsp->middlewares_.empty() && !gateway_.settings_.recovery) {
    welcome(make_socket(*nsp, std::move(auth), std::nullopt));
    return;
  }
  joining_.push_back(nsp);
  auto alive = connection_.shared_from_this();
  gateway_.scopes_.at(connection_.reactor().index())->spawn([this, nsp, auth = std::move(auth), alive] {
    return admit(nsp, auth, alive);
  });
}

// `alive` keeps this client while others are asked.
Task<void> Client::admit(Namespace* nsp, std::string auth, std::shared_ptr<EngineConnection> alive) {
  std::optional<LostSession> session;
  if (gateway_.settings_.recovery) session = co_await lost_session(nsp, auth);
  const SocketPtr socket = make_socket(*nsp, auth, session);
  const auto denial = co_await ask_middlewares(nsp, socket);
  std::optional<Missed> missed;
  const std::string offset = session ? text_member(auth, "offset") : std::string();
  if (session && !denial) missed = co_await missed_of(nsp, *session, offset);
  std::erase(joining_, nsp);
  if (closed_ || !alive->is_open()) {
    // It went again before it was in: it is waited for as before.
    if (session && !denial) keep(*nsp, socket->identity_.pid, std::move(*session));
    co_return;
  }
  if (denial) {
    socket->end();
    send({.type = PacketType::connect_error, .nsp = nsp->name(), .data = denial_json(*denial)});
    co_return;
  }
  if (session && missed) {
    restore(*socket, *session, std::move(*missed), offset);
  } else if (session) {
    // What it missed is gone: it starts anew, under another name.
    socket->end();
    welcome(make_socket(*nsp, std::move(auth), std::nullopt));
    co_return;
  }
  welcome(socket);
}

Task<std::optional<Denial>> Client::ask_middlewares(Namespace* nsp, SocketPtr socket) const {
  for (const Namespace::Middleware& middleware : nsp->middlewares_) {
    auto asked = middleware(socket);
    if (auto denial = co_await std::move(asked)) co_return denial;
  }
  co_return std::nullopt;
}

Task<std::optional<LostSession>> Client::lost_session(Namespace* nsp, std::string auth) const {
  std::string pid = text_member(auth, "pid");
  const auto home = reactor_of(pid);
  if (!home || *home >= nsp->shards_.size() || text_member(auth, "offset").empty()) co_return std::nullopt;
  NamespaceShard& shard = *nsp->shards_.at(*home);
  auto look = [&] { return shard.lost->find_present(pid); };
  if (const auto present = co_await io::call_on(shard.reactor, look)) {
    // The connection it had is dead, or about to be: nobody is in one namespace twice.
    auto close_old = [&] {
      const SocketPtr socket = present->socket.lock();
      if (socket && socket->client_ != nullptr)
        socket->client_->connection().close(CloseReason::transport_close);
      return true;
    };
    static_cast<void>(co_await io::call_on(nsp->shards_.at(present->reactor)->reactor, close_old));
  }
  auto take_it = [&] { return shard.lost->take(pid, steady_now()); };
  co_return co_await io::call_on(shard.reactor, take_it);
}

Task<std::optional<Client::Missed>> Client::missed_of(Namespace* nsp, LostSession session,
                                                      std::string offset) const {
  NamespaceShard& there = *nsp->shards_.at(session.reactor);
  auto look = [&]() -> std::optional<Missed> {
    const RecoveryLog& log = *there.log;
    Missed missed{.messages = {}, .seen = log.seen()};
    std::optional<std::uint64_t> place;
    if (session.replay) {
      const auto& again = session.replay->messages;
      auto unread = std::ranges::find_if(
          again, [&](const BroadcastPtr& one) { return text_of(*one->offset) == offset; });
      if (unread != again.end()) {
        ++unread;
      } else if (offset == session.replay->from) {
        unread = again.begin();
      }
      const bool is_known = unread != again.end() ||
                            (!again.empty() && text_of(*again.back()->offset) == offset) ||
                            offset == session.replay->from;
      if (is_known) {
        missed.messages.assign(unread, again.end());
        place = session.replay->place;
      }
    }
    if (const auto at = offset_of(offset); !place && at) place = log.behind(*at);
    if (!place) return std::nullopt;
    const auto later = log.since(*place, session.rooms);
    if (!later) return std::nullopt;
    missed.messages.insert(missed.messages.end(), later->begin(), later->end());
    return missed;
  };
  auto missed = co_await io::call_on(there.reactor, look);
  if (!missed || &there.reactor == &connection_.reactor()) co_return missed;
  // What that reactor has seen and this one has not is on its way here: it was posted before its sender can
  // answer.
  NamespaceShard& here = *nsp->shards_.at(connection_.reactor().index());
  for (std::size_t i = 0; i < nsp->shards_.size(); ++i) {
    auto nothing = [] { return true; };
    if (here.log->seen().at(i) < missed->seen.at(i)) co_await io::call_on(nsp->shards_[i]->reactor, nothing);
  }
  co_return missed;
}

SocketPtr Client::make_socket(Namespace& nsp, std::string auth, const std::optional<LostSession>& session) {
  NamespaceShard& shard = *nsp.shards_.at(connection_.reactor().index());
  Socket::Identity identity{
      .id = session ? session->id : system_random().token(kIdBytes), .pid = {}, .auth = {}};
  if (gateway_.settings_.recovery)
    identity.pid = session ? text_member(auth, "pid") : new_pid(connection_.reactor());
  identity.auth = std::move(auth);
  auto socket = std::make_shared<Socket>(shard, *this, std::move(identity));
  if (session) socket->data = session->data;
  return socket;
}

// What was missed goes out first; then the client hears that it is connected.
void Client::restore(Socket& socket, const LostSession& session, Missed missed, std::string offset) {
  NamespaceShard& shard = socket.shard_;
  const auto here = connection_.reactor().index();
  if (here != session.reactor) {
    const auto later = shard.log->beyond(missed.seen, session.rooms);
    missed.messages.insert(missed.messages.end(), later.begin(), later.end());
  }
  shard.add(socket.shared_from_this());
  for (const std::string& room : session.rooms) static_cast<void>(shard.join(socket, room));
  for (const BroadcastPtr& message : missed.messages) connection_.send(message->packets);
  socket.recovered_ = true;
  socket.replay_ = std::make_shared<Replay>(
      Replay{.from = std::move(offset), .messages = std::move(missed.messages), .place = shard.log->end()});
}

void Client::welcome(const SocketPtr& socket) {
  sockets_.push_back(socket);
  socket->connected_ = true;
  if (!socket->recovered_) socket->shard_.add(socket);
  if (const std::string& pid = socket->identity_.pid; !pid.empty()) {
    const Present present{.reactor = connection_.reactor().index(), .socket = socket};
    at_home_of(socket->nsp(), pid, [pid, present](LostSessions& lost) { lost.arrive(pid, present); });
  }
  std::string data = R"({"sid":)" + json::quote(socket->id());
  if (!socket->identity_.pid.empty()) data += R"(,"pid":)" + json::quote(socket->identity_.pid);
  data += '}';
  Namespace& nsp = socket->nsp();
  send({.type = PacketType::connect, .nsp = nsp.name(), .data = data});
  if (nsp.connect_) nsp.connect_(socket);
}

void Client::event(const SocketPtr& socket, const Packet& packet) {
  Namespace& nsp = socket->nsp();
  const Event event{.name = sio::name_of_event(packet.data),
                    .arguments = sio::after_name(packet.data),
                    .attachments = packet.attachments};
  const auto handler = nsp.events_.find(event.name);
  if (handler == nsp.events_.end()) return;
  handler->second(*socket, event, packet.id ? Ack(socket, *packet.id) : Ack());
}

void Client::leave(Socket& socket) {
  const SocketPtr self = socket.shared_from_this();
  send({.type = PacketType::disconnect, .nsp = socket.nsp().name()});
  part(self, "server namespace disconnect", Departure::final);
}

void Client::close() {
  while (!sockets_.empty()) leave(*sockets_.back());
  connection_.close();
}

void Client::part(const SocketPtr& socket, std::string_view reason, Departure departure) {
  std::erase(sockets_, socket);
  if (const std::string& pid = socket->identity_.pid; !pid.empty())
    at_home_of(socket->nsp(), pid, [pid](LostSessions& lost) { lost.depart(pid); });
  if (departure == Departure::recoverable) remember(*socket);
  socket->shard_.remove(*socket);
  socket->end();
  Namespace& nsp = socket->nsp();
  if (nsp.disconnect_) nsp.disconnect_(*socket, reason);
}

void Client::remember(Socket& socket) {
  if (socket.identity_.pid.empty()) return;
  keep(socket.nsp(), socket.identity_.pid,
       {.id = socket.id(),
        .rooms = socket.rooms(),
        .data = socket.data,
        .reactor = connection_.reactor().index(),
        .replay = socket.replay_,
        .until = {}});
}

void Client::keep(Namespace& nsp, const std::string& pid, LostSession session) {
  auto shared = std::make_shared<LostSession>(std::move(session));
  at_home_of(nsp, pid,
             [pid, shared](LostSessions& lost) { lost.add(pid, std::move(*shared), steady_now()); });
}

void Client::on_close(CloseReason reason) {
  closed_ = true;
  const bool recoverable = gateway_.settings_.recovery && is_recoverable(reason);
  for (const SocketPtr& socket : std::vector(sockets_))
    part(socket, eio::name_of(reason), recoverable ? Departure::recoverable : Departure::final);
}

MonoTime Client::on_time(MonoTime now) {
  if (sockets_.empty() && connect_due_ != MonoTime::max() && now >= connect_due_) {
    connection_.close();
    return MonoTime::max();
  }
  if (now >= connect_due_) connect_due_ = MonoTime::max();
  if (attachments_due_ && now >= *attachments_due_) {
    broken("attachments that never came");
    return MonoTime::max();
  }
  MonoTime next = std::min(connect_due_, attachments_due_.value_or(MonoTime::max()));
  for (const SocketPtr& socket : std::vector(sockets_)) next = std::min(next, socket->drop_questions(now));
  return next;
}

}  // namespace luso::gateway::internal
