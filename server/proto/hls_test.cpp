#include "proto/hls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

namespace luso::proto::hls {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr WallTime kNoon{std::chrono::sys_days{std::chrono::year{2026} / 11 / 22} + 12h + 345ms};

// Two-second segments of six parts each, one after the other.
struct Window {
  std::vector<SegmentLines> lines;
  std::vector<const SegmentLines*> view;
  MediaPlaylist playlist{
      .target_duration = 4s, .part_target = 334ms, .can_block_reload = true, .can_skip_until = 24s};

  explicit Window(std::uint64_t first_msn, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) lines.push_back(lines_of(segment(first_msn + i)));
    see();
  }

  void see() {
    view.clear();
    for (const SegmentLines& segment : lines) view.push_back(&segment);
  }

  static Segment segment(std::uint64_t msn) {
    Segment made{.msn = msn,
                 .uri = "seg-" + std::to_string(msn) + ".m4s",
                 .duration = 2s,
                 .program_date_time = kNoon + (msn - 10) * 2s,
                 .map_uri = "init-1.mp4",
                 .parts = {}};
    for (int part = 0; part < 6; ++part)
      made.parts.push_back({.uri = "part-" + std::to_string(msn) + '.' + std::to_string(part) + ".m4s",
                            .duration = 333'333us,
                            .independent = part == 0});
    return made;
  }

  [[nodiscard]] std::string render(const OpenSegment* open = nullptr, bool delta = false) const {
    return render_media_playlist(playlist, view, open, delta);
  }
};

std::size_t count(std::string_view text, std::string_view word) {
  std::size_t found = 0;
  for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) ++found;
  return found;
}

TEST(HlsMediaPlaylist, ALowLatencyPlaylistReadsAsTheDraftHasIt) {
  Window window(10, 2);
  window.playlist.segments_with_parts = 1;
  OpenSegment open{.msn = 12,
                   .program_date_time = kNoon + 4s,
                   .map_uri = "init-1.mp4",
                   .parts = {},
                   .preload_hint_uri = "part-12.1.m4s"};
  append_part_line({.uri = "part-12.0.m4s", .duration = 320ms, .independent = true}, open.parts);

  EXPECT_EQ(window.render(&open), R"(#EXTM3U
#EXT-X-VERSION:9
#EXT-X-TARGETDURATION:4
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=24.000000,PART-HOLD-BACK=1.002000
#EXT-X-PART-INF:PART-TARGET=0.334000
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MEDIA-SEQUENCE:10
#EXT-X-DISCONTINUITY-SEQUENCE:0
#EXT-X-MAP:URI="init-1.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-11-22T12:00:00.345Z
#EXTINF:2.000000,
seg-10.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-11-22T12:00:02.345Z
#EXT-X-PART:DURATION=0.333333,URI="part-11.0.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.333333,URI="part-11.1.m4s"
#EXT-X-PART:DURATION=0.333333,URI="part-11.2.m4s"
#EXT-X-PART:DURATION=0.333333,URI="part-11.3.m4s"
#EXT-X-PART:DURATION=0.333333,URI="part-11.4.m4s"
#EXT-X-PART:DURATION=0.333333,URI="part-11.5.m4s"
#EXTINF:2.000000,
seg-11.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-11-22T12:00:04.345Z
#EXT-X-PART:DURATION=0.320000,URI="part-12.0.m4s",INDEPENDENT=YES
#EXT-X-PRELOAD-HINT:TYPE=PART,URI="part-12.1.m4s"
)");
}

TEST(HlsMediaPlaylist, AnOrdinaryPlaylistHasNoWordOfParts) {
  Window window(10, 2);
  window.playlist = {.target_duration = 4s, .type = PlaylistType::event};
  const OpenSegment open{.msn = 12, .map_uri = {}, .parts = "x", .preload_hint_uri = "part-12.1.m4s"};

  const std::string text = window.render(&open);

  EXPECT_THAT(text, HasSubstr("#EXT-X-VERSION:6\n"));
  EXPECT_THAT(text, HasSubstr("#EXT-X-PLAYLIST-TYPE:EVENT\n"));
  EXPECT_THAT(text, Not(HasSubstr("PART")));
  EXPECT_THAT(text, Not(HasSubstr("SERVER-CONTROL")));
  EXPECT_TRUE(text.ends_with("seg-11.m4s\n"));
}

TEST(HlsMediaPlaylist, AnEndedStreamSaysSoAndHintsAtNothing) {
  Window window(10, 2);
  window.playlist.ended = true;
  const OpenSegment open{.msn = 12, .map_uri = {}, .parts = {}, .preload_hint_uri = "part-12.0.m4s"};

  const std::string text = window.render(&open);

  EXPECT_TRUE(text.ends_with("#EXT-X-ENDLIST\n"));
  EXPECT_THAT(text, Not(HasSubstr("PRELOAD-HINT")));
}

TEST(HlsMediaPlaylist, AChangeOfTracksIsADiscontinuityAndANewInitSegment) {
  Window window(10, 3);
  Segment changed = Window::segment(12);
  changed.map_uri = "init-2.mp4";
  changed.discontinuity = true;
  window.lines[2] = lines_of(changed);
  window.playlist.discontinuity_sequence = 7;

  const std::string text = window.render();

  EXPECT_THAT(text, HasSubstr("#EXT-X-DISCONTINUITY-SEQUENCE:7\n"));
  EXPECT_THAT(text,
              HasSubstr("#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI=\"init-2.mp4\"\n#EXT-X-PROGRAM-DATE-TIME"));
  EXPECT_EQ(count(text, "#EXT-X-MAP"), 2U);
}

TEST(HlsMediaPlaylist, AChangeInTheOpenSegmentComesBeforeItsParts) {
  const Window window(10, 1);
  OpenSegment open{
      .msn = 11, .map_uri = "init-2.mp4", .discontinuity = true, .parts = {}, .preload_hint_uri = {}};
  EXPECT_EQ(count(window.render(&open), "#EXT-X-DISCONTINUITY\n"), 0U);

  append_part_line({.uri = "part-11.0.m4s", .duration = 300ms}, open.parts);

  EXPECT_THAT(
      window.render(&open),
      HasSubstr("#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI=\"init-2.mp4\"\n#EXT-X-PART:DURATION=0.300000"));
}

TEST(HlsMediaPlaylist, ALostSegmentIsAGap) {
  Segment lost = Window::segment(10);
  lost.gap = true;
  lost.parts = {{.uri = "part-10.0.m4s", .duration = 300ms, .gap = true}};
  const SegmentLines lines = lines_of(lost);

  EXPECT_THAT(lines.tail, HasSubstr("#EXT-X-GAP\n#EXTINF"));
  EXPECT_THAT(lines.parts, HasSubstr(",GAP=YES\n"));
}

// 4.4.5.2: 24 seconds stay, twelve segments; the client has the others and their init segment already.
TEST(HlsDeltaUpdate, SegmentsBeyondTheSkipBoundaryBecomeOneLine) {
  const Window window(10, 30);

  const std::string text = window.render(nullptr, true);

  EXPECT_THAT(text, HasSubstr("#EXT-X-MEDIA-SEQUENCE:10\n"));
  EXPECT_THAT(
      text,
      HasSubstr("#EXT-X-SKIP:SKIPPED-SEGMENTS=18\n#EXT-X-PROGRAM-DATE-TIME:2026-11-22T12:00:36.345Z\n"));
  EXPECT_EQ(count(text, "#EXTINF"), 12U);
  EXPECT_EQ(count(text, "#EXT-X-MAP"), 0U);
}

TEST(HlsDeltaUpdate, AShortPlaylistIsGivenWhole) {
  const Window window(10, 12);
  EXPECT_EQ(window.render(nullptr, true), window.render(nullptr, false));
}

TEST(HlsDeltaUpdate, AChangeOfInitSegmentBehindTheBoundaryIsSaid) {
  Window window(10, 30);
  window.lines[20].map_uri = "init-2.mp4";

  const std::string text = window.render(nullptr, true);

  EXPECT_EQ(count(text, "#EXT-X-MAP:URI=\"init-2.mp4\""), 1U);
  EXPECT_EQ(count(text, "#EXT-X-MAP:URI=\"init-1.mp4\""), 1U);  // And back.
}

TEST(HlsMasterPlaylist, AVariantSaysWhatAPlayerNeedsToChoose) {
  const std::array variants{Variant{.uri = "live.m3u8",
                                    .bandwidth_bps = 3'200'000,
                                    .average_bandwidth_bps = 2'600'000,
                                    .codecs = "avc1.64001f,mp4a.40.2",
                                    .width = 1'280,
                                    .height = 720,
                                    .frame_rate = 30'000 / 1'001.0},
                            Variant{.uri = "audio.m3u8", .bandwidth_bps = 128'000, .codecs = "mp4a.40.2"}};

  EXPECT_EQ(render_master_playlist(variants), R"(#EXTM3U
#EXT-X-VERSION:6
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-STREAM-INF:BANDWIDTH=3200000,AVERAGE-BANDWIDTH=2600000,CODECS="avc1.64001f,mp4a.40.2",RESOLUTION=1280x720,FRAME-RATE=29.970
live.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=128000,CODECS="mp4a.40.2"
audio.m3u8
)");
}

TEST(HlsMasterPlaylist, CaptionsAreSaidOnlyAsFarAsTheyAreKnown) {
  std::array variants{Variant{.uri = "live.m3u8", .bandwidth_bps = 2},
                      Variant{.uri = "r1/live.m3u8", .bandwidth_bps = 1}};
  EXPECT_EQ(count(render_master_playlist(variants), "CLOSED-CAPTIONS"), 0U) << "nothing is known";

  variants[0].captions = Captions::none;
  EXPECT_EQ(count(render_master_playlist(variants), "CLOSED-CAPTIONS"), 0U) << "not of every variant";

  variants[1].captions = Captions::none;
  EXPECT_EQ(count(render_master_playlist(variants), ",CLOSED-CAPTIONS=NONE\n"), 2U);

  variants[0].captions = Captions::cea608;
  const std::string text = render_master_playlist(variants);
  EXPECT_EQ(count(text,
                  "#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID=\"cc\",NAME=\"CC1\",DEFAULT=NO,"
                  "AUTOSELECT=YES,INSTREAM-ID=\"CC1\"\n"),
            1U);
  EXPECT_EQ(count(text, "BANDWIDTH=2,CLOSED-CAPTIONS=\"cc\"\nlive.m3u8"), 1U);
  EXPECT_EQ(count(text, "NONE"), 0U);
}

TEST(HlsDirectives, ARequestNamesASegmentAPartAndWhetherADeltaWillDo) {
  const auto request = parse_delivery_directives("token=a%20b&_HLS_msn=273&_HLS_part=2&_HLS_skip=YES");

  ASSERT_TRUE(request);
  EXPECT_EQ(request->msn, 273U);
  EXPECT_EQ(request->part, 2U);
  EXPECT_TRUE(request->skip);
  EXPECT_TRUE(parse_delivery_directives("_HLS_skip=v2")->skip);
  EXPECT_FALSE(parse_delivery_directives("")->msn);
  EXPECT_FALSE(parse_delivery_directives("a&=&&b=_HLS_msn=1")->msn);
}

TEST(HlsDirectives, NonsenseIsRefused) {
  for (const std::string_view query :
       {"_HLS_msn", "_HLS_msn=", "_HLS_msn=-1", "_HLS_msn=+1", "_HLS_msn=1x", "_HLS_msn=%31",
        "_HLS_msn=18446744073709551616", "_HLS_part=1", "_HLS_msn=1&_HLS_msn=1",
        "_HLS_msn=1&_HLS_part=", "_HLS_skip=NO", "_HLS_skip=YES&_HLS_skip=YES"}) {
    const auto request = parse_delivery_directives(query);
    ASSERT_FALSE(request) << query;
    EXPECT_EQ(request.error().reason, "media.bad_directive");
  }
}

RC_GTEST_PROP(HlsDeltaUpdate, WhatIsSkippedAndWhatIsListedAreTheWholeWindow, ()) {
  const auto segments = *rc::gen::inRange<std::size_t>(0, 80);
  const Window window(5, segments);

  const std::string text = window.render(nullptr, true);

  const std::string_view tag = "#EXT-X-SKIP:SKIPPED-SEGMENTS=";
  const std::size_t at = text.find(tag);
  const std::size_t skipped = at == std::string::npos ? 0 : std::stoul(text.substr(at + tag.size()));
  RC_ASSERT(skipped + count(text, "#EXTINF") == segments);
  RC_ASSERT((segments - skipped) * 2s >= std::min<std::chrono::seconds>(24s, segments * 2s));
}

}  // namespace
}  // namespace luso::proto::hls
