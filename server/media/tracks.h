#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "proto/codec.h"

namespace luso::media {

// Sizes of one picture that a publisher may send side by side (simulcast); more are not asked for.
inline constexpr std::size_t kLayersMax = 3;

// What a stream carries until something about it changes. A new generation means a new init segment, and
// viewers' decoders start anew.
struct Tracks {
  std::uint32_t generation = 0;
  std::optional<proto::VideoTrack> video;
  std::optional<proto::AudioTrack> audio;
};

using TracksPtr = std::shared_ptr<const Tracks>;

}  // namespace luso::media
