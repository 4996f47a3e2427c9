#include "gateway/namespace.h"

#include <algorithm>

#include "base/check.h"
#include "gateway/internal/client.h"
#include "gateway/internal/namespace_shard.h"
#include "io/call_on.h"
#include "proto/json_text.h"

namespace luso::gateway {
namespace sio = proto::socketio;
using internal::Broadcast;
using internal::BroadcastPtr;
using internal::NamespaceShard;
using internal::Offset;
using internal::Room;

namespace internal {
namespace {

BroadcastPtr make_broadcast(const Namespace& nsp, Audience to, std::optional<Offset> offset,
                            std::string_view event, Arguments arguments) {
  // A client tells the last of these when it comes back.
  if (offset) arguments.text(text_of(*offset));
  const std::string data = arguments.array_of(event);
  auto packets = sio::encode({.type = sio::PacketType::event,
                              .nsp = nsp.name(),
                              .data = data,
                              .attachments = arguments.attachments()});
  return std::make_shared<Broadcast>(
      Broadcast{.packets = std::move(packets), .to = std::move(to), .offset = offset});
}

}  // namespace

NamespaceShard::NamespaceShard(Namespace& whole, io::Reactors& all, io::Reactor& of, const Settings& settings)
    : nsp(whole), reactors(all), reactor(of) {
  if (!settings.recovery) return;
  log.emplace(*settings.recovery, 2 * all.size());
  lost.emplace(*settings.recovery);
}

void NamespaceShard::add(const SocketPtr& socket) {
  sockets.emplace(socket->id(), socket);
}

bool NamespaceShard::join(Socket& socket, std::string_view name) {
  if (name == socket.id()) return true;
  const auto is_in = [&](const Socket::Membership& membership) { return membership.room->name == name; };
  if (std::ranges::any_of(socket.memberships_, is_in)) return true;
  if (socket.memberships_.size() >= Socket::kRoomsMax) return false;
  auto found = rooms.find(name);
  if (found == rooms.end()) {
    auto room = std::make_unique<Room>(Room{.name = std::string(name), .members = {}});
    found = rooms.emplace(room->name, std::move(room)).first;
  }
  Room& room = *found->second;
  socket.memberships_.push_back({.room = &room, .index = room.members.size()});
  room.members.push_back(&socket);
  return true;
}

void NamespaceShard::leave(Socket& socket, std::string_view name) {
  for (std::size_t i = 0; i < socket.memberships_.size(); ++i) {
    if (socket.memberships_[i].room->name == name) return leave_at(socket, i);
  }
}

// The last member takes the place of the one who goes.
void NamespaceShard::leave_at(Socket& socket, std::size_t membership) {
  const auto [room, index] = socket.memberships_[membership];
  Socket& last = *room->members.back();
  room->members[index] = &last;
  room->members.pop_back();
  for (auto& other : last.memberships_) {
    if (other.room == room) other.index = index;
  }
  socket.memberships_.erase(socket.memberships_.begin() + static_cast<std::ptrdiff_t>(membership));
  if (room->members.empty()) rooms.erase(std::string(room->name));
}

void NamespaceShard::remove(Socket& socket) {
  while (!socket.memberships_.empty()) leave_at(socket, socket.memberships_.size() - 1);
  const auto found = sockets.find(socket.id());
  if (found != sockets.end() && found->second.get() == &socket) sockets.erase(found);
}

std::vector<SocketPtr> NamespaceShard::list(const Audience& to) {
  std::vector<SocketPtr> found;
  each(to, [&](Socket& socket) { found.push_back(socket.shared_from_this()); });
  return found;
}

void NamespaceShard::deliver(const BroadcastPtr& message) {
  if (log && message->offset) log->add(message, std::chrono::steady_clock::now());
  const bool may_be_lost = message->to.is_volatile;
  each(message->to, [&](Socket& socket) {
    if (socket.client_ == nullptr) return;
    if (may_be_lost && !socket.client_->connection().is_writable()) return;
    socket.client_->connection().send(message->packets);
  });
}

std::optional<Offset> NamespaceShard::next_broadcast() {
  if (!log) return std::nullopt;
  return Offset{.stream = reactor.index(), .number = ++broadcasts};
}

void NamespaceShard::whisper(Socket& socket, std::string_view event, const Arguments& arguments) {
  std::optional<Offset> offset;
  if (log)
    offset =
        Offset{.stream = reactor.index() + static_cast<std::uint32_t>(reactors.size()), .number = ++whispers};
  const BroadcastPtr message = make_broadcast(nsp, {.rooms = {socket.id()}}, offset, event, arguments);
  if (log) log->add(message, std::chrono::steady_clock::now());
  socket.send(message->packets);
}

}  // namespace internal

Namespace::Namespace(std::string name, io::Reactors& reactors, const Settings& settings)
    : name_(std::move(name)), settings_(settings) {
  for (std::size_t i = 0; i < reactors.size(); ++i)
    shards_.push_back(std::make_unique<NamespaceShard>(*this, reactors, reactors.at(i), settings));
}

Namespace::~Namespace() = default;

// Here at once, when there is a here; over there as soon as they come to it.
template <typename Act>
void Namespace::on_every_shard(Act act) {
  const io::Reactor* here = io::Reactor::current();
  for (const auto& shard : shards_) {
    if (&shard->reactor == here) {
      act(*shard);
    } else {
      shard->reactor.post([act, &shard = *shard] { act(shard); });
    }
  }
}

void Namespace::emit(const Audience& to, std::string_view event, const Arguments& arguments) {
  const io::Reactor* here = io::Reactor::current();
  LUSO_CHECK(here != nullptr && !sio::is_reserved_event(event));
  std::optional<Offset> offset;
  if (!to.is_volatile) offset = shards_.at(here->index())->next_broadcast();
  const BroadcastPtr message = internal::make_broadcast(*this, to, offset, event, arguments);
  on_every_shard([message](NamespaceShard& shard) { shard.deliver(message); });
}

void Namespace::join(const Audience& who, std::vector<std::string> rooms) {
  on_every_shard([who, rooms = std::move(rooms)](NamespaceShard& shard) {
    for (const SocketPtr& socket : shard.list(who)) {
      for (const std::string& room : rooms) static_cast<void>(shard.join(*socket, room));
    }
  });
}

void Namespace::leave(const Audience& who, std::vector<std::string> rooms) {
  on_every_shard([who, rooms = std::move(rooms)](NamespaceShard& shard) {
    for (const SocketPtr& socket : shard.list(who)) {
      for (const std::string& room : rooms) shard.leave(*socket, room);
    }
  });
}

void Namespace::disconnect(const Audience& who, bool close_connection) {
  on_every_shard([who, close_connection](NamespaceShard& shard) {
    for (const SocketPtr& socket : shard.list(who)) {
      if (close_connection) {
        socket->close_connection();
      } else {
        socket->disconnect();
      }
    }
  });
}

Task<std::vector<SocketFacts>> Namespace::fetch(Audience who) const {
  std::vector<SocketFacts> all;
  for (const auto& shard : shards_) {
    auto look = [&] {
      for (const SocketPtr& socket : shard->list(who)) {
        all.push_back({.id = socket->id(),
                       .handshake = socket->handshake_,
                       .auth = socket->auth(),
                       .rooms = socket->rooms()});
      }
      return true;
    };
    static_cast<void>(co_await io::call_on(shard->reactor, look));
  }
  co_return all;
}

}  // namespace luso::gateway
