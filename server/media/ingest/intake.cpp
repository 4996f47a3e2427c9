#include "media/ingest/intake.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "proto/captions.h"

namespace luso::media {
namespace {

constexpr unsigned char kSpace = 0x20, kDelete = 0x7f;

// Encoders call themselves what they like, and logs and pages show it. What is no text keeps its ASCII.
std::string presentable(std::string name) {
  const auto is_strange = [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < kSpace || byte >= kDelete;
  };
  if (!is_utf8(name) || has_control_characters(name)) std::erase_if(name, is_strange);
  return std::string(first_code_points(name, Intake::kEncoderNameMax));
}

}  // namespace

void Intake::begin() {
  timeline_.start_over();
  info_ = {};
  transport_.reset();
  video_.reset();
  audio_.reset();
  held_.clear();
  held_bytes_ = 0;
  live_ = false;
  has_captions_ = false;
  tracks_changed_ = false;
  broken_ = ever_live_;
}

void Intake::take(MediaEvent event) {
  std::visit([this](auto&& what) { on(std::move(what)); }, std::move(event));
}

void Intake::on(proto::VideoTrack track) {
  if (track.frame_rate == 0) track.frame_rate = info_.frame_rate;
  if (video_ == track) return;  // Encoders repeat their headers.
  video_ = std::move(track);
  tracks_changed_ = true;
}

void Intake::on(proto::AudioTrack track) {
  if (audio_ == track) return;
  audio_ = std::move(track);
  tracks_changed_ = true;
}

void Intake::on(Sample sample) {
  const bool has_header = sample.kind == TrackKind::video ? video_.has_value() : audio_.has_value();
  if (!has_header || sample.payload.empty()) {
    ++dropped_;
    return;
  }
  if (live_) return forward(std::move(sample));
  const bool is_settled = settled(sample);
  held_bytes_ += sample.payload.size();
  held_.push_back(std::move(sample));
  if (is_settled) release_held();
}

void Intake::on(EncoderInfo info) {
  info.encoder = presentable(std::move(info.encoder));
  info_ = std::move(info);
}

// Both tracks are here, or the encoder said that there is only this one, or it has had long enough to say so.
bool Intake::settled(const Sample& newest) const {
  if (video_ && audio_) return true;
  if (video_ && info_.has_audio == false) return true;
  if (audio_ && info_.has_video == false) return true;
  if (held_.size() >= kHeldFramesMax || held_bytes_ >= kHeldBytesMax) return true;
  return !held_.empty() && newest.timestamp_us - held_.front().timestamp_us >= kSettleUs;
}

void Intake::release_held() {
  std::deque<Sample> held = std::exchange(held_, {});
  held_bytes_ = 0;
  for (Sample& sample : held) forward(std::move(sample));
}

// A place where a decoder can start: a keyframe, or any audio frame when there is no video. Changes take
// effect here.
void Intake::start_at_new_tracks() {
  if (broken_) {
    broken_ = false;
    ++discontinuities_;
    stream_.discontinuity();
  }
  if (tracks_changed_ || !live_) stream_.set_tracks(video_, audio_);
  tracks_changed_ = false;
  live_ = ever_live_ = true;
}

// Between a new configuration and the keyframe it begins with, the track it does not touch goes on.
bool Intake::is_described(const Sample& sample) const {
  if (!live_) return false;
  if (!tracks_changed_) return true;
  const Tracks& current = *stream_.tracks();
  return sample.kind == TrackKind::video ? current.video == video_ : current.audio && current.audio == audio_;
}

void Intake::forward(Sample sample) {
  const bool can_start = !video_ || (sample.kind == TrackKind::video && sample.keyframe);
  if (can_start && (!live_ || tracks_changed_ || broken_)) start_at_new_tracks();
  if (!is_described(sample)) {
    ++dropped_;
    return;
  }
  const bool is_audio = sample.kind == TrackKind::audio;
  const auto placed = timeline_.place({.kind = sample.kind,
                                       .timestamp_us = sample.timestamp_us,
                                       .sample_rate = is_audio ? audio_->sample_rate : 0,
                                       .samples = is_audio ? sample.samples : 0,
                                       .at = sample.at});
  if (!placed) {
    ++dropped_;
    return;
  }
  if (placed->jumped) {
    broken_ = true;
    if (can_start) start_at_new_tracks();  // Else it is told at the next keyframe.
  }
  if (!is_audio && !has_captions_) has_captions_ = proto::captions::are_in(video_->codec, sample.payload);
  stream_.publish(std::make_shared<const Frame>(Frame{.kind = sample.kind,
                                                      .keyframe = sample.keyframe || is_audio,
                                                      .dts_us = placed->dts_us,
                                                      .cts_offset_us = sample.cts_offset_us,
                                                      .captured_at = placed->captured_at,
                                                      .payload = std::move(sample.payload)}));
}

}  // namespace luso::media
