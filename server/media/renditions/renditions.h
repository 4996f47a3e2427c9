#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "media/ingest/intake.h"
#include "media/ingest/media_event.h"
#include "media/renditions/ladder.h"
#include "media/renditions/layer_choice.h"
#include "media/renditions/rendition.h"
#include "media/stream.h"

namespace luso::media {

// The sizes a broadcast's picture comes in. Stands before the intake: of a publisher that sends several
// layers the largest that flows goes on to it and is the broadcast's stream, and each smaller one becomes a
// rendition. What other publishers send passes through. On the broadcast's home reactor.
class Renditions final : public StreamSink {
 public:
  // Asks whoever publishes now for a keyframe of one layer; false when that makes none on demand.
  using RequestKeyframe = std::function<bool(std::size_t layer)>;

  Renditions(Stream& main, Intake& intake, RequestKeyframe request_keyframe);
  ~Renditions() override;  // Closes the renditions; viewers may still hold them.
  Renditions(const Renditions&) = delete;
  Renditions& operator=(const Renditions&) = delete;

  void take(MediaEvent event);
  // After a batch: what viewers may know. Asks for the keyframe that the picture needs to go on.
  void tell();

  // What a viewer may move between: [0] is null and stands for the broadcast's own stream, [n] is the
  // publisher's layer n - 1. Empty while no publisher of this broadcast has ever sent layers.
  using Rungs = std::vector<std::shared_ptr<Rendition>>;

  [[nodiscard]] const Rungs& rungs() const { return rungs_; }

  [[nodiscard]] const std::shared_ptr<const Ladder>& ladder() const { return ladder_view_; }

  // Of the broadcast's own stream.
  [[nodiscard]] bool request_keyframe() const;

  void on_tracks(const TracksPtr& tracks) override { tracks_of_main_ = tracks; }

  void on_frame(const FramePtr& frame) override { rate_.add(frame->dts_us, frame->payload.size()); }

  void on_pause() override { rate_.reset(); }

 private:
  void on(EncoderInfo info);
  void on(LayerTrack track);
  void on(Sample sample);

  template <typename Other>
  void on(Other other) {
    intake_.take(std::move(other));
  }

  void pause_what_stopped();

  Stream& main_;
  Intake& intake_;
  RequestKeyframe request_keyframe_;
  std::size_t layers_ = 1;  // Of the publisher that is here.
  LayerChoice choice_;
  std::array<std::optional<proto::VideoTrack>, kLayersMax> tracks_;
  Rungs rungs_;
  std::shared_ptr<Ladder> ladder_ = std::make_shared<Ladder>();
  std::shared_ptr<const Ladder> ladder_view_ = ladder_;
  RateMeter rate_;  // Of the broadcast's own stream, once there are others.
  TracksPtr tracks_of_main_;
  Stream::Subscription subscription_;
};

}  // namespace luso::media
