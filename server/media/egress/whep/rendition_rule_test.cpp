#include "media/egress/whep/rendition_rule.h"

#include <array>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace luso::media::whep {
namespace {

using namespace std::chrono_literals;
using Rung = Ladder::Rung;

constexpr Duration kLook = 250ms;
constexpr std::size_t kFull = 0, kHalf = 1, kQuarter = 2;

// A viewer that does what the rule says at once, on a way that carries so much: what is sent in full proves
// itself and half as much again, as BandwidthEstimate has it, and what is too much shows as less.
class Viewer {
 public:
  std::size_t rung = kFull;
  std::array<Rung, 3> rungs{Rung{.is_live = true, .bitrate_bps = 2'000'000, .width = 1280, .height = 720},
                            Rung{.is_live = true, .bitrate_bps = 600'000, .width = 640, .height = 360},
                            Rung{.is_live = true, .bitrate_bps = 150'000, .width = 320, .height = 180}};
  std::uint64_t carries_bps = 10'000'000;
  double loss = 0;
  int moves = 0;
  int probes = 0;

  void run(Duration length) {
    for (const MonoTime end = now_ + length; now_ < end; now_ += kLook) look();
  }

  void look() {
    const auto sent = static_cast<std::uint64_t>(rungs.at(rung).bitrate_bps);
    const std::uint64_t offered = now_ < probe_until_ ? std::max(sent, probe_bps_) : sent;
    const bool fills = offered > carries_bps;
    if (fills) {
      estimate_ = std::min(estimate_, carries_bps * 85 / 100);
    } else {
      estimate_ = std::max(estimate_, offered);
      estimate_ = std::min(estimate_ * 102 / 100, std::max(estimate_, offered * 3 / 2));
    }
    const auto verdict =
        rule_.decide(now_, rung, {.estimate_bps = estimate_, .loss = loss, .fills = fills}, rungs);
    if (verdict.probe_bps > 0) {
      ++probes;
      probe_bps_ = verdict.probe_bps;
      probe_until_ = now_ + RenditionRule::kProbeFor;
    }
    if (verdict.rung == rung) return;
    EXPECT_TRUE(rungs.at(verdict.rung).is_live);
    last_move_ = now_ - moved_;
    moved_ = now_;
    ++moves;
    rung = verdict.rung;
  }

  // How long it was where it was before its last move.
  [[nodiscard]] Duration stayed() const { return std::chrono::duration_cast<Duration>(last_move_); }

 private:
  MonoTime now_ = MonoTime{} + 1h;
  MonoTime moved_ = now_, probe_until_{};
  MonoTime::duration last_move_{};
  std::uint64_t estimate_ = 1'000'000;
  std::uint64_t probe_bps_ = 0;
  RenditionRule rule_;
};

TEST(RenditionRule, WhoHasRoomStaysWhereItBeginsAndIsNotProbed) {
  Viewer viewer;
  viewer.run(10min);
  EXPECT_EQ(viewer.rung, kFull);
  EXPECT_EQ(viewer.moves, 0);
  EXPECT_EQ(viewer.probes, 0);
}

TEST(RenditionRule, AWayThatGetsNarrowIsLeftWithinASecond) {
  Viewer viewer;
  viewer.run(20s);
  viewer.carries_bps = 1'000'000;
  viewer.run(1s);
  EXPECT_EQ(viewer.rung, kHalf) << "the best that fits";

  viewer.run(10s);
  viewer.carries_bps = 100'000;
  viewer.run(1s);
  EXPECT_EQ(viewer.rung, kQuarter) << "the least, though it does not fit";
}

TEST(RenditionRule, FromTheTopToWhatFitsInOneStep) {
  Viewer viewer;
  viewer.run(20s);
  viewer.carries_bps = 300'000;
  viewer.run(1s);
  EXPECT_EQ(viewer.rung, kQuarter);
  EXPECT_EQ(viewer.moves, 1);
}

TEST(RenditionRule, WhenTheWayIsWideAgainItClimbsAfterAProbe) {
  Viewer viewer;
  viewer.run(20s);
  viewer.carries_bps = 1'000'000;
  viewer.run(3s);
  ASSERT_EQ(viewer.rung, kHalf);
  viewer.carries_bps = 10'000'000;
  viewer.run(2s);
  EXPECT_EQ(viewer.rung, kHalf) << "not before it has been calm for a while";
  viewer.run(20s);
  EXPECT_EQ(viewer.rung, kFull);
  EXPECT_GE(viewer.probes, 1);
  EXPECT_EQ(viewer.moves, 2);
}

TEST(RenditionRule, ProbesInVainBecomeRare) {
  Viewer viewer;
  viewer.carries_bps = 1'000'000;
  viewer.run(10min);
  EXPECT_EQ(viewer.rung, kHalf);
  EXPECT_EQ(viewer.moves, 1);
  EXPECT_LE(viewer.probes, 4 + 600 / 48);
}

TEST(RenditionRule, LossThatLastsMovesDownAndLossInAMomentDoesNot) {
  Viewer viewer;
  viewer.run(20s);
  viewer.loss = 0.3;
  viewer.run(1s);
  viewer.loss = 0;
  viewer.run(10s);
  EXPECT_EQ(viewer.moves, 0);
  viewer.loss = 0.3;
  viewer.run(3s);
  EXPECT_EQ(viewer.rung, kHalf);
  viewer.run(30s);
  EXPECT_NE(viewer.rung, kFull) << "no climb while packets are lost";
}

TEST(RenditionRule, ARenditionThatPausesIsLeftAtOnceForTheNextOne) {
  Viewer viewer;
  viewer.run(20s);
  viewer.rungs[kFull].is_live = false;
  viewer.look();
  EXPECT_EQ(viewer.rung, kHalf);

  viewer.rungs[kHalf].is_live = viewer.rungs[kQuarter].is_live = false;
  viewer.look();
  EXPECT_EQ(viewer.rung, kHalf) << "nowhere to go";

  viewer.rungs[kFull].is_live = true;
  viewer.look();
  EXPECT_EQ(viewer.rung, kFull);
}

TEST(RenditionRule, WhatIsNotKnownMovesNobody) {
  RenditionRule rule;
  std::array<Rung, 2> rungs{Rung{.is_live = true, .bitrate_bps = 2'000'000, .width = 0, .height = 0},
                            Rung{.is_live = true, .bitrate_bps = 0, .width = 0, .height = 0}};
  MonoTime now = MonoTime{} + 1h;
  for (int i = 0; i < 100; ++i, now += kLook) EXPECT_EQ(rule.decide(now, 0, {}, rungs).rung, 0U);
  for (int i = 0; i < 100; ++i, now += kLook)
    EXPECT_EQ(rule.decide(now, 0, {.estimate_bps = 100'000, .loss = 0, .fills = true}, rungs).rung, 0U)
        << "the other one's rate is not known";
}

// Whatever the network does, and however it lies: never to what is not there, never up within kUpAfter of a
// move, and a climb that fails costs the next one twice the patience, so that moves become few.
TEST(RenditionRule, WhateverTheWayDoesItNeverOscillates) {
  for (unsigned seed = 1; seed <= 200; ++seed) {
    std::mt19937 random(seed);
    const auto below = [&random](std::uint64_t limit) {
      return std::uniform_int_distribution<std::uint64_t>(0, limit)(random);
    };
    RenditionRule rule;
    std::array<Rung, 3> rungs{Rung{.is_live = true, .bitrate_bps = 2'000'000, .width = 0, .height = 0},
                              Rung{.is_live = true, .bitrate_bps = 600'000, .width = 0, .height = 0},
                              Rung{.is_live = true, .bitrate_bps = 150'000, .width = 0, .height = 0}};
    std::size_t rung = below(2);
    MonoTime now = MonoTime{} + 1h, moved = now;
    int climbs = 0;
    const std::uint64_t mood = 1 + below(40);
    RenditionRule::Way way;
    for (int look = 0; look < 4 * 600; ++look, now += kLook) {
      if (below(mood) == 0)
        way = {.estimate_bps = below(4'000'000),
               .loss = static_cast<double>(below(20)) / 100,
               .fills = below(3) == 0};
      const auto verdict = rule.decide(now, rung, way, rungs);
      ASSERT_LT(verdict.rung, rungs.size());
      if (verdict.rung == rung) continue;
      const bool is_climb = rungs.at(verdict.rung).bitrate_bps > rungs.at(rung).bitrate_bps;
      if (is_climb) {
        ++climbs;
        EXPECT_GE(now - moved, RenditionRule::kUpAfter);
      }
      rung = verdict.rung;
      moved = now;
    }
    EXPECT_LE(climbs, 60) << "in ten minutes, seed " << seed;
  }
}

TEST(RenditionRule, AWayThatTakesEveryClimbBackIsTriedEverMoreSeldom) {
  RenditionRule rule;
  const std::array<Rung, 2> rungs{Rung{.is_live = true, .bitrate_bps = 2'000'000, .width = 0, .height = 0},
                                  Rung{.is_live = true, .bitrate_bps = 600'000, .width = 0, .height = 0}};
  std::size_t rung = 1;
  int climbs = 0;
  MonoTime now = MonoTime{} + 1h;
  for (int look = 0; look < 4 * 1'800; ++look, now += kLook) {  // Half an hour.
    const std::uint64_t estimate = rung == 0 ? 500'000 : 5'000'000;
    const auto verdict = rule.decide(now, rung, {.estimate_bps = estimate, .loss = 0, .fills = false}, rungs);
    if (verdict.rung == 0 && rung == 1) ++climbs;
    rung = verdict.rung;
  }
  EXPECT_GE(climbs, 5);
  EXPECT_LE(climbs, 13);
  EXPECT_EQ(rung, 1U);
}

}  // namespace
}  // namespace luso::media::whep
