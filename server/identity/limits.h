#pragma once

#include <array>
#include <cstddef>
#include <list>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"
#include "io/api.h"

namespace luso::identity {

// A bucket of `burst` tokens that gets one back every `refill_every`.
struct RateClass {
  std::string_view name;
  int burst;
  Duration refill_every;
};

// The x-rate classes of the contract, and those that services charge themselves. A network is a whole school
// or a carrier's NAT, so what is charged to networks is generous; guessing is stopped by the account's own
// bucket.
[[nodiscard]] std::span<const RateClass> rate_classes();
[[nodiscard]] const RateClass* find_rate_class(std::string_view name);

inline constexpr std::string_view kSignInAccount =
    "sign_in_account";  // By login, known or not; the right password refunds.
inline constexpr std::string_view kSecondStep = "second_step";      // By user: six digits are few.
inline constexpr std::string_view kRecoveryCode = "recovery_code";  // By user, apart from the six digits.
inline constexpr std::string_view kMailTo = "mail_to";  // By address: nobody's mailbox is a target.

// Who pays: the user when known, else the network: /24 of IPv4, /56 of IPv6.
[[nodiscard]] std::string payer_of(const io::HttpRequest& request,
                                   const std::optional<io::Principal>& principal);
[[nodiscard]] std::string network_of(const boost::asio::ip::address& address);

// Token buckets in memory, shared by all reactors; a restart fills them. Only buckets that are not full are
// worth remembering, and of those the kBucketsMax used last: an attacker with more networks than that has won
// anyway.
class RateLimits final : public io::RateLimiter {
 public:
  static constexpr std::size_t kBucketsMax = 200'000;  // About 30 MB when every one is in use.

  explicit RateLimits(const Clock& clock, std::size_t buckets_max = kBucketsMax)
      : clock_(clock), buckets_max_(buckets_max) {}

  Result<void> charge(std::string_view rate_class, const io::HttpRequest& request,
                      const std::optional<io::Principal>& principal) override;

  // One token from the bucket of `payer`; api.rate_limited with retry_after_s when it is empty.
  [[nodiscard]] Result<void> take(std::string_view rate_class, std::string_view payer);
  // Gives one back.
  void refund(std::string_view rate_class, std::string_view payer);

  [[nodiscard]] std::size_t bucket_count() const;

 private:
  // The generic cell rate algorithm: a bucket is the one moment when it will be full again.
  struct Bucket {
    std::string key;
    MonoTime full_at;
  };

  Bucket& bucket_of(std::string_view rate_class, std::string_view payer, MonoTime now);

  const Clock& clock_;
  const std::size_t buckets_max_;
  mutable std::mutex mutex_;
  std::list<Bucket> buckets_;                                                 // Used last first.
  std::unordered_map<std::string_view, std::list<Bucket>::iterator> by_key_;  // Views into buckets_.
};

}  // namespace luso::identity
