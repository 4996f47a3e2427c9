#pragma once

#include <cstddef>

#include "base/bytes.h"
#include "base/result.h"
#include "proto/rtp.h"

// AV1 in RTP (RTP Payload Format For AV1, v1.0): OBUs lose their own sizes and are laid end to end over
// packets.
namespace luso::proto::rtp {

// The OBUs of an AV1CodecConfigurationRecord: the sequence header, for a keyframe that brings none.
[[nodiscard]] Result<Bytes> av1_config_obus(ByteView av1c);

// Cuts one temporal unit (low-overhead form, as in media::Frame) into payloads of at most
// `payload_bytes_max` that are all of one size but the last. A unit whose OBUs do not add up gives nothing.
void packetise_av1(ByteView temporal_unit, bool keyframe, ByteView config_obus, Payloads& out,
                   std::size_t payload_bytes_max = kPayloadBytesMax);

}  // namespace luso::proto::rtp
