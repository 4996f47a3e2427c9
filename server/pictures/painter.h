#pragma once

#include "base/result.h"
#include "pictures/model.h"

namespace luso::pictures {

inline constexpr std::int64_t kPixelsMax = 24'000'000;  // 96 MB when decoded, 192 MB at 16 bits a channel.
inline constexpr int kSideMax = 16'384;  // What WebP can hold; thinner pictures are no pictures.
inline constexpr int kSideMin = 32;

// Makes our own files of somebody's: decodes the first picture of a JPEG, PNG or WebP file, turns it upright,
// crops it around its middle to the kind's shape, scales and encodes it. Nothing of the file survives but its
// colours. Takes some hundred milliseconds for a photograph: for the blocking pool.
[[nodiscard]] Result<Renderings> paint(Kind kind, ByteView file);

}  // namespace luso::pictures
