#include <rapidcheck.h>

#include <gtest/gtest.h>

#include "proto/rtmp.h"
#include "proto/rtmp_testing.h"

// What real encoders say after the handshake, byte for byte, up to their first metadata.
namespace luso::proto::rtmp {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the fixtures of this very protocol.

// Default chunk size throughout, shorter headers from the second command on; publishes on chunk stream 8.
constexpr std::string_view kFfmpeg =
    "03 000000 00008C 14 00000000 02 0007 'connect' 00 3FF0000000000000 03 0003 'app' 02 0004 'live'"
    "  0004 'type' 02 000A 'nonprivate' 0008 'flashVer' 02 0024 'FMLE/3.0 (compatible; Lavf59.27.100)'"
    "  0005 'tcUrl' 02 001B 'rtmp://127.0.0.1:1' C3 '9350/live' 0000 09"
    "02 000000 000004 01 00000000 00001000"
    "43 000000 000031 14 02 000D 'releaseStream' 00 4000000000000000 05 02 0014 'abc123?token=e30.x.y'"
    "43 000000 00002D 14 02 0009 'FCPublish' 00 4008000000000000 05 02 0014 'abc123?token=e30.x.y'"
    "43 000000 000019 14 02 000C 'createStream' 00 4010000000000000 05"
    "08 000000 000032 14 01000000 02 0007 'publish' 00 4014000000000000 05"
    "  02 0014 'abc123?token=e30.x.y' 02 0004 'live'";

// OBS 29, with librtmp: raises its chunk size before it connects.
constexpr std::string_view kObs =
    "02 000000 000004 01 00000000 00001000"
    "03 000000 0000BF 14 00000000 02 0007 'connect' 00 3FF0000000000000 03 0003 'app' 02 0004 'live'"
    "  0004 'type' 02 000A 'nonprivate' 000E 'supportsGoAway' 01 01"
    "  0008 'flashVer' 02 001F 'FMLE/3.0 (compatible; FMSc/1.0)' 0006 'swfUrl' 02 001B "
    "'rtmp://127.0.0.1:19350/live'"
    "  0005 'tcUrl' 02 001B 'rtmp://127.0.0.1:19350/live' 0000 09"
    "43 000000 000031 14 02 000D 'releaseStream' 00 4000000000000000 05 02 0014 'abc123?token=e30.x.y'"
    "43 000000 00002D 14 02 0009 'FCPublish' 00 4008000000000000 05 02 0014 'abc123?token=e30.x.y'"
    "43 000000 000019 14 02 000C 'createStream' 00 4010000000000000 05"
    "04 000000 000032 14 01000000 02 0007 'publish' 00 4014000000000000 05"
    "  02 0014 'abc123?token=e30.x.y' 02 0004 'live'";

// GStreamer's rtmp2sink: wants no answers (transaction 0), publishes on chunk stream 3, sets a window and a
// buffer.
constexpr std::string_view kGstreamer =
    "03 000000 000076 14 00000000 02 0007 'connect' 00 3FF0000000000000 03 0003 'app' 02 0004 'live'"
    "  0004 'type' 02 000A 'nonprivate' 0008 'flashVer' 02 000E 'LNX 10,0,32,18'"
    "  0005 'tcUrl' 02 001B 'rtmp://127.0.0.1:19350/live' 0000 09"
    "02 000000 000004 05 00000000 002625A0"
    "43 000000 000031 14 02 000D 'releaseStream' 00 0000000000000000 05 02 0014 'abc123?token=e30.x.y'"
    "43 000000 00002D 14 02 0009 'FCPublish' 00 0000000000000000 05 02 0014 'abc123?token=e30.x.y'"
    "43 000000 000019 14 02 000C 'createStream' 00 4000000000000000 05"
    "03 000000 000032 14 01000000 02 0007 'publish' 00 0000000000000000 05"
    "  02 0014 'abc123?token=e30.x.y' 02 0004 'live'"
    "42 000000 000004 01 00000080";

struct Encoder {
  const char* name;
  std::string_view said;
  const char* version;
};

constexpr Encoder kEncoders[] = {{"ffmpeg", kFfmpeg, "FMLE/3.0 (compatible; Lavf59.27.100)"},
                                 {"OBS", kObs, "FMLE/3.0 (compatible; FMSc/1.0)"},
                                 {"GStreamer", kGstreamer, "LNX 10,0,32,18"}};

// One line an event, so that two runs compare at a glance.
std::string told(Session& session) {
  std::string lines;
  for (const Event& event : take_events(session)) {
    lines += std::to_string(event.index());
    if (const auto* request = std::get_if<PublishRequested>(&event)) {
      lines += request->name.stream_key + "|" + request->name.token;
    }
    if (const auto* connected = std::get_if<Connected>(&event))
      lines += connected->app + "|" + connected->encoder;
    if (const auto* video = std::get_if<VideoMessage>(&event)) {
      lines += std::to_string(video->timestamp) + "|" + hex_encode(video->body);
    }
    lines += "\n";
  }
  return lines;
}

Bytes after_hello(std::string_view said) {
  const HandshakePart c1 = make_client_part(7, DigestScheme::digest_first);
  return joined({bytes("03"), c1, HandshakePart{}, bytes(said)});
}

TEST(RtmpEncoders, EachIsUnderstood) {
  for (const Encoder& encoder : kEncoders) {
    Session session(SessionSettings{});

    ASSERT_TRUE(session.feed(after_hello(encoder.said))) << encoder.name;
    const std::vector<Event> events = take_events(session);

    ASSERT_EQ(events.size(), 2U) << encoder.name;
    EXPECT_EQ(std::get<Connected>(events[0]).encoder, encoder.version);
    EXPECT_EQ(std::get<PublishRequested>(events[1]).name.stream_key, "abc123");
    EXPECT_EQ(std::get<PublishRequested>(events[1]).name.token, "e30.x.y");
  }
}

TEST(RtmpEncoders, AnyCutOfTheBytesTellsTheSameStory) {
  EXPECT_TRUE(rc::check([] {
    const Encoder encoder =
        *rc::gen::elementOf(std::vector<Encoder>(std::begin(kEncoders), std::end(kEncoders)));
    Bytes all = after_hello(encoder.said);
    ChunkWriter writer;
    for (int i = 0; i < 5; ++i) {
      const ChunkWriter::Header header{
          .chunk_stream = 6, .type = MessageType::video, .timestamp = 40U * i, .stream = 1};
      writer.write(all, header, Bytes(static_cast<std::size_t>(*rc::gen::inRange(0, 128)), 0x17));
    }
    Session whole(SessionSettings{});
    Session cut(SessionSettings{});

    RC_ASSERT(whole.feed(all).has_value());
    std::string cut_told;
    Bytes cut_said;
    ByteView rest(all);
    while (!rest.empty()) {
      const ByteView piece = rest.first(std::min(*rc::gen::inRange<std::size_t>(1, 700), rest.size()));
      rest = rest.subspan(piece.size());
      RC_ASSERT(cut.feed(piece).has_value());
      cut_told += told(cut);
      cut_said = joined({cut_said, cut.take_output()});
    }

    RC_ASSERT(cut_told == told(whole));
    RC_ASSERT(cut_said == whole.take_output());
  }));
}

}  // namespace
}  // namespace luso::proto::rtmp
