#include "media/webrtc/join_limits.h"

#include <gtest/gtest.h>

namespace luso::media::webrtc {
namespace {

using namespace std::chrono_literals;
using boost::asio::ip::make_address;

const auto kAna = make_address("192.0.2.1");
const MonoTime kNoon{1h};

// How many joins in a row are let in at this moment.
int let_in(JoinLimits& limits, const boost::asio::ip::address& who, MonoTime now) {
  int count = 0;
  while (count < 100'000 && limits.take(who, now)) ++count;
  return count;
}

TEST(JoinLimits, AnAddressHasItsBurstAndThenItsRate) {
  JoinLimits limits({.node_per_s_max = 1'000, .address_per_s_max = 5});

  EXPECT_EQ(let_in(limits, kAna, kNoon), 10);
  EXPECT_EQ(let_in(limits, kAna, kNoon + 1s), 5);
  EXPECT_EQ(let_in(limits, kAna, kNoon + 1min), 10);
}

TEST(JoinLimits, OneAddressDoesNotSpendAnothersTokens) {
  JoinLimits limits({.node_per_s_max = 1'000, .address_per_s_max = 5});
  let_in(limits, kAna, kNoon);

  EXPECT_TRUE(limits.take(make_address("192.0.2.2"), kNoon));
  const auto refused = limits.take(kAna, kNoon);

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::rate_limited);
  EXPECT_EQ(refused.error().retry_after_s, 1);
}

TEST(JoinLimits, ANetworkOfIpv6IsOneAddress) {
  JoinLimits limits({.node_per_s_max = 1'000, .address_per_s_max = 5});
  let_in(limits, make_address("2001:db8:1:2::1"), kNoon);

  EXPECT_FALSE(limits.take(make_address("2001:db8:1:2:ffff::9"), kNoon));
  EXPECT_TRUE(limits.take(make_address("2001:db8:1:3::1"), kNoon));
}

TEST(JoinLimits, AMappedAddressIsTheIpv4One) {
  JoinLimits limits({.node_per_s_max = 1'000, .address_per_s_max = 5});
  let_in(limits, make_address("::ffff:192.0.2.1"), kNoon);

  EXPECT_FALSE(limits.take(kAna, kNoon));
}

TEST(JoinLimits, TheNodeHasALimitOverAllAddresses) {
  JoinLimits limits({.node_per_s_max = 10, .address_per_s_max = 8});
  EXPECT_EQ(let_in(limits, kAna, kNoon), 16);
  EXPECT_EQ(let_in(limits, make_address("192.0.2.2"), kNoon), 4);

  const auto refused = limits.take(make_address("192.0.2.3"), kNoon);

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::unavailable);
}

TEST(JoinLimits, AFloodFromEverywhereTakesBoundedMemory) {
  JoinLimits limits({.node_per_s_max = 0, .address_per_s_max = 1});
  for (std::uint32_t i = 0; i < JoinLimits::kAddressesMax + 1'000; ++i) {
    const boost::asio::ip::address from = boost::asio::ip::address_v4(0x0a00'0000 + i);
    static_cast<void>(limits.take(from, kNoon));
  }
  EXPECT_EQ(limits.remembered(), JoinLimits::kAddressesMax);

  EXPECT_TRUE(limits.take(kAna, kNoon + 1min));

  EXPECT_EQ(limits.remembered(), 1U);
}

}  // namespace
}  // namespace luso::media::webrtc
