#pragma once

#include "base/clock.h"
#include "live/viewer_store.h"

namespace luso::live {

// Who watches, by what their players say. Any reactor may call.
class Viewers {
 public:
  Viewers(Clock& clock, io::Pg& pg) : clock_(clock), store_(pg) {}

  // Books the beat and answers with what the page shows.
  [[nodiscard]] Task<Result<HeartbeatAnswer>> beat(Heartbeat beat);
  // Brings the counts of every stream up to date and closes the sessions of players that fell silent. Run it
  // about every five seconds; running it twice is running it once.
  [[nodiscard]] Task<Result<void>> sample();

 private:
  Clock& clock_;
  ViewerStore store_;
};

}  // namespace luso::live
