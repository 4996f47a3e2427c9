#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>  // After gtest.h, which it needs.

#include "live/rules.h"
#include "live/studio_pgtest.h"
#include "live/viewers.h"

namespace luso::live {
namespace {

using namespace std::chrono_literals;

class ViewerCounts : public ::testing::Test {
 protected:
  ViewerCounts() {
    owner_ = studio_.user("ana");
    created_ = studio_.create(owner_);
    grant_ = studio_.go_live(created_.publish);
    id_ = created_.stream.id;
  }

  Heartbeat playing(const std::string& session, double playhead_s) const {
    Heartbeat beat;
    beat.stream_id = id_;
    beat.session_id = "sessao-de-teste-" + session;
    beat.playhead_s = playhead_s;
    beat.is_playing = true;
    return beat;
  }

  HeartbeatAnswer send(const Heartbeat& beat) { return studio_.run(studio_.viewers->beat(beat)).value(); }

  // Beats every 20 seconds for as long as it takes, from a player that runs.
  void watch(const std::string& session, Duration duration, UserId user = {}) {
    Heartbeat beat = playing(session, seconds_now());
    beat.user_id = user;
    send(beat);
    for (Duration watched{}; watched < duration; watched += 20s) {
      studio_.clock.advance(20s);
      beat.playhead_s = seconds_now();
      send(beat);
    }
  }

  double seconds_now() const {
    return std::chrono::duration<double>(studio_.clock.now() - Studio::kStart).count();
  }

  Stream counts() {
    EXPECT_TRUE(studio_.run(studio_.viewers->sample()));
    return studio_.stream(id_);
  }

  std::int64_t number(const std::string& expression) {
    return std::stoll(
        studio_.execute("SELECT " + expression + " FROM viewer_sessions ORDER BY id DESC LIMIT 1"));
  }

  Studio studio_;
  UserId owner_;
  Studio::Created created_;
  media::PublishGrant grant_;
  StreamId id_;
};

// --- Who counts.

TEST_F(ViewerCounts, OneBeatIsNoViewerAndTwoAre) {
  EXPECT_EQ(send(playing("a", 1)).next_heartbeat_s, 5);
  EXPECT_EQ(counts().viewer_count, 0);
  studio_.clock.advance(5s);

  const HeartbeatAnswer second = send(playing("a", 6));

  EXPECT_EQ(second.next_heartbeat_s, 20);
  EXPECT_EQ(second.viewer_count, 1);
  EXPECT_EQ(counts().viewer_count, 1);
  EXPECT_EQ(counts().total_viewers, 1);
  EXPECT_EQ(metrics::registry().gauge("luso_live_viewers", "").value(), 1);
}

TEST_F(ViewerCounts, ABeatDeliveredTwiceIsOneBeat) {
  send(playing("a", 1));
  send(playing("a", 1));

  EXPECT_EQ(counts().viewer_count, 0);
}

TEST_F(ViewerCounts, APausedPlayerIsNoViewer) {
  watch("a", 40s);
  Heartbeat paused = playing("a", seconds_now());
  paused.is_playing = false;
  studio_.clock.advance(20s);

  EXPECT_EQ(send(paused).next_heartbeat_s, 5);

  EXPECT_EQ(counts().viewer_count, 0);
  EXPECT_EQ(counts().total_viewers, 1);
}

TEST_F(ViewerCounts, APlayheadThatMovesIsEnough) {
  Heartbeat beat = playing("a", 1);
  beat.is_playing = false;
  send(beat);
  studio_.clock.advance(5s);
  beat.playhead_s = 6;
  send(beat);

  EXPECT_EQ(counts().viewer_count, 1);
}

TEST_F(ViewerCounts, APlayerThatFallsSilentLeftWhenItLastSpoke) {
  watch("a", 40s);
  const std::string last_beat = studio_.execute("SELECT last_beat_at FROM viewer_sessions");
  studio_.clock.advance(39s);
  EXPECT_EQ(counts().viewer_count, 1);
  studio_.clock.advance(21s);

  EXPECT_EQ(counts().viewer_count, 0);
  EXPECT_EQ(studio_.execute("SELECT left_at FROM viewer_sessions"), last_beat);
}

TEST_F(ViewerCounts, WhoeverSaysGoodbyeIsGoneAtOnceAndMayComeBack) {
  watch("a", 40s);
  Heartbeat goodbye = playing("a", seconds_now());
  goodbye.is_leaving = true;
  send(goodbye);
  EXPECT_EQ(counts().viewer_count, 0);

  studio_.clock.advance(2s);
  send(playing("a", 1));

  EXPECT_EQ(counts().viewer_count, 1);
  EXPECT_EQ(counts().total_viewers, 1);
  EXPECT_EQ(studio_.execute("SELECT count(*) FROM viewer_sessions"), "1");
  EXPECT_EQ(studio_.execute("SELECT left_at IS NULL FROM viewer_sessions"), "t");
}

TEST_F(ViewerCounts, TheOwnerIsNotTheirOwnViewer) {
  watch("a", 40s, owner_);
  watch("b", 40s);
  EXPECT_EQ(counts().viewer_count, 1);

  Heartbeat signed_in_later = playing("b", 500);
  signed_in_later.user_id = owner_;
  send(signed_in_later);

  EXPECT_EQ(counts().viewer_count, 0);
}

TEST_F(ViewerCounts, OnePersonOnTwoScreensIsOneViewerAndTwoGuestsAreTwo) {
  const UserId rui = studio_.user("rui");
  for (const auto& [session, user] :
       {std::pair("phone", rui), {"tv", rui}, {"guest1", UserId{}}, {"guest2", UserId{}}}) {
    Heartbeat beat = playing(session, 1);
    beat.user_id = user;
    send(beat);
    beat.playhead_s = 2;
    send(beat);
  }

  EXPECT_EQ(counts().viewer_count, 3);
  EXPECT_EQ(studio_.execute("SELECT peak_viewers_raw FROM streams"), "4");
}

TEST_F(ViewerCounts, HiddenTabsAreCountedApart) {
  Heartbeat beat = playing("a", 1);
  beat.is_visible = false;
  send(beat);
  studio_.clock.advance(20s);
  beat.playhead_s = 21;
  send(beat);

  EXPECT_EQ(counts().viewer_count, 1);
  EXPECT_EQ(studio_.execute("SELECT hidden_viewer_count FROM streams"), "1");
  EXPECT_EQ(number("watch_time_ms"), 0);
  EXPECT_EQ(number("hidden_watch_time_ms"), 20'000);
}

TEST_F(ViewerCounts, ThePeakOnlyGrows) {
  for (const char* session : {"a", "b", "c"}) {
    send(playing(session, 1));
    send(playing(session, 2));
  }
  EXPECT_EQ(counts().peak_viewers, 3);
  studio_.clock.advance(2min);

  EXPECT_EQ(counts().viewer_count, 0);
  EXPECT_EQ(counts().peak_viewers, 3);
  EXPECT_EQ(counts().total_viewers, 3);
}

TEST_F(ViewerCounts, SamplingTwiceIsSamplingOnce) {
  watch("a", 40s);
  const Stream once = counts();
  const Stream twice = counts();

  EXPECT_EQ(twice.total_viewers, once.total_viewers);
  EXPECT_EQ(twice.average_watch_time_s, once.average_watch_time_s);
  EXPECT_EQ(studio_.execute("SELECT count(*) FROM viewer_samples"), "1");
}

TEST_F(ViewerCounts, EachMinuteKeepsItsHighest) {
  watch("a", 20s);
  counts();
  studio_.clock.advance(30s);
  counts();
  studio_.clock.advance(60s);
  counts();

  EXPECT_EQ(studio_.execute("SELECT string_agg(viewer_count::text, ',' ORDER BY minute) FROM viewer_samples"),
            "1,0");
}

// --- Streams that drop, end, restart.

TEST_F(ViewerCounts, ADropKeepsItsViewersWhileTheyWait) {
  watch("a", 40s);
  studio_.drop(grant_);
  Heartbeat waiting = playing("a", seconds_now());
  waiting.is_playing = false;
  for (int i = 0; i < 5; ++i) {
    studio_.clock.advance(20s);
    EXPECT_EQ(send(waiting).state, StreamState::reconnecting);
  }

  EXPECT_EQ(counts().viewer_count, 1);
  EXPECT_EQ(number("watch_time_ms"), 40'000) << "waiting is not watching";
}

TEST_F(ViewerCounts, AServerThatWasKilledGoesOnWithTheSameSessions) {
  watch("a", 40s);
  watch("b", 40s);
  counts();
  studio_.restart();
  studio_.clock.advance(10s);
  studio_.go_live(created_.publish);

  for (const char* session : {"a", "b"}) {
    send(playing(session, seconds_now()));
    send(playing(session, seconds_now() + 1));
  }

  EXPECT_EQ(counts().viewer_count, 2);
  EXPECT_EQ(counts().total_viewers, 2);
  EXPECT_EQ(studio_.execute("SELECT count(*) FROM viewer_sessions"), "2");
}

TEST_F(ViewerCounts, AStreamThatIsOverTakesNoMoreViewersAndKeepsItsTotals) {
  watch("a", 60s);
  ASSERT_TRUE(studio_.run(studio_.broadcasts->end(owner_, id_)));

  const HeartbeatAnswer answer = send(playing("b", 1));

  EXPECT_EQ(answer.state, StreamState::ended);
  const Stream over = counts();
  EXPECT_EQ(over.viewer_count, 0);
  EXPECT_EQ(over.total_viewers, 1);
  EXPECT_EQ(over.average_watch_time_s, 60);
  EXPECT_EQ(studio_.execute("SELECT count(*) FROM viewer_sessions"), "1");
}

TEST_F(ViewerCounts, AnUnknownStreamIsNotFound) {
  Heartbeat beat = playing("a", 1);
  beat.stream_id = StreamId{999};

  EXPECT_EQ(studio_.run(studio_.viewers->beat(beat)).error().reason, "live.not_found");
}

TEST_F(ViewerCounts, TheAnswerCarriesWhatThePageShows) {
  ASSERT_TRUE(studio_.run(studio_.broadcasts->update(
      owner_, id_, {.title = "Outro fado", .category = "conversa", .language = std::nullopt})));
  studio_.drop(grant_);

  const HeartbeatAnswer answer = send(playing("a", 1));

  EXPECT_EQ(answer.title, "Outro fado");
  EXPECT_EQ(answer.category, "conversa");
  EXPECT_EQ(answer.grace_ends_at, studio_.clock.now() + 120s);
}

// --- Watch time.

TEST_F(ViewerCounts, WatchTimeIsTheTimeBetweenBeats) {
  watch("a", 60s);
  watch("b", 20s);

  EXPECT_EQ(counts().average_watch_time_s, 40);
  EXPECT_EQ(
      studio_.execute("SELECT string_agg(total_watch_time::text, ',' ORDER BY id) FROM viewer_sessions"),
      "60,20");
}

TEST_F(ViewerCounts, ALongSilenceAddsNoMoreThanOneGap) {
  send(playing("a", 1));
  studio_.clock.advance(10min);
  send(playing("a", 601));

  EXPECT_EQ(number("watch_time_ms"), 30'000);
}

// What one session must come to, step by step, in plain words.
struct SessionModel {
  std::optional<WallTime> last_beat, counted_until;
  bool was_playing = false, was_visible = true, is_verified = false;
  double playhead_s = 0;
  std::int64_t watch_ms = 0, hidden_ms = 0;

  void hear(const Heartbeat& beat, WallTime now) {
    if (last_beat) weigh(beat, now);
    last_beat = now;
    playhead_s = beat.playhead_s;
    was_playing = beat.is_playing && !beat.is_leaving;
    was_visible = beat.is_visible;
  }

 private:
  void weigh(const Heartbeat& beat, WallTime now) {
    const Duration gap = now - *last_beat;
    const bool has_moved = beat.playhead_s > playhead_s;
    const bool is_news = has_moved || gap >= rules::kBeatSpacingMin;
    const bool is_viewer = is_news && (has_moved || beat.is_playing) && gap <= rules::kViewerWindow;
    if (is_viewer) is_verified = true;
    if (beat.is_leaving) {
      counted_until.reset();
    } else if (is_viewer) {
      counted_until = *last_beat + rules::kViewerWindow;
    } else if (is_news) {
      counted_until.reset();
    }
    const bool has_watched = was_playing && (has_moved || beat.is_playing || beat.is_leaving);
    const auto credit =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::min(gap, rules::kWatchGapMax));
    if (has_watched) (was_visible ? watch_ms : hidden_ms) += credit.count();
  }
};

struct Step {
  int after_ms = 0;
  Heartbeat beat;
};

Step arbitrary_step(double playhead_s) {
  Step step;
  step.after_ms = *rc::gen::weightedElement<int>(
      {{3, 0}, {2, 400}, {2, 1000}, {6, 5000}, {9, 20'000}, {2, 31'000}, {2, 60'000}, {2, 75'000}});
  step.beat.playhead_s = *rc::gen::element(playhead_s, playhead_s + 5, 0.0, 3.0);
  step.beat.is_playing = *rc::gen::weightedElement<bool>({{4, true}, {1, false}});
  step.beat.is_visible = *rc::gen::weightedElement<bool>({{4, true}, {1, false}});
  step.beat.is_leaving = *rc::gen::weightedElement<bool>({{8, false}, {1, true}});
  return step;
}

std::vector<Step> arbitrary_steps() {
  std::vector<Step> steps;
  const int count = *rc::gen::inRange(1, 12);
  for (int i = 0; i < count; ++i)
    steps.push_back(arbitrary_step(steps.empty() ? 0 : steps.back().beat.playhead_s));
  return steps;
}

class ViewerSessions : public ViewerCounts {
 protected:
  // Plays the steps into a session of its own; every beat arrives `copies` times.
  std::string play(const std::vector<Step>& steps, int copies) {
    const std::string session = std::to_string(++sessions_);
    for (const Step& step : steps) {
      studio_.clock.advance(std::chrono::milliseconds(step.after_ms));
      Heartbeat beat = step.beat;
      beat.stream_id = id_;
      beat.session_id = "sessao-de-teste-" + session;
      for (int i = 0; i < copies; ++i) send(beat);
    }
    return studio_.execute(
        "SELECT concat_ws(' ', watch_time_ms, hidden_watch_time_ms, (verified_at IS NOT NULL)::int,"
        " coalesce(round(extract(epoch FROM counted_until - last_beat_at))::int::text, '-'))"
        " FROM viewer_sessions WHERE session_id = 'sessao-de-teste-" +
        session + "'");
  }

  int sessions_ = 0;
};

TEST_F(ViewerSessions, ComeToWhatTheModelSaysWhateverThePlayerSends) {
  EXPECT_TRUE(rc::check([this] {
    const std::vector<Step> steps = arbitrary_steps();

    const std::string row = play(steps, 1);

    SessionModel model;
    WallTime now{};
    for (const Step& step : steps) {
      now += std::chrono::milliseconds(step.after_ms);
      model.hear(step.beat, now);
    }
    const std::string left =
        model.counted_until
            ? std::to_string(
                  std::chrono::round<std::chrono::seconds>(*model.counted_until - *model.last_beat).count())
            : "-";
    RC_ASSERT(row == std::to_string(model.watch_ms) + " " + std::to_string(model.hidden_ms) + " " +
                         (model.is_verified ? "1 " : "0 ") + left);
  }));
}

TEST_F(ViewerSessions, AreTheSameWhenEveryBeatArrivesThreeTimes) {
  EXPECT_TRUE(rc::check([this] {
    const std::vector<Step> steps = arbitrary_steps();
    RC_ASSERT(play(steps, 1) == play(steps, 3));
  }));
}

TEST_F(ViewerSessions, NeverWatchLongerThanTimePassesWhateverTheOrder) {
  EXPECT_TRUE(rc::check([this] {
    std::vector<Step> steps = arbitrary_steps();
    const auto from = static_cast<std::size_t>(*rc::gen::inRange<int>(0, static_cast<int>(steps.size())));
    const auto to = static_cast<std::size_t>(*rc::gen::inRange<int>(0, static_cast<int>(steps.size())));
    std::swap(steps[from].beat, steps[to].beat);
    const WallTime begin = studio_.clock.now() + std::chrono::milliseconds(steps.front().after_ms);

    play(steps, 1);

    const auto passed =
        std::chrono::duration_cast<std::chrono::milliseconds>(studio_.clock.now() - begin).count();
    RC_ASSERT(number("watch_time_ms + hidden_watch_time_ms") <= passed);
  }));
}

TEST_F(ViewerSessions, TwoBeatsOfOnePlayerAtOnceMakeOneRow) {
  const Heartbeat beat = playing("a", 1);

  const auto [one, other] = studio_.run_together(studio_.viewers->beat(beat), studio_.viewers->beat(beat));

  EXPECT_TRUE(one && other);
  EXPECT_EQ(studio_.execute("SELECT count(*) || ' ' || sum(beats) FROM viewer_sessions"), "1 2");
}

}  // namespace
}  // namespace luso::live
