#pragma once

#include <functional>
#include <memory>

#include "io/reactor.h"
#include "io/scope.h"
#include "media/egress/llhls/snapshot.h"
#include "media/metrics.h"
#include "media/stream.h"

namespace luso::media {

// Makes a picture of one stream every so often, from a keyframe, on the blocking pool. On the stream's home
// reactor.
class Thumbnailer final : public StreamSink {
 public:
  static constexpr int kJobsMax = 2;  // In the whole process at one time; beyond it this picture is skipped.

  struct Services {
    io::Reactors& reactors;
    io::Scope& scope;
    MediaMetrics& metrics;
  };

  using Done = std::function<void(std::shared_ptr<const Thumbnail>)>;

  // `done` is called on the home reactor, and not after the thumbnailer is gone.
  Thumbnailer(Services services, std::chrono::seconds interval, Done done);

  void on_tracks(const TracksPtr& tracks) override { tracks_ = tracks; }

  void on_frame(const FramePtr& frame) override;

  void on_pause() override { next_us_ = 0; }

 private:
  struct Shared {
    Done done;
    bool busy = false;
  };

  [[nodiscard]] static Task<void> make(std::weak_ptr<Shared> shared, Services services, TracksPtr tracks,
                                       FramePtr frame);

  Services services_;
  std::chrono::seconds interval_;
  TracksPtr tracks_;
  std::int64_t next_us_ = 0;  // On the stream's clock.
  std::shared_ptr<Shared> shared_;
};

}  // namespace luso::media
