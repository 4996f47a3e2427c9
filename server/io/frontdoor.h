#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/metrics.h"
#include "io/http.h"
#include "io/http_head.h"

namespace luso::io {

// Which handler answers which paths. "/hls/" takes everything below it, "/healthz" that one path, "/" the
// rest; the longest fitting prefix wins. Filled before the server starts, then only read.
class Frontdoor {
 public:
  struct Mount {
    std::string prefix;
    std::string name;  // The label in metrics: "hls".
    HttpHandler handler;
    // Bodies longer than this are refused; zero for what only answers GET.
    std::function<std::size_t(const HttpRequest& head)> body_limit;
  };

  void mount(Mount mount);

  // Whoever came by TLS is told to come by nothing else from now on (RFC 6797). For a house whose own links
  // are https: browsers will refuse its plain ports for a year.
  void insist_on_tls() { insists_on_tls_ = true; }

  [[nodiscard]] HttpAnswer handle(HttpRequest& request) const;
  [[nodiscard]] std::size_t body_limit(const HttpRequest& head) const;

 private:
  struct Entry {
    Mount mount;
    metrics::Histogram* seconds = nullptr;
    metrics::Counter* failures = nullptr;
  };

  struct Visit {
    const Entry& entry;
    const HttpRequest& request;
    MonoTime began;
  };

  [[nodiscard]] const Entry* find(std::string_view path) const;
  void finish(const Visit& visit, HttpResponse& response) const;
  [[nodiscard]] Task<HttpResponse> finish_later(Visit visit, Task<HttpResponse> waiting) const;

  std::vector<Entry> entries_;  // Longest prefix first.
  bool insists_on_tls_ = false;
};

// 200 as long as the process answers at all.
[[nodiscard]] HttpHandler health_handler();

// Sends everybody to the same address at another origin, "https://lusotown.example", for good.
[[nodiscard]] HttpHandler redirect_handler(std::string origin);

// What the process needs in order to serve: name and question. 503 names those that failed.
using ReadyCheck = std::pair<std::string, std::function<Task<Result<void>>()>>;
[[nodiscard]] HttpHandler ready_handler(std::vector<ReadyCheck> checks);

// The process' metrics, for callers from these networks; for others there is nothing here.
[[nodiscard]] HttpHandler metrics_handler(TrustedProxies scrapers);

}  // namespace luso::io
