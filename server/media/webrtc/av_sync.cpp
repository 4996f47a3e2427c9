#include "media/webrtc/av_sync.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "base/clock.h"
#include "media/frame.h"
#include "proto/rtcp.h"
#include "proto/rtp.h"

namespace luso::media::webrtc {
namespace {

constexpr std::int64_t kUsPerSecond = 1'000'000;

}  // namespace

AvSync::AvSync() {
  for (Lane& lane : lanes_) lane.rate = proto::rtp::kVideoClockRate;
  lanes_[kSound].rate = proto::rtp::kAudioClockRate;
}

std::int64_t AvSync::Lane::us_of(std::int64_t timestamp) const {
  return base_us + (timestamp - *base) * kUsPerSecond / rate;
}

std::int64_t AvSync::place_us(TrackKind kind, std::uint32_t timestamp, MonoTime arrived, std::size_t layer) {
  Lane& lane = lane_of(kind, layer);
  if (!epoch_) epoch_ = arrived;
  const std::int64_t arrived_us = std::chrono::duration_cast<Duration>(arrived - *epoch_).count();
  const std::int64_t unwrapped = lane.unwrapper.unwrap(timestamp);
  if (!lane.base || std::abs(lane.us_of(unwrapped) - arrived_us) > kBreak.count()) {
    lane.base = unwrapped;
    lane.base_us = arrived_us;
    lane.report_error_us.reset();
  }
  const std::int64_t at_us = lane.us_of(unwrapped);
  if (kind == TrackKind::audio) return at_us;

  const std::int64_t passed_us = lane.last_us ? std::max<std::int64_t>(at_us - *lane.last_us, 0) : 0;
  lane.last_us = at_us;
  const std::int64_t step_max = passed_us / kGlideShare;
  lane.adjust_us += std::clamp(lane.target_us - lane.adjust_us, -step_max, step_max);
  return at_us + lane.adjust_us;
}

void AvSync::on_sender_report(TrackKind kind, std::uint64_t ntp, std::uint32_t timestamp, std::size_t layer) {
  Lane& lane = lane_of(kind, layer);
  if (!lane.base || ntp == 0) return;
  lane.report_error_us = lane.us_of(lane.unwrapper.peek(timestamp)) - proto::rtcp::unix_us_from_ntp(ntp);
  if (kind == TrackKind::video && first_reported_ == kSound) first_reported_ = layer;
  retarget();
}

void AvSync::retarget() {
  const Lane& reference = lanes_[lanes_[kSound].report_error_us ? kSound : first_reported_];
  if (!reference.report_error_us) return;
  for (Lane& lane : std::span(lanes_).first(kSound)) {
    if (&lane == &reference || !lane.report_error_us) continue;
    // Times as they are told, which for a picture that others follow is with what it has glided.
    const std::int64_t target = *reference.report_error_us + reference.adjust_us - *lane.report_error_us;
    if (std::abs(target) <= kOffsetMax.count()) lane.target_us = target;
  }
}

}  // namespace luso::media::webrtc
