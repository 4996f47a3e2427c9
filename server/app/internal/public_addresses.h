#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/config.h"

namespace luso::app {

// "localhost", or an address of loopback.
[[nodiscard]] bool is_loopback(std::string_view host);

// Where browsers reach our WebRTC port: webrtc_addresses, else what public_address is or resolves to. Empty
// when that says nothing about the world outside: then this machine's own addresses are as good. Asks DNS, so
// call it before the reactors run.
[[nodiscard]] std::vector<std::string> public_addresses_of(const Config& config);

}  // namespace luso::app
