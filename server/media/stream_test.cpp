#include "media/stream.h"

#include <gtest/gtest.h>

namespace luso::media {
namespace {

FramePtr frame(bool keyframe, std::size_t size = 10) {
  return std::make_shared<const Frame>(Frame{.kind = TrackKind::video,
                                             .keyframe = keyframe,
                                             .dts_us = 0,
                                             .cts_offset_us = 0,
                                             .captured_at = {},
                                             .payload = Bytes(size, 1)});
}

proto::VideoTrack track() {
  return {.codec = proto::Codec::h264,
          .config = {1},
          .codecs = "avc1",
          .width = 16,
          .height = 16,
          .frame_rate = 0};
}

class Counter final : public StreamSink {
 public:
  void on_tracks(const TracksPtr&) override { ++tracks; }

  void on_frame(const FramePtr&) override {
    ++frames;
    if (leave_after == frames) subscription.reset();
  }

  int tracks = 0;
  int frames = 0;
  int leave_after = -1;
  Stream::Subscription subscription;
};

TEST(Stream, ALateViewerStartsAtTheNewestKeyframe) {
  Stream stream{StreamId{1}};
  stream.set_tracks(track(), std::nullopt);
  stream.publish(frame(true));
  stream.publish(frame(false));
  stream.publish(frame(true));
  stream.publish(frame(false));
  Counter viewer;

  viewer.subscription = stream.subscribe(viewer, Stream::StartAt::newest_keyframe);

  EXPECT_EQ(viewer.tracks, 1);
  EXPECT_EQ(viewer.frames, 2);
}

TEST(Stream, ASinkMayLeaveWhileItIsBeingTold) {
  Stream stream{StreamId{1}};
  stream.set_tracks(track(), std::nullopt);
  Counter leaver;
  Counter stayer;
  leaver.leave_after = 1;
  leaver.subscription = stream.subscribe(leaver, Stream::StartAt::next_frame);
  stayer.subscription = stream.subscribe(stayer, Stream::StartAt::next_frame);

  stream.publish(frame(true));
  stream.publish(frame(false));

  EXPECT_EQ(leaver.frames, 1);
  EXPECT_EQ(stayer.frames, 2);
}

TEST(Stream, TheGroupOfPicturesIsForgottenWhenItGrowsTooLarge) {
  GopCache cache;
  cache.add(frame(true, GopCache::kBytesMax / 2));
  cache.add(frame(false, GopCache::kBytesMax / 2));
  EXPECT_EQ(cache.frames().size(), 2U);

  cache.add(frame(false, 1));
  EXPECT_TRUE(cache.frames().empty());

  cache.add(frame(false, 1));
  EXPECT_TRUE(cache.frames().empty()) << "without its keyframe it would be of no use";
  cache.add(frame(true, 1));
  EXPECT_EQ(cache.frames().size(), 1U);
}

}  // namespace
}  // namespace luso::media
