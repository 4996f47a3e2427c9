#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/steady_timer.hpp>

#include "gateway/handshake.h"
#include "gateway/settings.h"
#include "io/http.h"
#include "io/reactor.h"
#include "proto/engineio_session.h"

namespace luso::io {
class WebSocket;
}  // namespace luso::io

namespace luso::gateway {

namespace internal {
struct EngineShard;
class EngineTicket;
class Line;
}  // namespace internal

// Who speaks with one client through Engine.IO. Lives and is called on the connection's reactor; its
// connection outlives it.
class Guest {
 public:
  virtual ~Guest() = default;
  // May close the connection; must not keep what it is shown.
  virtual void on_message(const proto::engineio::Packet& message) = 0;
  virtual void on_close(proto::engineio::CloseReason reason) = 0;  // Once; nothing is called after it.

  // When it wants to be called again, after connection.wake_by().
  virtual MonoTime on_time(MonoTime /*now*/) { return MonoTime::max(); }
};

// One client's session, by whatever transport it has. Lives on the reactor that took its handshake.
class EngineConnection : public std::enable_shared_from_this<EngineConnection> {
 public:
  struct Opening {
    std::string sid;
    proto::engineio::Transport transport;
    MonoTime now;
    MonoTime first_ping;
  };

  EngineConnection(internal::EngineShard& shard, const Opening& opening,
                   std::shared_ptr<const Handshake> handshake,
                   std::shared_ptr<internal::EngineTicket> ticket);
  ~EngineConnection();
  EngineConnection(const EngineConnection&) = delete;
  EngineConnection& operator=(const EngineConnection&) = delete;

  [[nodiscard]] io::Reactor& reactor() const;

  [[nodiscard]] const std::string& sid() const { return session_.sid(); }

  [[nodiscard]] const Handshake& handshake() const { return *handshake_; }

  [[nodiscard]] const std::shared_ptr<const Handshake>& shared_handshake() const { return handshake_; }

  // Messages as frames, made once for all who get them. A client too far behind is closed, and counted.
  void send(const proto::engineio::EncodedPtr& messages);
  // Nothing waits to be sent: what may be lost is worth sending.
  [[nodiscard]] bool is_writable() const;
  void close(proto::engineio::CloseReason reason = proto::engineio::CloseReason::forced_close);
  void wake_by(MonoTime due);

  [[nodiscard]] bool is_open() const { return session_.state() == proto::engineio::Session::State::open; }

  MonoTime booked = MonoTime::max();  // The agenda's.
  [[nodiscard]] MonoTime on_time(MonoTime now);

 private:
  friend class Engine;
  struct PollAnswer;

  void welcome(std::unique_ptr<Guest> guest);
  [[nodiscard]] bool hear(const std::shared_ptr<internal::Line>& line, bool is_text,
                          std::string_view payload);
  [[nodiscard]] bool hear_candidate(const std::optional<proto::engineio::Packet>& packet);
  [[nodiscard]] bool post(std::string_view body);
  [[nodiscard]] bool take(const std::optional<proto::engineio::Packet>& packet, MonoTime now);
  [[nodiscard]] bool attach_candidate(const std::shared_ptr<internal::Line>& line);
  void line_lost(const std::shared_ptr<internal::Line>& line, proto::engineio::CloseReason reason);
  void say_ping();
  void settle();  // After anything happened: the poll, the agenda, and the end when it has come.
  void finish();
  [[nodiscard]] static Task<PollAnswer> answer_poll(std::shared_ptr<EngineConnection> connection);

  internal::EngineShard& shard_;
  std::shared_ptr<const Handshake> handshake_;
  std::shared_ptr<internal::EngineTicket> ticket_;  // Its place among its network's connections.
  proto::engineio::Session session_;
  std::unique_ptr<Guest> guest_;
  MonoTime guest_due_ = MonoTime::max();
  std::shared_ptr<internal::Line> line_, candidate_;
  std::unique_ptr<boost::asio::steady_timer>
      poll_;  // Of polling sessions: cancelled when there is something to say.
  bool finished_ = false;
};

// Engine.IO over the house's HTTP: polling and WebSocket under one path, each session on one reactor. A
// session's id names its reactor, so a poll that comes in elsewhere finds it without a table that all would
// share.
class Engine {
 public:
  using Welcome = std::function<std::unique_ptr<Guest>(EngineConnection& connection)>;
  // Asked before a session is made; false is 403. Must leave the request as it is.
  using Admit = std::function<Task<bool>(const io::HttpRequest* request)>;

  Engine(io::Reactors& reactors, EngineSettings settings, Welcome welcome);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  void set_admission(Admit admit) { admit_ = std::move(admit); }

  // Of every request below the path it is mounted at.
  [[nodiscard]] io::HttpAnswer answer(io::HttpRequest& request);

  [[nodiscard]] std::size_t body_limit() const { return settings_.session.payload_bytes_max; }

  // Tells every client that the server stops. Before the reactors do.
  [[nodiscard]] Task<void> close();

 private:
  struct Refusal;
  [[nodiscard]] Refusal verify(const io::HttpRequest& request, bool upgrade) const;
  [[nodiscard]] internal::EngineShard* home_of(std::string_view sid) const;
  [[nodiscard]] Task<std::shared_ptr<EngineConnection>> find(std::string sid) const;
  [[nodiscard]] Task<io::HttpResponse> open(io::HttpRequest& request, bool upgrade);
  [[nodiscard]] Task<io::HttpResponse> go_on(io::HttpRequest& request, bool upgrade, std::string sid);
  [[nodiscard]] Task<io::HttpResponse> poll(io::HttpRequest& request,
                                            std::shared_ptr<EngineConnection> connection) const;
  [[nodiscard]] io::HttpResponse upgrade_to(const io::HttpRequest& request,
                                            std::function<Task<void>(io::WebSocket&)> serve) const;
  [[nodiscard]] std::shared_ptr<EngineConnection> make_connection(
      proto::engineio::Transport transport, std::shared_ptr<const Handshake> handshake,
      std::shared_ptr<internal::EngineTicket> ticket);
  [[nodiscard]] io::HttpResponse refuse(const Refusal& refusal, const io::HttpRequest& request,
                                        bool upgrade) const;
  void add_cors(io::HttpResponse& response, const io::HttpRequest& request) const;
  [[nodiscard]] io::HttpResponse preflight(const io::HttpRequest& request) const;
  [[nodiscard]] bool allows_origin(const io::HttpRequest& request) const;

  io::Reactors& reactors_;
  EngineSettings settings_;
  Welcome welcome_;
  Admit admit_;
  bool any_origin_ = false;
  std::vector<std::unique_ptr<internal::EngineShard>> shards_;
};

}  // namespace luso::gateway
