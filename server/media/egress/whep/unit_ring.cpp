#include "media/egress/whep/unit_ring.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace luso::media::whep {

namespace {

constexpr std::int64_t kUsPerSecond = 1'000'000;

}  // namespace

void UnitRing::push(RtpUnitPtr unit) {
  if (unit->follows_gap || unit->serial != end_) clear();
  end_ = unit->serial + 1;
  bytes_ += unit->payloads.bytes().size();
  newest_pts_us_[static_cast<std::size_t>(unit->kind)] = unit->pts_us;
  if (unit->kind == TrackKind::video && unit->keyframe) keyframe_ = unit->serial;
  units_.push_back(std::move(unit));
  shrink();
}

void UnitRing::clear() {
  units_.clear();
  bytes_ = 0;
  keyframe_.reset();
}

std::optional<std::uint64_t> UnitRing::newest_keyframe() const {
  return keyframe_ && contains(*keyframe_) ? keyframe_ : std::nullopt;
}

void UnitRing::shrink() {
  while (units_.size() > kUnitsMax || bytes_ > kBytesMax) pop_oldest();
  const std::int64_t keep_from = units_.back()->pts_us - kHistoryUs;
  while (units_.size() > 1 && units_.front()->pts_us < keep_from &&
         (!keyframe_ || units_.front()->serial < *keyframe_)) {
    pop_oldest();
  }
}

void UnitRing::pop_oldest() {
  bytes_ -= units_.front()->payloads.bytes().size();
  units_.pop_front();
}

const RtpUnit* UnitRing::find_packet(TrackKind kind, std::int64_t packet) const {
  const auto lane = static_cast<std::size_t>(kind);
  // The last unit that begins at or before the packet: units of the other kind share their successor's
  // beginning, so it is of the right kind unless the packet is not here.
  const auto after = std::ranges::upper_bound(
      units_, packet, {}, [lane](const RtpUnitPtr& unit) { return unit->packets_before[lane]; });
  if (after == units_.begin()) return nullptr;
  const RtpUnit& unit = **std::prev(after);
  if (unit.kind != kind) return nullptr;
  return packet < unit.first_packet() + static_cast<std::int64_t>(unit.payloads.size()) ? &unit : nullptr;
}

std::int64_t UnitRing::packets_per_second() const {
  if (units_.empty()) return 0;
  const RtpUnit& first = *units_.front();
  const RtpUnit& last = *units_.back();
  const std::int64_t span_us = last.pts_us - first.pts_us;
  if (span_us < kUsPerSecond / 2) return 0;
  const std::int64_t packets =
      last.packets_before[0] + last.packets_before[1] - first.packets_before[0] - first.packets_before[1];
  return packets * kUsPerSecond / span_us;
}

}  // namespace luso::media::whep
