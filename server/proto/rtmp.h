#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "proto/amf0.h"
#include "proto/rtmp_chunk.h"
#include "proto/rtmp_handshake.h"
#include "proto/rtmp_time.h"

// The publishing side of RTMP 1.0 ("Adobe's Real Time Messaging Protocol", 2012) and enhanced RTMP v2, as a
// server speaks it. Bytes in, events and bytes out: no socket, no clock. Lives wherever its connection lives.
namespace luso::proto::rtmp {

// Whatever a peer does, a session holds no more than kBufferedBytesMax of unfinished messages, plus the
// events and replies for the bytes of the last feed(). Every limit closes with the reason named beside it.
inline constexpr std::size_t kMessageBytesMax = 8 << 20;         // A media message; rtmp.message_too_large.
inline constexpr std::size_t kControlBytesMax = 64 << 10;        // Any other message; rtmp.message_too_large.
inline constexpr std::size_t kBufferedBytesMax = 12 << 20;       // Unfinished messages; rtmp.buffer_full.
inline constexpr std::size_t kBufferedBytesIdleMax = 256 << 10;  // The same before publish; rtmp.buffer_full.
inline constexpr std::size_t kReserveBytesMax = 1 << 20;         // Taken at once for one media message.
inline constexpr std::size_t kReserveBytesIdleMax = 16 << 10;    // The same before publish.
inline constexpr std::uint32_t kServerChunkSize = 4096;          // What we send with.
inline constexpr std::uint32_t kWindowAckBytes =
    2'500'000;  // We acknowledge, and ask for acknowledgement, every so often.
inline constexpr std::uint32_t kMessageStreamsMax = 16;  // createStream calls; rtmp.too_many_streams.

// Status codes that encoders know. OBS and GStreamer tell Denied and BadName apart; all three show the
// description.
namespace code {
inline constexpr std::string_view kPublishDenied =
    "NetStream.Publish.Denied";  // Bad, expired or revoked key.
inline constexpr std::string_view kPublishBadName =
    "NetStream.Publish.BadName";  // The name is missing or in use.
inline constexpr std::string_view kPublishRejected =
    "NetStream.Publish.Rejected";  // Over a limit, stream ended.
inline constexpr std::string_view kUnpublishSuccess = "NetStream.Unpublish.Success";
}  // namespace code

// What an encoder puts in its "stream key" field: "KEY?token=JWT&x=y".
struct PublishName {
  std::string stream_key = {};  // Before '?'.
  std::string token = {};       // The first `token` parameter, percent-decoded; empty when absent.
  std::vector<std::pair<std::string, std::string>> parameters = {};  // All of them, decoded, in order.
  friend bool operator==(const PublishName&, const PublishName&) = default;
};

[[nodiscard]] PublishName split_publish_name(std::string_view name);

struct Connected {
  std::string app;  // Without slashes around it and without a query: "live".
  std::string tc_url;
  std::string encoder;  // flashVer: "FMLE/3.0 (compatible; FMSc/1.0)"
  std::vector<std::string>
      fourcc_list;  // Enhanced RTMP codecs the encoder offers; empty for legacy encoders.
};

// The encoder waits for accept_publish() or refuse_publish(). Impatient ones send media at once: their events
// follow.
struct PublishRequested {
  std::string app;
  PublishName name;  // A token given in the app's query ("live?token=…") counts when the name has none.
};

// A viewer came to the wrong door. It has been refused already; the session is finished().
struct PlayRequested {
  std::string app;
  std::string name;
};

struct Metadata {
  std::uint32_t timestamp = 0;
  amf0::Value properties;  // See flv::read_metadata.
};

// One FLV tag body (see flv.h), moved out of the session, never copied.
struct VideoMessage {
  std::uint32_t timestamp = 0;  // Raw milliseconds, modulo 2^32; see TimestampUnwrapper.
  Bytes body;
};

struct AudioMessage {
  std::uint32_t timestamp = 0;
  Bytes body;
};

// The encoder said goodbye (FCUnpublish, deleteStream or closeStream). It may publish again on the same
// connection.
struct PublishEnded {};

struct Pong {
  std::uint32_t timestamp = 0;  // The one given to ping().
};

using Event = std::variant<VideoMessage, AudioMessage, Metadata, Connected, PublishRequested, PlayRequested,
                           PublishEnded, Pong>;

struct SessionSettings {
  std::string app =
      "live";  // Any other app is refused with NetConnection.Connect.InvalidApp; empty takes all.
  std::uint64_t random_seed = 0;  // Fills the handshake; it need not be secret, only different.
};

// The loop around a session:
//
//   Result<void> fed = session.feed(bytes_from_socket);
//   while (std::optional<Event> event = session.next_event()) std::visit(handle, *event);
//   write(session.take_output());              // Also after an error: it may hold the words the encoder
//   shows. if (!fed || session.finished()) close();
//
// Close by shutting down the sending side and reading on for a moment: unread bytes would turn the close into
// a reset, and the words would be lost on their way. A finished session may be fed; it eats nothing.
class Session {
 public:
  explicit Session(SessionSettings settings);

  // Takes the bytes as they come, in pieces of any size. An error (rtmp.*) ends the session: it eats nothing
  // more.
  [[nodiscard]] Result<void> feed(ByteView bytes);

  [[nodiscard]] std::optional<Event> next_event();  // In order of arrival; empty when more bytes are needed.
  [[nodiscard]] Bytes take_output();                // What must be written to the peer now; often nothing.

  [[nodiscard]] bool has_output() const { return !output_.empty(); }

  [[nodiscard]] bool finished() const { return stage_ == Stage::finished; }  // Write the output, then close.

  // Answers PublishRequested.
  void accept_publish();
  // Refuses a publish that was requested, or ends one that runs (revoked, ended, taken over): the encoder is
  // given the code and shows the description; no further event comes and the session is finished.
  void refuse_publish(std::string_view status_code, std::string_view description);
  // Before Connected: answers `connect` with NetConnection.Connect.Rejected (over a limit, stopping).
  void refuse_connect(std::string_view description);
  void ping(std::uint32_t timestamp);  // Answered by a Pong: the peer lives.

  [[nodiscard]] bool handshake_done() const { return handshake_.done(); }

  [[nodiscard]] bool publishing() const { return stage_ == Stage::publishing; }

  [[nodiscard]] std::uint64_t bytes_received() const { return bytes_received_; }

 private:
  enum class Stage : std::uint8_t {
    handshake,
    connecting,
    connected,
    publish_requested,
    publishing,
    finished
  };

  // rtmp.cpp: bytes and messages.
  Result<void> take_bytes(ByteView bytes);
  Result<void> take_message(Message message);
  Result<void> take_media(Message message);
  Result<void> take_aggregate(const Message& message);
  Result<void> take_control(const Message& message);
  Result<void> take_user_control(ByteView body);
  Result<void> take_data(const Message& message);
  [[nodiscard]] Result<bool> wants_media() const;
  [[nodiscard]] static ByteView amf_body(const Message& message);
  void set_publishing_limits(bool publishing);
  void acknowledge_if_due();
  void send_control(MessageType type, std::uint32_t value);
  void send_user_control(std::uint16_t kind, std::uint32_t value);

  // rtmp_command.cpp: what the messages ask for.
  Result<void> take_command(const Message& message);
  Result<void> connect(double transaction, const amf0::Value& properties);
  Result<void> create_stream(double transaction);
  Result<void> publish(std::string_view name, std::uint32_t stream);
  void unpublish(std::uint32_t stream);
  void refuse_play(std::string_view name, std::uint32_t stream);
  void send_connect_result(double transaction, bool enhanced);
  void send_connect_error(double transaction, std::string_view status_code, std::string_view description);
  void send_status(std::uint32_t stream, std::string_view level, std::string_view status_code,
                   std::string_view description);
  void send_command(std::uint32_t stream, std::initializer_list<amf0::Value> values);

  SessionSettings settings_;
  Stage stage_ = Stage::handshake;
  ServerHandshake handshake_;
  ChunkReader reader_;
  ChunkWriter writer_;
  Bytes output_;
  std::vector<Event> events_;
  std::size_t events_taken_ = 0;

  std::uint64_t bytes_received_ = 0;
  std::uint64_t bytes_acknowledged_ = 0;
  std::uint32_t ack_window_ = kWindowAckBytes;
  std::uint32_t streams_created_ = 0;
  std::uint32_t publish_stream_ = 0;
  bool was_publishing_ = false;
  std::string app_;
  std::string app_query_;
  std::optional<std::string> connect_refusal_;
  std::optional<Error> failure_;
};

}  // namespace luso::proto::rtmp
