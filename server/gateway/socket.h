#pragma once

#include <any>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/handshake.h"
#include "io/reactor.h"
#include "proto/socketio.h"

namespace luso::gateway {

class EngineConnection;
class Namespace;
class Socket;
using SocketPtr = std::shared_ptr<Socket>;
using proto::socketio::Arguments;

namespace internal {
class Client;
struct NamespaceShard;
struct Room;
struct Replay;
}  // namespace internal

// What a client said. Shows the packet it came in: valid during the call.
struct Event {
  std::string name;
  std::string_view arguments;  // JSON values between commas, without the array's brackets.
  std::span<const Bytes> attachments;

  [[nodiscard]] std::vector<std::string_view> values() const;
  // The binary value that stands at `index`; null when it is none.
  [[nodiscard]] const Bytes* binary(std::size_t index) const;
  [[nodiscard]] const Bytes* binary_of(std::string_view value) const;
  [[nodiscard]] Arguments copy() const;
};

// Answers an event, once, from the socket's reactor; nothing happens when the client did not ask, or has
// gone.
class Ack {
 public:
  Ack() = default;

  Ack(const SocketPtr& socket, std::uint64_t id) : socket_(socket), id_(id) {}

  [[nodiscard]] bool is_wanted() const { return !socket_.expired(); }

  void operator()(const Arguments& arguments = {});

 private:
  std::weak_ptr<Socket> socket_;
  std::uint64_t id_ = 0;
};

// One client in one namespace. Lives on the reactor of its connection and is spoken to from there alone.
// Whoever keeps it after its end holds a socket that does nothing.
class Socket : public std::enable_shared_from_this<Socket> {
 public:
  static constexpr std::size_t kRoomsMax = 256;      // One more is not joined.
  static constexpr std::size_t kQuestionsMax = 256;  // Unanswered; one more gets no answer.
  // An answer to ask(): the client's arguments, or null when none came in time.
  using Answer = std::function<void(const Event* answer)>;

  struct Identity {
    std::string id;
    std::string pid;  // What a client proves itself with that comes back; empty without recovery.
    std::string auth;
  };

  Socket(internal::NamespaceShard& shard, internal::Client& client, Identity identity);
  ~Socket();
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  [[nodiscard]] const std::string& id() const { return identity_.id; }

  [[nodiscard]] const std::string& auth() const { return identity_.auth; }  // JSON, or empty.

  [[nodiscard]] const Handshake& handshake() const { return *handshake_; }

  [[nodiscard]] std::string handshake_json() const { return handshake_->json(identity_.auth); }

  [[nodiscard]] Namespace& nsp() const;
  [[nodiscard]] io::Reactor& reactor() const;

  [[nodiscard]] bool is_connected() const { return connected_; }

  // It was cut off and came back: its rooms and data are what they were, what it missed has been sent.
  [[nodiscard]] bool is_recovered() const { return recovered_; }

  void emit(std::string_view event, const Arguments& arguments = {});
  void emit_volatile(std::string_view event,
                     const Arguments& arguments = {});  // Lost when others wait to be sent.
  void ask(std::string_view event, const Arguments& arguments, std::chrono::milliseconds patience,
           Answer answer);

  bool join(std::string_view room);
  void leave(std::string_view room);
  [[nodiscard]] std::vector<std::string> rooms() const;

  void disconnect();        // From this namespace.
  void close_connection();  // From all of them.

  std::any data;  // The application's.

 private:
  friend class Ack;
  friend class Namespace;
  friend class internal::Client;
  friend struct internal::NamespaceShard;

  struct Membership {
    internal::Room* room;
    std::size_t index;  // Among its members.
  };

  struct Question {
    Answer answer;
    MonoTime due;
  };

  void send(const proto::engineio::EncodedPtr& packets);
  void answer(std::uint64_t id, const Arguments& arguments);
  void take_answer(const proto::socketio::Packet& packet);
  [[nodiscard]] MonoTime drop_questions(MonoTime now);  // Those due; when the next one is.
  void end();                                           // Nothing is sent or received from here on.

  internal::NamespaceShard& shard_;
  internal::Client* client_;
  Identity identity_;
  std::shared_ptr<const Handshake> handshake_;
  std::vector<Membership> memberships_;
  std::map<std::uint64_t, Question> questions_;
  std::uint64_t next_question_ = 0;
  std::uint64_t mark_ = 0;  // The last broadcast that looked at it.
  bool connected_ = false;
  bool recovered_ = false;
  std::shared_ptr<internal::Replay> replay_;
};

}  // namespace luso::gateway
