#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "media/frame.h"
#include "media/transport_facts.h"
#include "proto/codec.h"

// What any publisher's protocol says, before the stream's own clock and rules are applied. These cross from
// the connection's reactor to the stream's home.
namespace luso::media {

struct EncoderInfo {
  std::string encoder;
  double frame_rate = 0;
  // What the encoder announced; empty when it did not say.
  std::optional<bool> has_video, has_audio;
  std::size_t layers = 1;  // Sizes the picture comes in, at most kLayersMax.
};

// With simulcast, in place of a bare VideoTrack: what one layer's samples are from its next keyframe on.
struct LayerTrack {
  std::size_t layer = 0;
  proto::VideoTrack track;
};

struct Sample {
  TrackKind kind = TrackKind::video;
  bool keyframe = false;
  std::int64_t timestamp_us = 0;  // On the publisher's clock, which does not wrap.
  std::int64_t cts_offset_us = 0;
  int samples = 0;        // Audio: in this frame.
  std::size_t layer = 0;  // Video: which of several sizes, in no order.
  WallTime at;            // Of arrival.
  Bytes payload;          // As in Frame.
};

using MediaEvent =
    std::variant<EncoderInfo, proto::VideoTrack, LayerTrack, proto::AudioTrack, Sample, TransportFacts>;
using MediaEvents = std::vector<MediaEvent>;

}  // namespace luso::media
