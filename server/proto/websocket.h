#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

// The WebSocket protocol, server side, without sockets (RFC 6455; clauses are of that document).
// Read into `Parser::prepare()`, `commit()`, then take events from `next()` until it has none.
namespace luso::proto::websocket {

inline constexpr std::size_t kControlPayloadMax = 125;  // 5.5; more is a protocol error.

// 7.4.1. What we send, and what a peer may send.
enum class CloseCode : std::uint16_t {
  normal = 1000,
  going_away = 1001,
  protocol_error = 1002,
  unsupported_data = 1003,
  no_status = 1005,  // Never on the wire: the peer closed without saying why.
  bad_payload = 1007,
  policy_violation = 1008,
  too_big = 1009,
  internal_error = 1011,
  try_again_later = 1013
};

enum class Opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

// The headers of an upgrade request, empty when absent.
struct UpgradeRequest {
  std::string_view connection;
  std::string_view upgrade;
  std::string_view version;
  std::string_view key;
};

// The value of Sec-WebSocket-Accept, or "api.invalid" for a request that is not a sound handshake (4.2.1).
[[nodiscard]] Result<std::string> accept_upgrade(const UpgradeRequest& request);
[[nodiscard]] std::string accept_key(std::string_view key);

struct Event {
  enum class Kind : std::uint8_t {
    text,    // `payload` is a whole message of valid UTF-8.
    binary,  // `payload` is a whole message.
    ping,    // Answer with a pong of the same payload.
    pong,
    close,  // The peer closes with `code`; `payload` is its reason. Echo the code and stop.
    fail  // The peer broke the protocol: send a close with `code` and stop. `payload` says what, for the log.
  };
  Kind kind = Kind::binary;
  CloseCode code = CloseCode::normal;
  ByteView payload;  // Valid until the next call of next(), prepare() or feed().
};

struct ParserLimits {
  std::size_t message_bytes_max = 65'536;  // A longer message fails with too_big, before it is buffered.
};

class Parser {
 public:
  explicit Parser(ParserLimits limits = {}) : limits_(limits) {}

  // Room for `size` bytes to read into; commit() says how many came.
  [[nodiscard]] std::span<std::uint8_t> prepare(std::size_t size);
  void commit(std::size_t size);
  void feed(ByteView bytes);  // The two in one, with a copy.

  // After close or fail there are no more events, and what is fed is dropped.
  [[nodiscard]] std::optional<Event> next();

  [[nodiscard]] bool finished() const { return finished_; }

 private:
  struct Header;
  enum class HeaderState : std::uint8_t { incomplete, ready, broken };
  HeaderState read_header(Header& header, Event& failure) const;
  [[nodiscard]] std::optional<Event> take_data(const Header& header, std::span<std::uint8_t> payload);
  [[nodiscard]] Event take_control(const Header& header, ByteView payload);
  [[nodiscard]] Event fail_with(CloseCode code, std::string_view why);

  ParserLimits limits_;
  Bytes buffer_;
  std::size_t begin_ = 0;  // Of what is unread in buffer_.
  std::size_t end_ = 0;
  Bytes message_;  // Fragments so far.
  bool message_done_ = false;
  std::optional<Opcode> fragmented_;
  bool finished_ = false;
};

// A frame's header from server to client (never masked). Made once for a payload that many sockets share.
struct FrameHeader {
  std::array<std::uint8_t, 10> bytes{};
  std::size_t size = 0;

  [[nodiscard]] ByteView view() const { return ByteView{bytes}.first(size); }
};

[[nodiscard]] FrameHeader frame_header(Opcode opcode, std::size_t payload_size);

[[nodiscard]] Bytes write_frame(Opcode opcode, ByteView payload);
[[nodiscard]] Bytes write_close(CloseCode code,
                                std::string_view reason = {});  // A long reason is cut, at a character.

}  // namespace luso::proto::websocket
