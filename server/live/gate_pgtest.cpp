#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "live/gate.h"
#include "live/studio_pgtest.h"

namespace luso::live {
namespace {

using namespace std::chrono_literals;
using media::PublishGrant;
using media::UnpublishCause;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class PublishGate : public ::testing::Test {
 protected:
  StreamState state(StreamId id) { return studio_.stream(id).state; }

  PublishSettings channel_key(UserId owner) {
    return studio_.run(studio_.broadcasts->get_channel_key(owner)).value();
  }

  void sweep() { ASSERT_TRUE(studio_.run(studio_.gate->end_overdue())); }

  Studio studio_;
};

// --- Refusals.

TEST_F(PublishGate, AnUnknownKeyIsRefused) {
  EXPECT_EQ(studio_.try_publish("chave_que_ninguem_deu", "a.b.c").error().reason, "live.bad_key");
  EXPECT_EQ(studio_.try_publish("", "").error().reason, "live.bad_key");
  EXPECT_EQ(studio_.try_publish(std::string(5000, 'x'), "").error().reason, "live.bad_key");
}

TEST_F(PublishGate, AKeyWithoutItsOwnTokenIsRefused) {
  const UserId ana = studio_.user("ana");
  PublishSettings mine = studio_.create(ana).publish;
  const PublishSettings another = studio_.create(ana).publish;

  EXPECT_EQ(studio_.try_publish(mine.stream_key, "").error().reason, "live.bad_token");
  EXPECT_EQ(studio_.try_publish(mine.stream_key, another.token).error().reason, "live.bad_token");
}

TEST_F(PublishGate, AnExpiredTokenIsRefusedAndAFreshOneOpens) {
  const UserId ana = studio_.user("ana");
  const Studio::Created created = studio_.create(ana);
  studio_.clock.advance(studio_.settings.stream_token_ttl);

  EXPECT_EQ(studio_.refusal(created.publish), "live.expired");
  EXPECT_EQ(studio_.refusal(studio_.run(studio_.broadcasts->get_stream_key(ana, created.stream.id)).value()),
            "granted");
}

TEST_F(PublishGate, ASuspendedAccountIsRefused) {
  const UserId ana = studio_.user("ana");
  const PublishSettings publish = studio_.create(ana).publish;
  const PublishSettings persistent = channel_key(ana);
  studio_.execute("INSERT INTO bans (user_id, reason, created_at) VALUES (" + std::to_string(ana.value) +
                  ", '-', now())");

  EXPECT_EQ(studio_.refusal(publish), "identity.banned");
  EXPECT_EQ(studio_.refusal(persistent), "identity.banned");
}

TEST_F(PublishGate, AStreamThatHasEndedIsRefused) {
  const UserId ana = studio_.user("ana");
  const Studio::Created created = studio_.create(ana);
  ASSERT_TRUE(studio_.run(studio_.broadcasts->end(ana, created.stream.id)));

  EXPECT_EQ(studio_.refusal(created.publish), "live.ended");
}

TEST_F(PublishGate, ASecondStreamOfAChannelIsRefusedWhileTheFirstHasAPicture) {
  const UserId ana = studio_.user("ana");
  studio_.on_air(ana);

  EXPECT_EQ(studio_.refusal(studio_.create(ana).publish), "live.already_live");
  EXPECT_EQ(studio_.refusal(channel_key(ana)), "live.already_live");
}

TEST_F(PublishGate, TwoFirstPicturesAtOncePutOneStreamOnAir) {
  const UserId ana = studio_.user("ana");
  const PublishSettings one = studio_.create(ana).publish, other = studio_.create(ana).publish;
  const PublishGrant first = studio_.try_publish(one.stream_key, one.token).value();
  const PublishGrant second = studio_.try_publish(other.stream_key, other.token).value();

  studio_.run(studio_.gate->on_live(first));
  studio_.run(studio_.gate->on_live(second));

  EXPECT_EQ(state(first.stream_id), StreamState::live);
  EXPECT_EQ(state(second.stream_id), StreamState::waiting);
  EXPECT_THAT(studio_.engine.disconnected,
              ElementsAre(EngineStandIn::Disconnected{second.stream_id, UnpublishCause::revoked}));
}

TEST_F(PublishGate, AKeyRevokedBetweenPermissionAndFirstPictureNeverGoesOnAir) {
  const UserId ana = studio_.user("ana");
  const Studio::Created created = studio_.create(ana);
  const PublishGrant grant = studio_.try_publish(created.publish.stream_key, created.publish.token).value();
  ASSERT_TRUE(studio_.run(studio_.broadcasts->rotate_stream_key(ana, created.stream.id)));
  studio_.engine.disconnected.clear();

  studio_.run(studio_.gate->on_live(grant));

  EXPECT_EQ(state(created.stream.id), StreamState::waiting);
  EXPECT_THAT(studio_.engine.disconnected,
              ElementsAre(EngineStandIn::Disconnected{created.stream.id, UnpublishCause::revoked}));
}

// --- Coming and going.

TEST_F(PublishGate, TheFirstPictureStartsTheStream) {
  const UserId ana = studio_.user("ana");
  const Studio::Created created = studio_.create(ana);
  const PublishGrant grant = studio_.try_publish(created.publish.stream_key, created.publish.token).value();
  EXPECT_EQ(state(created.stream.id), StreamState::waiting);

  studio_.run(studio_.gate->on_live(grant));

  const Stream live = studio_.stream(created.stream.id);
  EXPECT_EQ(live.state, StreamState::live);
  EXPECT_EQ(live.started_at, studio_.clock.now());
  EXPECT_EQ(grant.username, "ana");
}

TEST_F(PublishGate, AShortDropIsTheSameStreamGoingOn) {
  const UserId ana = studio_.user("ana");
  const Studio::Created created = studio_.create(ana);
  const PublishGrant grant = studio_.go_live(created.publish);
  const auto started_at = studio_.stream(grant.stream_id).started_at;

  studio_.drop(grant);
  const Stream dropped = studio_.stream(grant.stream_id);
  studio_.clock.advance(119s);
  sweep();
  studio_.go_live(created.publish);

  EXPECT_EQ(dropped.state, StreamState::reconnecting);
  EXPECT_TRUE(dropped.is_live());
  EXPECT_EQ(dropped.grace_ends_at, Studio::kStart + 120s);
  const Stream again = studio_.stream(grant.stream_id);
  EXPECT_EQ(again.state, StreamState::live);
  EXPECT_EQ(again.started_at, started_at);
  EXPECT_FALSE(again.grace_ends_at);
}

TEST_F(PublishGate, AnEncoderThatSaysGoodbyeMayComeBackToo) {
  const Studio::Created created = studio_.create(studio_.user("ana"));
  const PublishGrant grant = studio_.go_live(created.publish);

  studio_.drop(grant, UnpublishCause::encoder_finished);

  EXPECT_EQ(state(grant.stream_id), StreamState::reconnecting);
}

TEST_F(PublishGate, AStreamNobodyComesBackToEnds) {
  const Studio::Created created = studio_.create(studio_.user("ana"));
  const PublishGrant grant = studio_.go_live(created.publish);
  studio_.drop(grant);
  studio_.clock.advance(120s);

  sweep();

  const Stream ended = studio_.stream(grant.stream_id);
  EXPECT_EQ(ended.state, StreamState::ended);
  EXPECT_EQ(ended.ended_at, studio_.clock.now());
  EXPECT_EQ(studio_.refusal(created.publish), "live.ended");
  EXPECT_THAT(studio_.engine.disconnected,
              ElementsAre(EngineStandIn::Disconnected{grant.stream_id, UnpublishCause::ended}));
}

TEST_F(PublishGate, APictureOnItsWayKeepsTheGraceWindowOpen) {
  const Studio::Created created = studio_.create(studio_.user("ana"));
  studio_.drop(studio_.go_live(created.publish));
  studio_.clock.advance(119s);
  const auto grant = studio_.try_publish(created.publish.stream_key, created.publish.token).value();
  studio_.clock.advance(10s);

  sweep();

  EXPECT_EQ(state(grant.stream_id), StreamState::reconnecting);
}

TEST_F(PublishGate, WhoeverTookOverKeepsTheStreamWhenTheOldConnectionGoes) {
  const Studio::Created created = studio_.create(studio_.user("ana"));
  const PublishGrant old_one = studio_.go_live(created.publish);
  const PublishGrant new_one = studio_.go_live(created.publish);

  studio_.drop(old_one, UnpublishCause::taken_over);
  studio_.drop(old_one, UnpublishCause::connection_lost);

  EXPECT_EQ(state(new_one.stream_id), StreamState::live);
  studio_.drop(new_one);
  EXPECT_EQ(state(new_one.stream_id), StreamState::reconnecting);
}

TEST_F(PublishGate, ATakeoverThatBringsNoPictureLeavesTheStreamWaitingForOne) {
  const Studio::Created created = studio_.create(studio_.user("ana"));
  const PublishGrant old_one = studio_.go_live(created.publish);
  const PublishGrant new_one = studio_.try_publish(created.publish.stream_key, created.publish.token).value();
  studio_.drop(old_one, UnpublishCause::taken_over);

  studio_.drop(new_one);

  EXPECT_EQ(state(old_one.stream_id), StreamState::reconnecting);
}

TEST_F(PublishGate, AnEncoderThatNeverSentAPictureChangesNothing) {
  const Studio::Created created = studio_.create(studio_.user("ana"));
  const PublishGrant grant = studio_.try_publish(created.publish.stream_key, created.publish.token).value();

  studio_.drop(grant);
  studio_.run(studio_.gate->on_ended(grant.stream_id));

  EXPECT_EQ(state(grant.stream_id), StreamState::waiting);
}

TEST_F(PublishGate, TheNextStreamEndsOneThatWaitsForItsEncoder) {
  const UserId ana = studio_.user("ana");
  const PublishGrant first = studio_.go_live(studio_.create(ana).publish);
  studio_.drop(first);

  const PublishGrant second = studio_.go_live(studio_.create(ana).publish);

  EXPECT_EQ(state(first.stream_id), StreamState::ended);
  EXPECT_EQ(state(second.stream_id), StreamState::live);
  EXPECT_THAT(studio_.engine.disconnected,
              ElementsAre(EngineStandIn::Disconnected{first.stream_id, UnpublishCause::ended}));
}

// --- The channel's persistent key.

TEST_F(PublishGate, AChannelKeyBeginsAStreamWithTheChannelsDefaults) {
  const UserId ana = studio_.user("ana");
  studio_.execute("UPDATE channels SET default_title = 'Fado às dez', default_category = 'fado'");

  const Stream stream = studio_.stream(studio_.go_live(channel_key(ana)).stream_id);

  EXPECT_EQ(stream.title, "Fado às dez");
  EXPECT_EQ(stream.category, "fado");
  EXPECT_EQ(stream.state, StreamState::live);
}

TEST_F(PublishGate, AChannelKeyGoesOnWithTheStreamItBegan) {
  const UserId ana = studio_.user("ana");
  const PublishSettings key = channel_key(ana);
  const PublishGrant first = studio_.go_live(key);
  const PublishGrant taken_over = studio_.go_live(key);
  studio_.drop(first, UnpublishCause::taken_over);
  studio_.drop(taken_over);
  const PublishGrant after_a_drop = studio_.go_live(key);

  EXPECT_EQ(taken_over.stream_id, first.stream_id);
  EXPECT_EQ(after_a_drop.stream_id, first.stream_id);
  EXPECT_EQ(studio_.execute("SELECT count(*) FROM streams"), "1");
}

TEST_F(PublishGate, TriesWithoutAPictureDoNotUseUpTheDay) {
  const PublishSettings key = channel_key(studio_.user("ana"));

  for (int i = 0; i < 8; ++i) ASSERT_EQ(studio_.refusal(key), "granted");

  EXPECT_EQ(studio_.execute("SELECT count(*) FROM streams"), "1");
}

TEST_F(PublishGate, TwoEncodersWithOneChannelKeyOpenOneStream) {
  const PublishSettings key = channel_key(studio_.user("ana"));
  const media::PublishRequest request{
      .stream_key = key.stream_key, .token = key.token, .remote = {}, .protocol = "rtmp"};

  const auto [one, other] =
      studio_.run_together(studio_.gate->may_publish(request), studio_.gate->may_publish(request));

  EXPECT_EQ(one->stream_id, other->stream_id);
  EXPECT_NE(one->publish_id, other->publish_id);
}

TEST_F(PublishGate, TheDailyLimitHoldsForTheChannelKey) {
  const UserId ana = studio_.user("ana");
  for (int i = 0; i < 5; ++i) studio_.create(ana);

  EXPECT_EQ(studio_.refusal(channel_key(ana)), "live.daily_limit");
}

// --- Restarts.

TEST_F(PublishGate, AfterAKilledServerTheSameStreamWaitsForItsEncoder) {
  const Studio::Created created = studio_.create(studio_.user("ana"));
  const PublishGrant before = studio_.go_live(created.publish);
  studio_.clock.advance(1h);

  studio_.restart();

  const Stream waits = studio_.stream(before.stream_id);
  EXPECT_EQ(waits.state, StreamState::reconnecting);
  EXPECT_EQ(waits.grace_ends_at, studio_.clock.now() + 120s);
  EXPECT_EQ(studio_.go_live(created.publish).stream_id, before.stream_id);
  EXPECT_EQ(state(before.stream_id), StreamState::live);
}

TEST_F(PublishGate, AfterAKilledServerAStreamNobodyComesBackToEnds) {
  const PublishGrant before = studio_.go_live(studio_.create(studio_.user("ana")).publish);
  studio_.restart();
  studio_.clock.advance(120s);

  sweep();

  EXPECT_EQ(state(before.stream_id), StreamState::ended);
}

TEST_F(PublishGate, TokensFromBeforeARestartStillOpen) {
  const Studio::Created created = studio_.create(studio_.user("ana"));

  studio_.restart();

  EXPECT_EQ(studio_.refusal(created.publish), "granted");
}

TEST_F(PublishGate, TokensOfARotatedSigningKeyStillOpen) {
  const Studio::Created created = studio_.create(studio_.user("ana"));

  ASSERT_TRUE(
      studio_.keyring->rotate(studio_.clock.now(), studio_.settings.channel_token_ttl, studio_.random));

  EXPECT_EQ(studio_.refusal(created.publish), "granted");
}

TEST_F(PublishGate, WhatTheEngineSaysIsOverIsOver) {
  const PublishGrant grant = studio_.go_live(studio_.create(studio_.user("ana")).publish);
  studio_.drop(grant);

  studio_.run(studio_.gate->on_ended(grant.stream_id));

  EXPECT_EQ(state(grant.stream_id), StreamState::ended);
  EXPECT_THAT(studio_.engine.disconnected, IsEmpty());
}

}  // namespace
}  // namespace luso::live
