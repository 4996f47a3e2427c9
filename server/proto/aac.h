#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "proto/codec.h"

namespace luso::proto::aac {

// Of AudioSpecificConfig (ISO 14496-3, 1.6.2.1). With spectral band replication signalled, `sample_rate` is
// the rate that is heard and `samples_per_frame` counts at that rate (2048), so a frame lasts what it lasts.
[[nodiscard]] Result<AudioTrack> parse_audio_specific_config(ByteView config);

}  // namespace luso::proto::aac
