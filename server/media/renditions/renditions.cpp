#include "media/renditions/renditions.h"

#include <algorithm>
#include <utility>
#include <variant>

namespace luso::media {

Renditions::Renditions(Stream& main, Intake& intake, RequestKeyframe request_keyframe)
    : main_(main), intake_(intake), request_keyframe_(std::move(request_keyframe)) {}

Renditions::~Renditions() {
  for (const auto& rendition : rungs_)
    if (rendition) rendition->close();
  tell();
}

void Renditions::take(MediaEvent event) {
  std::visit([this](auto&& what) { on(std::forward<decltype(what)>(what)); }, std::move(event));
}

// Another publisher, with layers of its own. Renditions of the one before stay for who watches them: the same
// layer of the next publisher goes on there.
void Renditions::on(EncoderInfo info) {
  layers_ = std::clamp<std::size_t>(info.layers, 1, kLayersMax);
  choice_ = {};
  tracks_ = {};
  if (layers_ > 1 && rungs_.empty()) {
    rungs_.emplace_back();
    subscription_ = main_.subscribe(*this, Stream::StartAt::next_frame);
  }
  while (layers_ > 1 && rungs_.size() <= layers_) {
    rungs_.push_back(std::make_shared<Rendition>(
        main_, [this, layer = rungs_.size() - 1] { return request_keyframe_(layer); }));
  }
  intake_.take(std::move(info));
}

void Renditions::on(LayerTrack track) {
  if (track.layer >= layers_) return;
  choice_.on_size(track.layer, std::int64_t{track.track.width} * track.track.height);
  rungs_.at(track.layer + 1)->set_track(track.track);
  if (choice_.chosen() == track.layer) intake_.take(track.track);
  tracks_.at(track.layer) = std::move(track.track);
}

void Renditions::on(Sample sample) {
  if (layers_ == 1 || sample.kind == TrackKind::audio) return intake_.take(std::move(sample));
  const std::size_t layer = sample.layer;
  if (layer >= layers_ || !tracks_.at(layer)) return;
  const auto before = choice_.chosen();
  const bool is_picture = choice_.take(layer, sample.keyframe, sample.timestamp_us);
  if (choice_.is_smaller(layer)) {
    if (const auto place = intake_.place_beside(sample.timestamp_us))
      rungs_.at(layer + 1)->take(sample, *place);
  }
  pause_what_stopped();
  if (!is_picture) return;
  if (before != layer) intake_.take(*tracks_.at(layer));
  intake_.take(std::move(sample));
}

void Renditions::pause_what_stopped() {
  for (std::size_t layer = 0; layer + 1 < rungs_.size(); ++layer)
    if (!choice_.is_live(layer) || !choice_.is_smaller(layer)) rungs_[layer + 1]->pause();
}

void Renditions::tell() {
  if (rungs_.empty()) return;
  // The picture has stopped, and could go on with this layer.
  if (const auto layer = layers_ > 1 ? choice_.wanted() : std::nullopt)
    static_cast<void>(request_keyframe_(*layer));
  const auto facts_of = [](const TracksPtr& tracks, std::int64_t bitrate_bps, bool is_live) {
    Ladder::Rung rung{.is_live = is_live, .bitrate_bps = bitrate_bps};
    if (tracks && tracks->video) {
      rung.width = tracks->video->width;
      rung.height = tracks->video->height;
    }
    return rung;
  };
  ladder_->set(0, facts_of(tracks_of_main_, rate_.bps(), true));
  for (std::size_t rung = 1; rung < rungs_.size(); ++rung) {
    Rendition& rendition = *rungs_[rung];
    ladder_->set(rung, facts_of(rendition.stream().tracks(), rendition.bitrate_bps(), rendition.is_live()));
  }
}

bool Renditions::request_keyframe() const {
  return request_keyframe_(choice_.wanted().value_or(choice_.chosen().value_or(0)));
}

}  // namespace luso::media
