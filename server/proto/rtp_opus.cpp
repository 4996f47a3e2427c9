#include "proto/rtp_opus.h"

#include <cstdint>

#include "base/bytes.h"
#include "proto/codec.h"
#include "proto/opus.h"

namespace luso::proto::rtp {

AudioTrack opus_track() {
  constexpr std::uint8_t kChannels = 2;
  constexpr std::uint16_t kPreSkip = 312;  // RTP does not say it; this is libopus' own (6.5 ms).
  AudioTrack track{.codec = Codec::opus,
                   .config = {},
                   .codecs = "opus",
                   .sample_rate = opus::kSampleRate,
                   .channels = kChannels,
                   .samples_per_frame = opus::kSampleRate / 50};
  ByteWriter writer(track.config);  // OpusSpecificBox (Opus in ISOBMFF, 4.3.2).
  writer.u8(0);
  writer.u8(kChannels);
  writer.u16(kPreSkip);
  writer.u32(static_cast<std::uint32_t>(opus::kSampleRate));
  writer.u16(0);  // No gain,
  writer.u8(0);   // and channels as they are.
  return track;
}

}  // namespace luso::proto::rtp
