#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gateway/settings.h"
#include "gateway/socket.h"
#include "io/task.h"

namespace luso::gateway {

// Why a client may not join: the connect_error it gets.
struct Denial {
  std::string message;
  std::string data = {};  // JSON, or empty.
};

// Who gets a message: everybody in one of the rooms (of the whole namespace when there are none), but for
// those in one of `except`. A socket's id is a room of its own.
struct Audience {
  std::vector<std::string> rooms = {};
  std::vector<std::string> except = {};
  bool is_volatile = false;  // Lost to whoever has others waiting to be sent.
  bool local = false;        // For this node's clients alone.
};

// What is known of a socket, wherever it lives.
struct SocketFacts {
  std::string id;
  std::shared_ptr<const Handshake> handshake;
  std::string auth;
  std::vector<std::string> rooms;
};

// Handlers are set before the server starts. The rest may be called on any reactor; each reactor serves its
// own sockets, and a message crosses over once for all of them.
class Namespace {
 public:
  using Middleware = std::function<Task<std::optional<Denial>>(SocketPtr socket)>;
  using ConnectHandler = std::function<void(const SocketPtr& socket)>;
  using DisconnectHandler = std::function<void(Socket& socket, std::string_view reason)>;
  using EventHandler = std::function<void(Socket& socket, const Event& event, Ack ack)>;

  Namespace(std::string name, io::Reactors& reactors, const Settings& settings);
  ~Namespace();
  Namespace(const Namespace&) = delete;
  Namespace& operator=(const Namespace&) = delete;

  [[nodiscard]] const std::string& name() const { return name_; }

  void use(Middleware middleware) { middlewares_.push_back(std::move(middleware)); }  // In this order.

  void on_connect(ConnectHandler handler) { connect_ = std::move(handler); }

  void on_disconnect(DisconnectHandler handler) { disconnect_ = std::move(handler); }

  void on(std::string event, EventHandler handler) {
    events_.insert_or_assign(std::move(event), std::move(handler));
  }

  // To everybody `to` names, those of this reactor at once. Encoded once.
  void emit(const Audience& to, std::string_view event, const Arguments& arguments = {});
  void join(const Audience& who, std::vector<std::string> rooms);
  void leave(const Audience& who, std::vector<std::string> rooms);
  void disconnect(const Audience& who, bool close_connection = false);
  [[nodiscard]] Task<std::vector<SocketFacts>> fetch(Audience who) const;

 private:
  friend class Gateway;
  friend class Socket;
  friend class internal::Client;
  friend struct internal::NamespaceShard;

  template <typename Act>
  void on_every_shard(Act act);

  std::string name_;
  const Settings& settings_;
  std::vector<Middleware> middlewares_;
  ConnectHandler connect_;
  DisconnectHandler disconnect_;
  std::unordered_map<std::string, EventHandler> events_;
  std::vector<std::unique_ptr<internal::NamespaceShard>> shards_;  // One a reactor.
};

}  // namespace luso::gateway
