#include "media/timeline.h"

#include <algorithm>

namespace luso::media {
namespace {

constexpr std::int64_t kUsPerSecond = 1'000'000;
constexpr std::int64_t kVideoStepUs = 1'000;    // Between frames that an encoder stamped alike.
constexpr std::int64_t kSmoothingFrames = 512;  // The wall clock's error is halved in about seven seconds.

std::int64_t duration_us(std::int64_t samples, int rate) {
  return samples * kUsPerSecond / rate;
}

}  // namespace

bool Timeline::breaks_count(const Lane& lane, std::int64_t raw_us) const {
  if (raw_us - newest_raw_us_ > kForwardJumpUs) return true;
  if (lane.seen) return lane.raw_us - raw_us > kBackwardJumpUs;
  return newest_raw_us_ - raw_us > kForwardJumpUs;
}

bool Timeline::is_straggler(const Lane& lane, std::int64_t raw_us) const {
  if (lane.seen || !lane.old_raw_us || frames_in_epoch_ > kStragglerFrames) return false;
  const std::int64_t step = raw_us - *lane.old_raw_us;
  return step >= -kBackwardJumpUs && step <= kForwardJumpUs;
}

void Timeline::open_epoch(std::int64_t raw_us, WallTime at) {
  const std::int64_t end_us = std::max(lanes_[0].end_us, lanes_[1].end_us);
  for (Lane& lane : lanes_) {
    lane.old_raw_us = lane.seen ? std::optional(lane.raw_us) : std::nullopt;
    lane.seen = false;
    lane.grid_rate = 0;
  }
  offset_us_ = end_us - raw_us;
  wall_base_ = at - Duration(end_us);
  newest_raw_us_ = raw_us;
  frames_in_epoch_ = 0;
  epoch_open_ = true;
}

std::optional<Timeline::Placed> Timeline::place(const Arrival& arrival) {
  Lane& lane = lanes_[static_cast<std::size_t>(arrival.kind)];
  const std::int64_t raw_us = arrival.timestamp_us;
  bool jumped = false;
  if (!epoch_open_) {
    open_epoch(raw_us, arrival.at);
    for (Lane& each : lanes_) each.old_raw_us.reset();  // Another connection has no stragglers.
  } else if (breaks_count(lane, raw_us)) {
    if (is_straggler(lane, raw_us)) return std::nullopt;
    open_epoch(raw_us, arrival.at);
    jumped = true;
  }
  ++frames_in_epoch_;
  lane.seen = true;
  lane.raw_us = raw_us;
  newest_raw_us_ = std::max(newest_raw_us_, raw_us);

  const std::int64_t wanted_us = raw_us + offset_us_;
  const std::optional<std::int64_t> dts_us =
      arrival.kind == TrackKind::audio && arrival.sample_rate > 0 && arrival.samples > 0
          ? place_audio(lane, wanted_us, arrival)
          : place_video(lane, wanted_us);
  if (!dts_us) return std::nullopt;
  return Placed{.dts_us = *dts_us, .captured_at = smooth(*dts_us, arrival.at), .jumped = jumped};
}

std::optional<Timeline::Placed> Timeline::place_beside(std::int64_t timestamp_us) const {
  const std::int64_t dts_us = timestamp_us + offset_us_;
  if (!epoch_open_ || dts_us < 0) return std::nullopt;
  return Placed{.dts_us = dts_us, .captured_at = wall_base_ + Duration(dts_us), .jumped = false};
}

std::optional<std::int64_t> Timeline::place_video(Lane& lane, std::int64_t wanted_us) {
  if (wanted_us < 0) return std::nullopt;
  const std::int64_t dts_us = lane.last_us < 0 ? wanted_us : std::max(wanted_us, lane.last_us + kVideoStepUs);
  const std::int64_t step_us = lane.last_us < 0 ? 0 : dts_us - lane.last_us;
  lane.last_us = dts_us;
  lane.end_us = dts_us + std::clamp<std::int64_t>(step_us, kVideoStepUs, kUsPerSecond);
  return dts_us;
}

// Audio follows its own samples while the encoder's milliseconds stay within half a frame of them. A hole
// (lost frames) moves the grid on; an encoder that tells a frame's time twice loses that frame.
std::optional<std::int64_t> Timeline::place_audio(Lane& lane, std::int64_t wanted_us,
                                                  const Arrival& arrival) {
  const std::int64_t frame_us = duration_us(arrival.samples, arrival.sample_rate);
  const bool grid_fits = lane.grid_rate == arrival.sample_rate;
  std::int64_t dts_us = wanted_us;
  if (grid_fits) {
    const std::int64_t next_us = lane.grid_origin_us + duration_us(lane.grid_samples, lane.grid_rate);
    const std::int64_t error_us = wanted_us - next_us;
    if (error_us < -frame_us) return std::nullopt;
    if (error_us <= frame_us / 2) dts_us = next_us;
  }
  if (dts_us < 0 || dts_us < lane.end_us - frame_us / 2) return std::nullopt;
  if (!grid_fits || dts_us == wanted_us) {
    dts_us = std::max(dts_us, lane.end_us);
    lane.grid_rate = arrival.sample_rate;
    lane.grid_origin_us = dts_us;
    lane.grid_samples = 0;
  }
  lane.grid_samples += arrival.samples;
  lane.last_us = dts_us;
  lane.end_us = lane.grid_origin_us + duration_us(lane.grid_samples, lane.grid_rate);
  return dts_us;
}

WallTime Timeline::smooth(std::int64_t dts_us, WallTime at) {
  const Duration error = at - (wall_base_ + Duration(dts_us));
  wall_base_ += error / kSmoothingFrames;
  return wall_base_ + Duration(dts_us);
}

}  // namespace luso::media
