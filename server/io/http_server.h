#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>

#include "base/result.h"
#include "io/http.h"
#include "io/reactor.h"

namespace luso::io {

class TlsContext;

// What bounds a connection. Deadlines are kept by one coarse timer a reactor, so they hold to about half a
// second.
struct HttpLimits {
  std::size_t header_bytes_max = 16 * 1024;  // A longer head is refused with 431.
  std::size_t headers_max = 100;             // More fields are refused with 431.
  std::size_t connections_max = 20'000;      // Over all reactors; one more is closed at once and counted.
  std::size_t requests_per_connection_max = 10'000;   // Then Connection: close, so that balancing can happen.
  std::chrono::milliseconds header_deadline{10'000};  // First to last byte of a head, and the TLS handshake.
  std::chrono::milliseconds body_deadline{30'000};    // The whole request body.
  std::chrono::milliseconds idle_deadline{60'000};    // Between two requests.
  std::chrono::milliseconds stall_deadline{
      20'000};  // A reader that takes no byte of its response for so long.
};

// An HTTP/1.1 server: one listening socket a reactor, a connection lives on the reactor that accepted it.
// Malformed requests are answered with 400 and closed; paths with dot segments, encoded slashes, control
// characters or invalid UTF-8 count as malformed.
class HttpServer {
 public:
  struct Settings {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;     // 0: a free one, see port().
    TlsContext* tls = nullptr;  // HTTPS when set; outlives the server.
    std::vector<std::string>
        trusted_proxies;  // "127.0.0.1", "10.0.0.0/8": whose X-Forwarded-* and X-Request-Id hold.
    HttpLimits limits;
    // How long a body this request may have, decided when its head is known; a longer one is answered with
    // 413.
    std::function<std::size_t(const HttpRequest& head)> body_limit;
  };

  HttpServer(Reactors& reactors, Settings settings, HttpHandler handler);
  ~HttpServer();  // After drain(), or after the reactors have been joined.
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // Binds and listens on every reactor. Call before the reactors start, or from any thread but theirs.
  [[nodiscard]] Result<void> start();
  [[nodiscard]] std::uint16_t port() const;

  // Stops accepting, lets running requests finish, closes idle connections; what still runs after `patience`
  // is cancelled. Returns when every connection has ended.
  [[nodiscard]] Task<void> drain(std::chrono::milliseconds patience);

  [[nodiscard]] std::size_t connections() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace luso::io
