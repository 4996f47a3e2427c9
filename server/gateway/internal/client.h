#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/gateway.h"
#include "gateway/internal/recovery.h"
#include "proto/socketio.h"

namespace luso::gateway::internal {

// One client: its packets, and its socket in each namespace it has joined. Lives on its connection's reactor.
class Client final : public Guest {
 public:
  static constexpr std::size_t kNamespacesMax = 32;  // Joined or about to be; one more closes the connection.

  Client(Gateway& gateway, EngineConnection& connection);

  void on_message(const proto::engineio::Packet& message) override;
  void on_close(proto::engineio::CloseReason reason) override;
  [[nodiscard]] MonoTime on_time(MonoTime now) override;

  void send(const proto::socketio::Packet& packet);

  [[nodiscard]] EngineConnection& connection() const { return connection_; }

  // A socket leaves; its client hears of it.
  void leave(Socket& socket);
  void close();  // All of them, and the connection.

 private:
  enum class Departure : std::uint8_t { final, recoverable };

  [[nodiscard]] SocketPtr find(std::string_view nsp) const;
  void take(const proto::socketio::Packet& packet);
  void broken(std::string_view why);
  void connect(const proto::socketio::Packet& packet);
  [[nodiscard]] Task<void> admit(Namespace* nsp, std::string auth, std::shared_ptr<EngineConnection> alive);
  [[nodiscard]] Task<std::optional<LostSession>> lost_session(Namespace* nsp, std::string auth) const;
  [[nodiscard]] Task<std::optional<Denial>> ask_middlewares(Namespace* nsp, SocketPtr socket) const;
  struct Missed;
  [[nodiscard]] Task<std::optional<Missed>> missed_of(Namespace* nsp, LostSession session,
                                                      std::string offset) const;
  void restore(Socket& socket, const LostSession& session, Missed missed, std::string offset);
  void welcome(const SocketPtr& socket);
  void event(const SocketPtr& socket, const proto::socketio::Packet& packet);
  void part(const SocketPtr& socket, std::string_view reason, Departure departure);
  void remember(Socket& socket);
  static void keep(Namespace& nsp, const std::string& pid, LostSession session);
  template <typename Act>
  static void at_home_of(Namespace& nsp, const std::string& pid, Act act);
  [[nodiscard]] SocketPtr make_socket(Namespace& nsp, std::string auth,
                                      const std::optional<LostSession>& session);

  Gateway& gateway_;
  EngineConnection& connection_;
  proto::socketio::Decoder decoder_;
  std::vector<SocketPtr> sockets_;
  std::vector<const Namespace*> joining_;
  MonoTime connect_due_;
  std::optional<MonoTime> attachments_due_;
  bool closed_ = false;
};

}  // namespace luso::gateway::internal
