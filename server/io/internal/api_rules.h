#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/api.h"

// The decisions of the API's chain: pure functions over a request.
namespace luso::io::internal {

// A pattern taken apart: "/api/v1/channels/{username}/follow".
class RoutePattern {
 public:
  explicit RoutePattern(std::string_view pattern);
  // The values in braces, or empty when the path is another.
  [[nodiscard]] std::optional<std::vector<std::string>> match(std::string_view path) const;
  // Literal segments come first: /sessions/current before /sessions/{session_id}.
  [[nodiscard]] bool goes_before(const RoutePattern& other) const;

 private:
  struct Segment {
    std::string text;
    bool is_value = false;
  };

  std::vector<Segment> segments_;
};

[[nodiscard]] bool is_unsafe(std::string_view method);

// Fails with "api.csrf" when a browser made this call from a page that is not ours.
[[nodiscard]] Result<void> check_origin(const HttpRequest& request, bool by_cookie,
                                        const std::vector<std::string>& public_origins);

// Fails with "api.unauthenticated" or "api.forbidden".
[[nodiscard]] Result<void> check_access(const Route& route, const std::optional<Principal>& principal);

// Fails when a body is there and is not said to be of a type the route takes.
[[nodiscard]] Result<void> check_content_type(const Route& route, const HttpRequest& request);

}  // namespace luso::io::internal
