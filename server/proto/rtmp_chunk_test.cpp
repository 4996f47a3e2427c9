#include "proto/rtmp_chunk.h"

#include <rapidcheck.h>

#include <gtest/gtest.h>

#include "proto/rtmp_testing.h"

namespace luso::proto::rtmp {
namespace {

using testing::bytes;
using testing::joined;

constexpr ChunkLimits kLimits{.media_bytes_max = 1 << 20,
                              .control_bytes_max = 4096,
                              .buffered_bytes_max = 256 << 10,
                              .reserve_bytes_max = 4096};

Result<std::vector<Message>> read_all(ChunkReader& reader, ByteView in) {
  std::vector<Message> messages;
  while (true) {
    TRY(std::optional<Message> message, reader.next(in));
    if (!message) return messages;
    messages.push_back(std::move(*message));
  }
}

Result<std::vector<Message>> read_all(std::string_view shown) {
  ChunkReader reader(kLimits);
  return read_all(reader, bytes(shown));
}

void expect_refused(const Result<std::vector<Message>>& read, std::string_view reason) {
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().reason, reason) << read.error().detail;
}

// 5.3.1.2.1: the eleven bytes of type 0.
TEST(RtmpChunks, ReadsAFullHeader) {
  const auto messages = read_all("04 0003E8 000004 09 01000000 17010203");

  ASSERT_TRUE(messages);
  ASSERT_EQ(messages->size(), 1U);
  EXPECT_EQ(messages->front(), (Message{.type = MessageType::video,
                                        .timestamp = 1000,
                                        .stream = 1,  // The one little-endian field.
                                        .body = bytes("17010203")}));
}

// 5.3.1.2: each shorter header leaves out what is as before.
TEST(RtmpChunks, ShorterHeadersTakeOverFromTheLast) {
  const auto messages = read_all(
      "04 0003E8 000001 08 01000000 AA"
      "44 000014 000002 09 BBBB"  // Type 1: another length and type, 20 ms later.
      "84 000028 CCCC"            // Type 2: 40 ms later.
      "C4 DDDD");                 // Type 3: again 40 ms later.

  ASSERT_TRUE(messages);
  ASSERT_EQ(messages->size(), 4U);
  EXPECT_EQ((*messages)[1], (Message{MessageType::video, 1020, 1, bytes("BBBB")}));
  EXPECT_EQ((*messages)[2], (Message{MessageType::video, 1060, 1, bytes("CCCC")}));
  EXPECT_EQ((*messages)[3], (Message{MessageType::video, 1100, 1, bytes("DDDD")}));
}

// 5.3.1.2.4: after a type 0, a new message's type 3 means the same timestamp again as delta. ffmpeg writes it
// so.
TEST(RtmpChunks, ATypeThreeAfterATypeZeroAddsItsTimestamp) {
  const auto messages = read_all("04 000017 000001 08 01000000 AA C4 BB");

  ASSERT_TRUE(messages);
  ASSERT_EQ(messages->size(), 2U);
  EXPECT_EQ((*messages)[1].timestamp, 2 * 0x17U);
}

// librtmp, and so OBS, opens its control stream with a type 1.
TEST(RtmpChunks, AStreamMayOpenWithTypeOne) {
  const auto messages = read_all("42 000000 000004 03 000003E8");

  ASSERT_TRUE(messages);
  ASSERT_EQ(messages->size(), 1U);
  EXPECT_EQ(messages->front().type, MessageType::acknowledgement);
}

// 5.3.1.1: ids 64 to 319 in one more byte, up to 65599 in two, low byte first.
TEST(RtmpChunks, ReadsLongChunkStreamIds) {
  ChunkReader reader(kLimits);
  const auto messages = read_all(reader, bytes("00 07 000000 000001 08 01000000 AA"
                                               "01 0701 000000 000001 08 01000000 BB"
                                               "C0 07 CC"
                                               "C1 0701 DD"));

  ASSERT_TRUE(messages);
  ASSERT_EQ(messages->size(), 4U);
  EXPECT_EQ((*messages)[2].body, bytes("CC"));
  EXPECT_EQ((*messages)[3].body, bytes("DD"));
}

TEST(RtmpChunks, PutsInterleavedMessagesTogether) {
  ChunkReader reader(kLimits);
  ASSERT_TRUE(reader.set_chunk_size(2));

  const auto messages = read_all(reader, bytes("04 000000 000005 08 01000000 A1A2"
                                               "06 000000 000003 09 01000000 B1B2"
                                               "C4 A3A4"
                                               "C6 B3"
                                               "C4 A5"));

  ASSERT_TRUE(messages);
  ASSERT_EQ(messages->size(), 2U);
  EXPECT_EQ((*messages)[0].body, bytes("B1B2B3"));
  EXPECT_EQ((*messages)[1].body, bytes("A1A2A3A4A5"));
  EXPECT_EQ(reader.buffered_bytes(), 0U);
}

// 5.3.1.3: FFFFFF says that 32 bits follow; type 3 chunks repeat them.
TEST(RtmpChunks, ReadsExtendedTimestampsAndTheirRepetition) {
  ChunkReader reader(kLimits);
  ASSERT_TRUE(reader.set_chunk_size(2));

  const auto messages = read_all(reader, bytes("04 FFFFFF 000003 09 01000000 01000000 A1A2"
                                               "C4 01000000 A3"
                                               "84 000010 B1B2 C4 B3"));

  ASSERT_TRUE(messages);
  ASSERT_EQ(messages->size(), 2U);
  EXPECT_EQ((*messages)[0], (Message{MessageType::video, 0x0100'0000, 1, bytes("A1A2A3")}));
  EXPECT_EQ((*messages)[1], (Message{MessageType::video, 0x0100'0010, 1, bytes("B1B2B3")}));
}

TEST(RtmpChunks, ForgivesEncodersThatDoNotRepeatThem) {
  const Bytes stream = bytes("04 FFFFFF 000003 09 01000000 01000000 A1A2 C4 A3 84 000010 B1B2 C4 B3");
  for (std::size_t cut = 0; cut <= stream.size(); ++cut) {
    ChunkReader reader(kLimits);
    ASSERT_TRUE(reader.set_chunk_size(2));

    auto messages = read_all(reader, ByteView(stream).first(cut));
    ASSERT_TRUE(messages);
    const auto rest = read_all(reader, ByteView(stream).subspan(cut));
    ASSERT_TRUE(rest) << rest.error().detail;
    messages->insert(messages->end(), rest->begin(), rest->end());

    ASSERT_EQ(messages->size(), 2U) << cut;
    EXPECT_EQ((*messages)[0].body, bytes("A1A2A3"));
    EXPECT_EQ((*messages)[1].body, bytes("B1B2B3"));
  }
}

TEST(RtmpChunks, TimestampsWrapLikeThe32BitsTheyAre) {
  const auto messages = read_all("04 FFFFFF 000001 08 01000000 FFFFFFF0 AA 84 000020 BB");

  ASSERT_TRUE(messages);
  EXPECT_EQ((*messages)[0].timestamp, 0xFFFF'FFF0U);
  EXPECT_EQ((*messages)[1].timestamp, 0x10U);
}

TEST(RtmpChunks, AnEmptyMessageIsAMessage) {
  const auto messages = read_all("04 000000 000000 08 01000000 C4");

  ASSERT_TRUE(messages);
  EXPECT_EQ(messages->size(), 2U);
}

// 5.4.2.
TEST(RtmpChunks, AnAbortedMessageIsForgotten) {
  ChunkReader reader(kLimits);
  ASSERT_TRUE(reader.set_chunk_size(2));
  ASSERT_TRUE(read_all(reader, bytes("04 000000 000005 08 01000000 A1A2")));

  reader.abort(4);
  const auto messages = read_all(reader, bytes("44 000000 000001 09 BB"));

  ASSERT_TRUE(messages);
  ASSERT_EQ(messages->size(), 1U);
  EXPECT_EQ(messages->front().body, bytes("BB"));
  EXPECT_EQ(reader.buffered_bytes(), 0U);
}

TEST(RtmpChunks, ShortHeadersNeedAnEarlierOne) {
  expect_refused(read_all("84 000010 AA"), "rtmp.bad_chunk");
  expect_refused(read_all("C4 AA"), "rtmp.bad_chunk");
}

TEST(RtmpChunks, AMessageMayNotBeginInsideAnother) {
  ChunkReader reader(kLimits);
  ASSERT_TRUE(reader.set_chunk_size(2));

  expect_refused(read_all(reader, bytes("04 000000 000005 08 01000000 A1A2 44 000000 000005 08")),
                 "rtmp.bad_chunk");
}

TEST(RtmpChunks, MessagesHaveALimitByKind) {
  expect_refused(read_all("04 000000 100001 09 01000000"),
                 "rtmp.message_too_large");  // Media of 1 MiB and a byte.
  expect_refused(read_all("04 000000 001001 14 01000000"),
                 "rtmp.message_too_large");  // A command of 4 KiB and a byte.
  EXPECT_TRUE(read_all("04 000000 100000 09 01000000"));
}

TEST(RtmpChunks, AnnouncedMessagesTakeNoMemoryUntilTheyArrive) {
  ChunkReader reader(kLimits);

  ASSERT_TRUE(read_all(reader, bytes("04 000000 100000 09 01000000 AA")));

  EXPECT_LE(reader.buffered_bytes(), kLimits.reserve_bytes_max);
}

// A chunk bomb: ever more messages are begun, and none is ended.
TEST(RtmpChunks, UnfinishedMessagesShareOneBudget) {
  ChunkReader reader(kLimits);
  ASSERT_TRUE(reader.set_chunk_size(32 << 10));
  Result<std::vector<Message>> read;
  int begun = 0;

  while (read && begun < 64) {
    Bytes chunk = bytes("00 00 000000 100000 09 01000000");
    chunk[1] = static_cast<std::uint8_t>(begun++);
    chunk.resize(chunk.size() + (32 << 10));
    read = read_all(reader, chunk);
    EXPECT_LE(reader.buffered_bytes(), kLimits.buffered_bytes_max);
  }

  EXPECT_EQ(begun, 9);
  expect_refused(read, "rtmp.buffer_full");
}

TEST(RtmpChunks, ChunkStreamsHaveALimit) {
  ChunkReader reader(kLimits);
  Result<std::vector<Message>> read;
  std::size_t opened = 0;

  while (read && opened < 200) {
    Bytes chunk = bytes("00 00 000000 000001 08 01000000 AA");
    chunk[1] = static_cast<std::uint8_t>(opened++);
    read = read_all(reader, chunk);
  }

  EXPECT_EQ(opened, kChunkStreamsMax + 1);
  expect_refused(read, "rtmp.too_many_streams");
}

TEST(RtmpChunks, AChunkSizeIsOneTo31Bits) {
  ChunkReader reader(kLimits);

  EXPECT_FALSE(reader.set_chunk_size(0));
  EXPECT_FALSE(reader.set_chunk_size(0x8000'0080));
  EXPECT_TRUE(reader.set_chunk_size(0x7FFF'FFFF));
  EXPECT_EQ(reader.chunk_size(), kChunkSizeMax);
  EXPECT_TRUE(reader.set_chunk_size(kChunkSizeMin));
}

TEST(RtmpChunkWriter, UsesTheShortestHeaderThatSaysEnough) {
  ChunkWriter writer;
  Bytes out;
  const auto audio = [&](std::uint32_t timestamp, std::string_view body) {
    writer.write(out, {.chunk_stream = 4, .type = MessageType::audio, .timestamp = timestamp, .stream = 1},
                 bytes(body));
  };

  audio(1000, "AA");
  audio(1020, "BB");
  audio(1040, "CC");
  audio(1040, "DDDD");
  audio(500, "EE");

  EXPECT_EQ(out, bytes("04 0003E8 000001 08 01000000 AA"
                       "84 000014 BB"
                       "C4 CC"
                       "44 000000 000002 08 DDDD"
                       "04 0001F4 000001 08 01000000 EE"));
}

TEST(RtmpChunkWriter, CutsAtTheChunkSizeAndRepeatsExtendedTimestamps) {
  ChunkWriter writer;
  writer.set_chunk_size(2);
  Bytes out;

  writer.write(out, {.chunk_stream = 70, .type = MessageType::video, .timestamp = 0x0100'0000, .stream = 1},
               bytes("A1A2A3A4"));

  EXPECT_EQ(out, bytes("00 06 FFFFFF 000004 09 01000000 01000000 A1A2 C0 06 01000000 A3A4"));
}

Message arbitrary_message(std::uint32_t& timestamp) {
  timestamp += *rc::gen::element(0U, 20U, 20U, 40U, 0xFF'FFFFU, 0x0100'0000U, 0xFFFF'FFECU);
  return {.type = *rc::gen::element(MessageType::audio, MessageType::video),
          .timestamp = timestamp,
          .stream = *rc::gen::inRange(0U, 3U),
          .body = *rc::gen::container<Bytes>(rc::gen::arbitrary<std::uint8_t>())};
}

TEST(RtmpChunkWriter, WhateverIsWrittenIsReadAtAnyChunkSizeHoweverItIsCut) {
  EXPECT_TRUE(rc::check([] {
    const std::uint32_t chunk_size = *rc::gen::inRange(1U, 200U);
    std::uint32_t timestamp = *rc::gen::arbitrary<std::uint32_t>();
    ChunkWriter writer;
    ChunkReader reader(kLimits);
    writer.set_chunk_size(chunk_size);
    RC_ASSERT(reader.set_chunk_size(chunk_size));
    std::vector<Message> sent;
    Bytes out;
    for (int i = *rc::gen::inRange(1, 20); i > 0; --i) {
      sent.push_back(arbitrary_message(timestamp));
      const std::uint32_t id = *rc::gen::element(2U, 3U, 63U, 64U, 319U, 320U, 65'599U);
      const Message& message = sent.back();
      writer.write(out, {id, message.type, message.timestamp, message.stream}, message.body);
    }

    std::vector<Message> read;
    ByteView rest(out);
    while (!rest.empty()) {
      const auto piece = *rc::gen::inRange<std::size_t>(1, 40);
      const ByteView cut = rest.first(std::min(piece, rest.size()));
      rest = rest.subspan(cut.size());
      const auto some = read_all(reader, cut);
      RC_ASSERT(some.has_value());
      read.insert(read.end(), some->begin(), some->end());
    }

    RC_ASSERT(read == sent);
  }));
}

}  // namespace
}  // namespace luso::proto::rtmp
