#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/ip/address.hpp>

#include "base/result.h"
#include "io/http.h"

// What a request's head means: pure functions between the parser and the handlers.
namespace luso::io {

// The path as handlers compare it, or empty for one that is refused: relative, a bad escape, a dot segment,
// an encoded slash, a backslash, a control character or invalid UTF-8 (RFC 3986, 3.3 and 5.2.4, read
// strictly).
[[nodiscard]] std::optional<std::string> decode_path(std::string_view raw);

// Networks whose word about the client we take.
class TrustedProxies {
 public:
  // "127.0.0.1", "10.0.0.0/8", "2001:db8::/32".
  [[nodiscard]] static Result<TrustedProxies> parse(const std::vector<std::string>& networks);
  [[nodiscard]] bool contains(const boost::asio::ip::address& address) const;
  // The rightmost address of X-Forwarded-For that is not a trusted proxy's own.
  [[nodiscard]] boost::asio::ip::address client_of(const boost::asio::ip::address& peer,
                                                   std::string_view forwarded_for) const;

 private:
  struct Network {
    boost::asio::ip::address_v6 prefix;  // IPv4 as ::ffff:a.b.c.d
    unsigned bits = 128;
  };

  std::vector<Network> networks_;
};

// How the request came to us.
struct Arrival {
  boost::asio::ip::address peer;
  bool tls = false;
};

// Fills what follows from method, target and headers: path, query, remote, secure, request_id. Refuses a
// request whose target or Host is not sound.
[[nodiscard]] Result<void> complete_head(HttpRequest& request, const Arrival& arrival,
                                         const TrustedProxies& trusted);

[[nodiscard]] std::string_view status_text(int status);

// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7).
[[nodiscard]] std::string http_date(std::int64_t unix_seconds);

}  // namespace luso::io
