#include "live/rules.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>  // After gtest.h, which it needs.

#include "gen/reasons.h"

namespace luso::live {
namespace {

using namespace std::chrono_literals;
using Advice = gen::StreamHealthAdvice;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr WallTime kNow{std::chrono::days(20'000)};

// --- The daily limit.

std::vector<WallTime> created_ago(std::vector<Duration> ages) {
  std::vector<WallTime> times;
  for (const Duration age : ages) times.push_back(kNow - age);
  std::ranges::sort(times, std::ranges::greater());
  return times;
}

TEST(DailyLimit, TheSixthStreamOfADayWaitsUntilTheOldestLeaves) {
  const auto verdict = rules::may_create(created_ago({1h, 2h, 3h, 4h, 23h}), kNow, 5);

  ASSERT_FALSE(verdict);
  EXPECT_EQ(verdict.error().reason, "live.daily_limit");
  EXPECT_EQ(verdict.error().retry_after_s, 3600);
}

TEST(DailyLimit, AStreamOfExactlyADayAgoHasLeft) {
  EXPECT_TRUE(rules::may_create(created_ago({1h, 2h, 3h, 4h, 24h}), kNow, 5));
}

RC_GTEST_PROP(DailyLimit, WhoeverWaitsAsLongAsTheyAreToldMayCreate, ()) {
  const int limit = *rc::gen::inRange(1, 8);
  const auto ages = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 30 * 3600));
  std::vector<Duration> durations;
  for (const int age : ages) durations.push_back(std::chrono::seconds(age) + 1us);
  const auto created = created_ago(durations);

  const auto verdict = rules::may_create(created, kNow, limit);

  const auto today = std::ranges::count_if(created, [](WallTime time) { return time > kNow - 24h; });
  RC_ASSERT(verdict.has_value() == (today < limit));
  if (verdict) return;
  const auto wait = std::chrono::seconds(verdict.error().retry_after_s);
  RC_ASSERT(wait > 0s && wait <= 24h);
  RC_ASSERT(rules::may_create(created, kNow + wait, limit).has_value());
  RC_ASSERT(!rules::may_create(created, kNow + wait - 1s, limit).has_value());
}

// --- Who may publish.

KeyRecord stream_key() {
  KeyRecord record;
  record.subject = {.user_id = UserId{1}, .stream_id = StreamId{7}, .channel_id = std::nullopt, .key_id = 40};
  return record;
}

Result<VerifiedToken> token_for(const KeyRecord& record, Duration left = 1h) {
  return VerifiedToken{.subject = record.subject, .expires_at = kNow + left};
}

std::string_view verdict_on(const std::optional<KeyRecord>& record, const Result<VerifiedToken>& token) {
  const auto verdict = rules::may_publish(record, token, kNow);
  return verdict ? "granted" : verdict.error().reason;
}

TEST(Publishing, NeedsTheKeyAndItsOwnToken) {
  KeyRecord another = stream_key();
  another.subject.stream_id = StreamId{8};
  const Result<VerifiedToken> forged = gen::fail(gen::reasons::kLiveBadToken);

  EXPECT_EQ(verdict_on(stream_key(), token_for(stream_key())), "granted");
  EXPECT_EQ(verdict_on(std::nullopt, forged), "live.bad_key");
  EXPECT_EQ(verdict_on(stream_key(), forged), "live.bad_token");
  EXPECT_EQ(verdict_on(stream_key(), token_for(another)), "live.bad_token");
}

TEST(Publishing, AChannelsTokenDoesNotOpenAStream) {
  KeyRecord channel = stream_key();
  channel.subject.stream_id = std::nullopt;
  channel.subject.channel_id = ChannelId{7};

  EXPECT_EQ(verdict_on(stream_key(), token_for(channel)), "live.bad_token");
  EXPECT_EQ(verdict_on(channel, token_for(stream_key())), "live.bad_token");
}

TEST(Publishing, SaysRevokedForAKeyThatWasRotatedOrTakenBack) {
  KeyRecord revoked = stream_key();
  revoked.is_revoked = true;
  KeyRecord older = stream_key();
  older.subject.key_id = 39;

  EXPECT_EQ(verdict_on(revoked, token_for(stream_key())), "live.revoked");
  EXPECT_EQ(verdict_on(stream_key(), token_for(older)), "live.revoked");
  EXPECT_EQ(verdict_on(std::nullopt, token_for(stream_key())), "live.revoked");
}

TEST(Publishing, SaysFirstWhatAFreshTokenWouldNotMend) {
  KeyRecord revoked = stream_key();
  revoked.is_revoked = true;
  KeyRecord ended = stream_key();
  ended.has_ended = true;
  KeyRecord banned = ended;
  banned.is_banned = true;

  EXPECT_EQ(verdict_on(revoked, token_for(stream_key(), -1s)), "live.revoked");
  EXPECT_EQ(verdict_on(banned, token_for(stream_key(), -1s)), "identity.banned");
  EXPECT_EQ(verdict_on(ended, token_for(stream_key(), -1s)), "live.ended");
  EXPECT_EQ(verdict_on(stream_key(), token_for(stream_key(), 0s)), "live.expired");
}

TEST(Publishing, IsRefusedWhileAnotherStreamOfTheChannelHasAPicture) {
  KeyRecord second = stream_key();
  second.other_live_stream_id = StreamId{6};

  EXPECT_EQ(verdict_on(second, token_for(stream_key())), "live.already_live");
}

// --- Advice.

media::IngestFacts good_picture() {
  media::IngestFacts facts;
  facts.video_codec = "h264";
  facts.audio_codec = "aac";
  facts.height = 720;
  facts.frame_rate = 30;
  facts.video_bitrate_kbps = facts.video_bitrate_kbps_min = 2500;
  facts.keyframe_interval_s = 2;
  facts.frames_total = 300;
  return facts;
}

TEST(Advice, AGoodPictureNeedsNone) {
  EXPECT_THAT(rules::advice_for(good_picture()), IsEmpty());
}

TEST(Advice, NothingIsSaidBeforeAnythingIsMeasured) {
  EXPECT_THAT(rules::advice_for({}), IsEmpty());
}

TEST(Advice, EachFaultHasItsOwnWord) {
  auto slow_keyframes = good_picture(), silent = good_picture(), fat = good_picture(), thin = good_picture(),
       choppy = good_picture(), radio = good_picture(), lossy = good_picture(), like_obs = good_picture(),
       wavering = good_picture(), modern = good_picture(), studio = good_picture();
  lossy.transport = media::TransportFacts{};
  lossy.transport->loss = 0.05;
  slow_keyframes.keyframe_interval_s = 10;
  silent.audio_codec.clear();
  fat.video_bitrate_kbps = fat.video_bitrate_kbps_min = 20'000;
  thin.video_bitrate_kbps = 300;
  choppy.frame_rate = 12;
  radio.video_codec.clear();
  like_obs.has_b_frames = true;
  wavering.video_bitrate_kbps_min = 1000;
  modern.video_codec = "hevc";
  studio.is_420_8_bit = false;

  EXPECT_THAT(rules::advice_for(slow_keyframes), ElementsAre(Advice::keyframe_interval_too_long));
  EXPECT_THAT(rules::advice_for(lossy), ElementsAre(Advice::connection_lossy));
  EXPECT_THAT(rules::advice_for(silent), ElementsAre(Advice::no_audio));
  EXPECT_THAT(rules::advice_for(fat), ElementsAre(Advice::bitrate_high));
  EXPECT_THAT(rules::advice_for(thin), ElementsAre(Advice::bitrate_low));
  EXPECT_THAT(rules::advice_for(choppy), ElementsAre(Advice::frame_rate_low));
  EXPECT_THAT(rules::advice_for(radio), ElementsAre(Advice::no_video));
  EXPECT_THAT(rules::advice_for(like_obs), ElementsAre(Advice::b_frames));
  EXPECT_THAT(rules::advice_for(wavering), ElementsAre(Advice::bitrate_unstable));
  EXPECT_THAT(rules::advice_for(modern), ElementsAre(Advice::codec_unsupported));
  EXPECT_THAT(rules::advice_for(studio), ElementsAre(Advice::codec_unsupported));
}

TEST(Advice, WhatHelpsMostIsSaidFirst) {
  auto facts = good_picture();
  facts.has_b_frames = true;
  facts.keyframe_interval_s = 8;
  facts.frame_rate = 12;

  EXPECT_THAT(rules::advice_for(facts),
              ElementsAre(Advice::b_frames, Advice::keyframe_interval_too_long, Advice::frame_rate_low));
}

TEST(Advice, ASmallPictureMayVary) {
  auto facts = good_picture();
  facts.height = 360;
  facts.video_bitrate_kbps = 400;
  facts.video_bitrate_kbps_min = 60;

  EXPECT_THAT(rules::advice_for(facts), IsEmpty());
}

RC_GTEST_PROP(Advice, NeverAsksForMoreAndForLessAtOnce, ()) {
  media::IngestFacts facts = good_picture();
  facts.height = *rc::gen::inRange(0, 5000);
  facts.video_bitrate_kbps = *rc::gen::inRange(0, 100'000);

  const auto advice = rules::advice_for(facts);

  RC_ASSERT(
      !(std::ranges::count(advice, Advice::bitrate_high) && std::ranges::count(advice, Advice::bitrate_low)));
}

}  // namespace
}  // namespace luso::live
