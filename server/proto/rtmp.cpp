#include "proto/rtmp.h"

#include <algorithm>
#include <array>

#include "base/text.h"

// The byte side of a session: handshake, messages by type, protocol control. Commands are in
// rtmp_command.cpp.
namespace luso::proto::rtmp {
namespace {

constexpr ChunkLimits kIdleLimits{.media_bytes_max = kControlBytesMax,
                                  .control_bytes_max = kControlBytesMax,
                                  .buffered_bytes_max = kBufferedBytesIdleMax,
                                  .reserve_bytes_max = kReserveBytesIdleMax};
constexpr ChunkLimits kPublishingLimits{.media_bytes_max = kMessageBytesMax,
                                        .control_bytes_max = kControlBytesMax,
                                        .buffered_bytes_max = kBufferedBytesMax,
                                        .reserve_bytes_max = kReserveBytesMax};

// 7.1.7.
constexpr std::uint16_t kPingRequest = 6;
constexpr std::uint16_t kPingResponse = 7;

constexpr std::uint32_t kControlChunkStream = 2;
constexpr std::size_t kFlvTagHeaderBytes = 11;
constexpr std::size_t kFlvBackPointerBytes = 4;

std::string decoded(std::string_view text) {
  return percent_decode(text).value_or(std::string(text));
}

}  // namespace

PublishName split_publish_name(std::string_view name) {
  const std::size_t mark = std::min(name.find('?'), name.size());
  PublishName split{.stream_key = std::string(name.substr(0, mark)), .token = {}, .parameters = {}};
  const std::string_view query = name.substr(std::min(mark + 1, name.size()));
  for (const std::string_view pair : luso::split(query, '&')) {
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const std::string_view value = pair.substr(std::min(equals + 1, pair.size()));
    split.parameters.emplace_back(decoded(pair.substr(0, equals)), decoded(value));
  }
  const auto token =
      std::ranges::find(split.parameters, "token", &std::pair<std::string, std::string>::first);
  if (token != split.parameters.end()) split.token = token->second;
  return split;
}

Session::Session(SessionSettings settings)
    : settings_(std::move(settings)), handshake_(settings_.random_seed), reader_(kIdleLimits) {}

Result<void> Session::feed(ByteView bytes) {
  if (failure_) return tl::unexpected(*failure_);
  if (finished()) return {};
  bytes_received_ += bytes.size();
  Result<void> taken = take_bytes(bytes);
  if (!taken) {
    failure_ = taken.error();
    stage_ = Stage::finished;
  } else {
    acknowledge_if_due();
  }
  return taken;
}

std::optional<Event> Session::next_event() {
  if (events_taken_ == events_.size()) {
    events_.clear();
    events_taken_ = 0;
    return std::nullopt;
  }
  return std::move(events_[events_taken_++]);
}

Bytes Session::take_output() {
  return std::exchange(output_, {});
}

Result<void> Session::take_bytes(ByteView bytes) {
  if (stage_ == Stage::handshake) {
    TRY_VOID(handshake_.feed(bytes, output_));
    if (!handshake_.done()) return {};
    stage_ = Stage::connecting;
  }
  while (!finished()) {
    TRY(std::optional<Message> message, reader_.next(bytes));
    if (!message) break;
    TRY_VOID(take_message(std::move(*message)));
  }
  return {};
}

Result<void> Session::take_message(Message message) {
  switch (message.type) {
    case MessageType::video:
    case MessageType::audio: return take_media(std::move(message));
    case MessageType::aggregate: return take_aggregate(message);
    case MessageType::data_amf0:
    case MessageType::data_amf3: return take_data(message);
    case MessageType::command_amf0:
    case MessageType::command_amf3: return take_command(message);
    case MessageType::set_chunk_size:
    case MessageType::abort:
    case MessageType::window_ack_size: return take_control(message);
    case MessageType::user_control: return take_user_control(message.body);
    default: return {};  // Acknowledgements, bandwidth, shared objects, and what nobody has defined.
  }
}

// Media counts from `publish` on; what a peer still sends after its goodbye is dropped.
Result<bool> Session::wants_media() const {
  if (stage_ == Stage::publishing || stage_ == Stage::publish_requested) return true;
  if (was_publishing_) return false;
  return fail(ErrorKind::precondition, "rtmp.out_of_order", "media before publish");
}

Result<void> Session::take_media(Message message) {
  TRY(const bool wanted, wants_media());
  if (!wanted) return {};
  if (message.type == MessageType::video) {
    events_.emplace_back(VideoMessage{.timestamp = message.timestamp, .body = std::move(message.body)});
  } else {
    events_.emplace_back(AudioMessage{.timestamp = message.timestamp, .body = std::move(message.body)});
  }
  return {};
}

// 7.1.6: FLV tags in a row, each with its back pointer. The first one's time is the message's own.
Result<void> Session::take_aggregate(const Message& message) {
  ByteReader in(message.body);
  std::optional<std::uint32_t> offset;
  while (in.remaining() >= kFlvTagHeaderBytes) {
    const auto type = static_cast<MessageType>(in.u8());
    const std::uint32_t length = in.u24();
    const std::uint32_t low = in.u24();
    const std::uint32_t timestamp = static_cast<std::uint32_t>(in.u8()) << 24U | low;
    in.skip(3);  // A stream id that is always zero: the message's counts.
    const ByteView body = in.take(length);
    if (in.failed()) break;
    if (!offset) offset = message.timestamp - timestamp;
    in.skip(std::min(kFlvBackPointerBytes, in.remaining()));
    if (type == MessageType::aggregate) continue;
    TRY_VOID(take_message({.type = type,
                           .timestamp = timestamp + *offset,
                           .stream = message.stream,
                           .body = Bytes(body.begin(), body.end())}));
  }
  if (in.failed() || !in.empty())
    return fail(ErrorKind::invalid, "rtmp.bad_message", "an aggregate is cut short");
  return {};
}

// 5.4.
Result<void> Session::take_control(const Message& message) {
  ByteReader in(message.body);
  const std::uint32_t value = in.u32();
  if (in.failed()) return fail(ErrorKind::invalid, "rtmp.bad_message", "a control message is cut short");
  if (message.type == MessageType::set_chunk_size) return reader_.set_chunk_size(value);
  if (message.type == MessageType::abort) reader_.abort(value);
  if (message.type == MessageType::window_ack_size && value > 0) ack_window_ = value;
  return {};
}

Result<void> Session::take_user_control(ByteView body) {
  ByteReader in(body);
  const std::uint16_t kind = in.u16();
  if (kind != kPingRequest && kind != kPingResponse) return {};
  const std::uint32_t timestamp = in.u32();
  if (in.failed()) return fail(ErrorKind::invalid, "rtmp.bad_message", "a ping is cut short");
  if (kind == kPingRequest) send_user_control(kPingResponse, timestamp);
  if (kind == kPingResponse) events_.emplace_back(Pong{.timestamp = timestamp});
  return {};
}

// "@setDataFrame", "onMetaData", {…} from most encoders, without the first word from some. Other data is not
// for us.
Result<void> Session::take_data(const Message& message) {
  TRY(const bool wanted, wants_media());
  if (!wanted) return {};
  amf0::Reader in(amf_body(message));
  TRY(amf0::Value name, in.next());
  if (name == amf0::Value("@setDataFrame") && !in.at_end()) {
    TRY(name, in.next());
  }
  if (name != amf0::Value("onMetaData") || in.at_end()) return {};
  TRY(amf0::Value properties, in.next());
  if (properties.object() == nullptr) return {};
  events_.emplace_back(Metadata{.timestamp = message.timestamp, .properties = std::move(properties)});
  return {};
}

// AMF 3 messages open with a byte that says in which format they go on; 0 is AMF 0, and the only one defined.
ByteView Session::amf_body(const Message& message) {
  const ByteView body = message.body;
  const bool amf3 = message.type == MessageType::data_amf3 || message.type == MessageType::command_amf3;
  return amf3 && !body.empty() && body.front() == 0 ? body.subspan(1) : body;
}

void Session::set_publishing_limits(bool publishing) {
  reader_.set_limits(publishing ? kPublishingLimits : kIdleLimits);
}

// 5.4.3 and 5.4.4: once a window, however finely the bytes were fed.
void Session::acknowledge_if_due() {
  if (bytes_received_ - bytes_acknowledged_ < ack_window_ || stage_ <= Stage::connecting) return;
  bytes_acknowledged_ = bytes_received_;
  send_control(MessageType::acknowledgement, static_cast<std::uint32_t>(bytes_received_));
}

void Session::ping(std::uint32_t timestamp) {
  send_user_control(kPingRequest, timestamp);
}

void Session::send_control(MessageType type, std::uint32_t value) {
  Bytes body;
  ByteWriter writer(body);
  writer.u32(value);
  if (type == MessageType::set_peer_bandwidth) writer.u8(2);  // Limit type "dynamic".
  writer_.write(output_, {.chunk_stream = kControlChunkStream, .type = type}, body);
}

void Session::send_user_control(std::uint16_t kind, std::uint32_t value) {
  Bytes body;
  ByteWriter writer(body);
  writer.u16(kind);
  writer.u32(value);
  writer_.write(output_, {.chunk_stream = kControlChunkStream, .type = MessageType::user_control}, body);
}

}  // namespace luso::proto::rtmp
