#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"

// What every protocol here says about the media it carries, in one vocabulary.
namespace luso::proto {

enum class Codec : std::uint8_t { h264, hevc, av1, aac, opus };
[[nodiscard]] std::string_view name_of(Codec codec);

[[nodiscard]] constexpr bool is_video(Codec codec) {
  return codec <= Codec::av1;
}

// A track as its decoder needs it. `config` is the codec's own record: AVCDecoderConfigurationRecord (ISO
// 14496-15, 5.3.3.1), HEVCDecoderConfigurationRecord (8.3.3.1), AV1CodecConfigurationRecord
// (AV1-ISOBMFF 2.3.3), AudioSpecificConfig (14496-3, 1.6.2.1) or OpusSpecificBox without its header (Opus in
// ISOBMFF 4.3.2).
struct VideoTrack {
  Codec codec = Codec::h264;
  Bytes config;
  std::string codecs;  // RFC 6381: "avc1.64001f", "hvc1.1.6.L93.B0", "av01.0.04M.08"
  int width = 0;       // Coded picture after cropping, in pixels.
  int height = 0;
  double frame_rate = 0;  // From the VUI or the metadata; 0 when unknown.
  friend bool operator==(const VideoTrack&, const VideoTrack&) = default;
};

struct AudioTrack {
  Codec codec = Codec::aac;
  Bytes config;
  std::string codecs;   // "mp4a.40.2", "opus"
  int sample_rate = 0;  // Hz
  int channels = 0;
  int samples_per_frame = 1024;  // 1024 for AAC-LC, 960 (20 ms) for Opus unless the packet says otherwise.
  friend bool operator==(const AudioTrack&, const AudioTrack&) = default;
};

}  // namespace luso::proto
