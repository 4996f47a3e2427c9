#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"

namespace luso::proto {

enum class ImageType : std::uint8_t { jpeg, png, webp };

// How the camera was held: EXIF 2.32, 4.6.4 A, tag 274, with its own numbers.
enum class Orientation : std::uint8_t {
  upright = 1,
  mirrored,
  upside_down,
  upside_down_mirrored,
  transposed,
  turned_left,  // To be turned 90 degrees clockwise.
  transversed,
  turned_right
};

struct ImageHead {
  ImageType type{};
  std::uint32_t width = 0;  // As stored: an orientation from `transposed` on swaps the two.
  std::uint32_t height = 0;
  Orientation orientation = Orientation::upright;
  ByteView first_frame;  // The picture itself; of an animated WebP the payload of its first ANMF chunk.
  bool is_animated = false;
};

// Reads what an uploaded file says about itself before anything is decoded: a file of a few bytes may claim
// to be a picture of gigabytes. The bytes decide what it is, not what it is called. Walks the whole
// structure, so a file that ends too early is found here; what comes behind the end is not part of
// `first_frame`. Fails with "pictures.wrong_type" when it is none of the three, "pictures.broken" when it is
// one that cannot be.
[[nodiscard]] Result<ImageHead> parse_image_head(ByteView file);

}  // namespace luso::proto
