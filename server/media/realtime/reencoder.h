#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "io/reactor.h"
#include "io/scope.h"
#include "media/frame.h"
#include "media/metrics.h"
#include "media/realtime/reencode_budget.h"
#include "media/settings.h"
#include "proto/codec.h"

namespace luso::media {

// One publisher's picture made again without B-frames by a supervised ffmpeg process: fragmented MP4 goes in,
// FLV comes out, timestamps stay. A process that dies is started again from the newest keyframe; one that
// keeps dying or falls behind is given up. Lives on the stream's home reactor; ends with its last pointer.
class Reencoder {
 public:
  static constexpr std::int64_t kLagMaxUs =
      4'000'000;  // Of pictures that wait to be encoded: then it is too slow.
  static constexpr std::int64_t kSilenceMaxUs =
      10'000'000;                         // Without a picture: it makes nothing of what it gets.
  static constexpr int kFailuresMax = 5;  // In a row, each with a longer pause before the next try.

  enum class Failure : std::uint8_t {
    keeps_failing,  // ffmpeg is missing, or does not like what it gets.
    too_slow,       // For this picture on this machine, now.
    revoked,        // The machine is needed for something else.
  };

  struct Services {
    io::Reactor& reactor;
    io::Scope& scope;
    const EngineSettings& settings;
    MediaMetrics& metrics;
  };

  struct Output {
    // Before the first frame, and again whenever an encoder starts anew; its first frame is a keyframe.
    std::function<void(proto::VideoTrack)> on_start;
    std::function<void(FramePtr)> on_frame;  // With the source's timestamps, in order, cts_offset_us 0.
    std::function<void(Failure)> on_failed;  // Once, last. The reencoder may be destroyed in it.
  };

  Reencoder(Services services, std::unique_ptr<ReencodeBudget::Permit> permit, proto::VideoTrack source,
            Output output);
  ~Reencoder();  // The process is killed; no callback comes any more.
  Reencoder(const Reencoder&) = delete;
  Reencoder& operator=(const Reencoder&) = delete;

  void take(const FramePtr& frame);  // The source's pictures, in decode order.
  // All cached ones have been taken: encoding begins with the newest.
  void start();

 private:
  class Worker;
  std::shared_ptr<Worker> worker_;
};

[[nodiscard]] std::string_view name_of(Reencoder::Failure failure);  // "too_slow"

}  // namespace luso::media
