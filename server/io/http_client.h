#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/ip/tcp.hpp>

#include "base/result.h"
#include "io/http.h"
#include "io/http_parse.h"
#include "io/reactor.h"

namespace luso::io {

struct ClientRequest {
  std::string method;
  std::string target;
  HttpHeaders headers;  // Host among them; framing and Connection are the client's business.
  std::string body;
};

struct ClientResponse {
  int status = 0;
  HttpHeaders headers;
  bool has_body = false;
  BodySource body;  // Pieces as they come. Dropping it half way closes the connection.
};

// HTTP/1.1 to one server in plain text, for our own processes on this machine: a pool of kept connections a
// reactor. Errors are "io.web_down" (unavailable: nobody listens, or every connection is busy) and
// "io.bad_gateway" (timeout or internal: it answered late, or nonsense).
class HttpClient {
 public:
  struct Settings {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;
    std::size_t connections_max = 256;  // Per reactor; one more request fails with "io.web_down".
    std::size_t idle_max = 32;          // Kept for later, per reactor.
    std::chrono::milliseconds idle_deadline{4'000};  // Node closes a kept connection after five seconds.
    std::chrono::milliseconds connect_deadline{2'000};
    std::chrono::milliseconds response_deadline{30'000};  // To the end of the head.
    std::chrono::milliseconds stall_deadline{60'000};     // Between two pieces of a body, either way.
    RequestParser::Limits limits{.header_bytes_max = 64 * 1024, .headers_max = 200};
  };

  HttpClient(Reactors& reactors, Settings settings);
  ~HttpClient();  // Before the reactors it was made with; bodies may outlive the client, not the reactors.
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // On the calling reactor. A kept connection that turns out to be closed is replaced once, where the method
  // allows.
  [[nodiscard]] Task<Result<ClientResponse>> send(ClientRequest request);
  // Closes what is idle. On each reactor's behalf, from any thread.
  void close_idle();

 private:
  class Pool;
  Settings settings_;
  std::vector<std::pair<Reactor*, std::shared_ptr<Pool>>> pools_;
};

}  // namespace luso::io
