#include "io/proxy.h"

#include <algorithm>
#include <array>

#include "base/log.h"
#include "base/text.h"

namespace luso::io {
namespace {

constexpr std::int64_t kRetryAfterS = 3;

// Without a stand-in, when the pages were never built: bare, so that the policy need not let any style in.
constexpr std::string_view kDownPage = R"(<!doctype html>
<html lang="pt">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="3">
<title>LusoTown: já voltamos</title>
<h1>Já voltamos</h1>
<p>As páginas estão a arrancar. Tentamos de novo dentro de segundos.</p>
<p lang="en">The pages are starting. We will try again in a few seconds.</p>
</html>
)";

// RFC 9110, 7.6.1: fields about one hop.
bool is_hop_field(std::string_view name) {
  constexpr std::array kFields{"connection",
                               "keep-alive",
                               "proxy-connection",
                               "te",
                               "trailer",
                               "transfer-encoding",
                               "upgrade",
                               "expect",
                               "proxy-authenticate",
                               "proxy-authorization"};
  return std::any_of(kFields.begin(), kFields.end(),
                     [name](std::string_view field) { return equals_ignoring_case(name, field); });
}

// What we say about the client ourselves, whatever anybody said before.
bool is_ours_to_say(std::string_view name) {
  constexpr std::array kFields{"x-forwarded-for",  "x-forwarded-proto", "x-forwarded-host",
                               "x-forwarded-port", "x-request-id",      "forwarded"};
  return std::any_of(kFields.begin(), kFields.end(),
                     [name](std::string_view field) { return equals_ignoring_case(name, field); });
}

// Fields that Connection names are about one hop as well.
bool is_named_by(std::string_view connection, std::string_view name) {
  const auto names = split(connection, ',');
  return std::any_of(names.begin(), names.end(),
                     [name](std::string_view one) { return equals_ignoring_case(trim(one), name); });
}

ClientRequest upstream_request(const HttpRequest& request) {
  ClientRequest upstream{
      .method = request.method, .target = request.target, .headers = {}, .body = request.body};
  const std::string_view connection = request.headers.get("Connection");
  for (const auto& [name, value] : request.headers.all()) {
    if (is_hop_field(name) || is_ours_to_say(name) || is_named_by(connection, name)) continue;
    upstream.headers.add(name, value);
  }
  upstream.headers.add("X-Forwarded-For", request.remote.to_string());
  upstream.headers.add("X-Forwarded-Proto", request.secure ? "https" : "http");
  upstream.headers.add("X-Forwarded-Host", std::string(request.headers.get("Host")));
  upstream.headers.add("X-Request-Id", request.request_id);
  return upstream;
}

HttpResponse downstream_response(ClientResponse upstream) {
  HttpResponse response{.status = upstream.status, .headers = {}, .body = std::string()};
  const std::string connection(upstream.headers.get("Connection"));
  for (const auto& [name, value] : upstream.headers.all()) {
    if (is_hop_field(name) || equals_ignoring_case(name, "x-request-id") || is_named_by(connection, name))
      continue;
    response.headers.add(name, value);
  }
  if (upstream.has_body) response.body = std::move(upstream.body);
  return response;
}

}  // namespace

Task<HttpResponse> ReverseProxy::handle(HttpRequest& request) {
  ClientRequest upstream = upstream_request(request);
  Result<ClientResponse> response = co_await client_.send(std::move(upstream));
  if (!response) co_return co_await down(response.error(), request);
  co_return downstream_response(*std::move(response));
}

Task<HttpResponse> ReverseProxy::down(Error error, const HttpRequest& request) {
  const int status = error.reason == "io.web_down" ? 503 : error.kind == ErrorKind::timeout ? 504 : 502;
  log::warn("proxy.failed", {{"request_id", request.request_id},
                             {"path", request.path},
                             {"reason", error.reason},
                             {"detail", error.detail}});
  HttpResponse response = HttpResponse::error(error, request);
  if (request.headers.get("Accept").find("text/html") != std::string_view::npos) {
    if (stand_in_) response = co_await stand_in_(request);
    if (response.status == 200) {  // It says in itself what it lets in.
      response.headers.set("Content-Security-Policy", "frame-ancestors 'none'");
    } else {
      response = HttpResponse::text(status, "text/html; charset=utf-8", std::string(kDownPage));
      response.headers.set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    }
  }
  response.status = status;
  response.headers.set("Cache-Control", "no-store");
  response.headers.set("Retry-After", std::to_string(kRetryAfterS));
  co_return response;
}

}  // namespace luso::io
