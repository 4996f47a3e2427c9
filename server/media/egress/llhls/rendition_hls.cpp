#include "media/egress/llhls/rendition_hls.h"

#include <string>
#include <utility>

namespace luso::media {

RenditionHls::RenditionHls(const Place& place, std::shared_ptr<Rendition> rendition,
                           HlsOutput::Publish publish, MediaMetrics& metrics)
    : rung_(place.rung),
      rendition_(std::move(rendition)),
      output_({.stream_id = place.stream_id, .username = {}, .rung = place.rung}, nullptr, Duration(0),
              std::move(publish), metrics) {
  StoredStream before;
  before.next_msn = place.first_msn;
  output_.restore(before, {});
  subscription_ = rendition_->stream().subscribe(segmenter_, Stream::StartAt::newest_keyframe);
}

void RenditionHls::flush(bool ended) {
  const StreamState playing = rendition_->is_live() ? StreamState::live : StreamState::waiting;
  output_.set_state(ended ? StreamState::ended : playing);
  output_.flush();
}

std::optional<proto::hls::Variant> RenditionHls::variant() const {
  proto::hls::Variant variant = output_.variant("r" + std::to_string(rung_) + "/");
  if (!rendition_->is_live() || variant.bandwidth_bps == 0) return std::nullopt;
  return variant;
}

}  // namespace luso::media
