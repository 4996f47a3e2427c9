#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "proto/codec.h"

// HEVC as far as a server needs it. Clauses are of ITU-T H.265 unless another document is named.
namespace luso::proto::hevc {

// Of HEVCDecoderConfigurationRecord (ISO 14496-15, 8.3.3.1). As with H.264, the track's `config` says 4-byte
// lengths.
[[nodiscard]] Result<VideoTrack> parse_hevc_config(ByteView hvcc);
[[nodiscard]] Result<unsigned> nal_length_size_of(ByteView hvcc);

struct AccessUnit {
  bool irap = false;  // IDR, BLA or CRA: a viewer can start here.
  bool has_picture = false;
  bool has_parameter_sets = false;
};

// See h264::append_access_unit.
[[nodiscard]] Result<AccessUnit> append_access_unit(ByteView sample, unsigned nal_length_size, Bytes& out);

}  // namespace luso::proto::hevc
