#include "proto/socketio.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "proto/json_text.h"

namespace luso::proto::socketio {
namespace {

constexpr std::array<std::string_view, 6> kReserved = {"connect",       "connect_error", "disconnect",
                                                       "disconnecting", "newListener",   "removeListener"};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// The digits at the front of `rest`, taken off; empty when there are none.
std::string_view take_digits(std::string_view& rest) {
  const auto end = std::ranges::find_if_not(rest, is_digit);
  const auto size = static_cast<std::size_t>(end - rest.begin());
  const std::string_view digits = rest.substr(0, size);
  rest.remove_prefix(size);
  return digits;
}

// An event's name is a string of its own or a number.
bool is_event_data(std::string_view data) {
  if (json::kind_of(data) != json::Kind::array) return false;
  const std::string_view name = json::first_element_of(data);
  if (name.empty()) return false;
  const json::Kind kind = json::kind_of(name);
  if (kind == json::Kind::number) return true;
  return kind == json::Kind::string && !is_reserved_event(json::string_of(name));
}

bool fits(PacketType type, std::string_view data) {
  switch (type) {
    case PacketType::connect: return data.empty() || json::kind_of(data) == json::Kind::object;
    case PacketType::disconnect: return data.empty();
    case PacketType::event:
    case PacketType::binary_event: return !data.empty() && is_event_data(data);
    case PacketType::ack:
    case PacketType::binary_ack: return !data.empty() && json::kind_of(data) == json::Kind::array;
    case PacketType::connect_error:
      return !data.empty() &&
             (json::kind_of(data) == json::Kind::object || json::kind_of(data) == json::Kind::string);
  }
  return false;
}

bool is_binary(PacketType type) {
  return type == PacketType::binary_event || type == PacketType::binary_ack;
}

std::string placeholder(std::size_t number) {
  return R"({"_placeholder":true,"num":)" + std::to_string(number) + '}';
}

}  // namespace

bool is_reserved_event(std::string_view name) {
  return std::ranges::find(kReserved, name) != kReserved.end();
}

Decoder::State Decoder::broken(std::string_view why) {
  why_ = why;
  awaited_ = 0;
  attachments_.clear();
  kept_.clear();
  return State::broken;
}

Decoder::State Decoder::feed(const engineio::Packet& message) {
  return message.is_binary ? binary(message.data) : text(message.data);
}

Decoder::State Decoder::text(std::string_view text) {
  if (awaited_ > 0) return broken("text where an attachment was due");
  attachments_.clear();
  attachment_bytes_ = 0;
  std::size_t attachments = 0;
  if (const std::string_view why = parse(text, attachments); !why.empty()) return broken(why);
  if (attachments == 0) return State::packet;
  // The text is the transport's: what is waited for needs a copy.
  kept_ = text;
  const auto move_over = [&](std::string_view& view) {
    if (view.data() >= text.data() && view.data() < text.data() + text.size())
      view = std::string_view(kept_).substr(static_cast<std::size_t>(view.data() - text.data()), view.size());
  };
  move_over(packet_.nsp);
  move_over(packet_.data);
  awaited_ = attachments;
  return State::more;
}

Decoder::State Decoder::binary(std::string_view bytes) {
  if (awaited_ == 0) return broken("an attachment that nothing stands for");
  attachment_bytes_ += bytes.size();
  if (attachment_bytes_ > limits_.attachment_bytes_max) return broken("attachments beyond the limit");
  const ByteView view = as_bytes(bytes);
  attachments_.emplace_back(view.begin(), view.end());
  if (--awaited_ > 0) return State::more;
  packet_.attachments = attachments_;
  return State::packet;
}

// <type>[<attachments>-][<namespace>,][<id>][<data>]; says what is wrong, or nothing.
std::string_view Decoder::parse(std::string_view text, std::size_t& attachments) {
  if (text.empty() || text.front() < '0' || text.front() > '6') return "unknown packet type";
  const auto type = static_cast<PacketType>(text.front() - '0');
  text.remove_prefix(1);
  packet_ = {};
  packet_.type = type;
  if (is_binary(type)) {
    const auto count = parse_integer<std::size_t>(take_digits(text));
    if (!count || *count == 0 || !text.starts_with('-')) return "illegal attachments";
    if (*count > limits_.attachments_max) return "too many attachments";
    attachments = *count;
    text.remove_prefix(1);
    packet_.type = type == PacketType::binary_event ? PacketType::event : PacketType::ack;
  }
  if (text.starts_with('/')) {
    const std::size_t comma = std::min(text.find(','), text.size());
    packet_.nsp = text.substr(0, comma);
    if (packet_.nsp.size() > kNamespaceBytesMax) return "a namespace beyond the limit";
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  if (const std::string_view digits = take_digits(text); !digits.empty()) {
    packet_.id = parse_integer<std::uint64_t>(digits);
    if (!packet_.id || *packet_.id > kAckIdMax) return "an id beyond the limit";
  }
  packet_.data = text;
  const bool sound = text.empty() || (attachments > 0 ? json::is_value_with_attachments(text, attachments)
                                                      : json::is_value(text));
  if (!sound || !fits(type, text)) return "invalid payload";
  return {};
}

Bytes encode_frames(const Packet& packet) {
  const bool binary = !packet.attachments.empty();
  std::string text;
  text.reserve(packet.data.size() + packet.nsp.size() + 24);
  const auto kind =
      static_cast<unsigned>(packet.type) + (binary ? 3U : 0U);  // event to binary_event, ack alike
  text += static_cast<char>('0' + kind);
  if (binary) {
    text += std::to_string(packet.attachments.size());
    text += '-';
  }
  if (packet.nsp != "/") {
    text += packet.nsp;
    text += ',';
  }
  if (packet.id) text += std::to_string(*packet.id);
  text += packet.data;
  Bytes frames;
  engineio::append_packet(frames, engineio::PacketType::message, text);
  for (const Bytes& attachment : packet.attachments) engineio::append_binary_message(frames, attachment);
  return frames;
}

engineio::EncodedPtr encode(const Packet& packet) {
  auto encoded = std::make_shared<engineio::Encoded>();
  encoded->frames = encode_frames(packet);
  return encoded;
}

Arguments& Arguments::json(std::string_view value) {
  if (!items_.empty()) items_ += ',';
  items_ += value;
  return *this;
}

Arguments& Arguments::text(std::string_view value) {
  return json(json::quote(value));
}

Arguments& Arguments::number(std::int64_t value) {
  return json(std::to_string(value));
}

Arguments& Arguments::boolean(bool value) {
  return json(value ? "true" : "false");
}

Arguments& Arguments::null() {
  return json("null");
}

Arguments& Arguments::binary(ByteView value) {
  return json(place(value));
}

std::string Arguments::place(ByteView value) {
  attachments_.emplace_back(value.begin(), value.end());
  return placeholder(attachments_.size() - 1);
}

std::string Arguments::array_of(std::string_view event) const {
  std::string out = "[";
  out.reserve(items_.size() + event.size() + 8);
  json::append_string(out, event);
  if (!items_.empty()) out += ',';
  out += items_;
  out += ']';
  return out;
}

Arguments Arguments::of_array(std::string_view array, std::span<const Bytes> attachments) {
  Arguments arguments;
  array = trim(array);
  arguments.items_ = trim(array.substr(1, array.size() - 2));
  arguments.attachments_.assign(attachments.begin(), attachments.end());
  return arguments;
}

std::string name_of_event(std::string_view data) {
  const std::string_view name = json::first_element_of(data);
  return json::kind_of(name) == json::Kind::string ? json::string_of(name) : std::string(name);
}

std::string_view after_name(std::string_view data) {
  const std::string_view whole = trim(data);
  const std::string_view name = json::first_element_of(whole);
  const auto behind = static_cast<std::size_t>(name.data() + name.size() - whole.data());
  std::string_view rest = trim(whole.substr(behind, whole.size() - behind - 1));
  if (rest.starts_with(',')) rest.remove_prefix(1);
  return trim(rest);
}

}  // namespace luso::proto::socketio
