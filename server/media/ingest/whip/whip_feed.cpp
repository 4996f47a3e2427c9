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

Result<void> WhipFeed::count_broken(const Error& error, std::uint64_t& count) {
  ++dropped_;
  if (++count < kBrokenFramesMax) return {};
  return tl::unexpected(error);
}

Result<void> WhipFeed::take_video(const webrtc::ReorderBuffer::Packet& packet, WallTime at,
                                  MediaEvents& out) {
  units_.clear();
  depacketiser_.push({.timestamp = packet.timestamp,
                      .marker = packet.marker,
                      .after_gap = packet.after_gap,
                      .payload = packet.payload},
                     units_);
  for (Unit& unit : units_) TRY_VOID(take_unit(std::move(unit), packet.arrived, at, out));
  return {};
}

bool WhipFeed::is_usable(const Unit& unit) const {
  if (unit.damaged) return false;
  return unit.idr || (!waiting_ && !unit.after_loss);
}

Result<void> WhipFeed::take_unit(Unit unit, MonoTime arrived, WallTime at, MediaEvents& out) {
  keep_parameter_sets(unit.parameter_sets);
  if (unit.malformed) {
    waiting_ = true;
    return count_broken(fail(ErrorKind::invalid, "proto.bad_sample", "not H.264 as it was announced").value(),
                        broken_video_);
  }
  if (!unit.has_picture && !unit.damaged) return {};
  const bool usable = is_usable(unit);
  if (usable && unit.idr) TRY_VOID(renew_track(out));
  if (!usable || !video_) {
    waiting_ = true;
    ++dropped_;
    return {};
  }
  broken_video_ = 0;
  waiting_ = false;
  keyframes_ += unit.idr ? 1 : 0;
  out.emplace_back(Sample{.kind = TrackKind::video,
                          .keyframe = unit.idr,
                          .timestamp_us = clock_.place_us(TrackKind::video, unit.timestamp, arrived),
                          .cts_offset_us = 0,
                          .samples = 0,
                          .at = at,
                          .payload = std::move(unit.sample)});
  return {};
}

void WhipFeed::keep_parameter_sets(ByteView sets) {
  if (parameter_sets_.size() + sets.size() > kParameterSetBytesMax) return;
  parameter_sets_.insert(parameter_sets_.end(), sets.begin(), sets.end());
}

// A keyframe that brings no parameter sets goes on with those before it.
Result<void> WhipFeed::renew_track(MediaEvents& out) {
  if (parameter_sets_.empty()) return {};
  const Bytes sets = std::exchange(parameter_sets_, {});
  const Result<Bytes> config = proto::h264::write_avc_config(sets);
  if (!config) return count_broken(config.error(), broken_video_);
  Result<proto::VideoTrack> track = proto::h264::parse_avc_config(*config);
  if (!track) return count_broken(track.error(), broken_video_);
  if (video_ == *track) return {};
  video_ = *std::move(track);
  out.emplace_back(*video_);
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
                          .at = at,
                          .payload = packet.payload});
  return {};
}

}  // namespace luso::media
