#include "identity/limits.h"

#include <rapidcheck.h>

#include <gtest/gtest.h>

#include "gen/openapi.h"

namespace luso::identity {
namespace {

using namespace std::chrono_literals;

ManualClock a_clock() {
  return ManualClock(WallTime(1'700'000'000s));
}

io::HttpRequest request_from(const char* address) {
  io::HttpRequest request;
  request.remote = boost::asio::ip::make_address(address);
  return request;
}

// The property everything else follows from: in any stretch of time no more passes than the burst and what
// the time gave back.
TEST(RateLimits, NeverGiveMoreThanTheBurstAndTheRefill) {
  const auto holds = [](const std::vector<std::uint16_t>& waits_ms) {
    ManualClock clock = a_clock();
    RateLimits limits(clock);
    const RateClass& sign_in = *find_rate_class("sign_in");
    std::int64_t passed = 0;
    Duration elapsed{0};
    for (const std::uint16_t wait : waits_ms) {
      clock.advance(std::chrono::milliseconds(wait));
      elapsed += std::chrono::milliseconds(wait);
      if (limits.take("sign_in", "somebody")) ++passed;
      RC_ASSERT(passed <= sign_in.burst + elapsed / sign_in.refill_every);
    }
  };
  EXPECT_TRUE(rc::check([&](const std::vector<std::uint16_t>& waits) { holds(waits); }));
}

TEST(RateLimits, AnEmptyBucketSaysWhenToComeBack) {
  ManualClock clock = a_clock();
  RateLimits limits(clock);
  const RateClass& limit = *find_rate_class(kSignInAccount);
  for (int i = 0; i < limit.burst; ++i) ASSERT_TRUE(limits.take(limit.name, "ana"));

  const Result<void> refused = limits.take(limit.name, "ana");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "api.rate_limited");
  EXPECT_EQ(refused.error().retry_after_s, 30);
  EXPECT_TRUE(limits.take(limit.name, "rui")) << "another account has its own bucket";

  clock.advance(std::chrono::seconds(refused.error().retry_after_s));
  EXPECT_TRUE(limits.take(limit.name, "ana"));
  EXPECT_FALSE(limits.take(limit.name, "ana"));
}

TEST(RateLimits, ARefundGivesTheTokenBackAndNoMore) {
  ManualClock clock = a_clock();
  RateLimits limits(clock);
  const RateClass& limit = *find_rate_class(kSignInAccount);
  for (int i = 0; i < 3 * limit.burst; ++i) {
    ASSERT_TRUE(limits.take(limit.name, "ana"));
    limits.refund(limit.name, "ana");
  }
  limits.refund(limit.name, "ana");
  for (int i = 0; i < limit.burst; ++i) ASSERT_TRUE(limits.take(limit.name, "ana"));
  EXPECT_FALSE(limits.take(limit.name, "ana"));
}

TEST(RateLimits, ChargeTheUserOrElseTheNetwork) {
  EXPECT_EQ(network_of(boost::asio::ip::make_address("203.0.113.9")),
            network_of(boost::asio::ip::make_address("203.0.113.200")));
  EXPECT_NE(network_of(boost::asio::ip::make_address("203.0.113.9")),
            network_of(boost::asio::ip::make_address("203.0.114.9")));
  EXPECT_EQ(network_of(boost::asio::ip::make_address("2001:db8:1:22::1")),
            network_of(boost::asio::ip::make_address("2001:db8:1:2f:ffff::9")));
  EXPECT_NE(network_of(boost::asio::ip::make_address("2001:db8:1:1200::1")),
            network_of(boost::asio::ip::make_address("2001:db8:1:1300::1")));
  EXPECT_EQ(network_of(boost::asio::ip::make_address("::ffff:203.0.113.9")),
            network_of(boost::asio::ip::make_address("203.0.113.77")));

  io::Principal ana;
  ana.user_id = UserId{7};
  EXPECT_EQ(payer_of(request_from("203.0.113.9"), ana), payer_of(request_from("198.51.100.1"), ana));
  EXPECT_NE(payer_of(request_from("203.0.113.9"), ana), payer_of(request_from("203.0.113.9"), std::nullopt));
}

TEST(RateLimits, RememberABoundedNumberOfBuckets) {
  ManualClock clock = a_clock();
  RateLimits limits(clock, 100);
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(limits.take("sign_up", std::to_string(i)));
  EXPECT_EQ(limits.bucket_count(), 100);

  clock.advance(24h);
  for (int i = 0; i < 60; ++i) static_cast<void>(limits.take("sign_up", "ana"));
  static_cast<void>(limits.take("sign_up", "rui"));
  EXPECT_LT(limits.bucket_count(), 100) << "buckets that are full again are forgotten";
}

TEST(RateLimits, KnowEveryClassTheContractNames) {
  constexpr std::string_view kMark = "\"x-rate\": \"";
  std::string_view contract = gen::openapi_json();
  int found = 0;
  for (std::size_t at = contract.find(kMark); at != std::string_view::npos; at = contract.find(kMark)) {
    contract.remove_prefix(at + kMark.size());
    const std::string_view name = contract.substr(0, contract.find('"'));
    EXPECT_NE(find_rate_class(name), nullptr) << name;
    ++found;
  }
  EXPECT_GT(found, 10);
}

}  // namespace
}  // namespace luso::identity
