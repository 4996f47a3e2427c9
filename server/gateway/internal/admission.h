#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>

#include <boost/asio/ip/address.hpp>

#include "base/clock.h"
#include "gateway/settings.h"

namespace luso::gateway::internal {

// "203.0.113.0" of 203.0.113.7: who shares a limit.
[[nodiscard]] std::string network_of(const boost::asio::ip::address& address);

// Who may come in, for the networks that are this reactor's to count.
class Admission {
 public:
  static constexpr std::size_t kNetworksMax =
      100'000;  // Beyond it idle ones are forgotten: floods come from few.

  explicit Admission(NetworkLimits limits) : limits_(limits) {}

  // True: it counts as a connection until leave().
  [[nodiscard]] bool enter(const std::string& network, MonoTime now);
  void leave(const std::string& network);

  [[nodiscard]] std::size_t networks() const { return networks_.size(); }

 private:
  struct Network {
    std::size_t connections = 0;
    double tokens = 0;
    MonoTime counted_at;
  };

  void refill(Network& network, MonoTime now) const;
  void forget_idle(MonoTime now);

  NetworkLimits limits_;
  std::unordered_map<std::string, Network> networks_;
};

}  // namespace luso::gateway::internal
