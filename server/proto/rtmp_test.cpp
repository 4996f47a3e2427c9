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

TEST(RtmpSession, AMissingStreamKeyIsRefusedInWords) {
  RawPeer peer;
  ASSERT_TRUE(peer.connect());

  const Result<void> published = peer.command(1, {"publish", 3, amf0::Null{}, "?token=x", "live"});

  ASSERT_FALSE(published);
  EXPECT_EQ(published.error().reason, "rtmp.no_stream_key");
  EXPECT_EQ(peer.replies().back()[3].text_of("code"), "NetStream.Publish.BadName");
}

TEST(RtmpSession, AViewerIsSentAway) {
  RawPeer peer;
  ASSERT_TRUE(peer.connect());

  ASSERT_TRUE(peer.command(1, {"play", 3, amf0::Null{}, "abc123"}));

  EXPECT_TRUE(peer.server.finished());
  const std::vector<Event> events = take_events(peer.server);
  EXPECT_EQ(std::get<PlayRequested>(events.back()).name, "abc123");
  EXPECT_EQ(peer.replies().back()[3].text_of("code"), "NetStream.Play.Failed");
}

TEST(RtmpSession, NothingGoesBeforeConnectAndNoMediaBeforePublish) {
  const auto reason = [](auto act) {
    RawPeer peer;
    const Result<void> fed = act(peer);
    return fed ? std::string_view("none") : fed.error().reason;
  };

  EXPECT_EQ(reason([](RawPeer& peer) { return peer.command(1, {"publish", 3, amf0::Null{}, "abc123"}); }),
            "rtmp.out_of_order");
  EXPECT_EQ(reason([](RawPeer& peer) { return peer.command(0, {"createStream", 2, amf0::Null{}}); }),
            "rtmp.out_of_order");
  EXPECT_EQ(reason([](RawPeer& peer) {
              return peer.send({.chunk_stream = 4, .type = MessageType::video, .stream = 1}, bytes("17 00"));
            }),
            "rtmp.out_of_order");
  EXPECT_EQ(reason([](RawPeer& peer) -> Result<void> {
              TRY_VOID(peer.connect());
              return peer.send({.chunk_stream = 4, .type = MessageType::audio, .stream = 1}, bytes("AF 00"));
            }),
            "rtmp.out_of_order");
  EXPECT_EQ(reason([](RawPeer& peer) -> Result<void> {
              TRY_VOID(peer.connect());
              return peer.connect();
            }),
            "rtmp.out_of_order");
  EXPECT_EQ(reason([](RawPeer& peer) -> Result<void> {
              TRY_VOID(peer.publish());
              return peer.command(1, {"publish", 4, amf0::Null{}, "other"});
            }),
            "rtmp.out_of_order");
}

TEST(RtmpSession, AnErrorIsFinal) {
  RawPeer peer;
  ASSERT_FALSE(peer.command(1, {"publish", 3, amf0::Null{}, "abc123"}));

  EXPECT_TRUE(peer.server.finished());
  const Result<void> later = peer.connect();
  ASSERT_FALSE(later);
  EXPECT_EQ(later.error().reason, "rtmp.out_of_order");
  EXPECT_FALSE(peer.server.next_event());
}

TEST(RtmpSession, ImpatientMediaFollowsTheRequest) {
  RawPeer peer;
  ASSERT_TRUE(peer.publish());
  ASSERT_TRUE(peer.send({.chunk_stream = 4, .type = MessageType::video, .stream = 1}, bytes("17 00")));

  const std::vector<Event> events = take_events(peer.server);

  ASSERT_EQ(events.size(), 3U);
  EXPECT_TRUE(std::holds_alternative<PublishRequested>(events[1]));
  EXPECT_TRUE(std::holds_alternative<VideoMessage>(events[2]));
}

TEST(RtmpSession, AGoodbyeEndsTheStreamOnceAndMayBeFollowedByAnother) {
  Broadcast broadcast;

  broadcast.client.send_video(0, bytes("17 01 000000 65"));
  broadcast.client.end();  // FCUnpublish and deleteStream.
  ASSERT_TRUE(exchange(broadcast.client, broadcast.server));
  const std::vector<Event> events = take_events(broadcast.server);

  ASSERT_EQ(events.size(), 2U);
  EXPECT_TRUE(std::holds_alternative<PublishEnded>(events[1]));
  EXPECT_FALSE(broadcast.server.finished());

  RawPeer peer;
  ASSERT_TRUE(peer.publish());
  peer.server.accept_publish();
  ASSERT_TRUE(peer.command(1, {"closeStream", 0, amf0::Null{}}));
  ASSERT_TRUE(
      peer.send({.chunk_stream = 4, .type = MessageType::video, .stream = 1}, bytes("17 01")));  // Late.
  ASSERT_TRUE(peer.command(0, {"createStream", 2, amf0::Null{}}));
  ASSERT_TRUE(peer.command(2, {"publish", 3, amf0::Null{}, "abc123", "live"}));
  const std::vector<Event> again = take_events(peer.server);
  ASSERT_EQ(again.size(), 4U);
  EXPECT_TRUE(std::holds_alternative<PublishEnded>(again[2]));
  EXPECT_TRUE(std::holds_alternative<PublishRequested>(again[3]));
}

TEST(RtmpSession, DeletingAnotherStreamEndsNothing) {
  RawPeer peer;
  ASSERT_TRUE(peer.publish());
  peer.server.accept_publish();

  ASSERT_TRUE(peer.command(0, {"deleteStream", 5, amf0::Null{}, 2}));
  ASSERT_TRUE(peer.command(0, {"deleteStream", 5, amf0::Null{}, -1e300}));

  EXPECT_TRUE(peer.server.publishing());
}

TEST(RtmpSession, ATokenMayComeWithTheApp) {
  RawPeer peer;
  ASSERT_TRUE(
      peer.command(0, {"connect", 1, amf0::object({{.name = "app", .value = "/live/?token=e30.x.y"}})}));
  ASSERT_TRUE(peer.command(1, {"publish", 3, amf0::Null{}, "abc123"}));

  const std::vector<Event> events = take_events(peer.server);

  EXPECT_EQ(std::get<Connected>(events[0]).app, "live");
  EXPECT_EQ(std::get<PublishRequested>(events[1]).name.token, "e30.x.y");
}

// E-RTMP v2: who speaks it is told what we forward; who does not is told nothing new.
TEST(RtmpSession, EnhancedEncodersLearnWhatIsTaken) {
  RawPeer enhanced;
  RawPeer legacy;
  ASSERT_TRUE(enhanced.command(
      0, {"connect", 1,
          amf0::object({{.name = "app", .value = "live"},
                        {.name = "fourCcList", .value = amf0::StrictArray{.items = {"av01", "hvc1"}}}})}));
  ASSERT_TRUE(legacy.connect());

  const amf0::Value told = enhanced.replies().back()[2];
  EXPECT_EQ(told.find("videoFourCcInfoMap")->number_of("hvc1"), 4);
  EXPECT_EQ(told.find("audioFourCcInfoMap")->number_of("Opus"), 4);
  EXPECT_EQ(told.number_of("capsEx"), 4);
  EXPECT_THAT(std::get<Connected>(take_events(enhanced.server)[0]).fourcc_list, ElementsAre("av01", "hvc1"));
  EXPECT_EQ(legacy.replies().back()[2].find("capsEx"), nullptr);
}

TEST(RtmpSession, PingsAreAnsweredBothWays) {
  Broadcast broadcast;
  broadcast.server.ping(0x01020304);
  ASSERT_TRUE(exchange(broadcast.client, broadcast.server));
  EXPECT_EQ(std::get<Pong>(take_events(broadcast.server).at(0)).timestamp, 0x01020304U);

  RawPeer peer;
  ASSERT_TRUE(peer.send({.chunk_stream = 2, .type = MessageType::user_control}, bytes("0006 0A0B0C0D")));
  EXPECT_EQ(peer.server.take_output(), bytes("02 000000 000006 04 00000000 0007 0A0B0C0D"));
}

TEST(RtmpSession, AcknowledgesEveryWindowThePeerAsksFor) {
  RawPeer peer;
  ASSERT_TRUE(peer.publish());
  ASSERT_TRUE(peer.send({.chunk_stream = 2, .type = MessageType::window_ack_size}, bytes("00001000")));
  const auto after_audio = [&peer](std::size_t count) {
    EXPECT_TRUE(peer.send({.chunk_stream = 4, .type = MessageType::audio, .stream = 1}, Bytes(count)));
    return peer.server.take_output();
  };

  EXPECT_FALSE(after_audio(4096).empty());
  EXPECT_TRUE(after_audio(3000).empty());
  const Bytes after_6000 = after_audio(3000);

  Bytes expected = bytes("C2");  // Just like the acknowledgement before, but for its number.
  ByteWriter(expected).u32(static_cast<std::uint32_t>(peer.server.bytes_received()));
  EXPECT_EQ(after_6000, expected);
}

// 7.1.6.
TEST(RtmpSession, AnAggregateIsItsMessages) {
  RawPeer peer;
  ASSERT_TRUE(peer.publish());
  static_cast<void>(take_events(peer.server));

  ASSERT_TRUE(peer.send({.chunk_stream = 4, .type = MessageType::aggregate, .timestamp = 5000, .stream = 1},
                        bytes("09 000002 0003E8 00 000000 1700 0000000D"
                              "08 000002 0003FC 00 000000 AF00 0000000D")));
  const std::vector<Event> events = take_events(peer.server);

  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(std::get<VideoMessage>(events[0]).timestamp, 5000U);
  EXPECT_EQ(std::get<VideoMessage>(events[0]).body, bytes("1700"));
  EXPECT_EQ(std::get<AudioMessage>(events[1]).timestamp, 5020U);
}

TEST(RtmpSession, MalformedMessagesCloseWithAReason) {
  struct Malformed {
    MessageType type;
    const char* body;
    std::string_view reason;
  };

  for (const Malformed& malformed : {
           Malformed{MessageType::set_chunk_size, "0000", "rtmp.bad_message"},
           Malformed{MessageType::set_chunk_size, "00000000", "rtmp.bad_chunk_size"},
           Malformed{MessageType::window_ack_size, "00", "rtmp.bad_message"},
           Malformed{MessageType::user_control, "0006 00", "rtmp.bad_message"},
           Malformed{MessageType::command_amf0, "00 0000000000000000", "rtmp.bad_message"},
           Malformed{MessageType::command_amf0, "02 00FF 'cut'", "rtmp.bad_amf"},
           Malformed{MessageType::command_amf3, "00 11", "rtmp.bad_amf"},
           Malformed{MessageType::data_amf0, "02 000A 'onMetaData' 03", "rtmp.bad_amf"},
           Malformed{MessageType::aggregate, "09 0000FF 000000 00 000000 17", "rtmp.bad_message"},
       }) {
    RawPeer peer;
    ASSERT_TRUE(peer.publish());

    const Result<void> fed = peer.send({.chunk_stream = 4, .type = malformed.type}, bytes(malformed.body));

    ASSERT_FALSE(fed) << malformed.body;
    EXPECT_EQ(fed.error().reason, malformed.reason) << malformed.body;
  }
}

TEST(RtmpSession, StrangersMaySendLittleAndPublishersMuch) {
  RawPeer stranger;
  RawPeer publisher;
  ASSERT_TRUE(publisher.publish());
  const ChunkWriter::Header video{.chunk_stream = 4, .type = MessageType::video, .stream = 1};

  const Result<void> refused = stranger.send(video, Bytes(kControlBytesMax + 1));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "rtmp.message_too_large");
  EXPECT_TRUE(publisher.send(video, Bytes(kMessageBytesMax)));
  const Result<void> too_much = publisher.send(video, Bytes(kMessageBytesMax + 1));
  ASSERT_FALSE(too_much);
  EXPECT_EQ(too_much.error().reason, "rtmp.message_too_large");
}

TEST(RtmpSession, StreamsAreGivenOutSparingly) {
  RawPeer peer;
  ASSERT_TRUE(peer.connect());
  for (std::uint32_t i = 0; i < kMessageStreamsMax; ++i) {
    ASSERT_TRUE(peer.command(0, {"createStream", 2, amf0::Null{}}));
  }

  const Result<void> one_more = peer.command(0, {"createStream", 2, amf0::Null{}});

  ASSERT_FALSE(one_more);
  EXPECT_EQ(one_more.error().reason, "rtmp.too_many_streams");
}

TEST(RtmpPublishName, SplitsKeyTokenAndTheRest) {
  EXPECT_EQ(split_publish_name("KEY?token=a.b-c_d&x=y"),
            (PublishName{
                .stream_key = "KEY", .token = "a.b-c_d", .parameters = {{"token", "a.b-c_d"}, {"x", "y"}}}));
  EXPECT_EQ(split_publish_name("KEY"), (PublishName{.stream_key = "KEY"}));
  EXPECT_EQ(split_publish_name("KEY?"), (PublishName{.stream_key = "KEY"}));
  EXPECT_EQ(split_publish_name("KEY?token=a%2Bb").token, "a+b");
  EXPECT_EQ(split_publish_name("KEY?token=a%zz").token, "a%zz");
  EXPECT_EQ(split_publish_name("KEY?a&&token=1&token=2").token, "1");
  EXPECT_EQ(split_publish_name(""), PublishName{});
}

}  // namespace
}  // namespace luso::proto::rtmp
