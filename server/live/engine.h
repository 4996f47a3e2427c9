#pragma once

#include <optional>

#include "media/authority.h"

namespace luso::live {

// What live asks of the media engine. App plugs the engine in; tests plug in a stand-in. Callable on any
// reactor.
class Engine {
 public:
  virtual ~Engine() = default;
  // Disconnects whoever publishes to the stream now; nothing when nobody does. `ended` also closes its
  // playlists.
  virtual Task<void> disconnect(StreamId stream_id, media::UnpublishCause cause) = 0;
  // What the engine measures of the stream's publisher; empty when there is none.
  virtual Task<std::optional<media::IngestFacts>> facts_of(StreamId stream_id) = 0;
};

}  // namespace luso::live
