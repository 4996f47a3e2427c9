#include "media/webrtc/port.h"

#include <random>
#include <string>
#include <tuple>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "media/webrtc/port_world_test.h"

namespace luso::media::webrtc {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): made for these tests.
using ::testing::ElementsAre;
using namespace std::chrono_literals;

class PortOver : public ::testing::TestWithParam<std::tuple<Transport, std::string_view>> {};

INSTANTIATE_TEST_SUITE_P(Ways, PortOver,
                         ::testing::Combine(::testing::Values(Transport::udp, Transport::tcp),
                                            ::testing::Values(kGcm, kSha1)),
                         [](const auto& parameter) {
                           return std::string(std::get<0>(parameter.param) == Transport::udp ? "Udp"
                                                                                             : "Tcp") +
                                  (std::get<1>(parameter.param) == kGcm ? "Gcm" : "Sha1");
                         });

TEST_P(PortOver, MediaFlowsBothWays) {
  World world;
  Pair pair(world, world.client(std::get<0>(GetParam()), std::get<1>(GetParam())));
  ASSERT_TRUE(pair.connect());

  pair.client->send(pair.client->protect(rtp_packet(1)));
  pair.client->send(pair.client->protect_rtcp(rtcp_packet()));
  EXPECT_THAT(pair.ear.rtp(1), ElementsAre(rtp_packet(1)));
  EXPECT_THAT(pair.ear.rtcp(1), ElementsAre(rtcp_packet()));

  EXPECT_TRUE(pair.send_rtp(rtp_packet(7, 0xBEEF)));
  EXPECT_EQ(pair.client->receive_rtp(), rtp_packet(7, 0xBEEF));
  world.run([&] {
    EXPECT_TRUE(pair.peer->send_rtcp(rtcp_packet(0xBEEF)));
    world.port->flush();
    EXPECT_EQ(pair.peer->is_tcp(), std::get<0>(GetParam()) == Transport::tcp);
    EXPECT_FALSE(pair.peer->is_congested());
  });
  EXPECT_EQ(pair.client->receive_rtcp(), rtcp_packet(0xBEEF));
  EXPECT_EQ(pair.client->dtls().remote_fingerprint(), world.port->identity().fingerprint());
}

TEST_P(PortOver, PacketsAreSealedStraightIntoWhatLeaves) {
  World world;
  Pair pair(world, world.client(std::get<0>(GetParam()), std::get<1>(GetParam())));
  ASSERT_TRUE(pair.connect());

  world.run([&] {
    pair.peer->begin();
    for (std::uint16_t sequence = 1; sequence <= 20; ++sequence) {
      const Bytes packet = rtp_packet(sequence, 0xBEEF);
      const auto room = pair.peer->room(packet.size() + proto::srtp::kRtpOverheadMax);
      ASSERT_FALSE(room.empty());
      const ByteView view(packet);
      pair.peer->add(pair.peer->sealer().seal_rtp(view.first(12), view.subspan(12), room));
    }
    world.port->flush();
    EXPECT_EQ(pair.peer->stats().packets_out, 20U);
  });

  for (std::uint16_t sequence = 1; sequence <= 20; ++sequence) {
    EXPECT_EQ(pair.client->receive_rtp(), rtp_packet(sequence, 0xBEEF));
  }
}

TEST_P(PortOver, EitherSideMayEndIt) {
  World world;
  Pair ours(world, world.client(std::get<0>(GetParam()), std::get<1>(GetParam())));
  ASSERT_TRUE(ours.connect());
  Pair theirs(world, world.client(std::get<0>(GetParam()), std::get<1>(GetParam())));
  ASSERT_TRUE(theirs.connect());
  EXPECT_EQ(world.port->peers(), 2U);

  world.run([&] { ours.peer->close(); });
  theirs.client->close();
  EXPECT_TRUE(ours.client->was_closed());

  EXPECT_EQ(theirs.ear.ended(), "closed_by_remote");
  EXPECT_FALSE(ours.ear.has_ended());  // Who closes is not told.
  EXPECT_EQ(world.port->peers(), 0U);
}

TEST_P(PortOver, EitherSideMayEndItAfterMediaHasFlown) {
  World world;
  Pair ours(world, world.client(std::get<0>(GetParam()), std::get<1>(GetParam())));
  ASSERT_TRUE(ours.connect());
  Pair theirs(world, world.client(std::get<0>(GetParam()), std::get<1>(GetParam())));
  ASSERT_TRUE(theirs.connect());
  for (Pair* const pair : {&ours, &theirs}) {
    pair->client->send(pair->client->protect_rtcp(rtcp_packet()));
    EXPECT_THAT(pair->ear.rtcp(1), ElementsAre(rtcp_packet()));
  }

  world.run([&] { ours.peer->close(); });
  theirs.client->close();

  EXPECT_TRUE(ours.client->was_closed());
  EXPECT_EQ(theirs.ear.ended(), "closed_by_remote");
}

TEST(Port, TellsWhereItIs) {
  World world;
  const auto& candidates = world.port->candidates();
  ASSERT_EQ(candidates.size(), 2U);
  EXPECT_EQ(candidates[0].address, "127.0.0.1");
  EXPECT_EQ(candidates[0].port, world.port->port());
  EXPECT_EQ(candidates[1].transport, "tcp");
  EXPECT_EQ(candidates[1].port, world.port->port());

  World published(settings([](auto& s) { s.public_addresses = {"203.0.113.7", "2001:db8::7"}; }));
  EXPECT_EQ(published.port->candidates().size(), 4U);
  EXPECT_EQ(published.port->candidates()[1].address, "2001:db8::7");
}

TEST(Port, AnotherCertificateThanTheSignallingNamedEndsThePeer) {
  World world;
  Ear ear;
  RtcClient client(world.client(), {});
  const DtlsClient other;
  const auto peer = world.open(ear, {.fingerprints = {other.fingerprint()}});
  client.set_remote(world.run([&] { return peer->local_credentials(); }));

  EXPECT_FALSE(client.connect());

  EXPECT_EQ(ear.ended(), "wrong_certificate");
  EXPECT_EQ(world.port->peers(), 0U);
}

TEST(Port, NothingButAValidCheckOpensTheWay) {
  World world;
  Pair pair(world);
  const IceCredentials right = world.run([&] { return pair.peer->local_credentials(); });

  pair.client->dtls().advance();
  for (const Bytes& record : pair.client->dtls().take_output()) pair.client->send(record);
  EXPECT_TRUE(world.will_drop(Drop::unknown_address, 1));
  pair.client->set_remote({.ufrag = right.ufrag, .password = "guessed"});
  pair.client->send_check();
  EXPECT_TRUE(world.will_drop(Drop::bad_integrity, 1));
  pair.client->set_remote({.ufrag = "nobody", .password = right.password});
  pair.client->send_check();
  EXPECT_TRUE(world.will_drop(Drop::unknown_user, 1));
  EXPECT_EQ(world.run([&] { return pair.peer->remote(); }), "");

  pair.client->set_remote(right);
  EXPECT_EQ(pair.client->check(), "success");
  EXPECT_EQ(world.run([&] { return pair.peer->remote(); }),
            "udp 127.0.0.1:" + std::to_string(pair.client->local_port()));
}

TEST(Port, AReplayAndAForgeryGoNoFurther) {
  World world;
  Pair pair(world);
  ASSERT_TRUE(pair.connect());
  const Bytes sealed = pair.client->protect(rtp_packet(1));
  Bytes forged = pair.client->protect(rtp_packet(2));
  forged.back() ^= 1;

  pair.client->send(sealed);
  pair.client->send(sealed);
  pair.client->send(forged);
  pair.client->send(pair.client->protect(rtp_packet(3)));

  EXPECT_THAT(pair.ear.rtp(2), ElementsAre(rtp_packet(1), rtp_packet(3)));
  EXPECT_EQ(world.dropped(Drop::replayed_media), 1U);
  EXPECT_EQ(world.dropped(Drop::forged_media), 1U);
}

TEST(Port, APacketFromAnAddressThatWasNeverCheckedIsDropped) {
  World world;
  Pair pair(world);
  ASSERT_TRUE(pair.connect());
  RtcClient spoofer(world.client(), {});
  const Bytes sealed = pair.client->protect(rtp_packet(1));

  spoofer.send(sealed);
  EXPECT_TRUE(world.will_drop(Drop::unknown_address, 1));
  pair.client->send(sealed);

  EXPECT_THAT(pair.ear.rtp(1), ElementsAre(rtp_packet(1)));
}

TEST(Port, FollowsAnAuthenticatedChangeOfAddress) {
  World world;
  Pair pair(world);
  ASSERT_TRUE(pair.connect());
  const std::string before = world.run([&] { return pair.peer->remote(); });

  pair.client->rebind();
  pair.client->send(pair.client->protect(rtp_packet(1)));
  EXPECT_TRUE(world.will_drop(Drop::unknown_address, 1));
  EXPECT_EQ(world.run([&] { return pair.peer->remote(); }), before);
  EXPECT_EQ(pair.client->check(), "success");
  pair.client->send(pair.client->protect(rtp_packet(2)));

  EXPECT_THAT(pair.ear.rtp(1), ElementsAre(rtp_packet(2)));
  EXPECT_TRUE(pair.send_rtp(rtp_packet(9, 0xBEEF)));
  EXPECT_EQ(pair.client->receive_rtp(), rtp_packet(9, 0xBEEF));
}

TEST(Port, AnIceRestartChangesTheCredentialsAndNothingElse) {
  World world;
  Pair pair(world);
  ASSERT_TRUE(pair.connect());
  const IceCredentials old = world.run([&] { return pair.peer->local_credentials(); });

  const IceCredentials fresh = world.run([&] { return pair.peer->restart_ice(); });
  EXPECT_EQ(pair.client->check(), "success");  // The old ones, until the new ones are used.
  pair.client->set_remote(fresh);
  EXPECT_EQ(pair.client->check(), "success");
  pair.client->set_remote(old);
  pair.client->send_check();
  EXPECT_TRUE(world.will_drop(Drop::unknown_user, 1));

  EXPECT_TRUE(pair.send_rtp(rtp_packet(9, 0xBEEF)));
  EXPECT_EQ(pair.client->receive_rtp(), rtp_packet(9, 0xBEEF));
}

TEST(Port, AnAddressBelongsToWhoeverCheckedItLast) {
  // A browser that vanished, and another session from the same port.
  World world;
  Pair first(world);
  ASSERT_TRUE(first.connect());
  Ear ear;
  const auto second = world.open(ear, {.fingerprints = {first.client->dtls().fingerprint()}});

  first.client->set_remote(world.run([&] { return second->local_credentials(); }));
  EXPECT_EQ(first.client->check(), "success");

  EXPECT_EQ(world.run([&] { return first.peer->remote(); }), "");
  EXPECT_NE(world.run([&] { return second->remote(); }), "");
  world.run([&] { second->close(); });
}

TEST(Port, WhoNeverConnectsIsForgotten) {
  World world(settings([](auto& s) { s.handshake_deadline = 1s; }));
  Ear ear;
  const auto peer = world.open(ear, {});
  EXPECT_EQ(ear.ended(), "never_connected");
  EXPECT_EQ(world.port->peers(), 0U);
}

TEST(Port, WhoIsNotHeardForAWhileIsForgotten) {
  World world(settings([](auto& s) { s.consent = 1s; }));
  Pair pair(world);
  ASSERT_TRUE(pair.connect());
  EXPECT_EQ(pair.ear.ended(), "consent_expired");
}

TEST(Port, TakesOnlySoManyPeers) {
  World world(settings([](auto& s) { s.peers_max = 1; }));
  Ear ear;
  const auto peer = world.open(ear, {});
  const auto refused = world.run([&] { return world.port->open({}, ear); });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "webrtc.full");
  world.run([&] { peer->close(); });
  const auto next = world.open(ear, {});
  world.run([&] { next->close(); });
}

TEST(Port, APeerMayBeClosedFromWithinItsListener) {
  World world;
  Pair pair(world);
  pair.ear.when_ready = [](Peer& peer) { peer.close(); };
  ASSERT_TRUE(pair.client->connect());
  EXPECT_TRUE(pair.ear.became_ready());
  EXPECT_EQ(world.run([&] { return world.port->peers(); }), 0U);
}

TEST(Port, StoppingEndsEveryPeer) {
  World world;
  Pair pair(world);
  ASSERT_TRUE(pair.connect());
  world.stop();
  EXPECT_EQ(pair.ear.ended(), "server_stopping");
  EXPECT_TRUE(pair.client->was_closed());
  EXPECT_FALSE(world.run([&] { return world.port->open({}, pair.ear); }));
}

TEST(Port, SurvivesAFloodOfGarbage) {
  World world;
  Pair pair(world);
  ASSERT_TRUE(pair.connect());
  RtcClient flooder(world.client(), {});
  std::minstd_rand random(7);
  for (int round = 0; round < 200; ++round) {
    for (int i = 0; i < 50; ++i) {
      Bytes garbage(1 + random() % 1'400);
      for (std::uint8_t& byte : garbage) byte = static_cast<std::uint8_t>(random());
      if (i % 4 == 0 && garbage.size() >= 20) {  // Some of it looks like STUN.
        const Bytes head{0x00, 0x01, 0x00, static_cast<std::uint8_t>(garbage.size() - 20),
                         0x21, 0x12, 0xA4, 0x42};
        std::copy(head.begin(), head.end(), garbage.begin());
      }
      (i % 2 == 0 ? flooder : *pair.client).send(garbage);
    }
    // Keeps pace with the socket's buffer: it is the port that is tested, not the kernel.
    static_cast<void>(world.run([] { return 0; }));
  }

  pair.client->send(pair.client->protect(rtp_packet(1)));
  EXPECT_THAT(pair.ear.rtp(1), ElementsAre(rtp_packet(1)));
  EXPECT_FALSE(pair.ear.has_ended());
  EXPECT_EQ(world.port->peers(), 1U);
  EXPECT_GT(world.dropped(Drop::not_webrtc), 0U);
  EXPECT_GT(world.dropped(Drop::bad_stun), 0U);
  EXPECT_GT(world.dropped(Drop::unknown_address), 0U);
  EXPECT_GT(world.dropped(Drop::forged_media), 0U);
}

TEST(PeerPorts, EachReactorHasItsOwn) {
  io::Reactors reactors({.count = 2, .blocking_threads = 1});
  metrics::Registry registry;
  MediaMetrics metrics(registry);
  SystemClock clock;
  const auto identity = DtlsIdentity::generate();
  ASSERT_TRUE(identity);
  const auto loopback = settings([](auto& s) { s.address = "127.0.0.1", s.port = 0; });
  PeerPorts ports(reactors, loopback, *identity, clock, metrics);
  ASSERT_TRUE(ports.start());
  reactors.start();

  EXPECT_NE(ports.at(0).port(), ports.at(1).port());
  EXPECT_EQ(&ports.least_busy(), &ports.at(0));

  boost::asio::co_spawn(reactors.home().executor(), ports.stop(), boost::asio::use_future).get();
  reactors.stop();
  reactors.join();
}

}  // namespace
}  // namespace luso::media::webrtc
