#pragma once

#include <string>

#include "io/http.h"
#include "io/http_client.h"

namespace luso::io {

// Hands requests to the web process on this machine and streams its answers back. When that process is down
// the visitor gets a page, in Portuguese and English, that tries again by itself.
class ReverseProxy {
 public:
  static constexpr std::size_t kBodyBytesMax = 1024 * 1024;  // Pages post forms and actions, not files.

  ReverseProxy(Reactors& reactors, HttpClient::Settings settings) : client_(reactors, std::move(settings)) {}

  [[nodiscard]] Task<HttpResponse> handle(HttpRequest& request);

  void close_idle() { client_.close_idle(); }

 private:
  HttpClient client_;
};

}  // namespace luso::io
