#include "media/ingest/whip/whip_feed.h"

#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "media/frame.h"
#include "media/ingest/media_event.h"
#include "proto/h264.h"
#include "proto/opus.h"
#include "proto/rtp_opus.h"

namespace luso::media {
namespace {

constexpr std::int64_t kUsPerSecond = 1'000'000;

}  // namespace

Result<void> WhipFeed::count_broken(const Error& error, std::uint64_t& count) {
  ++dropped_;
  if (++count < kBrokenFramesMax) return {};
  return tl::unexpected(error);
}

Result<void> WhipFeed::take_video(const webrtc::ReorderBuffer::Packet& packet, WallTime at, MediaEvents& out,
                                  std::size_t layer) {
  units_.clear();
  layers_.at(layer).depacketiser.push({.timestamp = packet.timestamp,
                                       .marker = packet.marker,
                                       .after_gap = packet.after_gap,
                                       .payload = packet.payload},
                                      units_);
  const Arrival arrival{.layer = layer, .arrived = packet.arrived, .at = at};
  for (Unit& unit : units_) TRY_VOID(take_unit(std::move(unit), arrival, out));
  return {};
}

bool WhipFeed::is_usable(const Layer& layer, const Unit& unit) {
  if (unit.damaged) return false;
  return unit.idr || (!layer.waiting && !unit.after_loss);
}

Result<void> WhipFeed::take_unit(Unit unit, const Arrival& arrival, MediaEvents& out) {
  Layer& layer = layers_.at(arrival.layer);
  keep_parameter_sets(unit.parameter_sets, layer);
  if (unit.malformed) {
    layer.waiting = true;
    return count_broken(fail(ErrorKind::invalid, "proto.bad_sample", "not H.264 as it was announced").value(),
                        layer.broken);
  }
  if (!unit.has_picture && !unit.damaged) return {};
  const bool usable = is_usable(layer, unit);
  if (usable && unit.idr) TRY_VOID(renew_track(arrival.layer, out));
  const auto delay = layer.order.delay_of(unit.timestamp, unit.idr);
  if (!usable || !layer.track || !delay) {
    layer.waiting = true;
    ++dropped_;
    return {};
  }
  layer.broken = 0;
  layer.waiting = false;
  layer.keyframes += unit.idr ? 1 : 0;
  const std::int64_t shown_us =
      clock_.place_us(TrackKind::video, unit.timestamp, arrival.arrived, arrival.layer);
  const std::int64_t delay_us = *delay * kUsPerSecond / proto::rtp::kVideoClockRate;
  out.emplace_back(Sample{.kind = TrackKind::video,
                          .keyframe = unit.idr,
                          .timestamp_us = shown_us - delay_us,
                          .cts_offset_us = delay_us,
                          .samples = 0,
                          .layer = arrival.layer,
                          .at = arrival.at,
                          .payload = std::move(unit.sample)});
  return {};
}

void WhipFeed::keep_parameter_sets(ByteView sets, Layer& layer) {
  if (layer.parameter_sets.size() + sets.size() > kParameterSetBytesMax) return;
  layer.parameter_sets.insert(layer.parameter_sets.end(), sets.begin(), sets.end());
}

// A keyframe that brings no parameter sets goes on with those before it.
Result<void> WhipFeed::renew_track(std::size_t index, MediaEvents& out) {
  Layer& layer = layers_.at(index);
  if (layer.parameter_sets.empty()) return {};
  const Bytes sets = std::exchange(layer.parameter_sets, {});
  const Result<Bytes> config = proto::h264::write_avc_config(sets);
  if (!config) return count_broken(config.error(), layer.broken);
  Result<proto::VideoTrack> track = proto::h264::parse_avc_config(*config);
  if (!track) return count_broken(track.error(), layer.broken);
  if (layer.track == *track) return {};
  layer.track = *std::move(track);
  layer.order.forget();
  if (layers_.size() > 1) {
    out.emplace_back(LayerTrack{.layer = index, .track = *layer.track});
  } else {
    out.emplace_back(*layer.track);
  }
  return {};
}

Result<void> WhipFeed::take_audio(const webrtc::ReorderBuffer::Packet& packet, WallTime at,
                                  MediaEvents& out) {
  if (packet.payload.empty()) return {};
  const Result<int> samples = proto::opus::packet_samples(packet.payload);
  if (!samples) return count_broken(samples.error(), broken_audio_);
  broken_audio_ = 0;
  if (!std::exchange(has_audio_, true)) out.emplace_back(proto::rtp::opus_track());
  out.emplace_back(Sample{.kind = TrackKind::audio,
                          .keyframe = true,
                          .timestamp_us = clock_.place_us(TrackKind::audio, packet.timestamp, packet.arrived),
                          .cts_offset_us = 0,
                          .samples = *samples,
                          .layer = 0,
                          .at = at,
                          .payload = packet.payload});
  return {};
}

}  // namespace luso::media
