#include "media/realtime/fitness.h"

#include <algorithm>

#include "proto/h264.h"

namespace luso::media {

std::string_view name_of(Obstacle obstacle) {
  switch (obstacle) {
    case Obstacle::none: return "none";
    case Obstacle::b_frames: return "b_frames";
    case Obstacle::codec: return "codec";
    case Obstacle::keyframe_interval: return "keyframe_interval";
  }
  return "none";
}

void FitnessMeter::on_tracks(const Tracks& tracks) {
  *this = {};
  if (!tracks.video || tracks.video->codec != proto::Codec::h264) return;
  const auto promises = proto::h264::promises_of(tracks.video->config);
  if (!promises) return;
  in_order_ = promises->in_order;
  decodes_widely_ = promises->is_420_8_bit;
}

void FitnessMeter::on_frame(const Frame& frame) {
  if (frame.kind != TrackKind::video) return;
  const std::int64_t pts_us = frame.pts_us();
  // A delay alone may be an encoder's habit when its configuration promises that nothing is out of order.
  if (frame.cts_offset_us > 0 && !in_order_) b_frames_ = true;
  if (highest_pts_us_ && pts_us < *highest_pts_us_) b_frames_ = true;
  highest_pts_us_ = std::max(highest_pts_us_.value_or(pts_us), pts_us);
  if (frame.keyframe) {
    on_keyframe(frame.dts_us);
  } else if (keyframe_is_overdue(frame.dts_us)) {
    long_interval_ = true;
  }
}

// One long gap may be a hiccup of the uplink, which makes encoders drop pictures; the first one, or a second
// in a row, is how the encoder was set up.
void FitnessMeter::on_keyframe(std::int64_t dts_us) {
  const bool is_first = interval_us_ == 0;
  if (last_keyframe_us_) {
    interval_us_ = dts_us - *last_keyframe_us_;
    if (interval_us_ > kKeyframeIntervalMaxUs) {
      good_in_a_row_ = 0;
      if (++long_in_a_row_ > 1 || is_first) long_interval_ = true;
    } else {
      long_in_a_row_ = 0;
      if (++good_in_a_row_ >= kGoodIntervals) long_interval_ = false;
    }
  }
  last_keyframe_us_ = dts_us;
}

bool FitnessMeter::keyframe_is_overdue(std::int64_t now_us) const {
  if (!last_keyframe_us_) return false;
  const bool second_chance = interval_us_ > 0 && long_in_a_row_ == 0;
  return now_us - *last_keyframe_us_ > kKeyframeIntervalMaxUs * (second_chance ? 2 : 1);
}

void FitnessMeter::on_break() {
  last_keyframe_us_.reset();
  highest_pts_us_.reset();
}

Obstacle FitnessMeter::obstacle() const {
  if (!decodes_widely_) return Obstacle::codec;
  if (b_frames_) return Obstacle::b_frames;
  return long_interval_ ? Obstacle::keyframe_interval : Obstacle::none;
}

}  // namespace luso::media
