#pragma once

#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "proto/codec.h"
#include "proto/rtp.h"

namespace luso::proto::rtp {

// One track's access units as RTP payloads, whatever its codec. Made anew when the track changes.
class Packetiser {
 public:
  // Fail with "proto.bad_config" when there is no RTP form of the track: AAC, or a record that cannot be
  // read.
  [[nodiscard]] static Result<Packetiser> of(const VideoTrack& track,
                                             std::size_t payload_bytes_max = kPayloadBytesMax);
  [[nodiscard]] static Result<Packetiser> of(const AudioTrack& track);

  // Replaces what is in `out`. An Opus packet is one payload, however large it is.
  void packetise(ByteView frame, bool keyframe, Payloads& out) const;

  [[nodiscard]] Codec codec() const { return codec_; }

  [[nodiscard]] std::uint32_t clock_rate() const {
    return is_video(codec_) ? kVideoClockRate : kAudioClockRate;
  }

 private:
  Packetiser(Codec codec, Bytes headers, std::size_t payload_bytes_max)
      : codec_(codec), headers_(std::move(headers)), payload_bytes_max_(payload_bytes_max) {}

  Codec codec_;
  Bytes headers_;  // Parameter sets or config OBUs: what a keyframe needs before it.
  std::size_t payload_bytes_max_;
};

}  // namespace luso::proto::rtp
