#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace luso::pictures {

enum class Kind : std::uint8_t { avatar, banner };
[[nodiscard]] std::string_view name_of(Kind kind);

struct Size {
  int width = 0;
  int height = 0;
  friend bool operator==(const Size&, const Size&) = default;
};

// A kind is always kept in each of its sizes, whatever was uploaded, so that a page may ask for any of them.
inline constexpr std::array kAvatarSizes{Size{256, 256}, Size{128, 128}, Size{64, 64}};
inline constexpr std::array kBannerSizes{Size{1200, 400}, Size{600, 200}};

// Largest first.
[[nodiscard]] constexpr std::span<const Size> sizes_of(Kind kind) {
  return kind == Kind::avatar ? std::span<const Size>(kAvatarSizes) : std::span<const Size>(kBannerSizes);
}

// One size of a picture, as it is kept and sent.
struct Rendering {
  int width = 0;
  Bytes webp;
};

using Renderings = std::vector<Rendering>;

}  // namespace luso::pictures
