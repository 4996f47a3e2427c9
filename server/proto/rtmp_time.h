#pragma once

#include <cstdint>

namespace luso::proto::rtmp {

// RTMP timestamps are milliseconds in 32 bits: they wrap after 49.7 days, and encoders restart or skip their
// clock. A step further than these from the message before is a jump, not a step.
inline constexpr std::int64_t kForwardStepMaxMs = 10'000;
inline constexpr std::int64_t kBackwardStepMaxMs =
    5'000;  // Audio and video of one moment arrive this far apart.

// One publisher's clock as 64 bits that start at 0 and never jump. Audio and video go through the same
// unwrapper, in the order they came, so that they stay in step. A message of the other track may lie a little
// before the one that went through last, and before 0 at the start; the order inside each track is the
// encoder's.
class TimestampUnwrapper {
 public:
  struct Step {
    std::int64_t time_ms = 0;
    std::int64_t jump_ms =
        0;  // Not 0: the encoder's clock moved by this much; our time stands still over it.
    friend bool operator==(const Step&, const Step&) = default;
  };

  [[nodiscard]] Step unwrap(std::uint32_t timestamp);

 private:
  bool started_ = false;
  std::uint32_t last_raw_ = 0;
  std::int64_t last_ms_ = 0;
};

}  // namespace luso::proto::rtmp
