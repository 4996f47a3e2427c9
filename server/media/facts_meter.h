#pragma once

#include <array>
#include <cstdint>

#include "media/authority.h"
#include "media/stream.h"

namespace luso::media {

// Measures what really arrives, whatever the encoder claims.
class FactsMeter final : public StreamSink {
 public:
  static constexpr std::int64_t kWindowSeconds = 5;

  void on_tracks(const TracksPtr& tracks) override { tracks_ = tracks; }

  void on_frame(const FramePtr& frame) override;
  void on_pause() override;

  [[nodiscard]] IngestFacts facts() const;

 private:
  struct Second {
    std::int64_t number = -1;  // Of stream time.
    std::int64_t video_bytes = 0;
    std::int64_t audio_bytes = 0;
    std::int64_t video_frames = 0;
  };

  TracksPtr tracks_;
  std::array<Second, kWindowSeconds + 1> seconds_;  // The newest is not complete yet.
  std::int64_t newest_second_ = -1;
  std::int64_t last_keyframe_us_ = -1;
  std::int64_t keyframe_interval_us_ = 0;
  bool has_b_frames_ = false;
  std::int64_t frames_total_ = 0;
};

}  // namespace luso::media
