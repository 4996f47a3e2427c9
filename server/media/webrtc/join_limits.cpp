#include "media/webrtc/join_limits.h"

#include <algorithm>
#include <chrono>

namespace luso::media::webrtc {
namespace {

constexpr std::chrono::seconds kSweepEvery{1};  // A walk over all addresses is not for every request.

// An IPv6 customer has a /64 to choose addresses from.
std::string payer_of(const boost::asio::ip::address& remote) {
  if (remote.is_v4()) {
    const auto bytes = remote.to_v4().to_bytes();
    return {bytes.begin(), bytes.end()};
  }
  const auto address = remote.to_v6();
  const auto bytes = address.to_bytes();
  if (address.is_v4_mapped()) return {bytes.end() - 4, bytes.end()};
  return {bytes.begin(), bytes.begin() + 8};
}

tl::unexpected<Error> too_many(ErrorKind kind) {
  auto failure = fail(kind, "webrtc.too_many_joins");
  failure.value().retry_after_s = 1;
  return failure;
}

}  // namespace

bool JoinLimits::take_from(MonoTime& full_at, std::uint32_t per_s_max, MonoTime now) {
  if (per_s_max == 0) return true;  // No limit.
  constexpr std::chrono::nanoseconds kBurst = std::chrono::seconds(kBurstSeconds);
  const std::chrono::nanoseconds refill = std::chrono::nanoseconds(std::chrono::seconds(1)) / per_s_max;
  const MonoTime next = std::max(full_at, now) + refill;
  if (next - now > kBurst) return false;
  full_at = next;
  return true;
}

void JoinLimits::forget_full(MonoTime now) {
  if (now < next_sweep_) return;
  next_sweep_ = now + kSweepEvery;
  std::erase_if(addresses_, [now](const auto& bucket) { return bucket.second <= now; });
}

Result<void> JoinLimits::take(const boost::asio::ip::address& remote, MonoTime now) {
  const std::string payer = payer_of(remote);
  auto bucket = addresses_.find(payer);
  if (bucket == addresses_.end() && addresses_.size() >= kAddressesMax) forget_full(now);
  if (bucket == addresses_.end() && addresses_.size() < kAddressesMax)
    bucket = addresses_.emplace(payer, MonoTime{}).first;
  if (bucket != addresses_.end() && !take_from(bucket->second, settings_.address_per_s_max, now))
    return too_many(ErrorKind::rate_limited);
  if (!take_from(node_full_at_, settings_.node_per_s_max, now)) return too_many(ErrorKind::unavailable);
  return {};
}

}  // namespace luso::media::webrtc
