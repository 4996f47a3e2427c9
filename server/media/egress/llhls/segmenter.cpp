#include "media/egress/llhls/segmenter.h"

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace luso::media {
namespace fmp4 = proto::fmp4;

namespace {

constexpr std::int64_t kUsPerSecond = 1'000'000;

std::uint64_t base_time(const std::deque<FramePtr>& frames, std::uint32_t timescale) {
  if (frames.empty()) return 0;
  return static_cast<std::uint64_t>(fmp4::to_timescale(frames.front()->dts_us, timescale));
}

}  // namespace

void Segmenter::Lane::push(const FramePtr& frame) {
  if (!frames.empty()) step_us = std::max<std::int64_t>(1, frame->dts_us - frames.back()->dts_us);
  frames.push_back(frame);
}

void Segmenter::on_tracks(const TracksPtr& tracks) {
  if (tracks_) {
    finish();
    discontinuity_ = true;
  }
  tracks_ = tracks;
  const proto::VideoTrack* video = tracks->video ? &*tracks->video : nullptr;
  const proto::AudioTrack* audio = tracks->audio ? &*tracks->audio : nullptr;
  if (video != nullptr) video_.timescale = fmp4::timescale_of(*video);
  if (audio != nullptr) {
    audio_.timescale = fmp4::timescale_of(*audio);
    audio_.step_us = kUsPerSecond * audio->samples_per_frame / std::max(1, audio->sample_rate);
  }
  listener_.on_init(tracks, share(fmp4::write_init(video, audio)));
}

void Segmenter::on_discontinuity() {
  finish();
  discontinuity_ = true;
}

void Segmenter::on_pause() {
  finish();
}

void Segmenter::on_frame(const FramePtr& frame) {
  LUSO_CHECK(tracks_ != nullptr);
  if (frame->kind == TrackKind::video || !tracks_->video) {
    take_lead(frame);
  } else {
    take_audio(frame);
  }
}

bool Segmenter::starts_segment(const Frame& frame) const {
  const Duration elapsed(frame.dts_us - segment_start_us_);
  if (!tracks_->video) return elapsed >= kAudioSegment;
  if (elapsed >= kSegmentMax) return true;
  return frame.keyframe && (elapsed >= kSegmentMin || !starts_with_keyframe_);
}

void Segmenter::take_lead(const FramePtr& frame) {
  if (!segment_open_) {
    begin_segment(*frame);
    return lead().push(frame);
  }
  lead().push(frame);
  cut_whole_parts_before(frame->dts_us);
  const bool next_would_not_fit = frame->dts_us + lead().step_us - part_start_us_ > kPartTarget.count();
  if (starts_segment(*frame)) {
    cut_part(frame->dts_us);
    end_segment(frame->dts_us);
    begin_segment(*frame);
  } else if (next_would_not_fit || video_.frames.size() + audio_.frames.size() >= kFramesHeldMax) {
    cut_part(frame->dts_us);
  }
}

void Segmenter::take_audio(const FramePtr& frame) {
  if (!segment_open_) return;  // Before the segment's first picture there is nothing to go with.
  audio_.push(frame);
  cut_whole_parts_before(frame->dts_us - kInterleaveMax.count());
}

// Time that a picture has stood still for is cut into parts all the same: their audio must not wait.
void Segmenter::cut_whole_parts_before(std::int64_t time_us) {
  while (time_us - part_start_us_ > kPartTarget.count()) cut_part(part_start_us_ + kPartTarget.count());
}

void Segmenter::begin_segment(const Frame& first) {
  segment_open_ = true;
  starts_with_keyframe_ = first.keyframe;
  segment_start_us_ = part_start_us_ = first.dts_us;
  listener_.on_segment_start({.tracks = tracks_,
                              .captured_at = first.captured_at,
                              .discontinuity = std::exchange(discontinuity_, false)});
}

void Segmenter::end_segment(std::int64_t end_us) {
  segment_open_ = false;
  listener_.on_segment_end(Duration(end_us - segment_start_us_));
}

std::vector<fmp4::Sample> Segmenter::take_samples(Lane& lane, std::int64_t end_us, Take take) {
  std::deque<FramePtr>& frames = lane.frames;
  const bool may_guess = take == Take::everything || &lane != &video_;
  std::vector<fmp4::Sample> samples;
  while (!frames.empty() && (take == Take::everything || frames.front()->dts_us < end_us)) {
    const Frame& frame = *frames.front();
    if (frames.size() == 1 && !may_guess) break;
    const std::int64_t next_us = frames.size() > 1 ? frames[1]->dts_us : frame.dts_us + lane.step_us;
    const std::int64_t dts = fmp4::to_timescale(frame.dts_us, lane.timescale);
    const std::int64_t duration =
        std::max<std::int64_t>(1, fmp4::to_timescale(next_us, lane.timescale) - dts);
    const std::int64_t pts = fmp4::to_timescale(frame.pts_us(), lane.timescale);
    samples.push_back({.payload = frame.payload,
                       .duration = static_cast<std::uint32_t>(duration),
                       .cts_offset = static_cast<std::int32_t>(pts - dts),
                       .keyframe = frame.keyframe});
    taken_.push_back(std::move(frames.front()));
    frames.pop_front();
  }
  return samples;
}

void Segmenter::cut_part(std::int64_t end_us, Take take) {
  const Duration duration(end_us - part_start_us_);
  part_start_us_ = end_us;
  const std::uint64_t video_base = base_time(video_.frames, video_.timescale);
  const std::uint64_t audio_base = base_time(audio_.frames, audio_.timescale);
  const std::vector<fmp4::Sample> video = take_samples(video_, end_us, take);
  const std::vector<fmp4::Sample> audio = take_samples(audio_, end_us, take);
  if (video.empty() && audio.empty()) return;  // The segment's duration still counts this time.
  Bytes bytes = fmp4::write_fragment({.sequence = fragment_++,
                                      .video = {.base_decode_time = video_base, .samples = video},
                                      .audio = {.base_decode_time = audio_base, .samples = audio},
                                      .produced_at = std::nullopt});
  taken_.clear();
  const bool independent = !tracks_->video || (!video.empty() && video.front().keyframe);
  listener_.on_part({.bytes = share(std::move(bytes)), .duration = duration, .independent = independent});
}

void Segmenter::finish() {
  if (segment_open_) {
    std::int64_t end_us = part_start_us_;
    if (!lead().frames.empty()) end_us = std::max(end_us, lead().frames.back()->dts_us + lead().step_us);
    cut_whole_parts_before(end_us);
    if (end_us > part_start_us_) cut_part(end_us, Take::everything);
    end_segment(std::max(end_us, segment_start_us_ + 1));
  }
  video_.frames.clear();
  audio_.frames.clear();
}

}  // namespace luso::media
