#include "media/egress/llhls/sound_hls.h"

#include <memory>
#include <utility>

namespace luso::media {

SoundHls::SoundHls(const Place& place, HlsOutput::Publish publish, MediaMetrics& metrics)
    : output_({.stream_id = place.stream_id, .username = {}, .rung = kSoundRung}, nullptr, Duration(0),
              std::move(publish), metrics) {
  StoredStream before;
  before.next_msn = place.first_msn;
  output_.restore(before, {});
}

void SoundHls::flush(StreamState state) {
  output_.set_state(state == StreamState::live && !has_sound_ ? StreamState::waiting : state);
  output_.flush();
}

std::optional<proto::hls::Variant> SoundHls::variant() const {
  proto::hls::Variant variant = output_.variant("sound/");
  if (!has_sound_ || !has_picture_ || variant.bandwidth_bps == 0) return std::nullopt;
  return variant;
}

void SoundHls::on_tracks(const TracksPtr& tracks) {
  has_picture_ = tracks->video.has_value();
  has_sound_ = tracks->audio.has_value();
  if (!has_sound_) return segmenter_.on_pause();
  segmenter_.on_tracks(std::make_shared<const Tracks>(
      Tracks{.generation = tracks->generation, .video = std::nullopt, .audio = tracks->audio}));
}

void SoundHls::on_frame(const FramePtr& frame) {
  if (has_sound_ && frame->kind == TrackKind::audio) segmenter_.on_frame(frame);
}

}  // namespace luso::media
