#include "media/facts_meter.h"

#include <algorithm>

namespace luso::media {
namespace {

constexpr std::int64_t kUsPerSecond = 1'000'000;
constexpr std::int64_t kBitsPerByte = 8;
constexpr std::int64_t kBitsPerKilobit = 1'000;

int kbps(std::int64_t bytes, std::int64_t seconds) {
  return static_cast<int>(bytes * kBitsPerByte / std::max<std::int64_t>(1, seconds) / kBitsPerKilobit);
}

}  // namespace

void FactsMeter::on_tracks(const TracksPtr& tracks) {
  tracks_ = tracks;
  fitness_.on_tracks(*tracks);
}

void FactsMeter::on_frame(const FramePtr& frame) {
  fitness_.on_frame(*frame);
  const std::int64_t number = frame->dts_us / kUsPerSecond;
  Second& second = seconds_[static_cast<std::size_t>(number) % seconds_.size()];
  if (second.number != number) second = {.number = number};
  newest_second_ = std::max(newest_second_, number);
  ++frames_total_;
  const auto bytes = static_cast<std::int64_t>(frame->payload.size());
  if (frame->kind == TrackKind::audio) {
    second.audio_bytes += bytes;
    return;
  }
  second.video_bytes += bytes;
  ++second.video_frames;
}

void FactsMeter::on_pause() {
  seconds_ = {};
  newest_second_ = -1;
  if (tracks_) fitness_.on_tracks(*tracks_);  // Whoever comes back may have changed its settings.
}

// Of two seconds in a row: one alone has a keyframe or has none.
int FactsMeter::leanest_video_kbps() const {
  const auto second = [this](std::int64_t number) -> const Second& {
    return seconds_[static_cast<std::size_t>(number) % seconds_.size()];
  };
  int leanest = 0;
  const std::int64_t oldest = std::max<std::int64_t>(0, newest_second_ - kWindowSeconds);
  for (std::int64_t number = oldest; number + 2 <= newest_second_; ++number) {
    if (second(number).number != number || second(number + 1).number != number + 1) continue;
    const int pair = kbps(second(number).video_bytes + second(number + 1).video_bytes, 2);
    leanest = leanest == 0 ? pair : std::min(leanest, pair);
  }
  return leanest;
}

IngestFacts FactsMeter::facts() const {
  IngestFacts facts;
  facts.frames_total = frames_total_;
  if (!tracks_) return facts;
  std::int64_t complete = 0;
  Second sum;
  for (const Second& second : seconds_) {
    if (second.number < 0 || second.number == newest_second_) continue;
    if (second.number < newest_second_ - kWindowSeconds) continue;
    ++complete;
    sum.video_bytes += second.video_bytes;
    sum.audio_bytes += second.audio_bytes;
    sum.video_frames += second.video_frames;
  }
  facts.video_bitrate_kbps = kbps(sum.video_bytes, complete);
  facts.audio_bitrate_kbps = kbps(sum.audio_bytes, complete);
  const int leanest = leanest_video_kbps();
  facts.video_bitrate_kbps_min = leanest > 0 ? leanest : facts.video_bitrate_kbps;
  if (tracks_->video) {
    facts.video_codec = proto::name_of(tracks_->video->codec);
    facts.width = tracks_->video->width;
    facts.height = tracks_->video->height;
    facts.frame_rate = complete > 0 ? static_cast<double>(sum.video_frames) / static_cast<double>(complete)
                                    : tracks_->video->frame_rate;
  }
  if (tracks_->audio) facts.audio_codec = proto::name_of(tracks_->audio->codec);
  facts.keyframe_interval_s =
      static_cast<double>(fitness_.keyframe_interval_us()) / static_cast<double>(kUsPerSecond);
  facts.has_b_frames = fitness_.has_b_frames();
  facts.is_420_8_bit = fitness_.decodes_widely();
  return facts;
}

}  // namespace luso::media
