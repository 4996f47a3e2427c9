#pragma once

#include <cstddef>

#include "base/bytes.h"
#include "base/result.h"
#include "proto/rtp.h"

// HEVC in RTP (RFC 7798) without decoding order numbers: single NAL units, aggregation packets and fragments.
namespace luso::proto::rtp {

// See h264_parameter_sets() and packetise_h264(): VPS, SPS and PPS of an HEVCDecoderConfigurationRecord.
[[nodiscard]] Result<Bytes> hevc_parameter_sets(ByteView hvcc);
void packetise_hevc(ByteView access_unit, ByteView parameter_sets, Payloads& out,
                    std::size_t payload_bytes_max = kPayloadBytesMax);

}  // namespace luso::proto::rtp
