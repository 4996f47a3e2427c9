#include "media/egress/thumbnails/thumbnailer.h"

#include <atomic>
#include <utility>

#include "base/log.h"
#include "media/egress/thumbnails/picture.h"

namespace luso::media {
namespace {

// One of the kJobsMax places on the pool, given back with the last copy.
class Place {
 public:
  [[nodiscard]] static std::shared_ptr<Place> take() {
    if (taken.fetch_add(1) < Thumbnailer::kJobsMax) return std::make_shared<Place>();
    taken.fetch_sub(1);
    return nullptr;
  }

  Place() = default;
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  ~Place() { taken.fetch_sub(1); }

 private:
  static inline std::atomic<int> taken = 0;
};

}  // namespace

Thumbnailer::Thumbnailer(Services services, std::chrono::seconds interval, Done done)
    : services_(services), interval_(interval), shared_(std::make_shared<Shared>()) {
  shared_->done = std::move(done);
}

void Thumbnailer::on_frame(const FramePtr& frame) {
  if (interval_.count() <= 0 || frame->kind != TrackKind::video || !frame->keyframe) return;
  if (frame->dts_us < next_us_ || shared_->busy) return;
  std::shared_ptr<Place> place = Place::take();
  if (!place) {
    services_.metrics.thumbnails_skipped.add();
    return;  // The next keyframe tries again.
  }
  next_us_ = frame->dts_us + std::chrono::microseconds(interval_).count();
  shared_->busy = true;
  services_.scope.spawn([weak = std::weak_ptr(shared_), services = services_, tracks = tracks_, frame,
                         place = std::move(place)] { return make(weak, services, tracks, frame); });
}

Task<void> Thumbnailer::make(std::weak_ptr<Shared> shared, Services services, TracksPtr tracks,
                             FramePtr frame) {
  auto work = [tracks, frame] { return make_thumbnail(*tracks->video, frame->payload, frame->captured_at); };
  auto outcome = co_await services.reactors.run_blocking(std::move(work));
  const std::shared_ptr<Shared> still = shared.lock();
  if (!still) co_return;
  still->busy = false;
  if (!outcome || !*outcome) {
    const Error& error = outcome ? outcome->error() : outcome.error();
    log::warn("media.thumbnail_failed", {{"reason", error.reason}, {"detail", error.detail}});
    co_return;
  }
  services.metrics.thumbnails.add();
  still->done(std::make_shared<const Thumbnail>(*std::move(*outcome)));
}

}  // namespace luso::media
