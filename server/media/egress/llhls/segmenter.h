#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "base/clock.h"
#include "media/stream.h"
#include "proto/fmp4.h"

namespace luso::media {

// Cuts a stream into CMAF parts and segments. Parts are as long as a whole number of frames allows without
// passing the target; segments start at keyframes, unless none comes. Says what it made to a listener, at
// once.
class Segmenter final : public StreamSink {
 public:
  static constexpr Duration kPartTarget{334'000};    // Ten frames of 30 fps, in milliseconds rounded up.
  static constexpr Duration kSegmentMin{1'900'000};  // Shorter groups of pictures share a segment.
  static constexpr Duration kSegmentMax{
      4'100'000};  // No keyframe came: cut anyway. Still rounds to the target.
  static constexpr Duration kAudioSegment{2'000'000};  // Without video any frame is a place to cut.
  static constexpr Duration kTargetDuration{4'000'000};
  // How far audio may run ahead of its video before a part is cut without waiting for the picture.
  static constexpr Duration kInterleaveMax{1'000'000};
  static constexpr std::size_t kFramesHeldMax = 1'024;  // A flood of tiny frames is cut by number.

  struct Part {
    SharedBytes bytes;  // moof and mdat
    Duration duration{};
    bool independent = false;  // Starts with a keyframe, or there is no video.
  };

  struct SegmentStart {
    TracksPtr tracks;
    WallTime captured_at;
    bool discontinuity = false;
  };

  class Listener {
   public:
    virtual ~Listener() = default;
    virtual void on_init(const TracksPtr& tracks, SharedBytes init) = 0;
    virtual void on_segment_start(const SegmentStart& start) = 0;
    virtual void on_part(Part part) = 0;
    virtual void on_segment_end(Duration duration) = 0;
  };

  explicit Segmenter(Listener& listener) : listener_(listener) {}

  void on_tracks(const TracksPtr& tracks) override;
  void on_frame(const FramePtr& frame) override;
  void on_discontinuity() override;
  void on_pause() override;  // What is there becomes the last segment for now.

 private:
  enum class Take : std::uint8_t { what_has_a_successor, everything };

  // One track's frames that are in no part yet. The newest waits for its successor: only then is its duration
  // known.
  struct Lane {
    std::deque<FramePtr> frames;
    std::uint32_t timescale = 0;
    std::int64_t step_us = 33'333;  // Between the newest two frames.
    void push(const FramePtr& frame);
  };

  [[nodiscard]] Lane& lead() { return tracks_->video ? video_ : audio_; }

  void take_lead(const FramePtr& frame);
  void take_audio(const FramePtr& frame);
  [[nodiscard]] bool starts_segment(const Frame& frame) const;
  void begin_segment(const Frame& first);
  void end_segment(std::int64_t end_us);
  void cut_part(std::int64_t end_us, Take take = Take::what_has_a_successor);
  void cut_whole_parts_before(std::int64_t time_us);
  void finish();
  [[nodiscard]] std::vector<proto::fmp4::Sample> take_samples(Lane& lane, std::int64_t end_us, Take take);

  Listener& listener_;
  TracksPtr tracks_;
  Lane video_, audio_;
  std::vector<FramePtr> taken_;  // Keeps the payloads of the part being written.
  bool segment_open_ = false;
  bool starts_with_keyframe_ = false;
  bool discontinuity_ = false;
  std::int64_t segment_start_us_ = 0;
  std::int64_t part_start_us_ = 0;
  std::uint32_t fragment_ = 1;
};

}  // namespace luso::media
