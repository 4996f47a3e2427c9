#include "media/egress/whep/unit_ring.h"

#include <gtest/gtest.h>

#include "media/egress/whep/whep_testing.h"

namespace luso::media::whep {
namespace {
using testing::UnitMaker;

TEST(WhepUnitRing, KeepsTheNewestGroupOfPicturesAndALittleHistory) {
  UnitRing ring;
  UnitMaker make;

  make.group(ring, 300);
  make.group(ring, 10);

  ASSERT_TRUE(ring.newest_keyframe());
  EXPECT_TRUE(ring.at(*ring.newest_keyframe())->keyframe);
  EXPECT_EQ(ring.end() - *ring.newest_keyframe(), 11U);
  EXPECT_GE(ring.newest().pts_us - ring.at(ring.begin())->pts_us, UnitRing::kHistoryUs - UnitMaker::kFrameUs);
  EXPECT_LE(ring.newest().pts_us - ring.at(ring.begin())->pts_us, UnitRing::kHistoryUs);
}

TEST(WhepUnitRing, ALongGroupIsKeptWholeUpToItsLimits) {
  UnitRing ring;
  UnitMaker make;

  make.group(ring, 300);
  EXPECT_EQ(ring.size(), 301U);
  for (std::size_t i = 0; i < UnitRing::kUnitsMax; ++i) ring.push(make.video(false));

  EXPECT_EQ(ring.size(), UnitRing::kUnitsMax);
  EXPECT_FALSE(ring.newest_keyframe());
}

TEST(WhepUnitRing, BytesAreBoundedWhateverTheirUnits) {
  UnitRing ring;
  UnitMaker make;

  ring.push(make.video(true));
  for (int i = 0; i < 300; ++i) {
    ring.push(make.video(false, 1'500));
    ASSERT_LE(ring.bytes(), UnitRing::kBytesMax);
  }

  EXPECT_FALSE(ring.newest_keyframe());
}

TEST(WhepUnitRing, FindsTheUnitOfEveryPacketItHasAndOfNoOther) {
  UnitRing ring;
  UnitMaker make;
  ring.push(make.audio());
  ring.push(make.video(true, 4));
  ring.push(make.audio());
  ring.push(make.audio());
  ring.push(make.video(false, 2));
  ring.push(make.audio());

  const auto unit_of = [&](TrackKind kind, std::int64_t packet) -> std::int64_t {
    const RtpUnit* unit = ring.find_packet(kind, packet);
    return unit == nullptr ? -1 : static_cast<std::int64_t>(unit->serial);
  };

  for (const std::int64_t packet : {0, 1, 2, 3}) EXPECT_EQ(unit_of(TrackKind::video, packet), 1);
  for (const std::int64_t packet : {4, 5}) EXPECT_EQ(unit_of(TrackKind::video, packet), 4);
  EXPECT_EQ(unit_of(TrackKind::video, 6), -1);
  EXPECT_EQ(unit_of(TrackKind::video, -1), -1);
  EXPECT_EQ(unit_of(TrackKind::audio, 0), 0);
  EXPECT_EQ(unit_of(TrackKind::audio, 2), 3);
  EXPECT_EQ(unit_of(TrackKind::audio, 3), 5);
  EXPECT_EQ(unit_of(TrackKind::audio, 4), -1);
}

TEST(WhepUnitRing, AGapForgetsWhatWasBefore) {
  UnitRing ring;
  UnitMaker make;
  make.group(ring, 5);

  make.lose(3);
  ring.push(make.video(true));

  EXPECT_EQ(ring.size(), 1U);
  EXPECT_EQ(ring.newest_keyframe(), ring.begin());
  EXPECT_EQ(ring.bytes(), ring.newest().payloads.bytes().size());
}

TEST(WhepUnitRing, TellsHowManyPacketsASecondTheStreamHas) {
  UnitRing ring;
  UnitMaker make;
  EXPECT_EQ(ring.packets_per_second(), 0);

  make.group(ring, 60);

  EXPECT_NEAR(static_cast<double>(ring.packets_per_second()), (20 + 59 * 3) / 2.0, 2);
}

}  // namespace
}  // namespace luso::media::whep
