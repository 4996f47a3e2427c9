#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gateway/internal/recovery.h"
#include "gateway/namespace.h"

namespace luso::gateway::internal {

struct TextHash {
  using is_transparent = void;

  std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
};

struct Room {
  std::string name;
  std::vector<Socket*> members;
};

// What one reactor knows of a namespace: its own sockets, their rooms, and what they may have missed.
struct NamespaceShard {
  NamespaceShard(Namespace& whole, io::Reactors& all, io::Reactor& of, const Settings& settings);

  Namespace& nsp;
  io::Reactors& reactors;
  io::Reactor& reactor;
  std::unordered_map<std::string, SocketPtr, TextHash, std::equal_to<>> sockets;  // By id.
  std::unordered_map<std::string, std::unique_ptr<Room>, TextHash, std::equal_to<>> rooms;
  std::optional<RecoveryLog> log;    // With recovery:
  std::optional<LostSessions> lost;  // those whose pid names this reactor.
  std::uint64_t broadcasts = 0;      // Numbers given to messages for all,
  std::uint64_t whispers = 0;        // and to those for one socket of ours.
  std::uint64_t mark = 0;

  void add(const SocketPtr& socket);
  bool join(Socket& socket, std::string_view room);
  void leave(Socket& socket, std::string_view room);
  void remove(Socket& socket);  // From its rooms, and from here.

  // Calls `visit` once for each socket `to` names. It may send; it must not let anybody come or go.
  template <typename Visit>
  void each(const Audience& to, Visit visit);
  [[nodiscard]] std::vector<SocketPtr> list(const Audience& to);

  void deliver(const BroadcastPtr& message);
  // A message to one socket, remembered when it may be missed.
  void whisper(Socket& socket, std::string_view event, const Arguments& arguments);
  [[nodiscard]] std::optional<Offset> next_broadcast();

 private:
  void leave_at(Socket& socket, std::size_t membership);
};

template <typename Visit>
void NamespaceShard::each(const Audience& to, Visit visit) {
  // A socket in several rooms is met once, one in an excepted room never: each look leaves its mark.
  const std::uint64_t now = ++mark;
  const auto in = [this](const std::string& name, auto act) {
    if (const auto room = rooms.find(name); room != rooms.end()) {
      for (Socket* socket : room->second->members) act(*socket);
    }
    if (const auto one = sockets.find(name); one != sockets.end()) act(*one->second);
  };
  const auto meet = [&](Socket& socket) {
    if (std::exchange(socket.mark_, now) != now) visit(socket);
  };
  for (const std::string& name : to.except) in(name, [now](Socket& socket) { socket.mark_ = now; });
  for (const std::string& name : to.rooms) in(name, meet);
  if (!to.rooms.empty()) return;
  for (const auto& [id, socket] : sockets) meet(*socket);
}

}  // namespace luso::gateway::internal
