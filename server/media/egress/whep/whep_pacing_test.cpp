#include <gtest/gtest.h>

#include "media/egress/whep/pacer.h"
#include "media/egress/whep/resend_guard.h"

namespace luso::media::whep {
namespace {
using namespace std::chrono_literals;

constexpr MonoTime kStart{std::chrono::hours{1}};

TEST(WhepPacer, AllowsOneChunkATickAndSavesNothingUp) {
  Pacer pacer;
  EXPECT_EQ(pacer.credit(kStart, {.chunk = 10}), 10U);
  pacer.spend(10);
  EXPECT_EQ(pacer.credit(kStart + 1ms, {.chunk = 10}), 0U);
  EXPECT_EQ(pacer.credit(kStart + 5ms, {.chunk = 10}), 10U);
  EXPECT_EQ(pacer.credit(kStart + 1s, {.chunk = 10}), 10U);
}

TEST(WhepPacer, OwesAViewerThatWaitsTheTicksAStarvedReactorMissed) {
  Pacer pacer;
  static_cast<void>(pacer.credit(kStart, {.chunk = 10}));
  pacer.spend(10);
  pacer.rest(true);
  EXPECT_EQ(pacer.credit(kStart + 60ms, {.chunk = 10}), 120U);
  pacer.spend(120);
  EXPECT_EQ(pacer.credit(kStart + 10s, {.chunk = 10}), static_cast<std::size_t>(Pacer::kLateMax));
  pacer.rest(false);
  EXPECT_EQ(pacer.credit(kStart + 11s, {.chunk = 10}), 10U);
}

TEST(WhepPacer, ABusyStreamIsPacedInLargerChunks) {
  EXPECT_EQ(Pace::of(0).chunk, Pace::kChunkMin);
  EXPECT_EQ(Pace::of(160).chunk, Pace::kChunkMin);
  EXPECT_EQ(Pace::of(2'000).chunk, 40);
  EXPECT_EQ(Pace::of(100'000).chunk, Pace::kChunkMax);
}

TEST(WhepResendGuard, TheSamePacketIsNotRepeatedWhileItMayBeOnItsWay) {
  ResendGuard guard;
  EXPECT_TRUE(guard.allow(5, kStart, 100ms));
  EXPECT_FALSE(guard.allow(5, kStart + 50ms, 100ms));
  EXPECT_TRUE(guard.allow(6, kStart + 50ms, 100ms));
  EXPECT_TRUE(guard.allow(5, kStart + 75ms, 100ms));
  EXPECT_FALSE(guard.allow(5, kStart + 76ms, 0ms)) << "an unknown round trip is not none";
}

TEST(WhepResendGuard, AFloodOfRequestsIsHeldToItsBudget) {
  ResendGuard guard;
  int allowed = 0;
  for (int ms = 0; ms < 10'000; ++ms) {
    for (int i = 0; i < 20; ++i) {
      if (guard.allow(static_cast<std::uint16_t>(ms * 20 + i), kStart + std::chrono::milliseconds(ms),
                      10ms)) {
        ++allowed;
      }
    }
  }
  EXPECT_LE(allowed, ResendGuard::kBurst + 10 * ResendGuard::kPerSecond);
  EXPECT_GE(allowed, 10 * ResendGuard::kPerSecond);
}

}  // namespace
}  // namespace luso::media::whep
