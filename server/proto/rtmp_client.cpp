#include "proto/rtmp_client.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/check.h"
#include "base/text.h"

namespace luso::proto::rtmp {
namespace {

constexpr std::uint32_t kControlChunkStream = 2;
constexpr std::uint32_t kCommandChunkStream = 3;
constexpr std::uint32_t kAudioChunkStream = 4;
constexpr std::uint32_t kDataChunkStream = 5;
constexpr std::uint32_t kVideoChunkStream = 6;

constexpr int kConnectTransaction = 1;
constexpr int kReleaseTransaction = 2;
constexpr int kFcPublishTransaction = 3;
constexpr int kCreateTransaction = 4;
constexpr int kPublishTransaction = 5;
constexpr int kEndTransaction = 6;

constexpr std::size_t kServerHandshakeBytes = 1 + 2 * kHandshakePartBytes;
constexpr std::size_t kReplyBytesMax = 64 << 10;
constexpr ChunkLimits kReplyLimits{.media_bytes_max = kReplyBytesMax,
                                   .control_bytes_max = kReplyBytesMax,
                                   .buffered_bytes_max = 4 * kReplyBytesMax,
                                   .reserve_bytes_max = 4096};

tl::unexpected<Error> refused(const amf0::Value& information) {
  std::string words(information.text_of("code", "?"));
  if (const std::string_view description = information.text_of("description"); !description.empty()) {
    words.append(": ").append(description);
  }
  return fail(ErrorKind::forbidden, "rtmp.refused", std::move(words));
}

}  // namespace

Result<Url> parse_url(std::string_view url) {
  const auto bad = [&] {
    return fail(ErrorKind::invalid, "rtmp.bad_url", std::string(url.substr(0, url.find('?'))));
  };
  Url parsed;
  std::string_view rest = url;
  if (rest.starts_with("rtmps://")) {
    parsed.tls = true;
    parsed.port = 443;
    rest.remove_prefix(8);
  } else if (rest.starts_with("rtmp://")) {
    rest.remove_prefix(7);
  } else {
    return bad();
  }
  const std::size_t slash = rest.find('/');
  if (slash == std::string_view::npos) return bad();
  std::string_view authority = rest.substr(0, slash);
  const std::string_view path = rest.substr(slash + 1);
  const std::size_t colon = authority.rfind(':');
  if (colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos) {
    const auto port = parse_integer<std::uint16_t>(authority.substr(colon + 1));
    if (!port || *port == 0) return bad();
    parsed.port = *port;
    authority = authority.substr(0, colon);
  }
  if (authority.starts_with('[') && authority.ends_with(']'))
    authority = authority.substr(1, authority.size() - 2);
  const std::size_t cut = std::min(path.find('/'), path.size());
  parsed.host = authority;
  parsed.app = path.substr(0, cut);
  parsed.stream_name = path.substr(std::min(cut + 1, path.size()));
  if (parsed.host.empty() || parsed.app.empty()) return bad();
  return parsed;
}

ClientSession::ClientSession(ClientSettings settings)
    : settings_(std::move(settings)),
      c1_(make_client_part(settings_.random_seed, settings_.handshake)),
      reader_(kReplyLimits) {
  ByteWriter writer(output_);
  writer.u8(kRtmpVersion);
  writer.raw(c1_);
}

Result<void> ClientSession::feed(ByteView bytes) {
  bytes_received_ += bytes.size();
  if (stage_ == Stage::handshake) TRY_VOID(feed_handshake(bytes));
  while (stage_ != Stage::handshake) {
    TRY(const std::optional<Message> message, reader_.next(bytes));
    if (!message) break;
    TRY_VOID(take_message(*message));
  }
  if (ack_window_ > 0 && bytes_received_ - bytes_acknowledged_ >= ack_window_) {
    bytes_acknowledged_ = bytes_received_;
    send_control(MessageType::acknowledgement, static_cast<std::uint32_t>(bytes_received_));
  }
  return {};
}

Bytes ClientSession::take_output() {
  return std::exchange(output_, {});
}

Result<void> ClientSession::feed_handshake(ByteView& in) {
  const std::size_t count = std::min(in.size(), kServerHandshakeBytes - handshake_.size());
  handshake_.insert(handshake_.end(), in.begin(), in.begin() + static_cast<std::ptrdiff_t>(count));
  in = in.subspan(count);
  if (handshake_.empty()) return {};
  if (handshake_.front() != kRtmpVersion) {
    return fail(ErrorKind::invalid, "rtmp.bad_handshake", "version " + std::to_string(handshake_.front()));
  }
  if (handshake_.size() < kServerHandshakeBytes) return {};
  const ByteView s1 = ByteView(handshake_).subspan(1, kHandshakePartBytes);
  HandshakePart s2;
  std::ranges::copy(ByteView(handshake_).subspan(1 + kHandshakePartBytes), s2.begin());
  if (settings_.handshake != DigestScheme::plain && !answers_digest(c1_, s2, settings_.handshake)) {
    return fail(ErrorKind::invalid, "rtmp.bad_handshake", "the server's signature is wrong");
  }
  ByteWriter(output_).raw(s1);  // C2.
  handshake_ = {};
  stage_ = Stage::connecting;
  send_connect();
  return {};
}

Result<void> ClientSession::take_message(const Message& message) {
  if (message.type == MessageType::command_amf0) return take_command(message);
  return take_control(message);
}

Result<void> ClientSession::take_control(const Message& message) {
  ByteReader in(message.body);
  if (message.type == MessageType::set_chunk_size) return reader_.set_chunk_size(in.u32());
  if (message.type == MessageType::abort) reader_.abort(in.u32());
  if (message.type == MessageType::window_ack_size) ack_window_ = in.u32();
  constexpr std::uint16_t kPingRequest = 6;
  constexpr std::uint16_t kPingResponse = 7;
  if (message.type == MessageType::user_control && in.u16() == kPingRequest) {
    Bytes body;
    ByteWriter writer(body);
    writer.u16(kPingResponse);
    writer.u32(in.u32());
    write({.chunk_stream = kControlChunkStream, .type = MessageType::user_control}, body);
  }
  return {};
}

Result<void> ClientSession::take_command(const Message& message) {
  TRY(const std::vector<amf0::Value> values, amf0::parse_all(message.body));
  if (values.size() < 4 || values[0].string() == nullptr) return {};
  const std::string& name = *values[0].string();
  const amf0::Value& last = values[3];
  if (name == "_error") return refused(last);
  if (name == "_result" && values[1].number() != nullptr) return take_result(*values[1].number(), last);
  if (name != "onStatus") return {};
  if (last.text_of("level") == "error") return refused(last);
  if (last.text_of("code") == "NetStream.Publish.Start" && stage_ == Stage::requesting)
    stage_ = Stage::publishing;
  return {};
}

Result<void> ClientSession::take_result(double transaction, const amf0::Value& value) {
  if (transaction == kConnectTransaction && stage_ == Stage::connecting) {
    send_control(MessageType::set_chunk_size, settings_.chunk_size);
    writer_.set_chunk_size(settings_.chunk_size);
    send_command(0, {"releaseStream", kReleaseTransaction, amf0::Null{}, settings_.stream_name});
    send_command(0, {"FCPublish", kFcPublishTransaction, amf0::Null{}, settings_.stream_name});
    send_command(0, {"createStream", kCreateTransaction, amf0::Null{}});
    stage_ = Stage::creating_stream;
  } else if (transaction == kCreateTransaction && stage_ == Stage::creating_stream) {
    const double* stream = value.number();
    if (stream == nullptr || !(*stream >= 1 && *stream <= 0xFFFF'FFFF)) {
      return fail(ErrorKind::invalid, "rtmp.bad_message", "createStream gave no stream");
    }
    stream_ = static_cast<std::uint32_t>(*stream);
    send_command(stream_, {"publish", kPublishTransaction, amf0::Null{}, settings_.stream_name, "live"});
    stage_ = Stage::requesting;
  }
  return {};
}

void ClientSession::send_metadata(const amf0::Value& properties) {
  LUSO_CHECK(publishing());
  Bytes body;
  amf0::write(body, "@setDataFrame");
  amf0::write(body, "onMetaData");
  amf0::write(body, properties);
  write({.chunk_stream = kDataChunkStream, .type = MessageType::data_amf0, .stream = stream_}, body);
}

void ClientSession::send_video(std::uint32_t timestamp, ByteView flv_body) {
  LUSO_CHECK(publishing());
  write({.chunk_stream = kVideoChunkStream,
         .type = MessageType::video,
         .timestamp = timestamp,
         .stream = stream_},
        flv_body);
}

void ClientSession::send_audio(std::uint32_t timestamp, ByteView flv_body) {
  LUSO_CHECK(publishing());
  write({.chunk_stream = kAudioChunkStream,
         .type = MessageType::audio,
         .timestamp = timestamp,
         .stream = stream_},
        flv_body);
}

void ClientSession::end() {
  if (publishing()) {
    send_command(0, {"FCUnpublish", kEndTransaction, amf0::Null{}, settings_.stream_name});
    send_command(0, {"deleteStream", kEndTransaction + 1, amf0::Null{}, static_cast<double>(stream_)});
  }
  stage_ = Stage::ended;
}

void ClientSession::send_connect() {
  send_command(0, {"connect", kConnectTransaction,
                   amf0::object({{.name = "app", .value = settings_.app},
                                 {.name = "type", .value = "nonprivate"},
                                 {.name = "flashVer", .value = "FMLE/3.0 (compatible; LusoTown)"},
                                 {.name = "tcUrl", .value = settings_.tc_url}})});
}

void ClientSession::send_control(MessageType type, std::uint32_t value) {
  Bytes body;
  ByteWriter(body).u32(value);
  write({.chunk_stream = kControlChunkStream, .type = type}, body);
}

void ClientSession::send_command(std::uint32_t stream, std::initializer_list<amf0::Value> values) {
  Bytes body;
  for (const amf0::Value& value : values) amf0::write(body, value);
  write({.chunk_stream = kCommandChunkStream, .type = MessageType::command_amf0, .stream = stream}, body);
}

void ClientSession::write(const ChunkWriter::Header& header, ByteView body) {
  writer_.write(output_, header, body);
}

}  // namespace luso::proto::rtmp
