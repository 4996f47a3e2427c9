#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "proto/amf0.h"
#include "proto/codec.h"

// The bodies of RTMP audio and video messages, which are FLV tag bodies: legacy AVC and AAC (Adobe FLV 10.1,
// E.4.2 and E.4.3) and enhanced RTMP with its FourCC codes (Veovera E-RTMP v2).
namespace luso::proto::flv {

enum class TagKind : std::uint8_t {
  sequence_header,  // `payload` is the codec's configuration
  frame,            // `payload` is one access unit
  end,              // The encoder ends this track; there is no payload
  ignored,  // Well-formed and of no use to us: colour metadata, seek commands, further tracks, empty bodies
};

// Payloads point into the body they were parsed from.
struct VideoTag {
  TagKind kind = TagKind::ignored;
  Codec codec = Codec::h264;
  bool keyframe = false;
  std::int32_t cts_offset_ms = 0;  // Presentation time less decode time, signed 24 bits on the wire.
  // Sequence headers: AVC-, HEVC- or AV1CodecConfigurationRecord. Frames: length-prefixed NAL units with the
  // length size the record names, or AV1 OBUs (low-overhead format, 5.2).
  ByteView payload;
};

struct AudioTag {
  TagKind kind = TagKind::ignored;
  Codec codec = Codec::aac;
  // Sequence headers: AudioSpecificConfig, or for Opus the "OpusHead" packet (RFC 7845 5.1, little-endian,
  // magic included). Frames: one raw AAC access unit or one Opus packet.
  ByteView payload;
};

// Fail with flv.unsupported_codec (`detail` names it), flv.unsupported_packet (MPEG-2 TS sequence start, or
// an extra packet type nobody has defined yet) or flv.truncated.
[[nodiscard]] Result<VideoTag> parse_video(ByteView body);
[[nodiscard]] Result<AudioTag> parse_audio(ByteView body);

// What onMetaData says. Encoders fill it in by taste: everything is optional (0 or empty) and nothing is to
// be trusted over the codec's own configuration.
struct Metadata {
  double width = 0;
  double height = 0;
  double frame_rate = 0;
  double video_bitrate_kbps = 0;
  double audio_bitrate_kbps = 0;
  double audio_sample_rate = 0;
  bool stereo = false;
  std::string encoder = {};  // "obs-output module (libobs version 29.0.2)"
  // A number (7), a FourCC as text or as a number: always told as text, "7" or "hvc1".
  std::string video_codec = {};
  std::string audio_codec = {};
  friend bool operator==(const Metadata&, const Metadata&) = default;
};

inline constexpr std::size_t kEncoderNameMax = 128;  // Longer names are cut; they end up in logs and pages.

[[nodiscard]] Metadata read_metadata(const amf0::Value& properties);

}  // namespace luso::proto::flv
