#include "media/egress/llhls/rendition_hls.h"

#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/metrics.h"
#include "io/reactor.h"
#include "media/egress/llhls/hls_shard.h"

namespace luso::media {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::int64_t kPictureUs = 33'333;

proto::VideoTrack track_of(int width, int height) {
  return {.codec = proto::Codec::h264,
          .config = {1, 0x42, 0, 0x1f, 0xff, 0xe0, 0},
          .codecs = "avc1.42001f",
          .width = width,
          .height = height};
}

// A broadcast of two sizes, as HLS viewers on one reactor see it.
class TwoVariants : public ::testing::Test {
 protected:
  TwoVariants() {
    main_.set_tracks(track_of(640, 360), std::nullopt);
    rendition_->set_track(track_of(320, 180));
  }

  // So many pictures of both sizes.
  void play(int pictures, bool with_small = true) {
    for (int i = 0; i < pictures; ++i, now_us_ += kPictureUs) {
      const bool keyframe = pictures_++ % 60 == 0;
      main_.publish(std::make_shared<const Frame>(Frame{.kind = TrackKind::video,
                                                        .keyframe = keyframe,
                                                        .dts_us = now_us_,
                                                        .cts_offset_us = 0,
                                                        .captured_at = WallTime(Duration(now_us_)),
                                                        .payload = Bytes(4'000, 7)}));
      if (!with_small) continue;
      rendition_->take({.kind = TrackKind::video,
                        .keyframe = keyframe,
                        .timestamp_us = now_us_,
                        .cts_offset_us = 0,
                        .samples = 0,
                        .layer = 1,
                        .at = {},
                        .payload = Bytes(1'000, 7)},
                       {.dts_us = now_us_, .captured_at = WallTime(Duration(now_us_)), .jumped = false});
    }
    flush();
  }

  void flush(bool ended = false) {
    small_.flush(ended);
    std::vector<proto::hls::Variant> others;
    if (const auto variant = small_.variant()) others.push_back(*variant);
    output_.set_others(std::move(others));
    output_.flush();
  }

  [[nodiscard]] std::string text(HlsShard::Text which, std::size_t rung = 0) {
    return std::string(as_text(*shard_.playlist(StreamId{7}, which, false, rung)->bytes));
  }

  metrics::Registry registry_;
  MediaMetrics metrics_{registry_};
  io::Reactor reactor_{0};
  HlsShard shard_{reactor_};
  HlsOutput::Publish publish_ = [this](HlsSnapshotPtr snapshot) { shard_.apply(std::move(snapshot)); };
  Stream main_{StreamId{7}};
  HlsOutput output_{{.stream_id = StreamId{7}, .username = "ana"}, nullptr, Duration(0), publish_, metrics_};
  Segmenter segmenter_{output_};
  Stream::Subscription subscription_ = main_.subscribe(segmenter_, Stream::StartAt::next_frame);
  std::shared_ptr<Rendition> rendition_ = std::make_shared<Rendition>(main_, nullptr);
  RenditionHls small_{{.stream_id = StreamId{7}, .rung = 2, .first_msn = 40}, rendition_, publish_, metrics_};
  std::int64_t now_us_ = 0;
  int pictures_ = 0;
};

TEST_F(TwoVariants, TheMasterListsBothWithWhatTheyAre) {
  play(130);
  const std::string master = text(HlsShard::Text::master);

  EXPECT_THAT(master, HasSubstr("RESOLUTION=640x360"));
  EXPECT_THAT(master, HasSubstr("RESOLUTION=320x180"));
  EXPECT_LT(master.find("\nlive.m3u8\n"), master.find("\nr2/live.m3u8\n"))
      << "the stream's own picture first";
  EXPECT_NEAR(static_cast<double>(small_.variant()->bandwidth_bps), 1'000 * 8 * 30, 20'000);
}

TEST_F(TwoVariants, ByNameEachAddressSaysWhichBroadcastItIsOf) {
  play(130);
  const std::string master = text(HlsShard::Text::master_by_name);

  EXPECT_THAT(master, HasSubstr("\n../7/live.m3u8\n"));
  EXPECT_THAT(master, HasSubstr("\n../7/r2/live.m3u8\n"));
  EXPECT_EQ(shard_.find("ana"), StreamId{7});
}

TEST_F(TwoVariants, EachHasItsOwnSegmentsNumberedFromWhereTheStreamWas) {
  play(130);

  EXPECT_THAT(text(HlsShard::Text::live), HasSubstr("seg-1.m4s"));
  EXPECT_THAT(text(HlsShard::Text::live, 2), HasSubstr("seg-41.m4s"));
  EXPECT_EQ(shard_.find(StreamId{7}, 2)->open_msn, 42U);
  EXPECT_TRUE(HlsShard::has(*shard_.find(StreamId{7}, 2), {.rung = 2, .msn = 40, .part = {}}));
}

TEST_F(TwoVariants, OneThatBeginsWhilePicturesFlowKnowsWhatTheyAre) {
  play(70);
  RenditionHls late({.stream_id = StreamId{7}, .rung = 3, .first_msn = 50}, rendition_, publish_, metrics_);
  play(60);
  late.flush(false);

  ASSERT_TRUE(late.variant());
  EXPECT_EQ(late.variant()->width, 320);
  EXPECT_EQ(late.variant()->codecs, "avc1.42001f");
}

TEST_F(TwoVariants, OneThatPausesLeavesTheMasterAndComesBack) {
  play(130);
  rendition_->pause();
  play(10, false);
  EXPECT_THAT(text(HlsShard::Text::master), Not(HasSubstr("r2/")));
  EXPECT_EQ(shard_.find(StreamId{7}, 2)->state, StreamState::waiting);

  play(70);
  EXPECT_THAT(text(HlsShard::Text::master), HasSubstr("r2/"));
  EXPECT_EQ(shard_.find(StreamId{7}, 2)->state, StreamState::live);
  EXPECT_THAT(text(HlsShard::Text::live, 2), HasSubstr("#EXT-X-DISCONTINUITY\n"));
}

TEST_F(TwoVariants, AStreamThatIsOverIsItsRecordingAlone) {
  play(130);
  output_.set_state(StreamState::ended);
  flush(true);
  const std::string master = text(HlsShard::Text::master);

  EXPECT_THAT(master, HasSubstr("\ndvr.m3u8\n"));
  EXPECT_THAT(master, Not(HasSubstr("r2/")));
  EXPECT_THAT(text(HlsShard::Text::live, 2), HasSubstr("#EXT-X-ENDLIST"));

  shard_.forget(StreamId{7});
  EXPECT_EQ(shard_.find(StreamId{7}, 2), nullptr);
}

}  // namespace
}  // namespace luso::media
