#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace luso::bench {

struct FlvTag {
  std::uint8_t type = 0;  // 8 audio, 9 video
  std::uint32_t timestamp_ms = 0;
  Bytes body;
};

// A film to publish over and over.
struct FlvFilm {
  std::vector<FlvTag> headers;  // Sequence headers: sent once, at the start.
  std::vector<FlvTag> tags;
  std::uint32_t length_ms = 0;
};

// Exits with a sentence when the file is not such a film.
[[nodiscard]] FlvFilm read_flv_film(const std::string& path);

[[noreturn]] void die(const std::string& sentence);

}  // namespace luso::bench
