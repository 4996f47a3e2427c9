#include "media/egress/dvr/journal.h"

#include <rapidcheck.h>

#include <gtest/gtest.h>

namespace luso::media {
namespace {

StoredSegment segment(std::uint64_t msn, bool discontinuity = false) {
  return {.msn = msn,
          .generation = 0,
          .duration = Duration(2'000'000),
          .captured_at = WallTime(Duration(1'795'341'600'123'456)),
          .discontinuity = discontinuity,
          .independent = true,
          .bytes = 412'345};
}

StoredVariant variant() {
  return {.generation = 3,
          .codecs = "avc1.64001f,mp4a.40.2",
          .width = 1280,
          .height = 720,
          .frame_rate = 29.97,
          .peak_bps = 2'100'000,
          .average_bps = 1'650'000,
          .has_video = true};
}

TEST(Journal, ReadsWhatItWrote) {
  const std::string text = journal::owner_line("ana") + journal::init_line(variant()) +
                           journal::segment_line(segment(0)) + journal::segment_line(segment(1, true));

  const journal::Read read = journal::read(text);

  EXPECT_EQ(read.lines_bad, 0U);
  EXPECT_EQ(read.stream.username, "ana");
  EXPECT_EQ(read.stream.variant, variant());
  EXPECT_EQ(read.stream.segments, (std::vector{segment(0), segment(1, true)}));
  EXPECT_EQ(read.stream.next_msn, 2U);
  EXPECT_EQ(read.stream.next_generation, 4U);
  EXPECT_FALSE(read.stream.ended);
}

TEST(Journal, ALastLineCutAnywhereLosesOnlyItself) {
  const std::string whole = journal::owner_line("ana") + journal::segment_line(segment(0));
  const std::string last = journal::segment_line(segment(1));

  for (std::size_t cut = 1; cut < last.size(); ++cut) {
    const journal::Read read = journal::read(whole + last.substr(0, cut));
    EXPECT_EQ(read.stream.segments, std::vector{segment(0)}) << cut;
    EXPECT_TRUE(read.cut_short);
  }
}

TEST(Journal, AChangedByteIsNotBelieved) {
  std::string text = journal::segment_line(segment(0));
  text[20] = static_cast<char>(text[20] ^ 1);

  EXPECT_EQ(journal::read(text).lines_bad, 1U);
  EXPECT_TRUE(journal::read(text).stream.segments.empty());
}

TEST(Journal, AHoleGivesUpWhatIsBeforeIt) {
  const std::string text = journal::segment_line(segment(0, true)) + journal::segment_line(segment(2));

  const journal::Read read = journal::read(text);

  EXPECT_EQ(read.stream.segments, std::vector{segment(2)});
  EXPECT_EQ(read.stream.discontinuities_gone, 1U);
}

TEST(Journal, NumbersGoOnWhereEverythingWasDropped) {
  const std::string text = journal::segment_line(segment(0)) + journal::drop_line(1, 0);

  EXPECT_EQ(journal::read(text).stream.next_msn, 1U);
  EXPECT_TRUE(journal::read(text).stream.segments.empty());
}

TEST(Journal, ASegmentAfterTheEndOpensTheStreamAgain) {
  const std::string ended = journal::segment_line(segment(0)) + journal::end_line(WallTime(Duration(5)));

  EXPECT_TRUE(journal::read(ended).stream.ended);
  EXPECT_FALSE(journal::read(ended + journal::segment_line(segment(1))).stream.ended);
}

TEST(Journal, CompactingKeepsWhatItSays) {
  const bool kept = rc::check([] {
    std::string text = journal::owner_line("ana") + journal::init_line(variant());
    const auto count = *rc::gen::inRange<std::uint64_t>(0, 40);
    for (std::uint64_t msn = 0; msn < count; ++msn) text += journal::segment_line(segment(msn, msn % 7 == 0));
    const auto dropped = *rc::gen::inRange<std::uint64_t>(0, count + 1);
    if (dropped > 0) text += journal::drop_line(dropped, (dropped + 6) / 7);

    const journal::Read before = journal::read(text);
    const journal::Read after = journal::read(journal::write(before));

    RC_ASSERT(after.stream.segments == before.stream.segments);
    RC_ASSERT(after.stream.next_msn == before.stream.next_msn);
    RC_ASSERT(after.stream.discontinuities_gone == before.stream.discontinuities_gone);
    RC_ASSERT(after.stream.next_generation == before.stream.next_generation);
  });
  EXPECT_TRUE(kept);
}

}  // namespace
}  // namespace luso::media
