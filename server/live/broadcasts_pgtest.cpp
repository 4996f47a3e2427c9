#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "live/broadcasts.h"
#include "live/internal/dto.h"
#include "live/studio_pgtest.h"

namespace luso::live {
namespace {

using namespace std::chrono_literals;
using media::UnpublishCause;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class BroadcastsService : public ::testing::Test {
 protected:
  template <typename T>
  static std::string_view reason(const Result<T>& result) {
    return result ? "done" : result.error().reason;
  }

  Studio studio_;
};

// --- Creating.

TEST_F(BroadcastsService, ANewStreamWaitsWithAKeyForItsEncoder) {
  const UserId ana = studio_.user("ana");

  const Studio::Created created = studio_.create(ana);

  EXPECT_EQ(created.stream.state, StreamState::waiting);
  EXPECT_EQ(created.stream.username, "ana");
  EXPECT_EQ(created.stream.title, "Fado à janela");
  EXPECT_FALSE(created.stream.started_at);
  EXPECT_LE(created.publish.stream_key.size(), 50U);
  EXPECT_EQ(created.publish.rtmp_url, "rtmp://localhost:1935/live");
  EXPECT_EQ(created.publish.obs_key(), created.publish.stream_key + "?token=" + created.publish.token);
  EXPECT_EQ(verify_token(*studio_.keyring, created.publish.token)->expires_at, created.publish.expires_at);
}

TEST_F(BroadcastsService, ACategoryThatDoesNotExistIsRefused) {
  const UserId ana = studio_.user("ana");

  EXPECT_EQ(reason(studio_.try_create(ana, "xadrez-subaquatico")), "live.unknown_category");
}

TEST_F(BroadcastsService, TheSixthStreamOfADayIsRefusedWithTheTimeItFrees) {
  const UserId ana = studio_.user("ana");
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(studio_.try_create(ana));
    studio_.clock.advance(1h);
  }

  const auto sixth = studio_.try_create(ana);

  ASSERT_EQ(reason(sixth), "live.daily_limit");
  EXPECT_EQ(sixth.error().retry_after_s, 19 * 3600);
  studio_.clock.advance(19h);
  EXPECT_TRUE(studio_.try_create(ana));
  EXPECT_EQ(reason(studio_.try_create(ana)), "live.daily_limit");
}

TEST_F(BroadcastsService, TwoCreationsAtOnceDoNotSlipPastTheLimit) {
  const UserId ana = studio_.user("ana");
  for (int i = 0; i < 4; ++i) studio_.create(ana);
  const NewStream stream{.user_id = ana, .title = "Fado", .category = "fado", .language = "pt-PT"};

  const auto [one, other] = studio_.run_together(studio_.broadcasts->create(ana, std::nullopt, stream),
                                                 studio_.broadcasts->create(ana, std::nullopt, stream));

  EXPECT_NE(one.has_value(), other.has_value());
  EXPECT_EQ(reason(one ? other : one), "live.daily_limit");
  EXPECT_EQ(studio_.execute("SELECT count(*) FROM streams"), "5");
}

TEST_F(BroadcastsService, OnePersonsLimitIsNobodyElses) {
  const UserId ana = studio_.user("ana");
  for (int i = 0; i < 5; ++i) studio_.create(ana);

  EXPECT_TRUE(studio_.try_create(studio_.user("rui")));
}

TEST_F(BroadcastsService, StaffMayLetAChannelBeginMore) {
  const UserId ana = studio_.user("ana");
  studio_.execute("UPDATE channels SET streams_per_day = 6");
  for (int i = 0; i < 6; ++i) ASSERT_TRUE(studio_.try_create(ana));

  EXPECT_EQ(reason(studio_.try_create(ana)), "live.daily_limit");
}

// --- Owning.

TEST_F(BroadcastsService, OnlyTheOwnerTouchesAStream) {
  const StreamId id = studio_.create(studio_.user("ana")).stream.id;
  const UserId rui = studio_.user("rui");
  Broadcasts& broadcasts = *studio_.broadcasts;

  EXPECT_EQ(reason(studio_.run(broadcasts.update(rui, id, {}))), "live.not_owner");
  EXPECT_EQ(reason(studio_.run(broadcasts.end(rui, id))), "live.not_owner");
  EXPECT_EQ(reason(studio_.run(broadcasts.get_stream_key(rui, id))), "live.not_owner");
  EXPECT_EQ(reason(studio_.run(broadcasts.rotate_stream_key(rui, id))), "live.not_owner");
  EXPECT_EQ(reason(studio_.run(broadcasts.revoke_stream_key(rui, id))), "live.not_owner");
  EXPECT_EQ(reason(studio_.run(broadcasts.get_health(rui, id))), "live.not_owner");
  EXPECT_EQ(reason(studio_.run(broadcasts.get(StreamId{999}))), "live.not_found");
}

TEST_F(BroadcastsService, TitleAndCategoryChangeWhileItIsLive) {
  const UserId ana = studio_.user("ana");
  const StreamId id = studio_.on_air(ana);
  const StreamChange change{
      .title = " Fado e guitarradas ", .category = "conversa", .language = std::nullopt};

  const Stream changed = studio_.run(studio_.broadcasts->update(ana, id, change)).value();

  EXPECT_EQ(changed.title, "Fado e guitarradas");
  EXPECT_EQ(changed.category, "conversa");
  EXPECT_EQ(changed.language, "pt-PT");
  EXPECT_EQ(changed.state, StreamState::live);
}

TEST_F(BroadcastsService, EndingTwiceIsEndingOnce) {
  const UserId ana = studio_.user("ana");
  const StreamId id = studio_.on_air(ana);
  const Stream ended = studio_.run(studio_.broadcasts->end(ana, id)).value();
  studio_.clock.advance(1min);

  const Stream again = studio_.run(studio_.broadcasts->end(ana, id)).value();

  EXPECT_EQ(again.state, StreamState::ended);
  EXPECT_EQ(again.ended_at, ended.ended_at);
  EXPECT_THAT(studio_.engine.disconnected,
              ElementsAre(EngineStandIn::Disconnected{id, UnpublishCause::ended}));
  EXPECT_EQ(reason(studio_.run(studio_.broadcasts->update(ana, id, {}))), "live.ended");
  EXPECT_EQ(reason(studio_.run(studio_.broadcasts->get_stream_key(ana, id))), "live.ended");
}

TEST_F(BroadcastsService, ASuspensionEndsWhatIsOnAirAndDisconnectsEveryEncoder) {
  const UserId ana = studio_.user("ana");
  const StreamId live = studio_.on_air(ana);
  const StreamId waiting = studio_.create(ana).stream.id;
  const StreamId of_another = studio_.on_air(studio_.user("rui"));

  ASSERT_TRUE(studio_.run(studio_.broadcasts->end_all_of(ana)));

  EXPECT_EQ(studio_.stream(live).state, StreamState::ended);
  EXPECT_EQ(studio_.stream(waiting).state, StreamState::waiting);
  EXPECT_EQ(studio_.stream(of_another).state, StreamState::live);
  EXPECT_EQ(studio_.engine.disconnected.size(), 2U);
}

// --- Keys.

TEST_F(BroadcastsService, ARotatedKeyDisconnectsItsPublisherAndOnlyTheNewOneOpens) {
  const UserId ana = studio_.user("ana");
  const Studio::Created created = studio_.create(ana);
  studio_.go_live(created.publish);

  const auto rotated = studio_.run(studio_.broadcasts->rotate_stream_key(ana, created.stream.id)).value();

  EXPECT_NE(rotated.stream_key, created.publish.stream_key);
  EXPECT_THAT(studio_.engine.disconnected,
              ElementsAre(EngineStandIn::Disconnected{created.stream.id, UnpublishCause::revoked}));
  EXPECT_EQ(studio_.refusal(created.publish), "live.revoked");
  EXPECT_EQ(studio_.refusal(rotated), "granted");
  PublishSettings new_key_old_token = rotated;
  new_key_old_token.token = created.publish.token;
  EXPECT_EQ(studio_.refusal(new_key_old_token), "live.revoked");
}

TEST_F(BroadcastsService, ARevokedKeyOpensNothingUntilItIsRotated) {
  const UserId ana = studio_.user("ana");
  const Studio::Created created = studio_.create(ana);
  const StreamId id = created.stream.id;

  ASSERT_TRUE(studio_.run(studio_.broadcasts->revoke_stream_key(ana, id)));

  EXPECT_EQ(studio_.refusal(created.publish), "live.revoked");
  EXPECT_EQ(reason(studio_.run(studio_.broadcasts->get_stream_key(ana, id))), "live.revoked");
  EXPECT_EQ(studio_.refusal(studio_.run(studio_.broadcasts->rotate_stream_key(ana, id)).value()), "granted");
}

TEST_F(BroadcastsService, TheChannelKeyIsMadeOnceAndStays) {
  const UserId ana = studio_.user("ana");

  const auto [one, other] = studio_.run_together(studio_.broadcasts->get_channel_key(ana),
                                                 studio_.broadcasts->get_channel_key(ana));

  EXPECT_EQ(one->stream_key, other->stream_key);
  EXPECT_EQ(studio_.run(studio_.broadcasts->get_channel_key(ana))->stream_key, one->stream_key);
}

TEST_F(BroadcastsService, ARotatedChannelKeyDisconnectsWhatItPutOnAir) {
  const UserId ana = studio_.user("ana");
  const auto old_key = studio_.run(studio_.broadcasts->get_channel_key(ana)).value();
  const StreamId live = studio_.go_live(old_key).stream_id;

  const auto new_key = studio_.run(studio_.broadcasts->rotate_channel_key(ana)).value();

  EXPECT_THAT(studio_.engine.disconnected,
              ElementsAre(EngineStandIn::Disconnected{live, UnpublishCause::revoked}));
  EXPECT_EQ(studio_.refusal(old_key), "live.revoked");
  EXPECT_EQ(studio_.refusal(new_key), "granted");
}

TEST_F(BroadcastsService, ARevokedChannelKeyLeavesAStreamWithAKeyOfItsOwnAlone) {
  const UserId ana = studio_.user("ana");
  const auto channel_key = studio_.run(studio_.broadcasts->get_channel_key(ana)).value();
  studio_.on_air(ana);

  ASSERT_TRUE(studio_.run(studio_.broadcasts->revoke_channel_key(ana)));

  EXPECT_THAT(studio_.engine.disconnected, IsEmpty());
  EXPECT_EQ(studio_.refusal(channel_key), "live.revoked");
}

// --- Reading.

TEST_F(BroadcastsService, HealthIsWhatTheEngineMeasures) {
  const UserId ana = studio_.user("ana");
  const StreamId id = studio_.on_air(ana);
  media::IngestFacts facts;
  facts.video_codec = "h264";
  facts.keyframe_interval_s = 10;
  facts.frames_total = 300;
  facts.sizes = {{.width = 1280, .height = 720, .frame_rate = 30, .bitrate_kbps = 2'500},
                 {.width = 640, .height = 360, .frame_rate = 30, .bitrate_kbps = 600}};
  studio_.engine.facts[id.value] = facts;

  const auto health = internal::to_dto(studio_.run(studio_.broadcasts->get_health(ana, id)).value());

  EXPECT_EQ(health.state, StreamState::live);
  EXPECT_EQ(health.video_codec, "h264");
  EXPECT_THAT(health.advice, ElementsAre(gen::StreamHealthAdvice::no_audio,
                                         gen::StreamHealthAdvice::keyframe_interval_too_long));
  ASSERT_EQ(health.sizes.size(), 2U);
  EXPECT_EQ(health.sizes.back().height, 360);
  EXPECT_EQ(health.sizes.back().bitrate_kbps, 600);
}

TEST_F(BroadcastsService, OnlyStreamsOnAirAreListedAndHaveAPicture) {
  const UserId ana = studio_.user("ana");
  studio_.create(ana);
  const StreamId live = studio_.on_air(ana);

  const StreamPage page = studio_.run(studio_.broadcasts->list({}, 24, std::nullopt)).value();

  ASSERT_EQ(page.items.size(), 1U);
  EXPECT_EQ(page.items.front().id, live);
  const auto dto = internal::to_dto(page.items.front(), studio_.clock.now());
  EXPECT_EQ(dto.hls_url, "/hls/" + std::to_string(live.value) + "/index.m3u8");
  EXPECT_TRUE(dto.thumbnail_url->starts_with("/hls/" + std::to_string(live.value) + "/thumbnail.jpg?v="));
}

TEST_F(BroadcastsService, FiltersNarrowTheList) {
  studio_.on_air(studio_.user("ana"));
  studio_.on_air(studio_.user("bia", "pt-BR"));
  studio_.execute(
      "UPDATE streams SET category = 'futebol', language = 'pt-BR' WHERE id = (SELECT max(id) FROM streams)");
  const auto usernames = [&](StreamFilter filter) {
    std::vector<std::string> names;
    const StreamPage page =
        studio_.run(studio_.broadcasts->list(std::move(filter), 24, std::nullopt)).value();
    for (const Stream& stream : page.items) names.push_back(stream.username);
    return names;
  };
  StreamFilter by_category, by_language, by_username, by_both;
  by_category.category = "futebol";
  by_language.language = "pt-PT";
  by_username.username = "bia";
  by_both.category = "futebol";
  by_both.language = "pt-PT";

  EXPECT_THAT(usernames(by_category), ElementsAre("bia"));
  EXPECT_THAT(usernames(by_language), ElementsAre("ana"));
  EXPECT_THAT(usernames(by_username), ElementsAre("bia"));
  EXPECT_THAT(usernames(by_both), IsEmpty());
}

TEST_F(BroadcastsService, RegionOursAndFollowedNarrowTheListToo) {
  const UserId ana = studio_.user("ana");
  studio_.on_air(ana);
  studio_.on_air(studio_.user("bia"));
  studio_.execute("UPDATE streams SET category = 'jogos' WHERE id = (SELECT max(id) FROM streams)");
  studio_.execute("UPDATE channels SET region = CASE display_name WHEN 'ana' THEN 'cv' ELSE 'br' END");
  const UserId rui = studio_.user("rui");
  ASSERT_TRUE(studio_.run(studio_.channels.follow(rui, "bia")));
  const auto usernames = [&](StreamFilter filter) {
    std::vector<std::string> names;
    const StreamPage page =
        studio_.run(studio_.broadcasts->list(std::move(filter), 24, std::nullopt)).value();
    for (const Stream& stream : page.items) names.push_back(stream.username);
    return names;
  };
  StreamFilter by_region, ours, followed;
  by_region.region = "cv";
  ours.is_portuguese_focused = true;
  followed.followed_by = rui;

  EXPECT_THAT(usernames(by_region), ElementsAre("ana"));
  EXPECT_THAT(usernames(ours), ElementsAre("ana"));
  EXPECT_THAT(usernames(followed), ElementsAre("bia"));
}

TEST_F(BroadcastsService, TheNewestFirstIsAListOfItsOwnWithPages) {
  for (int i = 0; i < 7; ++i) {
    studio_.on_air(studio_.user("canal" + std::to_string(i)));
    studio_.clock.advance(std::chrono::seconds(i % 2));
  }
  StreamFilter newest;
  newest.is_newest_first = true;

  std::vector<std::string> seen;
  std::optional<std::string> cursor;
  do {
    const StreamPage page = studio_.run(studio_.broadcasts->list(newest, 3, cursor)).value();
    for (const Stream& stream : page.items) seen.push_back(stream.username);
    cursor = page.next_cursor;
  } while (cursor);

  EXPECT_THAT(seen, ElementsAre("canal6", "canal5", "canal4", "canal3", "canal2", "canal1", "canal0"));
  EXPECT_EQ(reason(studio_.run(studio_.broadcasts->list(newest, 3, channels::encode_cursor<2>({7, 7})))),
            "api.invalid");
}

TEST_F(BroadcastsService, PagesMeetWithoutGapsOrRepeatsMostViewersFirst) {
  for (int i = 0; i < 17; ++i) studio_.on_air(studio_.user("canal" + std::to_string(i)));
  studio_.execute("UPDATE streams SET viewer_count = id % 3");

  std::vector<std::pair<std::int64_t, std::int64_t>> seen;
  std::optional<std::string> cursor;
  do {
    const StreamPage page = studio_.run(studio_.broadcasts->list({}, 4, cursor)).value();
    for (const Stream& stream : page.items) seen.emplace_back(-stream.viewer_count, -stream.id.value);
    cursor = page.next_cursor;
  } while (cursor);

  EXPECT_EQ(seen.size(), 17U);
  EXPECT_EQ(std::set(seen.begin(), seen.end()).size(), 17U);
  EXPECT_TRUE(std::ranges::is_sorted(seen));
}

TEST_F(BroadcastsService, WhatIsOverIsListedNewestFirstAndOnesOwnStreamsAllOfThem) {
  const UserId ana = studio_.user("ana");
  const StreamId first = studio_.on_air(ana);
  ASSERT_TRUE(studio_.run(studio_.broadcasts->end(ana, first)));
  const StreamId second = studio_.on_air(ana);
  ASSERT_TRUE(studio_.run(studio_.broadcasts->end(ana, second)));
  const StreamId never_live = studio_.create(ana).stream.id;
  StreamFilter over;
  over.is_live = false;
  over.username = "ana";
  const auto ids = [](const StreamPage& page) {
    std::vector<StreamId> list;
    for (const Stream& stream : page.items) list.push_back(stream.id);
    return list;
  };

  const StreamPage page = studio_.run(studio_.broadcasts->list(over, 1, std::nullopt)).value();

  EXPECT_THAT(ids(page), ElementsAre(second));
  EXPECT_THAT(ids(studio_.run(studio_.broadcasts->list(over, 1, page.next_cursor)).value()),
              ElementsAre(first));
  EXPECT_THAT(
      ids(studio_.run(studio_.broadcasts->list_of_channel(ana, std::nullopt, 24, std::nullopt)).value()),
      ElementsAre(never_live, second, first));
}

TEST_F(BroadcastsService, WhatTheLeavingAndTheSuspendedShowedIsListedNoMore) {
  for (const char* name : {"ana", "bia", "rui"}) {
    const UserId user = studio_.user(name);
    ASSERT_TRUE(studio_.run(studio_.broadcasts->end(user, studio_.on_air(user))));
    studio_.on_air(user);
  }
  studio_.execute("UPDATE users SET erase_after = now() + interval '14 days' WHERE username = 'bia'");
  studio_.execute(
      "INSERT INTO bans (user_id, reason, created_at) SELECT id, 'spam', now() FROM users WHERE username = "
      "'rui'");
  StreamFilter now, newest, over;
  newest.is_newest_first = true;
  over.is_live = false;

  for (const StreamFilter& filter : {now, newest, over}) {
    const StreamPage page = studio_.run(studio_.broadcasts->list(filter, 24, std::nullopt)).value();
    ASSERT_EQ(page.items.size(), 1U);
    EXPECT_EQ(page.items[0].username, "ana");
  }
  const auto last = studio_.execute(
      "SELECT max(s.id) FROM streams s JOIN users u ON u.id = s.user_id WHERE username = 'bia'");
  EXPECT_EQ(reason(studio_.run(studio_.broadcasts->get(StreamId{std::stoll(last)}))), "live.not_found");
}

TEST_F(BroadcastsService, ACursorOfAnotherListIsRefused) {
  EXPECT_EQ(reason(studio_.run(studio_.broadcasts->list({}, 4, channels::encode_cursor<1>({7})))),
            "api.invalid");
}

}  // namespace
}  // namespace luso::live
