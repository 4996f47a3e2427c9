#pragma once

#include <chrono>

#include "live/gate.h"
#include "live/viewers.h"

namespace luso::live {

// What happens to broadcasts because time passes. Both loops run until they are cancelled: spawn them in a
// Scope.
class Housekeeper {
 public:
  static constexpr std::chrono::milliseconds kSweepEvery{1000};
  static constexpr std::chrono::milliseconds kSampleEvery{5000};

  Housekeeper(Gate& gate, Viewers& viewers) : gate_(gate), viewers_(viewers) {}

  [[nodiscard]] Task<void> run_sweeper();  // Ends streams whose grace window is over.
  [[nodiscard]] Task<void> run_sampler();  // Counts viewers.

 private:
  Gate& gate_;
  Viewers& viewers_;
};

}  // namespace luso::live
