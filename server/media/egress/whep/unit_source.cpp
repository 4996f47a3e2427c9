#include "media/egress/whep/unit_source.h"

#include <utility>

#include "base/log.h"
#include "media/gop_cache.h"

namespace luso::media::whep {

namespace {

template <typename Track>
std::optional<proto::rtp::Packetiser> packetiser_of(const std::optional<Track>& track) {
  if (!track) return std::nullopt;
  auto made = proto::rtp::Packetiser::of(*track);
  if (made) return std::move(*made);
  log::warn("whep.track_unsendable", {{"codec", name_of(track->codec)}, {"detail", made.error().detail}});
  return std::nullopt;
}

}  // namespace

UnitSource::UnitSource(Source source, Clock& clock, MediaMetrics& metrics)
    : source_(std::move(source)), clock_(clock), metrics_(metrics) {
  subscription_ = source_.stream->subscribe(*this, Stream::StartAt::newest_keyframe);
}

void UnitSource::add(std::uint64_t link, io::Reactor& reactor, Take take) {
  links_.push_back({.id = link,
                    .reactor = &reactor,
                    .take = std::make_shared<const Take>(std::move(take)),
                    .in_flight = std::make_shared<std::atomic<int>>(0)});
  Link& added = links_.back();
  added.in_flight->fetch_add(1, std::memory_order_relaxed);
  reactor.post([units = since_keyframe_, take = added.take, in_flight = added.in_flight] {
    in_flight->fetch_sub(1, std::memory_order_relaxed);
    for (const RtpUnitPtr& unit : units) (*take)(unit);
  });
}

void UnitSource::remove(std::uint64_t link) {
  links_.remove_if([link](const Link& each) { return each.id == link; });
}

bool UnitSource::request_keyframe() {
  const MonoTime now = clock_.monotonic();
  if (now - keyframe_requested_ < kKeyframeRequestInterval) return true;
  if (!source_.request_keyframe || !source_.request_keyframe()) return false;
  keyframe_requested_ = now;
  return true;
}

void UnitSource::on_tracks(const TracksPtr& tracks) {
  video_ = packetiser_of(tracks->video);
  audio_ = packetiser_of(tracks->audio);
}

void UnitSource::on_frame(const FramePtr& frame) {
  const RtpUnitPtr unit = cut(*frame);
  if (!unit) return;
  keep(unit);
  for (Link& link : links_) post(link, unit);
}

RtpUnitPtr UnitSource::cut(const Frame& frame) {
  const auto& packetiser = frame.kind == TrackKind::video ? video_ : audio_;
  if (!packetiser) return nullptr;
  auto unit = std::make_shared<RtpUnit>();
  packetiser->packetise(frame.payload, frame.keyframe, unit->payloads);
  if (unit->payloads.empty()) return nullptr;
  unit->kind = frame.kind;
  unit->keyframe = frame.keyframe;
  unit->serial = serial_++;
  unit->packets_before = packets_;
  unit->pts_us = frame.pts_us();
  unit->captured_at = frame.captured_at;
  packets_[static_cast<std::size_t>(frame.kind)] += static_cast<std::int64_t>(unit->payloads.size());
  return unit;
}

void UnitSource::keep(const RtpUnitPtr& unit) {
  if (may_begin_with(*unit)) {
    forget_group();
  } else if (since_keyframe_.empty()) {
    return;
  }
  since_keyframe_bytes_ += unit->payloads.bytes().size();
  since_keyframe_.push_back(unit);
  if (since_keyframe_.size() <= GopCache::kFramesMax && since_keyframe_bytes_ <= GopCache::kBytesMax) return;
  forget_group();  // None until the next keyframe.
}

void UnitSource::forget_group() {
  since_keyframe_.clear();
  since_keyframe_bytes_ = 0;
}

bool UnitSource::may_begin_with(const RtpUnit& unit) const {
  return unit.kind == TrackKind::video ? unit.keyframe : !video_.has_value();
}

void UnitSource::post(Link& link, const RtpUnitPtr& unit) {
  const int in_flight = link.in_flight->load(std::memory_order_relaxed);
  if (in_flight >= kInFlightMax) link.broken = true;
  RtpUnitPtr sent = unit;
  if (link.broken) {
    if (in_flight > kInFlightMax / 2 || !may_begin_with(*unit)) {
      metrics_.whep_units_dropped.add();
      return;
    }
    auto resumed = std::make_shared<RtpUnit>(*unit);
    resumed->follows_gap = true;
    sent = std::move(resumed);
    link.broken = false;
  }
  link.in_flight->fetch_add(1, std::memory_order_relaxed);
  link.reactor->post([sent = std::move(sent), take = link.take, flight = link.in_flight] {
    flight->fetch_sub(1, std::memory_order_relaxed);
    (*take)(sent);
  });
}

}  // namespace luso::media::whep
