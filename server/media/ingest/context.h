#pragma once

#include <functional>

#include "base/clock.h"
#include "base/result.h"
#include "io/task.h"
#include "media/authority.h"
#include "media/directory.h"
#include "media/metrics.h"
#include "media/settings.h"

namespace luso::media {

// What all publishers' connections share, whatever their protocol.
struct IngestContext {
  const EngineSettings& settings;
  StreamDirectory& directory;
  Authority& authority;
  Clock& clock;
  MediaMetrics& metrics;
  std::function<Task<Result<void>>()> admit;  // May anybody publish now? The disk may be full.
};

}  // namespace luso::media
