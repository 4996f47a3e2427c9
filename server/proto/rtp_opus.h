#pragma once

#include "proto/codec.h"

// Opus in RTP (RFC 7587). One payload is one packet, so there is nothing to cut or to put together:
// opus::packet_samples() says whether it is one.
namespace luso::proto::rtp {

// The track of a stream that was negotiated as opus/48000/2 (RFC 7587, 7): always two channels, whatever the
// encoder makes of them.
[[nodiscard]] AudioTrack opus_track();

}  // namespace luso::proto::rtp
