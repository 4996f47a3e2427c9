#include "media/webrtc/candidates.h"

#include <algorithm>
#include <cstring>
#include <ifaddrs.h>
#include <memory>
#include <net/if.h>
#include <netinet/in.h>

namespace luso::media::webrtc {
namespace ip = boost::asio::ip;

namespace {

// RFC 8445, 5.1.2.1: 126 is a host's. TCP takes what libwebrtc takes for it, below every way by UDP.
constexpr std::uint32_t kUdpPreference = 126;
constexpr std::uint32_t kTcpPreference = 90;
constexpr std::uint32_t kTcpPassive = 4;  // RFC 6544, 4.2: a direction preference in the upper three bits.

constexpr std::uint32_t priority(std::uint32_t type, std::uint32_t local) {
  return type << 24U | local << 8U | (256U - 1U);  // Component 1.
}

proto::sdp::Candidate candidate(const ip::address& address, std::uint16_t port, bool tcp,
                                std::uint32_t index) {
  const std::uint32_t local = tcp ? (kTcpPassive << 13U) + 0x1FFFU - index : 0xFFFFU - index;
  return {.foundation = std::to_string(2 * index + (tcp ? 2 : 1)),
          .component = 1,
          .transport = tcp ? "tcp" : "udp",
          .priority = priority(tcp ? kTcpPreference : kUdpPreference, local),
          .address = address.to_string(),
          .port = port,
          .type = "host",
          .tcp_type = tcp ? "passive" : ""};
}

ip::address address_of(const sockaddr& name) {
  if (name.sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &name, sizeof v4);
    return ip::address_v4(ntohl(v4.sin_addr.s_addr));
  }
  sockaddr_in6 v6{};
  std::memcpy(&v6, &name, sizeof v6);
  ip::address_v6::bytes_type bytes;
  std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
  return ip::address_v6(bytes);
}

}  // namespace

std::vector<proto::sdp::Candidate> host_candidates(const std::vector<ip::address>& addresses,
                                                   std::uint16_t port, bool tcp) {
  std::vector<proto::sdp::Candidate> candidates;
  const auto count = static_cast<std::uint32_t>(std::min(addresses.size(), kAddressesMax));
  for (std::uint32_t i = 0; i < count; ++i) candidates.push_back(candidate(addresses[i], port, false, i));
  for (std::uint32_t i = 0; tcp && i < count; ++i) {
    candidates.push_back(candidate(addresses[i], port, true, i));
  }
  return candidates;
}

bool is_routable(const ip::address& address) {
  if (address.is_unspecified() || address.is_multicast()) return false;
  if (address.is_v6()) return !address.to_v6().is_link_local();
  const auto bytes = address.to_v4().to_bytes();
  return bytes[0] != 169 || bytes[1] != 254;
}

std::vector<ip::address> machine_addresses(bool with_loopback) {
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) return {};
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner(list, ::freeifaddrs);
  std::vector<ip::address> addresses, loopback;
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    if (entry->ifa_addr == nullptr || (entry->ifa_flags & IFF_UP) == 0) continue;
    if (entry->ifa_addr->sa_family != AF_INET && entry->ifa_addr->sa_family != AF_INET6) continue;
    const ip::address address = address_of(*entry->ifa_addr);
    if (!is_routable(address)) continue;
    (address.is_loopback() ? loopback : addresses).push_back(address);
  }
  if (with_loopback || addresses.empty()) {
    addresses.insert(addresses.end(), loopback.begin(), loopback.end());
  }
  return addresses;
}

}  // namespace luso::media::webrtc
