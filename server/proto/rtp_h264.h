#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/result.h"
#include "proto/rtp.h"

// H.264 in RTP (RFC 6184), packetization mode 1: single NAL units, STAP-A and FU-A.
namespace luso::proto::rtp {

// The parameter sets of an AVCDecoderConfigurationRecord, as NAL units behind 4-byte lengths: what stands in
// front of a keyframe that brings none of its own.
[[nodiscard]] Result<Bytes> h264_parameter_sets(ByteView avcc);

// Cuts one access unit (4-byte lengths, as in media::Frame) into payloads of at most `payload_bytes_max`.
// Neighbours that fit share a STAP-A; a unit that does not fit becomes FU-A fragments that are all of one
// size but the last, for the sake of UDP segmentation offload. `parameter_sets` may be empty; they are sent
// before an IDR picture that has none in band.
void packetise_h264(ByteView access_unit, ByteView parameter_sets, Payloads& out,
                    std::size_t payload_bytes_max = kPayloadBytesMax);

}  // namespace luso::proto::rtp
