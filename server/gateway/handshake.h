#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "io/http.h"

namespace luso::gateway {

// The request a connection began with.
struct Handshake {
  io::HttpHeaders headers;
  boost::asio::ip::address address;  // After trusted proxies.
  std::string url;                   // "/socket.io/?EIO=4&transport=polling"
  std::string query;                 // Raw, without '?'.
  bool cross_domain = false;         // A page asked, and said from where.
  bool secure = false;
  WallTime at;

  [[nodiscard]] static std::shared_ptr<const Handshake> of(const io::HttpRequest& request, WallTime now);

  // The value of a query parameter; of two the last, as Socket.IO has it.
  [[nodiscard]] std::optional<std::string> query_value(std::string_view name) const;

  // What Socket.IO calls socket.handshake, with the namespace's own `auth` (a JSON object).
  [[nodiscard]] std::string json(std::string_view auth) const;
};

}  // namespace luso::gateway
