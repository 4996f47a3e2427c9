#include "proto/rtmp_time.h"

namespace luso::proto::rtmp {

TimestampUnwrapper::Step TimestampUnwrapper::unwrap(std::uint32_t timestamp) {
  if (!started_) {
    started_ = true;
    last_raw_ = timestamp;
    return {};
  }
  // The shorter way round the circle of 2^32.
  const std::int64_t step = static_cast<std::int32_t>(timestamp - last_raw_);
  last_raw_ = timestamp;
  if (step > kForwardStepMaxMs || step < -kBackwardStepMaxMs) return {.time_ms = last_ms_, .jump_ms = step};
  last_ms_ += step;
  return {.time_ms = last_ms_};
}

}  // namespace luso::proto::rtmp
