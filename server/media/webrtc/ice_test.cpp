#include "media/webrtc/ice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "media/webrtc/candidates.h"

namespace luso::media::webrtc {
namespace {

namespace ip = boost::asio::ip;
namespace stun = proto::stun;
using namespace std::chrono_literals;
using ::testing::ElementsAre;

Route udp_route(std::uint16_t port) {
  return {.udp = {.remote = {ip::make_address("203.0.113.7"), port}, .local = {}}, .tcp = 0};
}

Route tcp_route(std::uint64_t id) {
  Route route = udp_route(50'000);
  route.tcp = id;
  return route;
}

struct Ask {
  bool nominate = false;
  bool controlled = false;
  std::uint16_t unknown = 0;
};

struct World {
  SeededRandom random{7};
  IceLite ice{random};
  MonoTime now{};

  IceLite::Outcome check(const Route& route, const IceCredentials& credentials, Ask ask = {}) {
    stun::Builder request(stun::Class::request, stun::TransactionId{1, 2, 3});
    request.username(credentials.ufrag + ":theirs").priority(1);
    if (ask.controlled) {
      request.controlled(5);
    } else {
      request.controlling(5);
    }
    if (ask.nominate) request.use_candidate();
    if (ask.unknown != 0) request.attribute(ask.unknown, {});
    const Bytes datagram = request.finish(credentials.password);
    return ice.check(datagram, *stun::parse(datagram), route, now);
  }

  IceLite::Outcome check(const Route& route, Ask ask = {}) { return check(route, ice.credentials(), ask); }

  [[nodiscard]] std::optional<Route> selected() const {
    return ice.selected() != nullptr ? std::optional(*ice.selected()) : std::nullopt;
  }
};

TEST(IceLite, AnswersACheckWithTheAddressItCameFrom) {
  World world;

  const auto outcome = world.check(udp_route(9));

  ASSERT_TRUE(outcome.valid);
  EXPECT_TRUE(outcome.route_is_new);
  const auto answer = stun::parse(outcome.answer);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->kind, stun::Class::success);
  EXPECT_EQ(answer->transaction, (stun::TransactionId{1, 2, 3}));
  EXPECT_EQ(answer->mapped, (stun::Address{.v6 = false, .port = 9, .ip = {203, 0, 113, 7}}));
  EXPECT_TRUE(verify_integrity(outcome.answer, *answer, world.ice.credentials().password));
  EXPECT_EQ(world.selected(), udp_route(9));  // Nothing is nominated yet; it is the only way there is.
}

TEST(IceLite, SaysNothingToWhoDoesNotKnowThePassword) {
  World world;
  IceCredentials wrong = world.ice.credentials();
  wrong.password.back() = wrong.password.back() == 'a' ? 'b' : 'a';

  const auto outcome = world.check(udp_route(9), wrong, {.nominate = true});
  const auto stranger =
      world.check(udp_route(9), {.ufrag = "who", .password = world.ice.credentials().password});

  EXPECT_FALSE(outcome.valid);
  EXPECT_TRUE(outcome.answer.empty());
  EXPECT_FALSE(stranger.valid);
  EXPECT_EQ(world.selected(), std::nullopt);
  EXPECT_EQ(world.ice.last_heard(), std::nullopt);
}

TEST(IceLite, CredentialsAreLongEnough) {
  const World world;
  EXPECT_GE(world.ice.credentials().ufrag.size(), 4U);  // RFC 8839, 5.4
  EXPECT_GE(world.ice.credentials().password.size(), 22U);
}

TEST(IceLite, TellsAControlledRemoteThatItIsNot) {
  World world;
  const auto outcome = world.check(udp_route(9), {.nominate = true, .controlled = true});
  ASSERT_TRUE(outcome.valid);
  EXPECT_EQ(stun::parse(outcome.answer)->error, 487);
  EXPECT_EQ(world.selected(), std::nullopt);
}

TEST(IceLite, RefusesAttributesItWouldHaveToUnderstand) {
  World world;
  const auto outcome = world.check(udp_route(9), {.nominate = true, .unknown = 0x0003});
  ASSERT_TRUE(outcome.valid);
  EXPECT_EQ(stun::parse(outcome.answer)->error, 420);
  EXPECT_EQ(world.selected(), std::nullopt);
}

TEST(IceLite, TheRemotesNominationDecides) {
  World world;
  static_cast<void>(world.check(udp_route(1)));
  static_cast<void>(world.check(udp_route(2)));
  static_cast<void>(world.check(tcp_route(1)));
  EXPECT_EQ(world.selected(), udp_route(2));  // Until it decides, the last one by UDP.

  EXPECT_TRUE(world.check(udp_route(1), {.nominate = true}).moved);
  EXPECT_EQ(world.selected(), udp_route(1));
  EXPECT_FALSE(world.check(udp_route(2)).moved);                     // Without a nomination: no change.
  EXPECT_TRUE(world.check(udp_route(2), {.nominate = true}).moved);  // A later one counts.
  EXPECT_EQ(world.selected(), udp_route(2));
}

TEST(IceLite, TcpTakesOverOnlyWhenUdpIsSilent) {
  World world;
  static_cast<void>(world.check(tcp_route(1), {.nominate = true}));
  EXPECT_TRUE(world.check(udp_route(1), {.nominate = true}).moved);
  EXPECT_FALSE(world.check(tcp_route(1), {.nominate = true}).moved);
  world.now += IceLite::kSilence + 1ms;
  EXPECT_TRUE(world.check(tcp_route(1), {.nominate = true}).moved);
  EXPECT_EQ(world.selected(), tcp_route(1));
}

TEST(IceLite, FollowsARemoteWhoseAddressHasChanged) {
  World world;
  static_cast<void>(world.check(udp_route(1), {.nominate = true}));
  world.now += IceLite::kSilence + 1ms;
  EXPECT_TRUE(world.check(udp_route(2)).moved);  // Firefox' consent checks do not nominate.
  EXPECT_EQ(world.selected(), udp_route(2));
}

TEST(IceLite, MediaCountsAsLife) {
  World world;
  static_cast<void>(world.check(udp_route(1), {.nominate = true}));
  world.now += IceLite::kSilence;
  world.ice.heard(udp_route(1), world.now);
  EXPECT_EQ(world.ice.last_heard(), world.now);
  world.now += 1s;
  EXPECT_FALSE(world.check(udp_route(2)).moved);
}

TEST(IceLite, RemembersOnlySoManyRoutes) {
  World world;
  static_cast<void>(world.check(udp_route(1), {.nominate = true}));
  for (std::uint16_t port = 2; port <= IceLite::kRoutesMax; ++port) {
    world.now += 1ms;
    EXPECT_EQ(world.check(udp_route(port)).route_dropped, std::nullopt);
  }
  world.now += 1ms;
  EXPECT_EQ(world.check(udp_route(100)).route_dropped, udp_route(2));  // The first is selected, and stays.
  EXPECT_EQ(world.ice.routes().size(), IceLite::kRoutesMax);
}

TEST(IceLite, ARestartKeepsTheOldCredentialsUntilTheNewOnesAreUsed) {
  World world;
  const IceCredentials first = world.ice.credentials();
  static_cast<void>(world.check(udp_route(1), first, {.nominate = true}));

  world.ice.restart(world.random);
  const IceCredentials second = world.ice.credentials();
  ASSERT_NE(first.ufrag, second.ufrag);
  EXPECT_TRUE(world.check(udp_route(1), first).valid);
  const auto restarted = world.check(udp_route(2), second, {.nominate = true});

  EXPECT_TRUE(restarted.restarted);
  EXPECT_EQ(world.selected(), udp_route(2));
  EXPECT_FALSE(world.check(udp_route(1), first).valid);
}

TEST(IceLite, ASecondRestartBeforeTheFirstWasUsedForgetsTheOneBetween) {
  World world;
  const IceCredentials first = world.ice.credentials();
  world.ice.restart(world.random);
  const IceCredentials between = world.ice.credentials();
  world.ice.restart(world.random);
  EXPECT_TRUE(world.check(udp_route(1), first).valid);
  EXPECT_FALSE(world.check(udp_route(1), between).valid);
  EXPECT_TRUE(world.check(udp_route(1)).valid);
}

TEST(IceLite, ALostRouteGivesWayToAnother) {
  World world;
  static_cast<void>(world.check(tcp_route(1), {.nominate = true}));
  static_cast<void>(world.check(udp_route(1)));
  world.ice.forget(tcp_route(1));
  EXPECT_EQ(world.selected(), udp_route(1));
  world.ice.forget(udp_route(1));
  EXPECT_EQ(world.selected(), std::nullopt);
}

TEST(IceLite, AnIpv4AddressThroughAnIpv6SocketIsToldAsIpv4) {
  const io::UdpEndpoint mapped(ip::make_address("::ffff:192.0.2.1"), 5);
  EXPECT_EQ(stun_address(mapped), (stun::Address{.v6 = false, .port = 5, .ip = {192, 0, 2, 1}}));
  EXPECT_EQ(text_of({.udp = {.remote = mapped, .local = {}}}), "udp 192.0.2.1:5");
  EXPECT_EQ(text_of({.udp = {.remote = {ip::make_address("2001:db8::1"), 9}, .local = {}}, .tcp = 3}),
            "tcp [2001:db8::1]:9");
}

TEST(Candidates, UdpIsBetterThanTcpAndTheFirstAddressBetterThanTheSecond) {
  const auto candidates =
      host_candidates({ip::make_address("203.0.113.7"), ip::make_address("2001:db8::1")}, 8000, true);

  ASSERT_EQ(candidates.size(), 4U);
  std::vector<std::string> seen;
  for (const auto& candidate : candidates) seen.push_back(candidate.transport + ' ' + candidate.address);
  EXPECT_THAT(seen, ElementsAre("udp 203.0.113.7", "udp 2001:db8::1", "tcp 203.0.113.7", "tcp 2001:db8::1"));
  EXPECT_TRUE(std::ranges::is_sorted(candidates, std::greater(), &proto::sdp::Candidate::priority));
  EXPECT_EQ(candidates[0].priority, 2'130'706'431U);
  EXPECT_EQ(candidates[0].tcp_type, "");
  EXPECT_EQ(candidates[2].tcp_type, "passive");
  EXPECT_NE(candidates[0].foundation, candidates[2].foundation);
}

TEST(Candidates, TellNothingThatNobodyCanReach) {
  for (const char* const text : {"0.0.0.0", "::", "fe80::1", "169.254.7.7", "224.0.0.1", "ff02::1"}) {
    EXPECT_FALSE(is_routable(ip::make_address(text))) << text;
  }
  for (const char* const text : {"127.0.0.1", "192.168.1.5", "203.0.113.7", "2001:db8::1", "fd00::1"}) {
    EXPECT_TRUE(is_routable(ip::make_address(text))) << text;
  }
}

TEST(Candidates, AMachineHasAnAddressAtLeastForItself) {
  EXPECT_FALSE(machine_addresses(false).empty());
  EXPECT_THAT(machine_addresses(true), ::testing::Contains(ip::make_address("127.0.0.1")));
}

}  // namespace
}  // namespace luso::media::webrtc
