#pragma once

#include "base/bytes.h"
#include "proto/codec.h"

// Closed captions as encoders send them beside a picture: byte pairs of CEA-608 in the user data of its SEI
// (ATSC A/53 Part 4, 6.2.3; ITU-T H.264 D.1.6, H.265 D.2.6). Decoding them is the player's business.
namespace luso::proto::captions {

// Whether an access unit of NAL units behind 4-byte lengths says anything in field 1, which holds the
// services CC1 and CC2. Encoders fill pictures that have nothing to say with zeros: those are no captions.
[[nodiscard]] bool are_in(Codec codec, ByteView sample);

}  // namespace luso::proto::captions
