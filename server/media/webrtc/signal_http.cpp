#include "media/webrtc/signal_http.h"

#include <array>
#include <utility>

#include "base/text.h"

namespace luso::media::webrtc {
namespace {

using io::HttpRequest;
using io::HttpResponse;

constexpr std::int64_t kRetryAfterS = 2;  // Where an error does not know better.

struct SpecialStatus {
  std::string_view reason;
  int status;
};

// Reasons whose kind has another status than RFC 9725 and the WHEP draft ask for; api/errors.yaml says the
// same.
constexpr std::array<SpecialStatus, 7> kStatuses{{{"api.method_not_allowed", 405},
                                                  {"webrtc.not_acceptable", 406},
                                                  {"webrtc.codec_not_offered", 406},
                                                  {"webrtc.not_sdp", 415},
                                                  {"webrtc.stale", 412},
                                                  {"webrtc.etag_required", 428},
                                                  {"media.realtime_not_live", 409}}};

// Without the parameters, "application/sdp; charset=utf-8".
std::string_view bare_type(std::string_view field) {
  return trim(field.substr(0, field.find(';')));
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

// RFC 9725, 4.6
std::string link_to(const IceServer& server) {
  std::string link = "<" + server.url + ">; rel=\"ice-server\"";
  if (server.username.empty()) return link;
  link += "; username=" + quoted(server.username) + "; credential=" + quoted(server.credential);
  return link + "; credential-type=\"password\"";
}

}  // namespace

bool has_body_of(const HttpRequest& request, std::string_view type) {
  return equals_ignoring_case(bare_type(request.headers.get("Content-Type")), type);
}

bool accepts(const HttpRequest& request, std::string_view type) {
  const std::string_view field = request.headers.get("Accept");
  if (trim(field).empty()) return true;
  for (const std::string_view part : split(field, ',')) {
    const std::string_view range = bare_type(part);
    if (range == "*/*" || range == "application/*" || equals_ignoring_case(range, type)) return true;
  }
  return false;
}

HttpResponse with_cors(HttpResponse response) {
  response.headers.set("Access-Control-Allow-Origin", "*");
  response.headers.set("Access-Control-Expose-Headers",
                       "Location, ETag, Link, Accept-Patch, Accept-Post, Retry-After");
  return response;
}

HttpResponse failure(Error error, const HttpRequest& request) {
  const bool may_come_back = error.kind == ErrorKind::unavailable || error.kind == ErrorKind::rate_limited;
  if (may_come_back && error.retry_after_s == 0) error.retry_after_s = kRetryAfterS;
  HttpResponse response = HttpResponse::error(error, request);
  for (const SpecialStatus& special : kStatuses) {
    if (special.reason == error.reason) response.status = special.status;
  }
  if (response.status == 401) response.headers.set("WWW-Authenticate", "Bearer realm=\"lusotown\"");
  return with_cors(std::move(response));
}

HttpResponse method_not_allowed(const HttpRequest& request, std::string_view allowed) {
  HttpResponse response = failure(fail(ErrorKind::invalid, "api.method_not_allowed").value(), request);
  response.headers.set("Allow", std::string(allowed));
  return response;
}

HttpResponse preflight(std::string_view methods) {
  HttpResponse response{.status = 204, .headers = {}, .body = std::string()};
  response.headers.set("Access-Control-Allow-Methods", std::string(methods));
  response.headers.set("Access-Control-Allow-Headers", "Authorization, Content-Type, If-Match");
  response.headers.set("Access-Control-Max-Age", "86400");
  response.headers.set("Accept-Post", std::string(kSdpType));
  response.headers.set("Accept-Patch", std::string(kFragmentType));
  return with_cors(std::move(response));
}

HttpResponse created(Created session, const std::vector<IceServer>& ice_servers) {
  HttpResponse response = HttpResponse::text(201, std::string(kSdpType), std::move(session.answer));
  response.headers.set("Location", std::move(session.location));
  response.headers.set("ETag", std::move(session.etag));
  response.headers.set("Accept-Patch", std::string(kFragmentType));
  response.headers.set("Cache-Control", "no-store");
  for (const IceServer& server : ice_servers) response.headers.add("Link", link_to(server));
  return with_cors(std::move(response));
}

}  // namespace luso::media::webrtc
