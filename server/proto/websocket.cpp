#include "proto/websocket.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <openssl/sha.h>

#include "base/bytes.h"
#include "base/check.h"
#include "base/result.h"
#include "base/text.h"

namespace luso::proto::websocket {
namespace {

constexpr std::size_t kKeyBytes = 16;  // 4.1: the client's nonce.

// RFC 9110, 5.6.1: a list of tokens between commas.
bool has_token(std::string_view list, std::string_view token) {
  const auto items = split(list, ',');
  return std::ranges::any_of(items,
                             [&](std::string_view item) { return equals_ignoring_case(trim(item), token); });
}

bool is_sound_key(std::string_view key) {
  const auto nonce = base64_decode(key);
  return nonce && nonce->size() == kKeyBytes;
}

// 5.3, eight bytes at a time. The mask starts over with the payload.
void unmask(std::span<std::uint8_t> payload, const std::array<std::uint8_t, 4>& key) {
  std::uint64_t wide_key = 0;
  std::memcpy(&wide_key, key.data(), 4);
  std::memcpy(reinterpret_cast<std::uint8_t*>(&wide_key) + 4, key.data(), 4);
  std::size_t i = 0;
  for (; i + 8 <= payload.size(); i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, payload.data() + i, 8);
    word ^= wide_key;
    std::memcpy(payload.data() + i, &word, 8);
  }
  for (; i < payload.size(); ++i) payload[i] ^= key[i % 4];
}

bool is_control(Opcode opcode) {
  return static_cast<unsigned>(opcode) >= 8;
}

bool is_known(unsigned opcode) {
  return opcode <= 2 || (opcode >= 8 && opcode <= 10);
}

// 7.4.2: what may be on the wire.
bool is_sendable(unsigned code) {
  if (code >= 3000 && code <= 4999) return true;
  return code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006;
}

}  // namespace

std::string accept_key(std::string_view key) {
  std::string text(key);
  text += "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";  // 1.3
  std::array<std::uint8_t, SHA_DIGEST_LENGTH> digest{};
  SHA1(reinterpret_cast<const std::uint8_t*>(text.data()), text.size(), digest.data());
  return base64_encode(digest);
}

Result<std::string> accept_upgrade(const UpgradeRequest& request) {
  const auto bad = [](const char* detail) { return fail(ErrorKind::invalid, "api.invalid", detail); };
  if (!has_token(request.connection, "upgrade")) return bad("Connection does not say upgrade");
  if (!has_token(request.upgrade, "websocket")) return bad("Upgrade does not say websocket");
  if (request.version != "13") return bad("Sec-WebSocket-Version is not 13");
  if (!is_sound_key(request.key)) return bad("Sec-WebSocket-Key is not 16 bytes in base64");
  return accept_key(request.key);
}

struct Parser::Header {
  bool fin = false;
  Opcode opcode = Opcode::continuation;
  std::size_t size = 0;     // Of the header itself.
  std::size_t payload = 0;  // Bytes that follow it.
  std::array<std::uint8_t, 4> mask{};
};

std::span<std::uint8_t> Parser::prepare(std::size_t size) {
  // Moving what is left to the front costs no more than reading it did, because it happens only when more
  // than half of the buffer is behind us.
  if (begin_ == end_) {
    begin_ = end_ = 0;
  } else if (begin_ > buffer_.size() / 2) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (buffer_.size() - end_ < size) buffer_.resize(end_ + size);
  return std::span(buffer_).subspan(end_, size);
}

void Parser::commit(std::size_t size) {
  LUSO_CHECK(size <= buffer_.size() - end_);
  if (!finished_) end_ += size;
}

void Parser::feed(ByteView bytes) {
  if (bytes.empty()) return;
  std::ranges::copy(bytes, prepare(bytes.size()).begin());
  commit(bytes.size());
}

Event Parser::fail_with(CloseCode code, std::string_view why) {
  finished_ = true;
  return {.kind = Event::Kind::fail, .code = code, .payload = as_bytes(why)};
}

// 5.2. `failure` is filled when the header itself breaks the protocol or asks for more than we hold.
Parser::HeaderState Parser::read_header(Header& header, Event& failure) const {
  const auto broken = [&](CloseCode code, std::string_view why) {
    failure = {.kind = Event::Kind::fail, .code = code, .payload = as_bytes(why)};
    return HeaderState::broken;
  };
  ByteReader reader(ByteView(buffer_).subspan(begin_, end_ - begin_));
  if (reader.remaining() < 2) return HeaderState::incomplete;
  const unsigned first = reader.u8(), second = reader.u8();
  const unsigned opcode = first & 0x0FU;
  header.fin = (first & 0x80U) != 0;
  if ((first & 0x70U) != 0) return broken(CloseCode::protocol_error, "reserved bits without an extension");
  if (!is_known(opcode)) return broken(CloseCode::protocol_error, "unknown opcode");
  if ((second & 0x80U) == 0) return broken(CloseCode::protocol_error, "a frame from a client must be masked");
  header.opcode = static_cast<Opcode>(opcode);
  const unsigned short_size = second & 0x7FU;
  if (is_control(header.opcode)) {
    if (!header.fin) return broken(CloseCode::protocol_error, "a control frame in fragments");
    if (short_size > kControlPayloadMax)
      return broken(CloseCode::protocol_error, "a control frame of over 125 bytes");
  } else if ((header.opcode == Opcode::continuation) != fragmented_.has_value()) {
    return broken(CloseCode::protocol_error,
                  fragmented_ ? "a new message inside a fragmented one" : "nothing to continue");
  }

  std::uint64_t payload = short_size;
  if (short_size == 126) payload = reader.u16();
  if (short_size == 127) payload = reader.u64();
  if (reader.failed()) return HeaderState::incomplete;
  if ((short_size == 126 && payload < 126) || (short_size == 127 && payload <= 0xFFFF))
    return broken(CloseCode::protocol_error, "a length in more bytes than it needs");
  const std::size_t room = limits_.message_bytes_max - std::min(limits_.message_bytes_max, message_.size());
  if (!is_control(header.opcode) && payload > room)
    return broken(CloseCode::too_big, "the message is longer than the limit");
  header.payload = static_cast<std::size_t>(payload);
  std::ranges::copy(reader.take(4), header.mask.begin());
  if (reader.remaining() < header.payload || reader.failed()) return HeaderState::incomplete;
  header.size = end_ - begin_ - reader.remaining();
  return HeaderState::ready;
}

std::optional<Event> Parser::next() {
  while (!finished_) {
    if (message_done_) {
      message_.clear();
      message_done_ = false;
    }
    Header header;
    Event failure;
    const HeaderState state = read_header(header, failure);
    if (state == HeaderState::incomplete) return std::nullopt;
    if (state == HeaderState::broken) {
      finished_ = true;
      return failure;
    }
    const auto payload = std::span(buffer_).subspan(begin_ + header.size, header.payload);
    unmask(payload, header.mask);
    begin_ += header.size + header.payload;
    if (is_control(header.opcode)) return take_control(header, payload);
    if (const auto event = take_data(header, payload)) return event;
  }
  return std::nullopt;
}

// 5.4. A message in one frame, which is nearly all of them, is handed on where it lies.
std::optional<Event> Parser::take_data(const Header& header, std::span<std::uint8_t> payload) {
  const Opcode opcode = header.opcode == Opcode::continuation ? *fragmented_ : header.opcode;
  ByteView whole = payload;
  if (!header.fin || header.opcode == Opcode::continuation) {
    message_.insert(message_.end(), payload.begin(), payload.end());
    whole = message_;
  }
  if (!header.fin) {
    fragmented_ = opcode;
    return std::nullopt;
  }
  fragmented_.reset();
  message_done_ = true;
  const bool is_text = opcode == Opcode::text;
  if (is_text && !is_utf8(as_text(whole))) return fail_with(CloseCode::bad_payload, "text that is not UTF-8");
  return Event{
      .kind = is_text ? Event::Kind::text : Event::Kind::binary, .code = CloseCode::normal, .payload = whole};
}

// 5.5
Event Parser::take_control(const Header& header, ByteView payload) {
  if (header.opcode == Opcode::ping)
    return {.kind = Event::Kind::ping, .code = CloseCode::normal, .payload = payload};
  if (header.opcode == Opcode::pong)
    return {.kind = Event::Kind::pong, .code = CloseCode::normal, .payload = payload};
  if (payload.empty()) {
    finished_ = true;
    return {.kind = Event::Kind::close, .code = CloseCode::no_status, .payload = {}};
  }
  ByteReader reader(payload);
  const unsigned code = reader.u16();
  if (reader.failed() || !is_sendable(code))
    return fail_with(CloseCode::protocol_error, "a close code that is none");
  if (!is_utf8(as_text(reader.rest())))
    return fail_with(CloseCode::bad_payload, "a close reason that is not UTF-8");
  finished_ = true;
  return {.kind = Event::Kind::close, .code = static_cast<CloseCode>(code), .payload = reader.rest()};
}

FrameHeader frame_header(Opcode opcode, std::size_t payload_size) {
  FrameHeader header;
  const auto put = [&](std::uint64_t value) {
    header.bytes[header.size++] = static_cast<std::uint8_t>(value);
  };
  put(0x80U | static_cast<unsigned>(opcode));
  if (payload_size < 126) {
    put(payload_size);
    return header;
  }
  const bool is_short = payload_size <= 0xFFFF;
  put(is_short ? 126 : 127);
  for (unsigned bytes = is_short ? 2 : 8; bytes > 0; --bytes)
    put(std::uint64_t{payload_size} >> (8 * (bytes - 1)));
  return header;
}

Bytes write_frame(Opcode opcode, ByteView payload) {
  const FrameHeader header = frame_header(opcode, payload.size());
  Bytes out;
  out.reserve(header.size + payload.size());
  ByteWriter writer(out);
  writer.raw(header.view());
  writer.raw(payload);
  return out;
}

Bytes write_close(CloseCode code, std::string_view reason) {
  if (code == CloseCode::no_status) return write_frame(Opcode::close, {});
  std::size_t size = std::min(reason.size(), kControlPayloadMax - 2);
  const auto continues = [&](std::size_t at) {
    return (static_cast<unsigned char>(reason[at]) & 0xC0U) == 0x80;
  };
  while (size > 0 && size < reason.size() && continues(size)) --size;
  Bytes payload;
  ByteWriter writer(payload);
  writer.u16(static_cast<std::uint16_t>(code));
  writer.text(reason.substr(0, size));
  return write_frame(Opcode::close, payload);
}

}  // namespace luso::proto::websocket
