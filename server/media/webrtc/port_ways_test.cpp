#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/ip/udp.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "media/webrtc/port_world_test.h"

namespace luso::media::webrtc {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): made for these tests.

TEST(PortWays, ATcpConnectionThatSpeaksSomethingElseIsClosed) {
  World world;
  RtcClient http(world.client(Transport::tcp), {});
  RtcClient chatter(world.client(Transport::tcp), {});

  http.send(Bytes(60'000, 'x'));
  for (int i = 0; i < 6; ++i) chatter.send(Bytes(1'000, 'x'));

  EXPECT_TRUE(http.was_disconnected());
  EXPECT_TRUE(chatter.was_disconnected());
  EXPECT_TRUE(world.will_drop(Drop::tcp_garbage, 1));
  EXPECT_TRUE(world.will_drop(Drop::tcp_silent, 1));
}

TEST(PortWays, ATcpConnectionThatSaysNothingIsClosed) {
  World world;
  RtcClient silent(world.client(Transport::tcp), {});
  EXPECT_TRUE(silent.was_disconnected());
  EXPECT_EQ(world.dropped(Drop::tcp_silent), 1U);
}

TEST(PortWays, AViewerThatDoesNotReadItsTcpHoldsABoundedQueue) {
  World world;
  Pair pair(world, world.client(Transport::tcp));
  ASSERT_TRUE(pair.connect());

  const std::uint64_t queued = world.run([&] {
    std::uint16_t sequence = 0;
    const Bytes payload(1'100, 'p');
    while (pair.peer->stats().packets_dropped == 0 && sequence < 20'000) {
      Bytes packet = rtp_packet(++sequence, 0xBEEF);
      packet.insert(packet.end(), payload.begin(), payload.end());
      static_cast<void>(pair.peer->send_rtp(packet));
      world.port->flush();
    }
    EXPECT_TRUE(pair.peer->is_congested());
    return pair.peer->stats().bytes_out;
  });

  EXPECT_LT(queued, 16U << 20U);                     // Ours, and what two kernels' buffers took.
  EXPECT_FALSE(pair.client->receive_rtp().empty());  // And what was queued arrives.
  EXPECT_FALSE(pair.ear.has_ended());
}

TEST(PortWays, TheRemoteMayInsistOnBeingTheDtlsServer) {
  World world;
  auto settings = world.client();
  settings.dtls_server = true;
  Pair pair(world, settings);

  ASSERT_TRUE(pair.connect());

  pair.client->send(pair.client->protect(rtp_packet(1)));
  EXPECT_THAT(pair.ear.rtp(1), ::testing::ElementsAre(rtp_packet(1)));
  EXPECT_TRUE(pair.send_rtp(rtp_packet(2, 0xBEEF)));
  EXPECT_EQ(pair.client->receive_rtp(), rtp_packet(2, 0xBEEF));
  EXPECT_EQ(pair.client->dtls().remote_fingerprint(), world.port->identity().fingerprint());
  pair.client->close();
  EXPECT_EQ(pair.ear.ended(), "closed_by_remote");
}

TEST(PortWays, WorksOverIpv6WhereThereIsAny) {
  const int probe = ::socket(AF_INET6, SOCK_DGRAM, 0);
  const boost::asio::ip::udp::endpoint loopback(boost::asio::ip::address_v6::loopback(), 0);
  const bool available =
      probe >= 0 && ::bind(probe, loopback.data(), static_cast<socklen_t>(loopback.size())) == 0;
  if (probe >= 0) ::close(probe);
  if (!available) GTEST_SKIP() << "no IPv6 here";
  World world(settings([](auto& s) { s.address = "0::0"; }));  // Dual: IPv4 comes through the same socket.
  auto v6 = world.client();
  v6.address = boost::asio::ip::address_v6::loopback();
  Pair six(world, v6);
  Pair four(world);

  ASSERT_TRUE(six.connect());
  ASSERT_TRUE(four.connect());

  EXPECT_TRUE(six.send_rtp(rtp_packet(1, 0xBEEF)));
  EXPECT_EQ(six.client->receive_rtp(), rtp_packet(1, 0xBEEF));
  EXPECT_TRUE(four.send_rtp(rtp_packet(1, 0xBEEF)));
  EXPECT_EQ(four.client->receive_rtp(), rtp_packet(1, 0xBEEF));
}

}  // namespace
}  // namespace luso::media::webrtc
