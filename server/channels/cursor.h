#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/text.h"

namespace luso::channels {

// Where a page of a list ended: the sort keys of its last row. Opaque to clients, who hand it back unread. A
// list continues after the row, not after a number of rows, so nothing is skipped or shown twice when rows
// come and go.
template <std::size_t N>
using Cursor = std::array<std::int64_t, N>;

template <std::size_t N>
[[nodiscard]] std::string encode_cursor(const Cursor<N>& keys) {
  std::string text;
  for (const std::int64_t key : keys) text += (text.empty() ? "" : ":") + std::to_string(key);
  return base64url_encode(as_bytes(text));
}

// Empty when the text is no cursor of ours with N keys.
template <std::size_t N>
[[nodiscard]] std::optional<Cursor<N>> decode_cursor(std::string_view text) {
  const std::optional<Bytes> raw = base64url_decode(text);
  if (!raw) return std::nullopt;
  const std::vector<std::string_view> parts = split(as_text(*raw), ':');
  if (parts.size() != N) return std::nullopt;
  Cursor<N> keys{};
  for (std::size_t i = 0; i < N; ++i) {
    const auto key = parse_integer<std::int64_t>(parts[i]);
    if (!key) return std::nullopt;
    keys[i] = *key;
  }
  if (encode_cursor<N>(keys) != text) return std::nullopt;  // "007" is nothing we wrote.
  return keys;
}

}  // namespace luso::channels
