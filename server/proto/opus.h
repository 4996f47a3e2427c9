#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "proto/codec.h"

namespace luso::proto::opus {

inline constexpr int kSampleRate = 48'000;       // Opus decodes to 48 kHz whatever went in (RFC 7845, 4).
inline constexpr int kPacketSamplesMax = 5'760;  // 120 ms (RFC 6716, 3.2.5).

// Of an OpusHead (RFC 7845, 5.1), which is what enhanced RTMP sends at the start of an Opus track. The
// track's `config` is the OpusSpecificBox that MP4 wants instead (Opus in ISOBMFF, 4.3.2).
[[nodiscard]] Result<AudioTrack> parse_opus_head(ByteView head);

// Samples at 48 kHz in one packet, from its table-of-contents byte (RFC 6716, 3.1 and 3.2).
[[nodiscard]] Result<int> packet_samples(ByteView packet);

}  // namespace luso::proto::opus
