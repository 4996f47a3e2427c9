#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "proto/codec.h"

// AV1 as far as a server needs it. Clauses are of the AV1 Bitstream & Decoding Process Specification unless
// another document is named.
namespace luso::proto::av1 {

// Of AV1CodecConfigurationRecord (AV1-ISOBMFF, 2.3.3) with a sequence header OBU in configOBUs.
[[nodiscard]] Result<VideoTrack> parse_av1_config(ByteView av1c);

struct TemporalUnit {
  bool keyframe = false;  // Its first frame is a shown key frame: a viewer can start here.
  bool has_picture = false;
  bool has_sequence_header = false;
};

// Appends one temporal unit to `out` without its temporal delimiters, padding and tile lists
// (AV1-ISOBMFF, 2.4: they should not be in a sample). Every OBU but the last must carry its size. Fails with
// "proto.bad_sample" and an unchanged `out`.
[[nodiscard]] Result<TemporalUnit> append_temporal_unit(ByteView sample, Bytes& out);

}  // namespace luso::proto::av1
