#include "live/internal/dto.h"

#include <utility>

#include "live/rules.h"

namespace luso::live::internal {
namespace {

template <typename Enum>
std::optional<std::string> text_of(const std::optional<Enum>& value) {
  return value ? std::optional<std::string>(gen::to_text(*value)) : std::nullopt;
}

}  // namespace

gen::Stream to_dto(Stream stream, WallTime now) {
  gen::Stream dto;
  dto.thumbnail_url = rules::thumbnail_url(stream.id, stream.is_live(), now);
  dto.hls_url = "/hls/" + std::to_string(stream.id.value) + "/index.m3u8";
  dto.id = stream.id.value;
  dto.title = std::move(stream.title);
  dto.category = std::move(stream.category);
  dto.language = gen::parse<gen::StreamLanguage>(stream.language).value_or(gen::StreamLanguage::other);
  dto.state = stream.state;
  dto.is_live = stream.is_live();
  dto.viewer_count = stream.viewer_count;
  dto.total_viewers = stream.total_viewers;
  dto.peak_viewers = stream.peak_viewers;
  dto.average_watch_time_s = stream.average_watch_time_s;
  dto.created_at = stream.created_at;
  dto.started_at = stream.started_at;
  dto.ended_at = stream.ended_at;
  dto.grace_ends_at = stream.grace_ends_at;
  dto.channel.username = std::move(stream.username);
  dto.channel.display_name = std::move(stream.display_name);
  dto.channel.avatar_url = std::move(stream.avatar_url);
  if (stream.region) dto.channel.region = gen::parse<gen::StreamRegion>(*stream.region);
  return dto;
}

gen::StreamList to_dto(StreamPage page, WallTime now) {
  gen::StreamList list{.items = {}, .next_cursor = std::move(page.next_cursor)};
  for (Stream& stream : page.items) list.items.push_back(to_dto(std::move(stream), now));
  return list;
}

gen::PublishSettings to_dto(PublishSettings publish) {
  std::string obs_key = publish.obs_key();
  return {.rtmp_url = std::move(publish.rtmp_url),
          .rtmps_url = std::move(publish.rtmps_url),
          .whip_url = std::move(publish.whip_url),
          .stream_key = std::move(publish.stream_key),
          .token = std::move(publish.token),
          .obs_key = std::move(obs_key),
          .expires_at = publish.expires_at};
}

namespace {

void tell_transport(const media::TransportFacts& facts, gen::StreamHealth& dto) {
  const auto milliseconds = [](Duration duration) {
    return std::chrono::duration<double, std::milli>(duration).count();
  };
  constexpr double kPercent = 100;
  if (facts.round_trip) dto.round_trip_ms = milliseconds(*facts.round_trip);
  if (!facts.is_lossy) return;
  dto.packet_loss_percent = facts.loss * kPercent;
  dto.packets_lost = static_cast<std::int64_t>(facts.packets_lost);
  dto.jitter_ms = milliseconds(facts.jitter);
}

}  // namespace

gen::StreamHealth to_dto(Broadcasts::Health health) {
  media::IngestFacts& facts = health.facts;
  gen::StreamHealth dto;
  dto.advice = rules::advice_for(facts);
  dto.state = health.stream.state;
  dto.grace_ends_at = health.stream.grace_ends_at;
  dto.video_codec = std::move(facts.video_codec);
  dto.audio_codec = std::move(facts.audio_codec);
  dto.width = facts.width;
  dto.height = facts.height;
  dto.frame_rate = facts.frame_rate;
  dto.video_bitrate_kbps = facts.video_bitrate_kbps;
  dto.audio_bitrate_kbps = facts.audio_bitrate_kbps;
  dto.keyframe_interval_s = facts.keyframe_interval_s;
  dto.has_b_frames = facts.has_b_frames;
  dto.encoder = std::move(facts.encoder);
  dto.viewer_count = health.stream.viewer_count;
  dto.frames_dropped = facts.frames_dropped;
  if (facts.transport) tell_transport(*facts.transport, dto);
  for (const media::IngestFacts::Size& size : facts.sizes)
    dto.sizes.push_back({.width = size.width,
                         .height = size.height,
                         .frame_rate = size.frame_rate,
                         .bitrate_kbps = size.bitrate_kbps});
  return dto;
}

gen::StreamCurve to_dto(Curve curve) {
  gen::StreamCurve dto{.step_minutes = static_cast<int>(curve.step_minutes), .points = {}};
  for (const Curve::Point& point : curve.points)
    dto.points.push_back({.at = point.at, .viewer_count = point.viewer_count});
  return dto;
}

gen::HeartbeatAnswer to_dto(HeartbeatAnswer answer) {
  return {.state = answer.state,
          .viewer_count = answer.viewer_count,
          .title = std::move(answer.title),
          .category = std::move(answer.category),
          .grace_ends_at = answer.grace_ends_at,
          .next_heartbeat_s = answer.next_heartbeat_s};
}

StreamFilter from_dto(gen::ListStreamsQuery query, UserId reader) {
  return {.is_live = query.live,
          .category = std::move(query.category),
          .language = text_of(query.language),
          .username = std::move(query.username),
          .region = text_of(query.region),
          .is_portuguese_focused = query.portuguese_focused,
          .followed_by = query.following ? std::optional(reader) : std::nullopt,
          .is_newest_first = query.sort == gen::ListStreamsSort::recent};
}

NewStream from_dto(gen::CreateStreamRequest body) {
  return {.user_id = {},
          .title = std::move(body.title),
          .category = std::move(body.category),
          .language = std::string(gen::to_text(body.language))};
}

StreamChange from_dto(gen::UpdateStreamRequest body) {
  return {.title = std::move(body.title),
          .category = std::move(body.category),
          .language = text_of(body.language)};
}

Heartbeat from_dto(gen::Heartbeat body, StreamId stream_id, UserId viewer) {
  return {.stream_id = stream_id,
          .user_id = viewer,
          .session_id = std::move(body.session_id),
          .playhead_s = body.playhead_s,
          .stalls = body.stalls,
          .stalled_ms = body.stalled_ms,
          .is_playing = body.is_playing,
          .is_visible = body.is_visible,
          .is_leaving = body.is_leaving.value_or(false),
          .protocol = text_of(body.protocol),
          .height = body.height,
          .latency_ms = body.latency_ms};
}

}  // namespace luso::live::internal
