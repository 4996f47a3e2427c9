#pragma once

#include "base/clock.h"
#include "base/metrics.h"
#include "live/viewer_store.h"

namespace luso::live {

// Who watches, by what their players say. Any reactor may call.
class Viewers {
 public:
  Viewers(Clock& clock, io::Pg& pg)
      : clock_(clock),
        store_(pg),
        total_(metrics::registry().gauge("luso_live_viewers",
                                         "Viewers of all live streams of the town, as its pages show.")) {}

  // Books the beat and answers with what the page shows.
  [[nodiscard]] Task<Result<HeartbeatAnswer>> beat(Heartbeat beat);
  // Brings the counts of every stream up to date and closes the sessions of players that fell silent. Run it
  // about every five seconds; running it twice is running it once.
  [[nodiscard]] Task<Result<void>> sample();

 private:
  Clock& clock_;
  ViewerStore store_;
  metrics::Gauge& total_;
};

}  // namespace luso::live
