#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>

#include <boost/asio/ip/address.hpp>

#include "base/clock.h"
#include "base/result.h"

namespace luso::media::webrtc {

// How many sessions may be asked for: token buckets for each address and for the node. Lives on the first
// reactor.
class JoinLimits {
 public:
  static constexpr std::size_t kAddressesMax =
      50'000;  // Remembered; when more come the node's bucket holds alone.
  static constexpr std::int64_t kBurstSeconds = 2;  // A bucket holds what its rate gives in so long.

  struct Settings {
    std::uint32_t node_per_s_max = 0;
    std::uint32_t address_per_s_max = 0;
  };

  explicit JoinLimits(Settings settings) : settings_(settings) {}

  // "webrtc.too_many_joins": 429 for the address that asks too often, 503 when the node does.
  [[nodiscard]] Result<void> take(const boost::asio::ip::address& remote, MonoTime now);

  [[nodiscard]] std::size_t remembered() const { return addresses_.size(); }

 private:
  // The generic cell rate algorithm: a bucket is the one moment when it will be full again.
  [[nodiscard]] static bool take_from(MonoTime& full_at, std::uint32_t per_s_max, MonoTime now);
  void forget_full(MonoTime now);

  Settings settings_;
  MonoTime node_full_at_{}, next_sweep_{};
  std::unordered_map<std::string, MonoTime> addresses_;
};

}  // namespace luso::media::webrtc
