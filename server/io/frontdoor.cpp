#include "io/frontdoor.h"

#include <algorithm>
#include <chrono>
#include <memory>

#include "base/check.h"

namespace luso::io {
namespace {

constexpr std::string_view kTlsForAYear = "max-age=31536000";

bool fits(std::string_view prefix, std::string_view path) {
  return prefix.ends_with('/') ? path.starts_with(prefix) : path == prefix;
}

HttpResponse nothing_here(const HttpRequest& request) {
  return HttpResponse::error({.kind = ErrorKind::not_found,
                              .reason = "api.no_such_route",
                              .detail = {},
                              .field = {},
                              .retry_after_s = 0},
                             request);
}

HttpResponse uncached(int status, std::string content_type, std::string body) {
  HttpResponse response = HttpResponse::text(status, std::move(content_type), std::move(body));
  response.headers.add("Cache-Control", "no-store");
  return response;
}

}  // namespace

void Frontdoor::mount(Mount mount) {
  const auto is_same = [&mount](const Entry& entry) { return entry.mount.prefix == mount.prefix; };
  LUSO_CHECK(std::none_of(entries_.begin(), entries_.end(), is_same));
  auto& metrics = metrics::registry();
  Entry entry{.mount = std::move(mount), .seconds = nullptr, .failures = nullptr};
  entry.seconds = &metrics.histogram("luso_http_request_seconds", "Time until a handler has its answer.",
                                     metrics::latency_bounds_s(), {{"handler", entry.mount.name}});
  entry.failures = &metrics.counter("luso_http_failures_total", "Answers of 500 and above.",
                                    {{"handler", entry.mount.name}});
  entries_.push_back(std::move(entry));
  std::sort(entries_.begin(), entries_.end(),
            [](const Entry& a, const Entry& b) { return a.mount.prefix.size() > b.mount.prefix.size(); });
}

const Frontdoor::Entry* Frontdoor::find(std::string_view path) const {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [path](const Entry& entry) { return fits(entry.mount.prefix, path); });
  return found == entries_.end() ? nullptr : &*found;
}

void Frontdoor::finish(const Visit& visit, HttpResponse& response) const {
  const auto took = std::chrono::steady_clock::now() - visit.began;
  visit.entry.seconds->observe(std::chrono::duration<double>(took).count());
  if (response.status >= 500) visit.entry.failures->add();
  // RFC 6797, 7.2: never over plain HTTP, where anybody on the way could have written it.
  if (insists_on_tls_ && visit.request.secure)
    response.headers.set("Strict-Transport-Security", std::string(kTlsForAYear));
}

HttpAnswer Frontdoor::handle(HttpRequest& request) const {
  const Entry* entry = find(request.path);
  if (entry == nullptr) return nothing_here(request);
  const Visit visit{.entry = *entry, .request = request, .began = std::chrono::steady_clock::now()};
  HttpAnswer answer = entry->mount.handler(request);
  if (answer.ready() == nullptr) return finish_later(visit, answer.wait());
  finish(visit, *answer.ready());
  return answer;
}

Task<HttpResponse> Frontdoor::finish_later(Visit visit, Task<HttpResponse> waiting) const {
  HttpResponse response = co_await std::move(waiting);
  finish(visit, response);
  co_return response;
}

std::size_t Frontdoor::body_limit(const HttpRequest& head) const {
  const Entry* entry = find(head.path);
  return entry == nullptr || !entry->mount.body_limit ? 0 : entry->mount.body_limit(head);
}

HttpHandler health_handler() {
  return [](HttpRequest& /*request*/) { return uncached(200, "text/plain", "ok\n"); };
}

HttpHandler redirect_handler(std::string origin) {
  return [origin = std::move(origin)](HttpRequest& request) {
    // A target that is no path ("*") has no other address than the front page.
    return HttpResponse::redirect(308, origin + (request.target.starts_with('/') ? request.target : "/"));
  };
}

HttpHandler ready_handler(std::vector<ReadyCheck> checks) {
  auto shared = std::make_shared<const std::vector<ReadyCheck>>(std::move(checks));
  return [shared](HttpRequest& /*request*/) -> Task<HttpResponse> {
    std::string failed;
    for (const auto& [name, ask] : *shared) {
      const Result<void> outcome = co_await ask();
      if (!outcome) failed += name + ": " + std::string(outcome.error().reason) + '\n';
    }
    const bool ready = failed.empty();
    co_return uncached(ready ? 200 : 503, "text/plain", ready ? "ready\n" : failed);
  };
}

HttpHandler metrics_handler(TrustedProxies scrapers) {
  return [allowed = std::move(scrapers)](HttpRequest& request) {
    if (!allowed.contains(request.remote)) return nothing_here(request);
    return uncached(200, "text/plain; version=0.0.4", metrics::registry().render());
  };
}

}  // namespace luso::io
