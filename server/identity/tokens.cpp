#include "identity/tokens.h"

#include <array>
#include <sodium.h>

#include "base/text.h"

namespace luso::identity {
namespace {

constexpr std::size_t kTokenBytes = 32;
constexpr std::size_t kTokenTextMax = 100;            // Ours have 43 characters and a prefix.
constexpr std::string_view kCookieLife = "34560000";  // 400 days: the longest a browser keeps a cookie.
constexpr std::string_view kPlainCookie = "luso_session";
constexpr std::string_view kSecureCookie = "__Host-luso_session";

constexpr std::string_view kStepLife = "300";
constexpr std::string_view kPlainStepCookie = "luso_second_step";
constexpr std::string_view kSecureStepCookie = "__Host-luso_second_step";

std::string step_cookie(std::string_view value, std::string_view max_age, bool secure) {
  std::string text(secure ? kSecureStepCookie : kPlainStepCookie);
  text.append("=").append(value).append("; Path=/; HttpOnly; SameSite=Strict; Max-Age=").append(max_age);
  if (secure) text += "; Secure";
  return text;
}

std::optional<std::string_view> token_in(const io::HttpRequest& request, std::string_view name) {
  const auto value = request.cookie(name);
  if (!value || value->empty() || value->size() > kTokenTextMax) return std::nullopt;
  return value;
}

std::string cookie(std::string_view value, std::string_view max_age, bool secure) {
  std::string text(secure ? kSecureCookie : kPlainCookie);
  text.append("=").append(value).append("; Path=/; HttpOnly; SameSite=Lax; Max-Age=").append(max_age);
  if (secure) text += "; Secure";
  return text;
}

}  // namespace

NewToken make_token(Random& random, std::string_view prefix) {
  std::string text(prefix);
  text += random.token(kTokenBytes);
  std::string hash = hash_of_token(text);
  return {.text = std::move(text), .hash = std::move(hash)};
}

std::string hash_of_token(std::string_view text) {
  std::array<unsigned char, crypto_hash_sha256_BYTES> digest{};
  crypto_hash_sha256(digest.data(), as_bytes(text).data(), text.size());
  return std::string(as_text(digest));
}

std::string session_cookie(std::string_view token, bool secure) {
  return cookie(token, kCookieLife, secure);
}

std::string cleared_session_cookie(bool secure) {
  return cookie({}, "0", secure);
}

std::optional<std::string_view> session_token_of(const io::HttpRequest& request) {
  return token_in(request, request.secure ? kSecureCookie : kPlainCookie);
}

std::string second_step_cookie(std::string_view token, bool secure) {
  return step_cookie(token, kStepLife, secure);
}

std::string cleared_second_step_cookie(bool secure) {
  return step_cookie({}, "0", secure);
}

std::optional<std::string_view> second_step_token_of(const io::HttpRequest& request) {
  return token_in(request, request.secure ? kSecureStepCookie : kPlainStepCookie);
}

std::optional<std::string_view> api_token_of(const io::HttpRequest& request) {
  constexpr std::string_view kBearer = "bearer ";
  const std::string_view header = request.headers.get("Authorization");
  if (header.size() > kTokenTextMax || !equals_ignoring_case(header.substr(0, kBearer.size()), kBearer))
    return std::nullopt;
  const std::string_view token = trim(header.substr(kBearer.size()));
  if (!token.starts_with(kApiTokenPrefix)) return std::nullopt;
  return token;
}

}  // namespace luso::identity
