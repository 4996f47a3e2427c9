#include "gateway/internal/admission.h"

#include <algorithm>

namespace luso::gateway::internal {

std::string network_of(const boost::asio::ip::address& address) {
  constexpr std::size_t kNetworkBytesV6 = 7;
  if (address.is_v6() && !address.to_v6().is_v4_mapped()) {
    auto bytes = address.to_v6().to_bytes();
    std::fill(bytes.begin() + kNetworkBytesV6, bytes.end(), 0);
    return boost::asio::ip::address_v6(bytes).to_string();
  }
  const auto v4 = address.is_v6()
                      ? boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6())
                      : address.to_v4();
  return boost::asio::ip::address_v4(v4.to_uint() & 0xFFFFFF00U).to_string();
}

void Admission::refill(Network& network, MonoTime now) const {
  const std::chrono::duration<double> passed = now - network.counted_at;
  network.tokens =
      std::min(limits_.handshakes_burst, network.tokens + passed.count() * limits_.handshakes_per_s);
  network.counted_at = now;
}

bool Admission::enter(const std::string& network, MonoTime now) {
  if (networks_.size() >= kNetworksMax && !networks_.contains(network)) forget_idle(now);
  const auto [at, is_new] = networks_.try_emplace(
      network, Network{.connections = 0, .tokens = limits_.handshakes_burst, .counted_at = now});
  Network& who = at->second;
  refill(who, now);
  if (who.connections >= limits_.connections_max || who.tokens < 1) return false;
  who.tokens -= 1;
  ++who.connections;
  return true;
}

void Admission::leave(const std::string& network) {
  const auto at = networks_.find(network);
  if (at != networks_.end() && at->second.connections > 0) --at->second.connections;
}

// Nobody who is inside is forgotten, so the table has no more rows than there are connections, and these.
void Admission::forget_idle(MonoTime now) {
  for (auto& [name, network] : networks_) refill(network, now);
  std::erase_if(networks_, [this](const auto& entry) {
    return entry.second.connections == 0 && entry.second.tokens >= limits_.handshakes_burst;
  });
  if (networks_.size() < kNetworksMax) return;
  std::erase_if(networks_, [](const auto& entry) { return entry.second.connections == 0; });
}

}  // namespace luso::gateway::internal
