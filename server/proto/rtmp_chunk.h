#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

// RTMP messages cut into chunks and put together again (RTMP 1.0, 5.3 and 6.1).
namespace luso::proto::rtmp {

inline constexpr std::size_t kChunkStreamsMax = 64;        // More in one direction is rtmp.too_many_streams.
inline constexpr std::uint32_t kChunkSizeDefault = 128;    // 5.4.1: until a Set Chunk Size says otherwise.
inline constexpr std::uint32_t kChunkSizeMin = 1;          // 0 is rtmp.bad_chunk_size.
inline constexpr std::uint32_t kChunkSizeMax = 0xFF'FFFF;  // No message is longer: more means the same.
inline constexpr std::uint32_t kExtendedTimestamp =
    0xFF'FFFF;  // "The real one follows in 32 bits" (5.3.1.3).
inline constexpr std::size_t kChunkHeaderBytesMax = 3 + 11 + 4;

enum class MessageType : std::uint8_t {
  set_chunk_size = 1,
  abort = 2,
  acknowledgement = 3,
  user_control = 4,
  window_ack_size = 5,
  set_peer_bandwidth = 6,
  audio = 8,
  video = 9,
  data_amf3 = 15,
  shared_object_amf3 = 16,
  command_amf3 = 17,
  data_amf0 = 18,
  shared_object_amf0 = 19,
  command_amf0 = 20,
  aggregate = 22,
};

struct Message {
  MessageType type =
      MessageType::command_amf0;  // May hold a value without a name: peers send what they like.
  std::uint32_t timestamp = 0;    // Milliseconds modulo 2^32.
  std::uint32_t stream = 0;       // Message stream id, as createStream gave it out.
  Bytes body;
  friend bool operator==(const Message&, const Message&) = default;
};

[[nodiscard]] constexpr bool is_media(MessageType type) {
  return type == MessageType::audio || type == MessageType::video || type == MessageType::aggregate;
}

struct ChunkLimits {
  std::size_t media_bytes_max;     // Of one audio, video or aggregate message: rtmp.message_too_large.
  std::size_t control_bytes_max;   // Of any other message: rtmp.message_too_large.
  std::size_t buffered_bytes_max;  // Of all unfinished messages together: rtmp.buffer_full.
  std::size_t reserve_bytes_max;   // Taken on the peer's word for a message's length; more must arrive first.
};

// Puts messages together. Each payload byte is copied once, from the fed view into the message's own body.
class ChunkReader {
 public:
  explicit ChunkReader(ChunkLimits limits) : limits_(limits) {}

  // Takes bytes off the front of `in` up to the end of the next message, and returns it; nothing when `in`
  // ran out. The caller acts on control messages before it goes on: a Set Chunk Size counts from the very
  // next chunk.
  [[nodiscard]] Result<std::optional<Message>> next(ByteView& in);

  void set_limits(ChunkLimits limits) { limits_ = limits; }

  [[nodiscard]] Result<void> set_chunk_size(std::uint32_t size);  // 5.4.1; fails with rtmp.bad_chunk_size.
  void abort(std::uint32_t chunk_stream);                         // 5.4.2: drops an unfinished message.

  [[nodiscard]] std::uint32_t chunk_size() const { return chunk_size_; }

  [[nodiscard]] std::size_t buffered_bytes() const { return buffered_bytes_; }

 private:
  struct Stream {
    std::uint32_t id = 0;
    std::uint32_t timestamp = 0;
    std::uint32_t timestamp_field = 0;  // What the last header said, absolute or delta: a type 3 repeats it.
    std::uint32_t length = 0;
    std::uint32_t message_stream = 0;
    MessageType type{};
    bool extended = false;   // The field was too long for 24 bits: a type 3 repeats it in 32.
    bool described = false;  // Length and type have come.
    bool open = false;       // A message has begun and not ended.
    Bytes body;
  };

  struct BasicHeader {
    unsigned format = 0;
    std::uint32_t id = 0;
    std::size_t size = 0;
  };

  static std::optional<BasicHeader> parse_basic_header(ByteView bytes);
  Result<bool> read_header(ByteView& in);           // Whether it is all there.
  Result<std::size_t> take_header(ByteView bytes);  // The bytes it takes; 0 when more are needed.
  Result<std::size_t> take_continuation(const BasicHeader& basic, Stream& stream, ByteView bytes);
  Result<void> begin_message(Stream& stream);
  Result<void> make_room(Stream& stream, std::size_t more);
  Result<std::size_t> index_of(std::uint32_t id);
  Result<std::optional<Message>> take_payload(ByteView& in);
  Message finish(Stream& stream);
  void start_chunk(std::size_t index);

  ChunkLimits limits_;
  std::uint32_t chunk_size_ = kChunkSizeDefault;
  std::vector<Stream> streams_;
  std::size_t current_ = 0;  // Index of the stream whose chunk is being read.
  bool in_chunk_ = false;    // Its header is done; payload follows.
  std::size_t chunk_left_ = 0;
  std::size_t buffered_bytes_ = 0;
  std::array<std::uint8_t, kChunkHeaderBytesMax> held_{};  // The start of a header cut by the end of a read.
  std::size_t held_size_ = 0;
};

// Cuts messages into chunks with the shortest header each allows.
class ChunkWriter {
 public:
  // Counts from the next message on; the peer must be told first, by a Set Chunk Size message.
  void set_chunk_size(std::uint32_t size) { chunk_size_ = size; }

  [[nodiscard]] std::uint32_t chunk_size() const { return chunk_size_; }

  struct Header {
    std::uint32_t chunk_stream;  // 2 for control, 3 for commands, and so on: 2 to 65599.
    MessageType type;
    std::uint32_t timestamp = 0;
    std::uint32_t stream = 0;
  };

  void write(Bytes& out, const Header& header, ByteView body);

 private:
  struct Last {
    std::uint32_t chunk_stream = 0;
    std::uint32_t timestamp = 0;
    // What a type 3 would repeat. Empty after a type 0: receivers disagree on what it means then (5.3.1.2.4
    // says the timestamp itself, some take 0), so it is never sent.
    std::optional<std::uint32_t> delta = {};
    std::uint32_t length = 0;
    std::uint32_t stream = 0;
    MessageType type{};
  };

  // What was written for the timestamp, which the message's other chunks repeat when it is extended.
  std::uint32_t write_header(Bytes& out, const Header& header, std::uint32_t length);

  std::uint32_t chunk_size_ = kChunkSizeDefault;
  std::vector<Last> last_;
};

}  // namespace luso::proto::rtmp
