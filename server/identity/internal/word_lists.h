#pragma once

#include <span>
#include <string_view>

namespace luso::identity::internal {

// Usernames the house keeps: they would look like a part of it, or like somebody who speaks for it.
[[nodiscard]] std::span<const std::string_view> reserved_usernames();
// What such names begin with.
[[nodiscard]] std::span<const std::string_view> reserved_prefixes();
// The words people build passwords from first, in lower case and without accents.
[[nodiscard]] std::span<const std::string_view> common_passwords();
// Rows of the keyboard and the alphabet, both ways.
[[nodiscard]] std::span<const std::string_view> keyboard_runs();

}  // namespace luso::identity::internal
