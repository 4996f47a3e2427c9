#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/random.h"
#include "io/http.h"

// Secrets that stand for somebody: session cookies, API tokens, the links in letters. 256 random bits each;
// the database has only their SHA-256, which is enough for what nobody can guess.
namespace luso::identity {

inline constexpr std::string_view kApiTokenPrefix = "luso_pat_";  // So that scanners can find a leaked one.

struct NewToken {
  std::string text;  // Shown or sent once.
  std::string hash;  // Stored.
};

[[nodiscard]] NewToken make_token(Random& random, std::string_view prefix = {});
[[nodiscard]] std::string hash_of_token(std::string_view text);

// The cookie that carries a session. Under TLS it has the __Host- prefix: this host only, never over plain
// HTTP. It outlives the session on purpose; the server alone decides when a session has been idle too long.
[[nodiscard]] std::string session_cookie(std::string_view token, bool secure);
[[nodiscard]] std::string cleared_session_cookie(bool secure);

// The cookie between the password and the code; never sent along from another site.
[[nodiscard]] std::string second_step_cookie(std::string_view token, bool secure);
[[nodiscard]] std::string cleared_second_step_cookie(bool secure);
[[nodiscard]] std::optional<std::string_view> second_step_token_of(const io::HttpRequest& request);

[[nodiscard]] std::optional<std::string_view> session_token_of(const io::HttpRequest& request);
// The personal API token of "Authorization: Bearer luso_pat_…".
[[nodiscard]] std::optional<std::string_view> api_token_of(const io::HttpRequest& request);

}  // namespace luso::identity
