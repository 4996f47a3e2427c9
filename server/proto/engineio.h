#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"

// Engine.IO's packets, protocol 4 (https://socket.io/docs/v4/engine-io-protocol). A message travels as a
// WebSocket frame of its own, or beside others in the body of a polling request.
namespace luso::proto::engineio {

inline constexpr char kSeparator = '\x1e';  // Between the packets of a polling body.

enum class PacketType : char { open = '0', close, ping, pong, message, upgrade, noop };

struct Packet {
  PacketType type = PacketType::noop;
  bool is_binary = false;  // Of messages only.
  std::string_view data;
  friend bool operator==(const Packet&, const Packet&) = default;
};

// A text frame, or a piece of a polling body that is not binary; empty for what is no packet.
[[nodiscard]] std::optional<Packet> parse_packet(std::string_view text);
// A binary frame is a message and nothing but its bytes.
[[nodiscard]] Packet binary_message(ByteView bytes);

// The packets of a polling body, in order. A body that is no UTF-8 or has a piece that is no packet fails
// there.
class PayloadReader {
 public:
  explicit PayloadReader(std::string_view body);

  [[nodiscard]] std::optional<Packet> next();  // What it shows holds until the next call.

  [[nodiscard]] bool failed() const { return failed_; }

 private:
  std::optional<std::string_view> rest_;
  Bytes decoded_;
  bool failed_ = false;
};

// Packets as the WebSocket frames that carry them, made once and shared by every socket that gets them. A
// polling client gets the same frames rewritten.
struct Encoded {
  Bytes frames;
  Bytes compressed;  // The same frames through permessage-deflate, or empty.
};

using EncodedPtr = std::shared_ptr<const Encoded>;

void append_packet(Bytes& frames, PacketType type, std::string_view data = {});
void append_binary_message(Bytes& frames, ByteView data);
[[nodiscard]] EncodedPtr encode_packet(PacketType type, std::string_view data = {});

// Adds the packets in `frames`, which must be whole frames of ours, to a polling body.
void append_to_payload(std::string& payload, ByteView frames);

}  // namespace luso::proto::engineio
