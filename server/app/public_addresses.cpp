#include "app/internal/public_addresses.h"

#include <algorithm>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>

#include "base/log.h"

namespace luso::app {
namespace {

namespace asio = boost::asio;
using asio::ip::udp;

bool is_of_the_world(const asio::ip::address& address) {
  return !address.is_loopback() && !address.is_unspecified() && !address.is_multicast();
}

}  // namespace

bool is_loopback(std::string_view host) {
  if (host == "localhost") return true;
  boost::system::error_code error;
  const asio::ip::address address = asio::ip::make_address(host, error);
  return !error && address.is_loopback();
}

std::vector<std::string> public_addresses_of(const Config& config) {
  if (!config.webrtc_addresses.empty()) return config.webrtc_addresses;
  if (is_loopback(config.public_address)) return {};
  asio::io_context context;
  boost::system::error_code error;
  const auto found = udp::resolver(context).resolve(config.public_address, "0", error);
  if (error) {
    log::warn("webrtc.address_unknown",
              {{"public_address", config.public_address}, {"error", error.message()}});
    return {};
  }
  std::vector<std::string> addresses;
  for (const auto& entry : found) {
    const asio::ip::address address = entry.endpoint().address();
    const std::string text = address.to_string();
    if (is_of_the_world(address) && std::ranges::find(addresses, text) == addresses.end())
      addresses.push_back(text);
  }
  return addresses;
}

}  // namespace luso::app
