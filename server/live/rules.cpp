#include "live/rules.h"

#include <algorithm>

#include "gen/reasons.h"

namespace luso::live::rules {
namespace reasons = gen::reasons;

Result<void> may_create(const std::vector<WallTime>& created, WallTime now, int streams_per_day) {
  const auto oldest_that_counts =
      std::ranges::find_if(created, [now](WallTime time) { return time <= now - kDay; });
  const auto count = oldest_that_counts - created.begin();
  if (count < streams_per_day) return {};
  const WallTime frees_at = created[static_cast<std::size_t>(streams_per_day) - 1] + kDay;
  tl::unexpected<Error> failure = gen::fail(reasons::kLiveDailyLimit);
  failure.value().retry_after_s = std::chrono::ceil<std::chrono::seconds>(frees_at - now).count();
  return failure;
}

Result<void> may_publish(const std::optional<KeyRecord>& record, const Result<VerifiedToken>& token,
                         WallTime now) {
  // A key we no longer know with a token we once signed: it was rotated away.
  if (!record && token) return gen::fail(reasons::kLiveRevoked);
  if (!record) return gen::fail(reasons::kLiveBadKey);
  if (!token) return tl::unexpected(token.error());
  const TokenSubject& expected = record->subject;
  const TokenSubject& given = token->subject;
  const bool same_target = given.user_id == expected.user_id && given.stream_id == expected.stream_id &&
                           given.channel_id == expected.channel_id;
  if (!same_target) return gen::fail(reasons::kLiveBadToken, "of another key");
  if (record->is_revoked || given.key_id != expected.key_id) return gen::fail(reasons::kLiveRevoked);
  if (record->is_banned) return gen::fail(reasons::kIdentityBanned);
  if (record->has_ended) return gen::fail(reasons::kLiveEnded);
  if (token->expires_at <= now) return gen::fail(reasons::kLiveExpired);
  if (record->other_live_stream_id) return gen::fail(reasons::kLiveAlreadyLive);
  return {};
}

int next_heartbeat_s(bool is_counted) {
  return is_counted ? 20 : 5;
}

int video_bitrate_kbps_min(int height) {
  if (height >= 1080) return 2000;
  if (height >= 720) return 900;
  if (height >= 480) return 450;
  return 200;
}

std::vector<gen::StreamHealthAdvice> advice_for(const media::IngestFacts& facts) {
  using Advice = gen::StreamHealthAdvice;
  std::vector<Advice> advice;
  if (facts.frames_total == 0) return advice;
  if (facts.transport && facts.transport->loss > kPacketLossMax) advice.push_back(Advice::connection_lossy);
  if (facts.audio_codec.empty()) advice.push_back(Advice::no_audio);
  if (facts.video_codec.empty()) {
    advice.push_back(Advice::no_video);
    return advice;
  }
  if (facts.video_codec != "h264" || !facts.is_420_8_bit) advice.push_back(Advice::codec_unsupported);
  if (facts.has_b_frames) advice.push_back(Advice::b_frames);
  if (facts.keyframe_interval_s > kKeyframeIntervalMax_s)
    advice.push_back(Advice::keyframe_interval_too_long);
  const double steadiness = facts.video_bitrate_kbps > kUnstableFrom_kbps
                                ? static_cast<double>(facts.video_bitrate_kbps_min) / facts.video_bitrate_kbps
                                : 1;
  if (steadiness < kSteadinessMin) advice.push_back(Advice::bitrate_unstable);
  if (facts.video_bitrate_kbps > kVideoBitrateMax_kbps) advice.push_back(Advice::bitrate_high);
  const bool has_rate = facts.video_bitrate_kbps > 0;
  if (has_rate && facts.video_bitrate_kbps < video_bitrate_kbps_min(facts.height))
    advice.push_back(Advice::bitrate_low);
  if (facts.frame_rate > 0 && facts.frame_rate < kFrameRateMin) advice.push_back(Advice::frame_rate_low);
  return advice;
}

std::optional<std::string> thumbnail_url(StreamId id, bool is_live, WallTime now) {
  if (!is_live) return std::nullopt;
  const auto version = now.time_since_epoch() / kThumbnailEvery;
  return "/hls/" + std::to_string(id.value) + "/thumbnail.jpg?v=" + std::to_string(version);
}

}  // namespace luso::live::rules
