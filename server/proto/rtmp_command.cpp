#include <algorithm>
#include <array>
#include <string>

#include "base/text.h"
#include "proto/rtmp.h"

// The command side of a session: RTMP 1.0, 7.2, and what Flash Media Server taught encoders to expect beyond
// it.
namespace luso::proto::rtmp {
namespace {

constexpr std::uint32_t kCommandChunkStream = 3;
constexpr std::uint32_t kStatusChunkStream = 5;
constexpr std::uint16_t kStreamBegin = 0;  // 7.1.7.
constexpr std::string_view kLevelStatus = "status";
constexpr std::string_view kLevelError = "error";

// E-RTMP v2, "Enhancing NetConnection connect Command".
constexpr int kCanForward = 4;
constexpr int kCapsModEx = 4;
constexpr std::array<std::string_view, 3> kVideoFourCcs{"av01", "hvc1", "avc1"};
constexpr std::array<std::string_view, 2> kAudioFourCcs{"Opus", "mp4a"};
constexpr std::array<std::string_view, 4> kEnhancedProperties{"fourCcList", "videoFourCcInfoMap",
                                                              "audioFourCcInfoMap", "capsEx"};

std::string_view text_at(const std::vector<amf0::Value>& values, std::size_t index) {
  const std::string* text = index < values.size() ? values[index].string() : nullptr;
  return text == nullptr ? std::string_view() : std::string_view(*text);
}

double number_at(const std::vector<amf0::Value>& values, std::size_t index) {
  const double* number = index < values.size() ? values[index].number() : nullptr;
  return number == nullptr ? 0 : *number;
}

std::vector<std::string> fourcc_list(const amf0::Value& properties) {
  std::vector<std::string> codes;
  const amf0::Value* list = properties.find("fourCcList");
  const amf0::StrictArray* array = list == nullptr ? nullptr : list->array();
  if (array == nullptr) return codes;
  for (const amf0::Value& item : array->items) {
    if (const std::string* code = item.string()) codes.push_back(*code);
  }
  return codes;
}

bool speaks_enhanced(const amf0::Value& properties) {
  return std::ranges::any_of(kEnhancedProperties,
                             [&](std::string_view name) { return properties.find(name) != nullptr; });
}

void append_enhanced(std::vector<amf0::Property>& properties) {
  amf0::StrictArray list;
  const auto forward_map = [&list](std::span<const std::string_view> codes) {
    std::vector<amf0::Property> map;
    for (const std::string_view code : codes) {
      map.push_back({.name = std::string(code), .value = kCanForward});
      list.items.emplace_back(code);
    }
    return amf0::object(std::move(map));
  };
  properties.push_back({.name = "videoFourCcInfoMap", .value = forward_map(kVideoFourCcs)});
  properties.push_back({.name = "audioFourCcInfoMap", .value = forward_map(kAudioFourCcs)});
  properties.push_back({.name = "fourCcList", .value = std::move(list)});
  properties.push_back({.name = "capsEx", .value = kCapsModEx});
}

amf0::Value information(std::string_view level, std::string_view status_code, std::string_view description) {
  return amf0::object({{.name = "level", .value = level},
                       {.name = "code", .value = status_code},
                       {.name = "description", .value = description}});
}

std::string_view without_slashes(std::string_view text) {
  while (text.starts_with('/')) text.remove_prefix(1);
  while (text.ends_with('/')) text.remove_suffix(1);
  return text;
}

}  // namespace

Result<void> Session::take_command(const Message& message) {
  TRY(const std::vector<amf0::Value> values, amf0::parse_all(amf_body(message)));
  const std::string_view name = text_at(values, 0);
  if (name.empty()) return fail(ErrorKind::invalid, "rtmp.bad_message", "a command has no name");
  const double transaction = number_at(values, 1);
  if (name == "connect") return connect(transaction, values.size() > 2 ? values[2] : amf0::Value());
  if (stage_ == Stage::connecting) {
    return fail(ErrorKind::precondition, "rtmp.out_of_order",
                std::string(name.substr(0, 32)) + " before connect");
  }
  if (name == "createStream") return create_stream(transaction);
  if (name == "publish") return publish(text_at(values, 3), message.stream);
  if (name == "play") refuse_play(text_at(values, 3), message.stream);
  if (name == "FCUnpublish") unpublish(publish_stream_);
  if (name == "closeStream") unpublish(message.stream);
  if (name == "deleteStream")
    unpublish(static_cast<std::uint32_t>(std::clamp(number_at(values, 3), 0.0, 1e9)));
  // Flash Media Server answers these with an empty result, and some encoders wait for it.
  if (transaction > 0 && (name == "releaseStream" || name == "FCPublish" || name == "FCUnpublish")) {
    send_command(0, {"_result", transaction, amf0::Null{}, amf0::Value()});
  }
  return {};
}

Result<void> Session::connect(double transaction, const amf0::Value& properties) {
  if (stage_ != Stage::connecting) return fail(ErrorKind::precondition, "rtmp.out_of_order", "connect twice");
  const std::string_view asked = properties.text_of("app");
  const std::size_t mark = std::min(asked.find('?'), asked.size());
  app_ = without_slashes(asked.substr(0, mark));
  app_query_ = asked.substr(mark);
  if (connect_refusal_) {
    send_connect_error(transaction, "NetConnection.Connect.Rejected", *connect_refusal_);
    stage_ = Stage::finished;
    return {};
  }
  if (!settings_.app.empty() && app_ != settings_.app) {
    send_connect_error(transaction, "NetConnection.Connect.InvalidApp",
                       "Publish to /" + settings_.app + " here.");
    return fail(ErrorKind::not_found, "rtmp.no_such_app", app_.substr(0, 64));
  }
  stage_ = Stage::connected;
  send_control(MessageType::window_ack_size, kWindowAckBytes);
  send_control(MessageType::set_peer_bandwidth, kWindowAckBytes);
  send_control(MessageType::set_chunk_size, kServerChunkSize);
  writer_.set_chunk_size(kServerChunkSize);
  send_connect_result(transaction, speaks_enhanced(properties));
  events_.emplace_back(Connected{.app = app_,
                                 .tc_url = std::string(properties.text_of("tcUrl")),
                                 .encoder = std::string(properties.text_of("flashVer")),
                                 .fourcc_list = fourcc_list(properties)});
  return {};
}

Result<void> Session::create_stream(double transaction) {
  if (streams_created_ == kMessageStreamsMax) {
    return fail(ErrorKind::too_large, "rtmp.too_many_streams", "createStream");
  }
  send_command(0, {"_result", transaction, amf0::Null{}, static_cast<double>(++streams_created_)});
  return {};
}

Result<void> Session::publish(std::string_view name, std::uint32_t stream) {
  if (stage_ != Stage::connected) {
    send_status(stream, kLevelError, code::kPublishBadName, "This connection publishes already.");
    return fail(ErrorKind::precondition, "rtmp.out_of_order", "publish twice");
  }
  PublishName split = split_publish_name(name);
  if (split.stream_key.empty()) {
    send_status(stream, kLevelError, code::kPublishBadName, "The stream key is missing.");
    return fail(ErrorKind::invalid, "rtmp.no_stream_key");
  }
  if (split.token.empty()) split.token = split_publish_name(app_query_).token;
  stage_ = Stage::publish_requested;
  publish_stream_ = stream;
  set_publishing_limits(true);
  events_.emplace_back(PublishRequested{.app = app_, .name = std::move(split)});
  return {};
}

void Session::accept_publish() {
  if (stage_ != Stage::publish_requested) return;  // It left while we made up our mind.
  stage_ = Stage::publishing;
  send_user_control(kStreamBegin, publish_stream_);
  send_status(publish_stream_, kLevelStatus, "NetStream.Publish.Start", "The stream is being published.");
}

void Session::refuse_publish(std::string_view status_code, std::string_view description) {
  if (finished()) return;
  if (stage_ >= Stage::connected) send_status(publish_stream_, kLevelError, status_code, description);
  stage_ = Stage::finished;
  events_.clear();
  events_taken_ = 0;
}

void Session::refuse_connect(std::string_view description) {
  connect_refusal_ = description;
}

void Session::refuse_play(std::string_view name, std::uint32_t stream) {
  send_status(stream, kLevelError, "NetStream.Play.Failed",
              "Nothing is played by RTMP here: open the channel's page.");
  stage_ = Stage::finished;
  events_.emplace_back(PlayRequested{.app = app_, .name = std::string(name)});
}

void Session::unpublish(std::uint32_t stream) {
  const bool running = stage_ == Stage::publish_requested || stage_ == Stage::publishing;
  if (!running || stream != publish_stream_) return;
  stage_ = Stage::connected;
  was_publishing_ = true;
  set_publishing_limits(false);
  send_status(publish_stream_, kLevelStatus, code::kUnpublishSuccess, "The stream is no longer published.");
  events_.emplace_back(PublishEnded{});
}

void Session::send_connect_result(double transaction, bool enhanced) {
  // The version encoders look for before they send FCPublish.
  std::vector<amf0::Property> properties{{.name = "fmsVer", .value = "FMS/3,0,1,123"},
                                         {.name = "capabilities", .value = 31}};
  if (enhanced) append_enhanced(properties);
  amf0::Value info = amf0::object({{.name = "level", .value = kLevelStatus},
                                   {.name = "code", .value = "NetConnection.Connect.Success"},
                                   {.name = "description", .value = "Connected."},
                                   {.name = "objectEncoding", .value = 0}});
  send_command(0, {"_result", transaction, amf0::object(std::move(properties)), std::move(info)});
}

void Session::send_connect_error(double transaction, std::string_view status_code,
                                 std::string_view description) {
  send_command(0, {"_error", transaction, amf0::Null{}, information(kLevelError, status_code, description)});
}

void Session::send_status(std::uint32_t stream, std::string_view level, std::string_view status_code,
                          std::string_view description) {
  send_command(stream, {"onStatus", 0, amf0::Null{}, information(level, status_code, description)});
}

void Session::send_command(std::uint32_t stream, std::initializer_list<amf0::Value> values) {
  Bytes body;
  for (const amf0::Value& value : values) amf0::write(body, value);
  const std::uint32_t chunk_stream = stream == 0 ? kCommandChunkStream : kStatusChunkStream;
  writer_.write(output_, {.chunk_stream = chunk_stream, .type = MessageType::command_amf0, .stream = stream},
                body);
}

}  // namespace luso::proto::rtmp
