#include "proto/rtmp.h"

#include <rapidcheck.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proto/rtmp_client.h"
#include "proto/rtmp_testing.h"

namespace luso::proto::rtmp {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the fixtures of this very protocol.
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::string_view kName = "abc123?token=e30.e30.sig&x=y";

ClientSettings client_settings(DigestScheme handshake = DigestScheme::plain) {
  return {.app = "live",
          .tc_url = "rtmp://127.0.0.1:1935/live",
          .stream_name = std::string(kName),
          .handshake = handshake,
          .random_seed = 7};
}

// A server that has accepted a publisher, and that publisher.
struct Broadcast {
  ClientSession client{client_settings()};
  Session server{SessionSettings{.random_seed = 1}};

  Broadcast() {
    EXPECT_TRUE(exchange(client, server));
    server.accept_publish();
    EXPECT_TRUE(exchange(client, server));
    static_cast<void>(take_events(server));
  }
};

// A peer that writes what it likes, past the handshake.
struct RawPeer {
  Session server{SessionSettings{}};
  ChunkWriter writer;
  Bytes out;

  RawPeer() {
    Bytes handshake(1 + 2 * kHandshakePartBytes);
    handshake[0] = kRtmpVersion;
    EXPECT_TRUE(server.feed(handshake));
    static_cast<void>(server.take_output());
  }

  Result<void> send(const ChunkWriter::Header& header, ByteView body) {
    Bytes chunks;
    writer.write(chunks, header, body);
    return server.feed(chunks);
  }

  Result<void> command(std::uint32_t stream, std::initializer_list<amf0::Value> values) {
    Bytes body;
    for (const amf0::Value& value : values) amf0::write(body, value);
    return send({.chunk_stream = 3, .type = MessageType::command_amf0, .stream = stream}, body);
  }

  Result<void> connect() {
    return command(0, {"connect", 1, amf0::object({{.name = "app", .value = "live"}})});
  }

  Result<void> publish() {
    TRY_VOID(connect());
    TRY_VOID(command(0, {"createStream", 2, amf0::Null{}}));
    return command(1, {"publish", 3, amf0::Null{}, "abc123", "live"});
  }

  // The commands the server has said since the last time, each as its values.
  std::vector<std::vector<amf0::Value>> replies() {
    const Bytes output = server.take_output();
    ByteView rest = output;
    std::vector<std::vector<amf0::Value>> commands;
    while (true) {
      auto message = reader.next(rest);
      EXPECT_TRUE(message);
      if (!message || !*message) return commands;
      const Message& said = **message;
      if (said.type == MessageType::set_chunk_size)
        EXPECT_TRUE(reader.set_chunk_size(ByteReader(said.body).u32()));
      if (said.type == MessageType::command_amf0) commands.push_back(amf0::parse_all(said.body).value());
    }
  }

  ChunkReader reader{{.media_bytes_max = 65'536,
                      .control_bytes_max = 65'536,
                      .buffered_bytes_max = 1 << 20,
                      .reserve_bytes_max = 65'536}};
};

TEST(RtmpSession, APublisherConnectsAsksAndIsAccepted) {
  ClientSession client(client_settings());
  Session server(SessionSettings{.random_seed = 1});

  ASSERT_TRUE(exchange(client, server));
  const std::vector<Event> events = take_events(server);

  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(std::get<Connected>(events[0]).app, "live");
  EXPECT_EQ(std::get<Connected>(events[0]).tc_url, "rtmp://127.0.0.1:1935/live");
  const PublishRequested& asked = std::get<PublishRequested>(events[1]);
  EXPECT_EQ(asked.name.stream_key, "abc123");
  EXPECT_EQ(asked.name.token, "e30.e30.sig");
  EXPECT_FALSE(client.publishing());

  server.accept_publish();
  ASSERT_TRUE(exchange(client, server));
  EXPECT_TRUE(client.publishing());
}

TEST(RtmpSession, MediaAndMetadataArriveInOrderWithTheirTimes) {
  Broadcast broadcast;
  const Bytes keyframe = bytes("17 01 000000 00000001 65");
  const Bytes sound = bytes("AF 01 21 10");

  broadcast.client.send_metadata(amf0::ecma_array({{.name = "width", .value = 1280}}));
  broadcast.client.send_video(0xFFFF'FFF0, keyframe);
  broadcast.client.send_audio(5, sound);
  ASSERT_TRUE(exchange(broadcast.client, broadcast.server));
  const std::vector<Event> events = take_events(broadcast.server);

  ASSERT_EQ(events.size(), 3U);
  EXPECT_EQ(std::get<Metadata>(events[0]).properties.number_of("width"), 1280);
  EXPECT_EQ(std::get<VideoMessage>(events[1]).timestamp, 0xFFFF'FFF0U);
  EXPECT_EQ(std::get<VideoMessage>(events[1]).body, keyframe);
  EXPECT_EQ(std::get<AudioMessage>(events[2]).timestamp, 5U);
  EXPECT_EQ(std::get<AudioMessage>(events[2]).body, sound);
}

TEST(RtmpSession, ARefusalReachesTheEncoderInWords) {
  ClientSession client(client_settings());
  Session server(SessionSettings{});
  ASSERT_TRUE(exchange(client, server));

  server.refuse_publish(code::kPublishDenied, "The stream key is wrong.");
  const Result<void> told = exchange(client, server);

  EXPECT_TRUE(server.finished());
  ASSERT_FALSE(told);
  EXPECT_EQ(told.error().reason, "rtmp.refused");
  EXPECT_EQ(told.error().detail, "NetStream.Publish.Denied: The stream key is wrong.");
}

TEST(RtmpSession, ARunningStreamCanBeEndedInWords) {
  Broadcast broadcast;

  broadcast.server.refuse_publish(code::kPublishRejected, "The stream key was revoked.");
  const Result<void> told = exchange(broadcast.client, broadcast.server);

  ASSERT_FALSE(told);
  EXPECT_EQ(told.error().detail, "NetStream.Publish.Rejected: The stream key was revoked.");
}

TEST(RtmpSession, MediaThatFollowedARefusedPublishIsForgotten) {
  RawPeer peer;
  ASSERT_TRUE(peer.publish());
  ASSERT_TRUE(peer.send({.chunk_stream = 4, .type = MessageType::video, .stream = 1}, bytes("17 00")));

  peer.server.refuse_publish(code::kPublishDenied, "No.");

  EXPECT_FALSE(peer.server.next_event());
  EXPECT_TRUE(
      peer.server.feed(bytes("FF FF FF FF")));  // A finished session eats nothing, and complains of nothing.
}

TEST(RtmpSession, AnOverfullServerRefusesAtConnect) {
  ClientSession client(client_settings());
  Session server(SessionSettings{});

  server.refuse_connect("The server is stopping.");
  const Result<void> told = exchange(client, server);

  EXPECT_TRUE(server.finished());
  ASSERT_FALSE(told);
  EXPECT_EQ(told.error().detail, "NetConnection.Connect.Rejected: The server is stopping.");
}

TEST(RtmpSession, AnotherAppIsRefusedByName) {
  RawPeer peer;

  const Result<void> connected =
      peer.command(0, {"connect", 1, amf0::object({{.name = "app", .value = "vod/x"}})});

  ASSERT_FALSE(connected);
  EXPECT_EQ(connected.error().reason, "rtmp.no_such_app");
  const auto replies = peer.replies();
  ASSERT_EQ(replies.size(), 1U);
  EXPECT_EQ(replies[0][0], amf0::Value("_error"));
  EXPECT_EQ(replies[0][3].text_of("code"), "NetConnection.Connect.InvalidApp");
}

}  // namespace
}  // namespace luso::proto::rtmp
