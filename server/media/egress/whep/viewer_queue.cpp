#include "media/egress/whep/viewer_queue.h"

#include <algorithm>

namespace luso::media::whep {

namespace {

constexpr std::int64_t kUsPerMs = 1'000;

constexpr std::int64_t ticks_per_ms(TrackKind kind) {
  return (kind == TrackKind::video ? proto::rtp::kVideoClockRate : proto::rtp::kAudioClockRate) / 1'000;
}

}  // namespace

TrackQueue::TrackQueue(TrackKind kind, Start start)
    : kind_(kind), timestamp_base_(start.timestamp), outgoing_(start.sequence & 0x7FFFU) {}

std::optional<PacketRun> TrackQueue::next(const UnitRing& ring, std::size_t packets_max) {
  settle(ring);
  if (!placed_) return std::nullopt;
  for (; ring.contains(next_); ++next_) {
    const RtpUnit& unit = *ring.at(next_);
    if (unit.kind != kind_) continue;
    if (packet_ == 0) number(unit);
    return PacketRun{.unit = &unit,
                     .first = packet_,
                     .count = std::min(packets_max, unit.payloads.size() - packet_),
                     .sequence = static_cast<std::uint16_t>(outgoing_),
                     .timestamp = ticks(newest_span().warp(unit.pts_us))};
  }
  live_ = has_been_live_ = true;
  return std::nullopt;
}

void TrackQueue::sent(const PacketRun& run, std::size_t packets) {
  outgoing_ += static_cast<std::int64_t>(packets);
  packet_ += packets;
  if (packet_ < run.unit->payloads.size()) return;
  told_us_ = newest_span().warp(run.unit->pts_us);
  packet_ = 0;
  ++next_;
}

// A unit that was begun is finished first, while it is here: half a picture would cost the viewer the next
// one too.
void TrackQueue::settle(const UnitRing& ring) {
  if (placed_ && (packet_ > 0 || next_ >= ring.end()) && next_ >= ring.begin()) return;
  if (kind_ == TrackKind::video) {
    settle_video(ring);
  } else if (!placed_) {
    placed_ = true;
    next_ = ring.end();
  } else if (next_ < ring.begin() || is_late(ring)) {
    lose_place();
    placed_ = true;
    next_ = ring.end();
  }
}

void TrackQueue::settle_video(const UnitRing& ring) {
  const auto keyframe = ring.newest_keyframe();
  if (placed_ && next_ < ring.begin()) lose_place();
  if (placed_) {
    if (!is_late(ring) || !keyframe || *keyframe <= next_) return;
    lose_place();
  }
  if (keyframe) start_at(ring, *keyframe);
}

bool TrackQueue::is_late(const UnitRing& ring) const {
  return ring.newest_pts_us(kind_) - ring.at(next_)->pts_us > kLagMaxUs;
}

void TrackQueue::lose_place() {
  if (live_) ++skips_;
  live_ = false;
  placed_ = false;
  packet_ = 0;
}

void TrackQueue::start_at(const UnitRing& ring, std::uint64_t serial) {
  warp_ = TimeWarp::catch_up(ring.at(serial)->pts_us, ring.newest_pts_us(kind_), told_us_);
  placed_ = true;
  next_ = serial;
  packet_ = 0;
}

void TrackQueue::number(const RtpUnit& unit) {
  const std::int64_t offset = outgoing_ - unit.first_packet();
  if (spans_count_ > 0 && newest_span().offset == offset && newest_span().warp == warp_ &&
      newest_span().moves == moves_) {
    return;
  }
  spans_[spans_count_++ % kSpansMax] = {.first = outgoing_, .offset = offset, .warp = warp_, .moves = moves_};
}

bool TrackQueue::replay(const UnitRing& ring) {
  const auto keyframe = ring.newest_keyframe();
  if (!live_ || packet_ > 0 || !keyframe || next_ <= *keyframe) return false;
  live_ = false;
  start_at(ring, *keyframe);
  return true;
}

void TrackQueue::move(const UnitRing& ring) {
  ++moves_;
  if (kind_ == TrackKind::video) return start_at(ring, *ring.newest_keyframe());
  next_ = ring.end();
  for (; next_ > ring.begin(); --next_) {
    const RtpUnit& unit = *ring.at(next_ - 1);
    if (unit.kind == kind_ && unit.pts_us <= told_us_) break;
  }
}

std::optional<PacketRun> TrackQueue::find(const UnitRing& ring, std::uint16_t sequence,
                                          const UnitRing* before) const {
  const std::uint16_t back = static_cast<std::uint16_t>(static_cast<std::uint16_t>(outgoing_) - sequence);
  const std::int64_t outgoing = outgoing_ - back;
  if (back == 0 || back >= 0x8000U) return std::nullopt;  // Not sent yet.
  const std::size_t oldest = spans_count_ > kSpansMax ? spans_count_ - kSpansMax : 0;
  for (std::size_t i = spans_count_; i > oldest; --i) {
    const Span& span = spans_[(i - 1) % kSpansMax];
    if (outgoing < span.first) continue;
    const std::int64_t packet = outgoing - span.offset;
    const UnitRing* of = span.moves == moves_ ? &ring : span.moves + 1 == moves_ ? before : nullptr;
    const RtpUnit* unit = of == nullptr ? nullptr : of->find_packet(kind_, packet);
    if (unit == nullptr) return std::nullopt;
    return PacketRun{.unit = unit,
                     .first = static_cast<std::size_t>(packet - unit->first_packet()),
                     .count = 1,
                     .sequence = sequence,
                     .timestamp = ticks(span.warp(unit->pts_us))};
  }
  return std::nullopt;
}

bool TrackQueue::has_more(const UnitRing& ring) const {
  return placed_ ? next_ < ring.end() : kind_ == TrackKind::video && ring.newest_keyframe().has_value();
}

std::uint32_t TrackQueue::timestamp_of(std::int64_t pts_us) const {
  return ticks(spans_count_ == 0 ? pts_us : newest_span().warp(pts_us));
}

std::uint32_t TrackQueue::ticks(std::int64_t us) const {
  return timestamp_base_ + static_cast<std::uint32_t>(us * ticks_per_ms(kind_) / kUsPerMs);
}

}  // namespace luso::media::whep
