#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "live/studio_pgtest.h"

namespace luso::live {
namespace {

// Every role against every thing one can do with a broadcast.
class BroadcastsOfATeam : public ::testing::Test {
 protected:
  template <typename T>
  static std::string reason(const Result<T>& result) {
    return std::string(result ? "done" : result.error().reason);
  }

  // Somebody new, on ana's team.
  UserId member(const std::string& username, const std::string& role,
                const std::string& accepted_at = "now()") {
    const UserId user = studio_.user(username);
    studio_.execute(
        "INSERT INTO channel_members (channel_id, user_id, role, created_at, accepted_at) SELECT c.id, " +
        std::to_string(user.value) + ", '" + role + "', now(), " + accepted_at +
        " FROM channels c WHERE c.user_id = " + std::to_string(ana_.value));
    return user;
  }

  // What seeing, running and the keys say to this caller.
  std::vector<std::string> answers(UserId caller) {
    Broadcasts& broadcasts = *studio_.broadcasts;
    const NewStream stream{.user_id = {}, .title = "Fado", .category = "fado", .language = "pt-PT"};
    StreamChange change;
    change.title = "Outro fado";
    return {
        reason(studio_.run(broadcasts.list_of_channel(caller, "ana", 10, std::nullopt))),
        reason(studio_.run(broadcasts.get_health(caller, on_air_))),
        reason(studio_.run(broadcasts.create(caller, "ana", stream))),
        reason(studio_.run(broadcasts.update(caller, on_air_, change))),
        reason(studio_.run(broadcasts.end(caller, waiting_))),
        reason(studio_.run(broadcasts.get_stream_key(caller, on_air_))),
        reason(studio_.run(broadcasts.rotate_stream_key(caller, on_air_))),
        reason(studio_.run(broadcasts.revoke_stream_key(caller, on_air_))),
    };
  }

  using Reasons = std::vector<std::string>;

  Studio studio_;
  UserId ana_ = studio_.user("ana");
  StreamId on_air_ = studio_.on_air(ana_);
  StreamId waiting_ = studio_.create(ana_).stream.id;
};

TEST_F(BroadcastsOfATeam, TheOwnerDoesEverything) {
  EXPECT_EQ(answers(ana_), Reasons(8, "done"));
}

TEST_F(BroadcastsOfATeam, AnEditorDoesEverythingButKeys) {
  EXPECT_EQ(answers(member("eva", "editor")),
            (Reasons{"done", "done", "done", "done", "done", "channels.role_forbidden",
                     "channels.role_forbidden", "channels.role_forbidden"}));
}

TEST_F(BroadcastsOfATeam, AModeratorSees) {
  const std::string no = "channels.role_forbidden";
  EXPECT_EQ(answers(member("mia", "moderator")), (Reasons{"done", "done", no, no, no, no, no, no}));
}

TEST_F(BroadcastsOfATeam, SomebodyAskedIsAStrangerUntilTheySayYes) {
  const std::string no = "live.not_owner", not_there = "channels.not_on_team";
  EXPECT_EQ(answers(member("rui", "editor", "NULL")),
            (Reasons{not_there, no, not_there, no, no, no, no, no}));
  EXPECT_EQ(answers(studio_.user("jose")), (Reasons{not_there, no, not_there, no, no, no, no, no}));
}

TEST_F(BroadcastsOfATeam, WhatAnEditorBeginsBelongsToTheChannelAndComesWithoutItsKey) {
  const UserId eva = member("eva", "editor");
  const NewStream stream{.user_id = {}, .title = "Fado", .category = "fado", .language = "pt-PT"};

  const CreatedStream created = studio_.run(studio_.broadcasts->create(eva, "ana", stream)).value();

  EXPECT_EQ(created.stream.username, "ana");
  EXPECT_FALSE(created.publish);
  EXPECT_EQ(studio_.execute(
                "SELECT action || actor_id || ' ' || subject_id FROM audit_log ORDER BY id DESC LIMIT 1"),
            "live.created" + std::to_string(eva.value) + " " + std::to_string(ana_.value));
}

TEST_F(BroadcastsOfATeam, TheCurveIsForTheTeamAndNeverHasMorePointsThanAScreen) {
  studio_.execute("INSERT INTO viewer_samples SELECT " + std::to_string(on_air_.value) +
                  ", timestamptz '2026-11-22 20:00Z' + n * interval '1 minute', n % 7, 0, 0"
                  " FROM generate_series(0, 1439) n");

  const Curve curve = studio_.run(studio_.broadcasts->get_curve(member("mia", "moderator"), on_air_)).value();

  EXPECT_EQ(curve.step_minutes, 6);
  ASSERT_EQ(curve.points.size(), 240U);
  EXPECT_EQ(curve.points[1].at - curve.points[0].at, std::chrono::minutes(6));
  EXPECT_EQ(curve.points[0].viewer_count, 5);  // The highest of 0 to 5.
  EXPECT_EQ(curve.points[1].viewer_count, 6);
  EXPECT_EQ(reason(studio_.run(studio_.broadcasts->get_curve(studio_.user("jose"), on_air_))),
            "live.not_owner");
}

TEST_F(BroadcastsOfATeam, AStreamNobodyWatchedYetHasNoCurve) {
  EXPECT_TRUE(studio_.run(studio_.broadcasts->get_curve(ana_, waiting_)).value().points.empty());
}

TEST_F(BroadcastsOfATeam, TheDailyLimitIsTheChannels) {
  const UserId eva = member("eva", "editor");
  const NewStream stream{.user_id = {}, .title = "Fado", .category = "fado", .language = "pt-PT"};
  for (int i = 0; i < 3; ++i) studio_.create(ana_);

  EXPECT_EQ(reason(studio_.run(studio_.broadcasts->create(eva, "ana", stream))), "live.daily_limit");
  EXPECT_EQ(reason(studio_.run(studio_.broadcasts->create(eva, std::nullopt, stream))), "done");
}

TEST_F(BroadcastsOfATeam, AnEditorsOwnEyesAreNoViewersAModeratorsAre) {
  for (const auto& [username, role] : {std::pair{"eva", "editor"}, {"mia", "moderator"}}) {
    const Heartbeat beat{.stream_id = on_air_,
                         .user_id = member(username, role),
                         .session_id = std::string(16, 'a') + username,
                         .is_playing = true,
                         .protocol = std::nullopt,
                         .height = std::nullopt,
                         .latency_ms = std::nullopt};
    studio_.run(studio_.viewers->beat(beat)).value();
  }

  EXPECT_EQ(studio_.execute("SELECT string_agg(u.username || v.is_own::text, ' ' ORDER BY u.username)"
                            " FROM viewer_sessions v JOIN users u ON u.id = v.user_id"),
            "evatrue miafalse");
}

}  // namespace
}  // namespace luso::live
