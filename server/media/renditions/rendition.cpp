#include "media/renditions/rendition.h"

#include <algorithm>
#include <utility>

namespace luso::media {

Rendition::Rendition(Stream& main, std::function<bool()> request_keyframe)
    : stream_(main.id(), main.generations()), request_keyframe_(std::move(request_keyframe)) {
  subscription_ = main.subscribe(*this, Stream::StartAt::next_frame);
}

void Rendition::set_track(proto::VideoTrack track) {
  if (video_ == track) return;
  video_ = std::move(track);
  waits_ = true;
}

void Rendition::take(const Sample& sample, const Timeline::Placed& place) {
  if (waits_) {
    if (!sample.keyframe || !video_) return;
    start();
  }
  const std::int64_t dts_us = std::max(place.dts_us, last_us_ + kStepUs);
  last_us_ = dts_us;
  rate_.add(dts_us, sample.payload.size());
  picture_.add(dts_us, sample.payload.size());
  pictures_.add(dts_us, 1);
  stream_.publish(std::make_shared<const Frame>(Frame{.kind = TrackKind::video,
                                                      .keyframe = sample.keyframe,
                                                      .dts_us = dts_us,
                                                      .cts_offset_us = sample.cts_offset_us,
                                                      .captured_at = place.captured_at,
                                                      .payload = sample.payload}));
}

void Rendition::start() {
  waits_ = false;
  live_ = true;
  if (std::exchange(broken_, false)) stream_.discontinuity();
  stream_.set_tracks(video_, audio_);
}

void Rendition::pause() {
  waits_ = true;
  if (!std::exchange(live_, false)) return;
  broken_ = true;
  rate_.reset();
  picture_.reset();
  pictures_.reset();
  stream_.pause();
}

std::optional<IngestFacts::Size> Rendition::size() const {
  constexpr std::int64_t kBitsPerKilobit = 1'000;
  if (!live_ || !video_) return std::nullopt;
  return IngestFacts::Size{.width = video_->width,
                           .height = video_->height,
                           .frame_rate = pictures_.per_second(),
                           .bitrate_kbps = static_cast<int>(picture_.bps() / kBitsPerKilobit)};
}

void Rendition::close() {
  pause();
  subscription_.reset();
  request_keyframe_ = nullptr;
}

// Only its sound is of interest: which picture the broadcast has changes with the publisher's layers.
void Rendition::on_tracks(const TracksPtr& tracks) {
  if (audio_ == tracks->audio) return;
  audio_ = tracks->audio;
  waits_ = true;
}

void Rendition::on_frame(const FramePtr& frame) {
  if (frame->kind != TrackKind::audio || waits_) return;
  rate_.add(frame->dts_us, frame->payload.size());
  stream_.publish(frame);
}

void Rendition::on_discontinuity() {
  waits_ = true;
  broken_ = broken_ || live_;
}

}  // namespace luso::media
