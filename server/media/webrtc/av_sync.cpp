#include "media/webrtc/av_sync.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "base/clock.h"
#include "media/frame.h"
#include "proto/rtcp.h"
#include "proto/rtp.h"

namespace luso::media::webrtc {
namespace {

constexpr std::int64_t kUsPerSecond = 1'000'000;

}  // namespace

AvSync::AvSync() {
  lanes_[static_cast<std::size_t>(TrackKind::video)].rate = proto::rtp::kVideoClockRate;
  lanes_[static_cast<std::size_t>(TrackKind::audio)].rate = proto::rtp::kAudioClockRate;
}

std::int64_t AvSync::Lane::us_of(std::int64_t timestamp) const {
  return base_us + (timestamp - *base) * kUsPerSecond / rate;
}

std::int64_t AvSync::place_us(TrackKind kind, std::uint32_t timestamp, MonoTime arrived) {
  Lane& lane = lanes_[static_cast<std::size_t>(kind)];
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

  const std::int64_t passed_us = last_video_us_ ? std::max<std::int64_t>(at_us - *last_video_us_, 0) : 0;
  last_video_us_ = at_us;
  const std::int64_t step_max = passed_us / kGlideShare;
  adjust_us_ += std::clamp(target_us_ - adjust_us_, -step_max, step_max);
  return at_us + adjust_us_;
}

void AvSync::on_sender_report(TrackKind kind, std::uint64_t ntp, std::uint32_t timestamp) {
  Lane& lane = lanes_[static_cast<std::size_t>(kind)];
  if (!lane.base || ntp == 0) return;
  lane.report_error_us = lane.us_of(lane.unwrapper.peek(timestamp)) - proto::rtcp::unix_us_from_ntp(ntp);
  retarget();
}

void AvSync::retarget() {
  const Lane& video = lanes_[static_cast<std::size_t>(TrackKind::video)];
  const Lane& audio = lanes_[static_cast<std::size_t>(TrackKind::audio)];
  if (!video.report_error_us || !audio.report_error_us) return;
  const std::int64_t target = *audio.report_error_us - *video.report_error_us;
  if (std::abs(target) <= kOffsetMax.count()) target_us_ = target;
}

}  // namespace luso::media::webrtc
