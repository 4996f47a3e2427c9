#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <boost/asio/ip/address.hpp>

#include "proto/sdp.h"

namespace luso::media::webrtc {

// Host candidates for these addresses, best first: UDP before TCP (passive, RFC 6544), in the order given.
// No more than kAddressesMax addresses are told: every one costs each viewer checks.
inline constexpr std::size_t kAddressesMax = 8;
[[nodiscard]] std::vector<proto::sdp::Candidate> host_candidates(
    const std::vector<boost::asio::ip::address>& addresses, std::uint16_t port, bool tcp);

// Can a candidate be of this address? Not unspecified, not multicast, not link-local (no browser offers
// those).
[[nodiscard]] bool is_routable(const boost::asio::ip::address& address);

// Of the machine's interfaces that are up: those that are routable, and loopback when there is no other or
// when it is asked for.
[[nodiscard]] std::vector<boost::asio::ip::address> machine_addresses(bool with_loopback);

}  // namespace luso::media::webrtc
