#pragma once

#include <charconv>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

// Text without locales. What needs Unicode tables (case folding, normalisation) is ICU's business, in
// identity.
namespace luso {

// RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
[[nodiscard]] bool is_utf8(std::string_view text);
// Of valid UTF-8; an invalid byte counts as one.
[[nodiscard]] std::size_t code_point_count(std::string_view text);
// The longest prefix of at most `count_max` code points.
[[nodiscard]] std::string_view first_code_points(std::string_view text, std::size_t count_max);
// Has a C0 or C1 control character, newline and tab included.
[[nodiscard]] bool has_control_characters(std::string_view text);

[[nodiscard]] std::string_view trim(std::string_view text);  // Spaces, tabs and line ends.
[[nodiscard]] std::string ascii_lower(std::string_view text);

[[nodiscard]] constexpr char ascii_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

// ASCII letters.
[[nodiscard]] constexpr bool equals_ignoring_case(std::string_view left, std::string_view right) {
  if (left.size() != right.size()) return false;
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (ascii_lower(left[i]) != ascii_lower(right[i])) return false;
  }
  return true;
}

[[nodiscard]] std::vector<std::string_view> split(std::string_view text, char separator);
[[nodiscard]] std::string join(const std::vector<std::string>& parts, std::string_view separator);

// The whole text as a decimal number; empty when anything else is in it, or it does not fit.
template <std::integral T>
[[nodiscard]] std::optional<T> parse_integer(std::string_view text) {
  T value{};
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stopped != end) return std::nullopt;
  return value;
}

[[nodiscard]] std::string hex_encode(ByteView bytes);  // Lower case.
[[nodiscard]] std::optional<Bytes> hex_decode(std::string_view text);

// RFC 4648: `base64` with padding, `base64url` without. Decoding takes canonical input only: the right
// alphabet, the right length, no stray bits.
[[nodiscard]] std::string base64_encode(ByteView bytes);
[[nodiscard]] std::optional<Bytes> base64_decode(std::string_view text);
[[nodiscard]] std::string base64url_encode(ByteView bytes);
[[nodiscard]] std::optional<Bytes> base64url_decode(std::string_view text);

// RFC 3986: everything but unreserved characters becomes %XX.
[[nodiscard]] std::string percent_encode(std::string_view text);
// Empty when a percent sign is not followed by two hex digits. '+' stays '+', unless it is a form's.
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text);
[[nodiscard]] std::optional<std::string> form_decode(std::string_view text);

// For HTML and XML text and attribute values.
[[nodiscard]] std::string html_escape(std::string_view text);

}  // namespace luso
