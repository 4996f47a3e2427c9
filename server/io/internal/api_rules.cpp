#include "io/internal/api_rules.h"

#include <algorithm>

#include "base/text.h"

namespace luso::io::internal {

RoutePattern::RoutePattern(std::string_view pattern) {
  for (std::string_view segment : split(pattern, '/')) {
    const bool is_value = segment.starts_with('{') && segment.ends_with('}');
    if (is_value) segment = segment.substr(1, segment.size() - 2);
    segments_.push_back({.text = std::string(segment), .is_value = is_value});
  }
}

std::optional<std::vector<std::string>> RoutePattern::match(std::string_view path) const {
  std::vector<std::string> values;
  for (std::size_t i = 0; i < segments_.size(); ++i) {
    const bool is_last = i + 1 == segments_.size();
    const std::size_t slash = path.find('/');
    if (is_last != (slash == std::string_view::npos)) return std::nullopt;
    const std::string_view text = path.substr(0, slash);
    if (segments_[i].is_value ? text.empty() : text != segments_[i].text) return std::nullopt;
    if (segments_[i].is_value) values.emplace_back(text);
    if (!is_last) path.remove_prefix(slash + 1);
  }
  return values;
}

bool RoutePattern::goes_before(const RoutePattern& other) const {
  const auto is_value = [](const Segment& segment) { return segment.is_value; };
  return std::lexicographical_compare(
      segments_.begin(), segments_.end(), other.segments_.begin(), other.segments_.end(),
      [&](const Segment& a, const Segment& b) { return is_value(a) < is_value(b); });
}

bool is_unsafe(std::string_view method) {
  return method != "GET" && method != "HEAD" && method != "OPTIONS";
}

Result<void> check_origin(const HttpRequest& request, bool by_cookie,
                          const std::vector<std::string>& public_origins) {
  if (!is_unsafe(request.method)) return {};
  const std::string_view origin = request.headers.get("Origin");
  const std::string_view site = request.headers.get("Sec-Fetch-Site");
  const bool by_browser = !origin.empty() || !site.empty();
  if (!by_cookie && (!by_browser || request.headers.has("Authorization"))) return {};
  if (!origin.empty()) {
    const std::string own =
        std::string(request.secure ? "https://" : "http://") + std::string(request.headers.get("Host"));
    if (equals_ignoring_case(origin, own)) return {};
    const auto is_it = [origin](const std::string& known) { return equals_ignoring_case(origin, known); };
    if (std::any_of(public_origins.begin(), public_origins.end(), is_it)) return {};
    return fail(ErrorKind::forbidden, "api.csrf", "Origin is " + std::string(origin));
  }
  if (site == "same-origin") return {};
  return fail(ErrorKind::forbidden, "api.csrf", "Sec-Fetch-Site is '" + std::string(site) + "'");
}

Result<void> check_access(const Route& route, const std::optional<Principal>& principal) {
  if (route.auth == Auth::none || route.auth == Auth::optional) return {};
  if (!principal) return fail(ErrorKind::unauthenticated, "api.unauthenticated");
  const Role needed = route.auth == Auth::admin       ? Role::admin
                      : route.auth == Auth::moderator ? Role::moderator
                                                      : Role::viewer;
  if (principal->role < needed) return fail(ErrorKind::forbidden, "api.forbidden", "role");
  const auto& scopes = principal->scopes;
  if (!scopes.empty() && std::find(scopes.begin(), scopes.end(), route.scope) == scopes.end()) {
    return fail(ErrorKind::forbidden, "api.forbidden",
                "the token lacks the scope '" + std::string(route.scope) + "'");
  }
  return {};
}

Result<void> check_content_type(const Route& route, const HttpRequest& request) {
  if (request.body.empty()) return {};
  const std::string_view type = request.headers.get("Content-Type");
  const std::string_view essence = trim(type.substr(0, type.find(';')));
  const auto is_type = [essence](std::string_view taken) { return equals_ignoring_case(essence, taken); };
  const std::vector<std::string_view> taken = split(route.body_types, ' ');
  if (std::ranges::any_of(taken, is_type)) return {};
  std::string detail = "Content-Type is '" + std::string(type) + "'";
  if (route.body_types == "application/json")
    return fail(ErrorKind::invalid, "api.bad_json", std::move(detail));
  return fail(ErrorKind::invalid, "api.wrong_type", std::move(detail));
}

}  // namespace luso::io::internal
