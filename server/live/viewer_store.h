#pragma once

#include <optional>

#include "io/pg.h"
#include "live/model.h"

namespace luso::live {

// The SQL of viewer sessions. One statement books a heartbeat, so two beats of one player, or of a hundred
// thousand, never wait for each other.
class ViewerStore {
 public:
  explicit ViewerStore(io::Pg& pg) : pg_(pg) {}

  struct Booked {
    HeartbeatAnswer answer;   // Without the rhythm
    bool is_counted = false;  // A concurrent viewer now
  };

  // Empty when there is no such stream. Only a stream on air gets viewers; of others the answer tells the
  // state.
  [[nodiscard]] Task<Result<std::optional<Booked>>> book(Heartbeat beat, WallTime now);

  // Counts the viewers of every stream on air, and of those just ended a last time. Those on air together.
  [[nodiscard]] Task<Result<std::int64_t>> sample(WallTime now);
  // A player that fell silent left when it last spoke.
  [[nodiscard]] Task<Result<void>> close_silent(WallTime now);

 private:
  io::Pg& pg_;
};

}  // namespace luso::live
