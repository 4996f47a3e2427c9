#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "proto/codec.h"

namespace luso::media {

// What a stream carries until something about it changes. A new generation means a new init segment, and
// viewers' decoders start anew.
struct Tracks {
  std::uint32_t generation = 0;
  std::optional<proto::VideoTrack> video;
  std::optional<proto::AudioTrack> audio;
};

using TracksPtr = std::shared_ptr<const Tracks>;

}  // namespace luso::media
