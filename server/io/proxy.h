#pragma once

#include <functional>
#include <string>

#include "io/http.h"
#include "io/http_client.h"

namespace luso::io {

// Hands requests to the web process on this machine and streams its answers back. When that process is down
// a visitor gets a page that tries again by itself, and a program the reason.
class ReverseProxy {
 public:
  // The page for that time: 200 with a page that needs no other file, anything else when there is none.
  using StandIn = std::function<Task<HttpResponse>(const HttpRequest&)>;

  static constexpr std::size_t kBodyBytesMax = 1024 * 1024;  // Pages post forms and actions, not files.

  ReverseProxy(Reactors& reactors, HttpClient::Settings settings, StandIn stand_in = nullptr)
      : client_(reactors, std::move(settings)), stand_in_(std::move(stand_in)) {}

  [[nodiscard]] Task<HttpResponse> handle(HttpRequest& request);

  void close_idle() { client_.close_idle(); }

 private:
  [[nodiscard]] Task<HttpResponse> down(Error error, const HttpRequest& request);

  HttpClient client_;
  StandIn stand_in_;
};

}  // namespace luso::io
