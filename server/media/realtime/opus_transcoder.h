#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/result.h"
#include "media/frame.h"
#include "proto/codec.h"

namespace luso::media {

// One publisher's sound as WebRTC carries it: Opus, 48 kHz, stereo, 20 ms a packet. Timestamps are exact to
// the sample: what the decoder, the resampler and the encoder hold back is accounted for, so that a sound is
// heard at the time its frame named. A gap becomes silence, an overlap is cut, a jump starts over. Works
// synchronously, on whichever thread, one call at a time.
class OpusTranscoder {
 public:
  static constexpr std::int64_t kSampleRate = 48'000;
  static constexpr std::int64_t kPacketSamples = 960;
  // Beyond it the input does not follow on: its clock and its samples have come apart.
  static constexpr std::int64_t kToleranceSamples = kSampleRate / 200;
  static constexpr std::int64_t kFillMax = kSampleRate;  // A longer gap is not filled but starts over.

  // Fails with "media.realtime_codec" when no decoder of ours takes the track.
  [[nodiscard]] static Result<OpusTranscoder> open(const proto::AudioTrack& source, int bitrate_kbps);
  OpusTranscoder(OpusTranscoder&& other) noexcept;
  OpusTranscoder& operator=(OpusTranscoder&& other) noexcept;
  ~OpusTranscoder();

  // Appends the packets that are complete now. False: the frame was damaged; its time becomes silence.
  bool take(const Frame& frame, std::vector<FramePtr>& out);

  // What the packets' track looks like, whatever the source.
  [[nodiscard]] static proto::AudioTrack track();

 private:
  struct Impl;
  explicit OpusTranscoder(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace luso::media
