#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "proto/sdp.h"

// The words of SDP's enumerations, in their order: what is read is what is written.
namespace luso::proto::sdp {

inline constexpr std::array<std::string_view, 4> kDirections{"sendrecv", "sendonly", "recvonly", "inactive"};
inline constexpr std::array<std::string_view, 4> kSetups{"actpass", "active", "passive", "holdconn"};

template <typename Enum, std::size_t n>
[[nodiscard]] std::optional<Enum> meaning_of(const std::array<std::string_view, n>& words,
                                             std::string_view word) {
  const auto found = std::ranges::find(words, word);
  if (found == words.end()) return std::nullopt;
  return static_cast<Enum>(found - words.begin());
}

}  // namespace luso::proto::sdp
