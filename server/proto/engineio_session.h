#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "proto/engineio.h"

// One Engine.IO client from its handshake to its end, the server's side: which transport speaks, who must be
// heard of by when, and what waits for a poll. No sockets and no clock: whoever owns it tells what came and
// what time it is.
namespace luso::proto::engineio {

enum class Transport : std::uint8_t { polling, websocket };

// Why a session ended, and in what words Socket.IO says so.
enum class CloseReason : std::uint8_t {
  transport_close,  // The client said so, or hung up.
  transport_error,  // The connection broke, or was used wrongly.
  ping_timeout,
  parse_error,
  forced_close,  // We did.
  server_shutting_down,
  too_slow  // The backlog was full.
};
[[nodiscard]] std::string_view name_of(CloseReason reason);

struct Settings {
  std::chrono::milliseconds ping_interval{25'000};
  std::chrono::milliseconds ping_timeout{20'000};
  std::chrono::milliseconds upgrade_timeout{
      10'000};  // From a second connection to its "5"; then that one is closed.
  std::chrono::milliseconds farewell{
      30'000};  // A closing session waits so long for the poll that hears of it.
  std::size_t payload_bytes_max = 1'000'000;  // A body or message of the client's; a longer one is refused.
  std::size_t backlog_packets_max = 1'024;    // A client this far behind is closed and counted;
  std::size_t backlog_bytes_max = 4 * 1'024 * 1'024;  // the same.
};

class Session {
 public:
  enum class State : std::uint8_t { open, closing, closed };

  // `first_ping` is when the first ping goes out, at most an interval from now: clients that come together
  // need not be asked together.
  Session(std::string sid, const Settings& settings, Transport transport, MonoTime now, MonoTime first_ping);

  [[nodiscard]] const std::string& sid() const { return sid_; }

  [[nodiscard]] State state() const { return state_; }

  [[nodiscard]] CloseReason reason() const { return reason_; }  // Of a session that is closed.

  [[nodiscard]] Transport transport() const { return transport_; }

  // The data of the open packet. Polling clients get it by send(), as their first packet.
  [[nodiscard]] std::string greeting() const;

  // --- What comes by the transport that speaks: a packet, or none when it could not be read.
  enum class Received : std::uint8_t { nothing, message, closed };
  [[nodiscard]] Received receive(const std::optional<Packet>& packet, MonoTime now);

  // --- Time. tick() is due at deadline(); before any other call it may be called at leisure.
  enum class Due : std::uint8_t { nothing, ping, drop_candidate, closed };
  [[nodiscard]] MonoTime deadline() const;
  [[nodiscard]] Due tick(MonoTime now);

  // --- Polling.
  enum class Poll : std::uint8_t {
    answer,   // take_payload() is what to say.
    wait,     // Until has_payload().
    overlap,  // There is a poll already: refuse this one. The session is closed.
    refuse    // Not, or no longer, a polling session.
  };
  [[nodiscard]] Poll poll();
  [[nodiscard]] bool has_payload() const;
  [[nodiscard]] std::string take_payload();
  void poll_aborted();  // The client hung up on a poll that waited.

  [[nodiscard]] bool is_polled() const { return polled_; }

  // --- Upgrade to a second connection, a WebSocket.
  [[nodiscard]] bool begin_upgrade(MonoTime now);  // False: it is closed at once, and this session goes on.
  enum class Probe : std::uint8_t {
    nothing,
    answer,   // Say "3probe" to the candidate.
    upgrade,  // It is the transport now: what was queued (take_backlog()) belongs to it.
    drop      // Not what a candidate says: close it, and go on without.
  };
  [[nodiscard]] Probe probe(const std::optional<Packet>& packet);
  void candidate_lost();

  [[nodiscard]] bool is_upgrading() const { return upgrading_; }

  // --- Sending while polling. False, and closed, when the client is too far behind.
  bool send(EncodedPtr packets);
  [[nodiscard]] std::deque<EncodedPtr> take_backlog();

  // A packet that may be lost goes out only if it need not wait.
  [[nodiscard]] bool is_writable() const { return polled_ && backlog_.empty(); }

  // --- The end. close() lets a polling client hear of it first; end() is at once.
  void close(MonoTime now);
  void end(CloseReason reason);

 private:
  std::string sid_;
  const Settings& settings_;
  Transport transport_;
  State state_ = State::open;
  CloseReason reason_ = CloseReason::forced_close;

  MonoTime ping_due_;
  std::optional<MonoTime> pong_due_;  // Set from a ping to its pong.
  bool pong_extended_ = false;
  std::optional<MonoTime> farewell_due_;

  bool polled_ = false;     // A poll waits.
  bool noop_due_ = false;   // Its answer, when there is nothing better.
  bool say_close_ = false;  // It hears that this was the last.
  bool upgrading_ = false;
  bool probed_ = false;
  MonoTime upgrade_due_;

  std::deque<EncodedPtr> backlog_;
  std::size_t backlog_bytes_ = 0;
};

}  // namespace luso::proto::engineio
