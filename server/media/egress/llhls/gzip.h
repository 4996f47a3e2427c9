#pragma once

#include "base/bytes.h"

namespace luso::media {

// RFC 1952. Fast rather than small: a live playlist shrinks to a tenth at any level.
[[nodiscard]] Bytes gzip(ByteView bytes);

}  // namespace luso::media
