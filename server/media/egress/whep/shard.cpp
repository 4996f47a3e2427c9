#include "media/egress/whep/shard.h"

#include <algorithm>
#include <utility>

namespace luso::media::whep {

Shard::Shard(Services services) : services_(std::move(services)), tick_(services_.reactor.context()) {}

Shard::~Shard() {
  if (services_.gone) services_.gone();
}

void Shard::take(const RtpUnitPtr& unit) {
  ring_.push(unit);
  if (!newcomers_.empty())
    for (Newcomer* newcomer : std::vector(newcomers_)) newcomer->on_unit();
  pump_soon();
}

void Shard::expect(Newcomer& newcomer) {
  newcomers_.push_back(&newcomer);
  if (services_.request_keyframe) services_.request_keyframe([](bool /*comes*/) {});
}

void Shard::forget(Newcomer& newcomer) {
  std::erase(newcomers_, &newcomer);
}

void Shard::add(ViewerSender& viewer) {
  viewers_.push_back(&viewer);
  pump_soon();
}

void Shard::remove(ViewerSender& viewer) {
  std::erase(lost_, &viewer);
  if (in_round_) {
    std::ranges::replace(viewers_, &viewer, nullptr);
  } else {
    std::erase(viewers_, &viewer);
  }
}

void Shard::take_rtcp(ViewerSender& viewer, ByteView compound, const UnitRing* before) {
  const ViewerSender::Feedback feedback = viewer.take_rtcp(compound, ring_, now(), before);
  if (feedback.malformed) services_.metrics.whep_bad_rtcp.add();
  if (feedback.resent > 0) services_.metrics.whep_retransmissions.add(feedback.resent);
  if (feedback.refused > 0) services_.metrics.whep_nacks_refused.add(feedback.refused);
  if (!feedback.picture_lost) return;
  services_.metrics.whep_picture_losses.add();
  ask_for_keyframe(viewer);
}

// One question at a time, for all who lost their picture meanwhile.
void Shard::ask_for_keyframe(ViewerSender& viewer) {
  if (std::ranges::find(lost_, &viewer) == lost_.end()) lost_.push_back(&viewer);
  if (!services_.request_keyframe) return take_answer(false);
  if (lost_.size() > 1) return;
  services_.request_keyframe([weak = weak_from_this()](bool comes) {
    if (const auto self = weak.lock()) self->take_answer(comes);
  });
}

void Shard::take_answer(bool comes) {
  for (ViewerSender* viewer : std::exchange(lost_, {}))
    if (!comes && viewer->replay(ring_, services_.clock.monotonic())) pump_soon();
}

void Shard::pump_soon() {
  again_ = true;
  post_pump();
}

// Posted, not done: what has already arrived behind this unit joins the round, so a reactor that was starved
// sees how late it is before it sends.
void Shard::post_pump() {
  if (pump_posted_) return;
  pump_posted_ = true;
  services_.reactor.post([weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self) return;
    self->pump_posted_ = false;
    self->pump();
  });
}

void Shard::pump() {
  const auto self = shared_from_this();  // The last viewer may leave in the middle.
  if (!in_round_) again_ = more_ = false;
  in_round_ = true;
  SendTally tally;
  serve_viewers(tally);
  services_.flush();
  services_.metrics.whep_packets.add(tally.packets);
  services_.metrics.whep_bytes.add(tally.bytes);
  if (tally.dropped > 0) services_.metrics.whep_packets_dropped.add(tally.dropped);
  if (tally.skips > 0) services_.metrics.whep_skips.add(tally.skips);
  if (next_viewer_ < viewers_.size()) {
    post_pump();
  } else {
    end_round();
  }
}

void Shard::serve_viewers(SendTally& tally) {
  const Pace pace = Pace::of(ring_.packets_per_second());
  const ViewerSender::Now time = now();
  for (; next_viewer_ < viewers_.size() && tally.packets < kPacketsAtOnceMax; ++next_viewer_) {
    prefetch_after(next_viewer_);
    ViewerSender* const viewer = viewers_[next_viewer_];
    if (viewer != nullptr && viewer->pump(ring_, time, pace, tally)) more_ = true;
  }
}

void Shard::prefetch_after(std::size_t viewer) const {
  const auto at = [this](std::size_t index) { return index < viewers_.size() ? viewers_[index] : nullptr; };
  if (const ViewerSender* const later = at(viewer + 2)) later->prefetch_own();
  if (const ViewerSender* const next = at(viewer + 1)) next->prefetch_peer();
}

void Shard::end_round() {
  in_round_ = false;
  next_viewer_ = 0;
  std::erase(viewers_, nullptr);
  if (again_) {
    post_pump();
  } else if (more_) {
    tick_later();
  }
}

void Shard::tick_later() {
  if (ticking_) return;
  ticking_ = true;
  tick_.expires_after(Pace::kTick);
  tick_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const auto self = weak.lock();
    if (error || !self) return;
    self->ticking_ = false;
    self->pump_soon();
  });
}

ViewerSender::Now Shard::now() const {
  return {.mono = services_.clock.monotonic(), .wall = services_.clock.now()};
}

}  // namespace luso::media::whep
