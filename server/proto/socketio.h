#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "proto/engineio.h"

// Socket.IO's packets, protocol 5 (https://socket.io/docs/v4/socket-io-protocol). Arguments stay the JSON
// text their sender wrote, with a placeholder for each binary one, so that passing them on costs nothing.
namespace luso::proto::socketio {

inline constexpr std::size_t kAttachmentsMax = 10;             // More in one packet is an error.
inline constexpr std::size_t kNamespaceBytesMax = 128;         // A longer name is an error.
inline constexpr std::uint64_t kAckIdMax = (1ULL << 53U) - 1;  // What JavaScript counts to.

enum class PacketType : std::uint8_t {
  connect,
  disconnect,
  event,
  ack,
  connect_error,
  binary_event,
  binary_ack
};

struct Packet {
  PacketType type = PacketType::event;  // event and ack also for the binary kinds: those have attachments.
  std::string_view nsp = "/";
  std::optional<std::uint64_t> id = std::nullopt;
  std::string_view data = {};  // JSON, or nothing.
  std::span<const Bytes> attachments = {};
};

// Names that mean something of their own to one end or the other.
[[nodiscard]] bool is_reserved_event(std::string_view name);

struct DecoderLimits {
  std::size_t attachments_max = kAttachmentsMax;
  std::size_t attachment_bytes_max = 1'000'000;  // Of one packet's attachments together.
};

// Engine.IO's messages in, packets out, for one client.
class Decoder {
 public:
  enum class State : std::uint8_t {
    packet,  // See packet().
    more,    // Its attachments are still to come.
    broken   // See why(). Whoever sends this is not to be listened to any longer.
  };

  explicit Decoder(DecoderLimits limits = {}) : limits_(limits) {}

  [[nodiscard]] State feed(const engineio::Packet& message);

  // Shows what it was fed, or keeps itself: valid until the next feed().
  [[nodiscard]] const Packet& packet() const { return packet_; }

  [[nodiscard]] std::string_view why() const { return why_; }

  [[nodiscard]] bool waits_for_attachments() const { return awaited_ > 0; }

 private:
  State text(std::string_view text);
  State binary(std::string_view bytes);
  State broken(std::string_view why);
  [[nodiscard]] std::string_view parse(std::string_view text, std::size_t& attachments);

  DecoderLimits limits_;
  Packet packet_;
  std::string kept_;  // The text of a packet whose attachments are on their way.
  std::vector<Bytes> attachments_;
  std::size_t attachment_bytes_ = 0;
  std::size_t awaited_ = 0;
  std::string_view why_;
};

// A packet as frames, its attachments behind it.
[[nodiscard]] Bytes encode_frames(const Packet& packet);
[[nodiscard]] engineio::EncodedPtr encode(const Packet& packet);

// What an event or an acknowledgement carries, in the order it was said.
class Arguments {
 public:
  Arguments& json(std::string_view value);  // One JSON value, believed.
  Arguments& text(std::string_view value);
  Arguments& number(std::int64_t value);
  Arguments& boolean(bool value);
  Arguments& null();
  Arguments& binary(ByteView value);
  // For a binary value inside a JSON one: what to write in its place.
  [[nodiscard]] std::string place(ByteView value);

  [[nodiscard]] std::string array() const { return '[' + items_ + ']'; }

  // An event's data begins with its name.
  [[nodiscard]] std::string array_of(std::string_view event) const;

  [[nodiscard]] const std::vector<Bytes>& attachments() const { return attachments_; }

  // As they came with a packet: an array of JSON values, and what its placeholders stand for.
  [[nodiscard]] static Arguments of_array(std::string_view array, std::span<const Bytes> attachments);

 private:
  std::string items_;
  std::vector<Bytes> attachments_;
};

// The parts of an event's data.
[[nodiscard]] std::string name_of_event(std::string_view data);
// The arguments behind the name, as an array again.
[[nodiscard]] std::string_view after_name(
    std::string_view data);  // What stands behind the name and its comma, up to "]".

}  // namespace luso::proto::socketio
