#pragma once

#include "io/call_on.h"

namespace luso::media {

using io::call_on;

}  // namespace luso::media
