#include "proto/rtmp_client.h"

#include <gtest/gtest.h>

#include "proto/rtmp.h"
#include "proto/rtmp_testing.h"

namespace luso::proto::rtmp {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the fixtures of this very protocol.

ClientSettings settings_with(DigestScheme handshake, std::uint32_t chunk_size) {
  return {.app = "live",
          .tc_url = "rtmp://127.0.0.1/live",
          .stream_name = "abc123",
          .handshake = handshake,
          .chunk_size = chunk_size,
          .random_seed = 7};
}

TEST(RtmpClient, PublishesAfterEveryKindOfHandshakeAndAtEveryChunkSize) {
  for (const DigestScheme handshake :
       {DigestScheme::plain, DigestScheme::digest_first, DigestScheme::key_first}) {
    for (const std::uint32_t chunk_size : {1U, 128U, 4096U, 1U << 20U}) {
      ClientSession client(settings_with(handshake, chunk_size));
      Session server(SessionSettings{.random_seed = 1});
      const Bytes picture(10'000, 0x17);

      ASSERT_TRUE(exchange(client, server));
      server.accept_publish();
      ASSERT_TRUE(exchange(client, server));
      ASSERT_TRUE(client.publishing());
      client.send_video(0x0100'0000, picture);
      ASSERT_TRUE(exchange(client, server));

      const auto pictures = events_of<VideoMessage>(take_events(server));
      ASSERT_EQ(pictures.size(), 1U);
      EXPECT_EQ(pictures[0].timestamp, 0x0100'0000U);
      EXPECT_EQ(pictures[0].body, picture);
    }
  }
}

TEST(RtmpClient, DoesNotTrustAServerThatCannotSign) {
  ClientSession client(settings_with(DigestScheme::digest_first, 4096));
  Bytes reply(1 + 2 * kHandshakePartBytes);
  reply[0] = kRtmpVersion;

  const Result<void> fed = client.feed(reply);

  ASSERT_FALSE(fed);
  EXPECT_EQ(fed.error().reason, "rtmp.bad_handshake");
}

TEST(RtmpClient, NoticesThatTheOtherEndIsNotRtmp) {
  ClientSession client(settings_with(DigestScheme::plain, 4096));

  const Result<void> fed = client.feed(bytes("'HTTP/1.1 400 Bad Request'"));

  ASSERT_FALSE(fed);
  EXPECT_EQ(fed.error().reason, "rtmp.bad_handshake");
}

TEST(RtmpClient, ReadsTheServerByteByByte) {
  ClientSession client(settings_with(DigestScheme::key_first, 4096));
  Session server(SessionSettings{});
  for (int round = 0; round < 6; ++round) {
    ASSERT_TRUE(server.feed(client.take_output()));
    if (!events_of<PublishRequested>(take_events(server)).empty()) server.accept_publish();
    for (const std::uint8_t byte : server.take_output()) ASSERT_TRUE(client.feed(ByteView(&byte, 1)));
  }

  EXPECT_TRUE(client.publishing());
}

TEST(RtmpUrl, SplitsIntoWhereAndWhat) {
  EXPECT_EQ(parse_url("rtmp://localhost/live/KEY?token=a/b"),
            (Url{.host = "localhost", .app = "live", .stream_name = "KEY?token=a/b"}));
  EXPECT_EQ(parse_url("rtmps://town.example:1936/live/KEY"),
            (Url{.tls = true, .host = "town.example", .port = 1936, .app = "live", .stream_name = "KEY"}));
  EXPECT_EQ(parse_url("rtmps://town.example/live")->port, 443);
  EXPECT_EQ(parse_url("rtmp://[::1]:19350/live/KEY")->host, "::1");
  EXPECT_EQ(parse_url("rtmp://[::1]/live/KEY")->port, 1935);
}

TEST(RtmpUrl, RefusesWhatIsNone) {
  for (const char* url :
       {"", "http://localhost/live", "rtmp://", "rtmp:///live", "rtmp://localhost", "rtmp://localhost/",
        "rtmp://localhost:0/live", "rtmp://localhost:70000/live", "rtmp://localhost:/live"}) {
    const Result<Url> parsed = parse_url(url);
    ASSERT_FALSE(parsed) << url;
    EXPECT_EQ(parsed.error().reason, "rtmp.bad_url");
  }
}

}  // namespace
}  // namespace luso::proto::rtmp
