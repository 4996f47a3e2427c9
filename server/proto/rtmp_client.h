#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "proto/amf0.h"
#include "proto/rtmp_chunk.h"
#include "proto/rtmp_handshake.h"

namespace luso::proto::rtmp {

// "rtmp://host:port/app/key?token=…": everything after the first path segment is the stream name.
struct Url {
  bool tls = false;
  std::string host;           // An IPv6 address is without its brackets.
  std::uint16_t port = 1935;  // rtmps without a port: 443.
  std::string app;
  std::string stream_name = {};
  friend bool operator==(const Url&, const Url&) = default;
};

[[nodiscard]] Result<Url> parse_url(std::string_view url);  // Fails with rtmp.bad_url.

struct ClientSettings {
  std::string app;
  std::string tc_url;
  std::string stream_name;  // With its query: "KEY?token=JWT".
  DigestScheme handshake = DigestScheme::plain;
  std::uint32_t chunk_size = 4096;
  std::uint64_t random_seed = 0;
};

// The other end: publishes one stream to a server. Used by `lusotown doctor`, by tests and by load tools.
class ClientSession {
 public:
  enum class Stage : std::uint8_t { handshake, connecting, creating_stream, requesting, publishing, ended };

  explicit ClientSession(ClientSettings settings);  // C0 and C1 wait in take_output().

  // An error ends the session: rtmp.refused with the server's code and description as detail, or a protocol
  // error.
  [[nodiscard]] Result<void> feed(ByteView bytes);
  [[nodiscard]] Bytes take_output();

  [[nodiscard]] Stage stage() const { return stage_; }

  [[nodiscard]] bool publishing() const { return stage_ == Stage::publishing; }

  // Only while publishing().
  void send_metadata(const amf0::Value& properties);
  void send_video(std::uint32_t timestamp, ByteView flv_body);
  void send_audio(std::uint32_t timestamp, ByteView flv_body);
  void end();  // FCUnpublish and deleteStream.

 private:
  Result<void> feed_handshake(ByteView& in);
  Result<void> take_message(const Message& message);
  Result<void> take_control(const Message& message);
  Result<void> take_command(const Message& message);
  Result<void> take_result(double transaction, const amf0::Value& value);
  void send_connect();
  void send_control(MessageType type, std::uint32_t value);
  void send_command(std::uint32_t stream, std::initializer_list<amf0::Value> values);
  void write(const ChunkWriter::Header& header, ByteView body);

  ClientSettings settings_;
  Stage stage_ = Stage::handshake;
  HandshakePart c1_;
  Bytes handshake_;  // S0, S1 and S2 as they come.
  ChunkReader reader_;
  ChunkWriter writer_;
  Bytes output_;
  std::uint32_t stream_ = 0;
  std::uint64_t bytes_received_ = 0;
  std::uint64_t bytes_acknowledged_ = 0;
  std::uint32_t ack_window_ = 0;
};

}  // namespace luso::proto::rtmp
