#include "proto/engineio.h"

#include "base/check.h"
#include "base/text.h"
#include "proto/websocket.h"

namespace luso::proto::engineio {
namespace {

using websocket::Opcode;

// Of a frame from server to client: never masked, never in fragments.
struct OwnFrame {
  Opcode opcode;
  ByteView payload;
};

OwnFrame take_frame(ByteReader& reader) {
  const unsigned first = reader.u8();
  std::uint64_t size = reader.u8();
  if (size == 126) {
    size = reader.u16();
  } else if (size == 127) {
    size = reader.u64();
  }
  const ByteView payload = reader.take(static_cast<std::size_t>(size));
  LUSO_CHECK(!reader.failed());
  return {.opcode = static_cast<Opcode>(first & 0x0FU), .payload = payload};
}

}  // namespace

std::optional<Packet> parse_packet(std::string_view text) {
  if (text.empty() || text.front() < '0' || text.front() > '6') return std::nullopt;
  return Packet{.type = static_cast<PacketType>(text.front()), .is_binary = false, .data = text.substr(1)};
}

Packet binary_message(ByteView bytes) {
  return {.type = PacketType::message, .is_binary = true, .data = as_text(bytes)};
}

PayloadReader::PayloadReader(std::string_view body) : rest_(body) {
  if (is_utf8(body)) return;
  failed_ = true;
  rest_.reset();
}

std::optional<Packet> PayloadReader::next() {
  if (!rest_) return std::nullopt;
  const std::size_t end = rest_->find(kSeparator);
  const std::string_view piece = rest_->substr(0, end);
  if (end == std::string_view::npos) {
    rest_.reset();
  } else {
    rest_->remove_prefix(end + 1);
  }
  std::optional<Packet> packet;
  if (piece.starts_with('b')) {
    if (auto decoded = base64_decode(piece.substr(1))) {
      decoded_ = std::move(*decoded);
      packet = binary_message(decoded_);
    }
  } else {
    packet = parse_packet(piece);
  }
  if (!packet) {
    failed_ = true;
    rest_.reset();
  }
  return packet;
}

void append_packet(Bytes& frames, PacketType type, std::string_view data) {
  const auto header = websocket::frame_header(Opcode::text, data.size() + 1);
  frames.reserve(frames.size() + header.size + data.size() + 1);
  ByteWriter writer(frames);
  writer.raw(header.view());
  writer.u8(static_cast<std::uint8_t>(type));
  writer.text(data);
}

void append_binary_message(Bytes& frames, ByteView data) {
  const auto header = websocket::frame_header(Opcode::binary, data.size());
  frames.reserve(frames.size() + header.size + data.size());
  ByteWriter writer(frames);
  writer.raw(header.view());
  writer.raw(data);
}

EncodedPtr encode_packet(PacketType type, std::string_view data) {
  auto encoded = std::make_shared<Encoded>();
  append_packet(encoded->frames, type, data);
  return encoded;
}

void append_to_payload(std::string& payload, ByteView frames) {
  ByteReader reader(frames);
  while (!reader.empty()) {
    const OwnFrame frame = take_frame(reader);
    if (!payload.empty()) payload += kSeparator;
    if (frame.opcode == Opcode::binary) {
      payload += 'b';
      payload += base64_encode(frame.payload);
    } else {
      payload += as_text(frame.payload);
    }
  }
}

}  // namespace luso::proto::engineio
