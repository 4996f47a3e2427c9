#include "identity/limits.h"

#include <algorithm>

#include "base/check.h"
#include "gen/reasons.h"

namespace luso::identity {
namespace {

using namespace std::chrono_literals;

constexpr auto kRateClasses = std::to_array<RateClass>({
    {.name = "sign_up", .burst = 20, .refill_every = 30s},
    {.name = "sign_in", .burst = 60, .refill_every = 2s},
    {.name = kSignInAccount, .burst = 10, .refill_every = 30s},
    // Seven hundred guesses a day at what three of a million codes open, by somebody who has the password.
    {.name = kSecondStep, .burst = 5, .refill_every = 2min},
    {.name = kRecoveryCode, .burst = 10, .refill_every = 1min},
    {.name = "token_use", .burst = 30, .refill_every = 5s},
    {.name = "mail", .burst = 10, .refill_every = 30s},
    {.name = kMailTo, .burst = 3, .refill_every = 10min},
    {.name = "write", .burst = 60, .refill_every = 1s},
    {.name = "picture", .burst = 10, .refill_every = 30s},
    // Each reads every row of a person; wrong passwords are charged too.
    {.name = "export", .burst = 5, .refill_every = 10min},
    {.name = "invite", .burst = 20, .refill_every = 10min},
    {.name = "follow", .burst = 60, .refill_every = 1s},
    // Pages search for their readers from one address, our own.
    {.name = "search", .burst = 600, .refill_every = 20ms},
    {.name = "suggest", .burst = 600, .refill_every = 10ms},
    {.name = "heartbeat", .burst = 3000, .refill_every = 4ms},
});

}  // namespace

std::span<const RateClass> rate_classes() {
  return kRateClasses;
}

const RateClass* find_rate_class(std::string_view name) {
  const auto* const found = std::ranges::find(kRateClasses, name, &RateClass::name);
  return found == kRateClasses.end() ? nullptr : found;
}

std::string network_of(const boost::asio::ip::address& address) {
  if (address.is_v4()) {
    const auto bytes = address.to_v4().to_bytes();
    return {bytes.begin(), bytes.begin() + 3};
  }
  const auto v6 = address.to_v6();
  if (v6.is_v4_mapped()) return network_of(boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, v6));
  const auto bytes = v6.to_bytes();
  return {bytes.begin(), bytes.begin() + 7};
}

std::string payer_of(const io::HttpRequest& request, const std::optional<io::Principal>& principal) {
  if (principal) return "user " + std::to_string(principal->user_id.value);
  return "net " + network_of(request.remote);
}

Result<void> RateLimits::charge(std::string_view rate_class, const io::HttpRequest& request,
                                const std::optional<io::Principal>& principal) {
  return take(rate_class, payer_of(request, principal));
}

Result<void> RateLimits::take(std::string_view rate_class, std::string_view payer) {
  const RateClass* limit = find_rate_class(rate_class);
  LUSO_CHECK(limit != nullptr);  // A class the contract names and nobody defined; a test reads them all.
  const MonoTime now = clock_.monotonic();
  const std::scoped_lock lock(mutex_);
  Bucket& bucket = bucket_of(rate_class, payer, now);
  const MonoTime full_at = std::max(bucket.full_at, now) + limit->refill_every;
  const auto short_by = full_at - now - limit->burst * limit->refill_every;
  if (short_by > MonoTime::duration::zero()) {
    Error error = gen::fail(gen::reasons::kApiRateLimited, std::string(rate_class)).value();
    error.retry_after_s = std::chrono::ceil<std::chrono::seconds>(short_by).count();
    return tl::unexpected(std::move(error));
  }
  bucket.full_at = full_at;
  return {};
}

void RateLimits::refund(std::string_view rate_class, std::string_view payer) {
  const RateClass* limit = find_rate_class(rate_class);
  LUSO_CHECK(limit != nullptr);
  const MonoTime now = clock_.monotonic();
  const std::scoped_lock lock(mutex_);
  Bucket& bucket = bucket_of(rate_class, payer, now);
  bucket.full_at = std::max(now, bucket.full_at - limit->refill_every);
}

std::size_t RateLimits::bucket_count() const {
  const std::scoped_lock lock(mutex_);
  return buckets_.size();
}

RateLimits::Bucket& RateLimits::bucket_of(std::string_view rate_class, std::string_view payer, MonoTime now) {
  std::string key(rate_class);
  key.append(1, ' ').append(payer);
  if (const auto found = by_key_.find(key); found != by_key_.end()) {
    buckets_.splice(buckets_.begin(), buckets_, found->second);
    return buckets_.front();
  }
  const auto forget_last = [this] {
    by_key_.erase(buckets_.back().key);
    buckets_.pop_back();
  };
  // Full buckets at the old end are forgotten first, two a visit, so that memory shrinks as it grew.
  for (int i = 0; i < 2 && !buckets_.empty() && buckets_.back().full_at <= now; ++i) forget_last();
  if (buckets_.size() >= buckets_max_) forget_last();
  buckets_.push_front({.key = std::move(key), .full_at = now});
  by_key_.emplace(buckets_.front().key, buckets_.begin());
  return buckets_.front();
}

}  // namespace luso::identity
