#include "proto/rtmp_chunk.h"

#include <algorithm>
#include <string>
#include <utility>

namespace luso::proto::rtmp {
namespace {

// 5.3.1.2: message header bytes after the basic header, by format.
constexpr std::array<std::size_t, 4> kMessageHeaderBytes{11, 7, 3, 0};
constexpr std::size_t kExtendedBytes = 4;
constexpr std::uint32_t kTwoByteBase = 64;  // 5.3.1.1: ids below fit in six bits.
constexpr std::uint32_t kThreeByteBase = 64 + 256;
constexpr std::uint32_t kBackwards = 0x8000'0000;  // A difference from here on is a step back, modulo 2^32.

std::uint32_t little_endian_u32(ByteView bytes) {
  return bytes[0] | bytes[1] << 8U | bytes[2] << 16U | static_cast<std::uint32_t>(bytes[3]) << 24U;
}

std::uint32_t big_endian_u32(ByteView bytes) {
  return ByteReader(bytes).u32();
}

void write_basic_header(ByteWriter& out, unsigned format, std::uint32_t id) {
  const auto top = static_cast<std::uint8_t>(format << 6U);
  if (id < kTwoByteBase) {
    out.u8(static_cast<std::uint8_t>(top | id));
  } else if (id < kThreeByteBase) {
    out.u8(top);
    out.u8(static_cast<std::uint8_t>(id - kTwoByteBase));
  } else {
    out.u8(static_cast<std::uint8_t>(top | 1U));
    out.u8(static_cast<std::uint8_t>((id - kTwoByteBase) & 0xFFU));
    out.u8(static_cast<std::uint8_t>((id - kTwoByteBase) >> 8U));
  }
}

}  // namespace

Result<std::optional<Message>> ChunkReader::next(ByteView& in) {
  while (true) {
    if (!in_chunk_) {
      TRY(const bool complete, read_header(in));
      if (!complete) return std::nullopt;
    }
    if (held_size_ > 0) {  // Bytes that turned out not to be an extended timestamp.
      ByteView held(held_.data(), held_size_);
      TRY(std::optional<Message> message, take_payload(held));
      std::ranges::copy(held, held_.begin());
      held_size_ = held.size();
      if (message) return message;
      if (held_size_ > 0 || !in_chunk_) continue;
    }
    if (in.empty() && chunk_left_ > 0) return std::nullopt;
    TRY(std::optional<Message> message, take_payload(in));
    if (message) return message;
  }
}

Result<void> ChunkReader::set_chunk_size(std::uint32_t size) {
  // The first bit must be zero (5.4.1); what is left over the largest message means no more than that.
  if (size < kChunkSizeMin || size > 0x7FFF'FFFF) {
    return fail(ErrorKind::invalid, "rtmp.bad_chunk_size", std::to_string(size));
  }
  chunk_size_ = std::min(size, kChunkSizeMax);
  return {};
}

void ChunkReader::abort(std::uint32_t chunk_stream) {
  const auto found = std::ranges::find(streams_, chunk_stream, &Stream::id);
  if (found == streams_.end() || !found->open) return;
  buffered_bytes_ -= found->body.capacity();
  found->body = Bytes();  // Gives the memory back, which `{}` would not.
  found->open = false;
}

Result<bool> ChunkReader::read_header(ByteView& in) {
  if (held_size_ == 0) {
    TRY(const std::size_t size, take_header(in));
    if (size > 0) {
      in = in.subspan(size);
      return true;
    }
    std::ranges::copy(in, held_.begin());
    held_size_ = in.size();
    in = {};
    return false;
  }
  const std::size_t before = held_size_;
  const std::size_t more = std::min(in.size(), held_.size() - before);
  std::ranges::copy(in.first(more), held_.begin() + static_cast<std::ptrdiff_t>(before));
  TRY(const std::size_t size, take_header({held_.data(), before + more}));
  if (size == 0) {
    held_size_ += more;
    in = in.subspan(more);
    return false;
  }
  if (size >= before) {
    held_size_ = 0;
    in = in.subspan(size - before);
  } else {
    held_size_ = before - size;
    std::copy_n(held_.begin() + static_cast<std::ptrdiff_t>(size), held_size_, held_.begin());
  }
  return true;
}

// 5.3.1.1: six bits of id, or 0 for one more byte, or 1 for two more, the low one first.
std::optional<ChunkReader::BasicHeader> ChunkReader::parse_basic_header(ByteView bytes) {
  if (bytes.empty()) return std::nullopt;
  const unsigned format = bytes[0] >> 6U;
  const std::uint32_t id = bytes[0] & 0x3FU;
  const std::size_t size = id > 1 ? 1 : 2 + id;
  if (bytes.size() < size) return std::nullopt;
  if (size == 1) return BasicHeader{.format = format, .id = id, .size = size};
  const std::uint32_t high = size == 3 ? bytes[2] * 256U : 0;
  return BasicHeader{.format = format, .id = kTwoByteBase + bytes[1] + high, .size = size};
}

Result<std::size_t> ChunkReader::take_header(ByteView bytes) {
  const std::optional<BasicHeader> basic = parse_basic_header(bytes);
  if (!basic) return 0;
  std::size_t size = basic->size + kMessageHeaderBytes[basic->format];
  if (bytes.size() < size) return 0;
  TRY(const std::size_t index, index_of(basic->id));
  Stream& stream = streams_[index];
  if (basic->format == 3) {
    TRY(size, take_continuation(*basic, stream, bytes));
    if (size > 0) start_chunk(index);
    return size;
  }

  const ByteView fields = bytes.subspan(basic->size);
  std::uint32_t timestamp_field = ByteReader(fields).u24();
  const bool extended = timestamp_field == kExtendedTimestamp;
  if (extended) {
    if (bytes.size() < size + kExtendedBytes) return 0;
    timestamp_field = big_endian_u32(bytes.subspan(size));
    size += kExtendedBytes;
  }
  if (stream.open) return fail(ErrorKind::invalid, "rtmp.bad_chunk", "a message begins inside another");
  // librtmp opens its control stream with a type 1, so only a type 2 needs a header before it.
  if (basic->format == 2 && !stream.described) {
    return fail(ErrorKind::invalid, "rtmp.bad_chunk", "a chunk stream opens with type 2");
  }
  if (basic->format < 2) {
    stream.length = ByteReader(fields.subspan(3)).u24();
    stream.type = static_cast<MessageType>(fields[6]);
    stream.described = true;
  }
  if (basic->format == 0) stream.message_stream = little_endian_u32(fields.subspan(7));
  stream.timestamp = basic->format == 0 ? timestamp_field : stream.timestamp + timestamp_field;
  stream.timestamp_field = timestamp_field;
  stream.extended = extended;
  TRY_VOID(begin_message(stream));
  start_chunk(index);
  return size;
}

// A type 3 goes on with a message, or begins one just like the last. After an extended timestamp it repeats
// the 32 bits (5.3.1.3), but some encoders leave them out: they are there when they say what they must say.
Result<std::size_t> ChunkReader::take_continuation(const BasicHeader& basic, Stream& stream, ByteView bytes) {
  if (!stream.described)
    return fail(ErrorKind::invalid, "rtmp.bad_chunk", "a chunk stream opens with type 3");
  std::size_t size = basic.size;
  if (stream.extended) {
    if (bytes.size() < size + kExtendedBytes) return 0;
    const std::uint32_t repeated = big_endian_u32(bytes.subspan(size));
    if (repeated == stream.timestamp_field || repeated == stream.timestamp) size += kExtendedBytes;
  }
  if (!stream.open) {
    stream.timestamp += stream.timestamp_field;
    TRY_VOID(begin_message(stream));
  }
  return size;
}

Result<void> ChunkReader::begin_message(Stream& stream) {
  const std::size_t bytes_max = is_media(stream.type) ? limits_.media_bytes_max : limits_.control_bytes_max;
  if (stream.length > bytes_max) {
    return fail(ErrorKind::too_large, "rtmp.message_too_large", std::to_string(stream.length) + " bytes");
  }
  stream.open = true;
  return {};
}

void ChunkReader::start_chunk(std::size_t index) {
  const Stream& stream = streams_[index];
  current_ = index;
  in_chunk_ = true;
  chunk_left_ = std::min<std::size_t>(chunk_size_, stream.length - stream.body.size());
}

Result<void> ChunkReader::make_room(Stream& stream, std::size_t more) {
  const std::size_t held = stream.body.capacity();
  const std::size_t needed = stream.body.size() + more;
  if (needed <= held) return {};
  const std::size_t wanted = std::max({needed, 2 * held, limits_.reserve_bytes_max});
  const std::size_t grown = std::min<std::size_t>(wanted, stream.length);
  if (buffered_bytes_ - held + grown > limits_.buffered_bytes_max) {
    return fail(ErrorKind::too_large, "rtmp.buffer_full",
                std::to_string(buffered_bytes_) + " bytes unfinished");
  }
  stream.body.reserve(grown);
  buffered_bytes_ += stream.body.capacity() - held;
  return {};
}

Result<std::size_t> ChunkReader::index_of(std::uint32_t id) {
  if (current_ < streams_.size() && streams_[current_].id == id) return current_;
  const auto found = std::ranges::find(streams_, id, &Stream::id);
  if (found != streams_.end()) return static_cast<std::size_t>(found - streams_.begin());
  if (streams_.size() == kChunkStreamsMax) {
    return fail(ErrorKind::too_large, "rtmp.too_many_streams", "chunk stream " + std::to_string(id));
  }
  streams_.emplace_back().id = id;
  return streams_.size() - 1;
}

Result<std::optional<Message>> ChunkReader::take_payload(ByteView& in) {
  Stream& stream = streams_[current_];
  const std::size_t count = std::min(chunk_left_, in.size());
  TRY_VOID(make_room(stream, count));
  stream.body.insert(stream.body.end(), in.begin(), in.begin() + static_cast<std::ptrdiff_t>(count));
  in = in.subspan(count);
  chunk_left_ -= count;
  if (chunk_left_ > 0) return std::nullopt;
  in_chunk_ = false;
  if (stream.body.size() < stream.length) return std::nullopt;
  return finish(stream);
}

Message ChunkReader::finish(Stream& stream) {
  buffered_bytes_ -= stream.body.capacity();
  stream.open = false;
  return {.type = stream.type,
          .timestamp = stream.timestamp,
          .stream = stream.message_stream,
          .body = std::exchange(stream.body, {})};
}

void ChunkWriter::write(Bytes& out, const Header& header, ByteView body) {
  const std::size_t chunks = body.size() / chunk_size_ + 1;
  out.reserve(out.size() + body.size() + kChunkHeaderBytesMax + chunks * (3 + kExtendedBytes));
  const std::uint32_t field = write_header(out, header, static_cast<std::uint32_t>(body.size()));
  ByteWriter writer(out);
  while (true) {
    const std::size_t count = std::min<std::size_t>(chunk_size_, body.size());
    writer.raw(body.first(count));
    body = body.subspan(count);
    if (body.empty()) return;
    write_basic_header(writer, 3, header.chunk_stream);
    if (field >= kExtendedTimestamp) writer.u32(field);
  }
}

std::uint32_t ChunkWriter::write_header(Bytes& out, const Header& header, std::uint32_t length) {
  auto last = std::ranges::find(last_, header.chunk_stream, &Last::chunk_stream);
  unsigned format = 0;
  std::uint32_t field = header.timestamp;
  if (last == last_.end()) {
    last = last_.insert(last_.end(), Last{.chunk_stream = header.chunk_stream});
  } else if (const std::uint32_t delta = header.timestamp - last->timestamp;
             header.stream == last->stream && delta < kBackwards) {
    const bool same_shape = length == last->length && header.type == last->type;
    format = !same_shape ? 1 : last->delta != delta ? 2 : 3;
    field = delta;
  }
  ByteWriter writer(out);
  write_basic_header(writer, format, header.chunk_stream);
  if (format < 3) writer.u24(std::min(field, kExtendedTimestamp));
  if (format < 2) {
    writer.u24(length);
    writer.u8(static_cast<std::uint8_t>(header.type));
  }
  if (format == 0) {
    for (unsigned shift = 0; shift < 32; shift += 8)
      writer.u8(static_cast<std::uint8_t>(header.stream >> shift));
  }
  if (field >= kExtendedTimestamp) writer.u32(field);
  *last = {.chunk_stream = header.chunk_stream,
           .timestamp = header.timestamp,
           .delta = format == 0 ? std::nullopt : std::optional(field),
           .length = length,
           .stream = header.stream,
           .type = header.type};
  return field;
}

}  // namespace luso::proto::rtmp
