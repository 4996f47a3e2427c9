#pragma once

#include <array>
#include <cstdint>

#include "media/authority.h"
#include "media/realtime/fitness.h"
#include "media/stream.h"

namespace luso::media {

// Measures what really arrives, whatever the encoder claims.
class FactsMeter final : public StreamSink {
 public:
  static constexpr std::int64_t kWindowSeconds = 5;

  void on_tracks(const TracksPtr& tracks) override;
  void on_frame(const FramePtr& frame) override;

  void on_discontinuity() override { fitness_.on_break(); }

  void on_pause() override;

  [[nodiscard]] IngestFacts facts() const;

  // Whether WebRTC can carry what the publisher sends; empty of experience while nobody does.
  [[nodiscard]] const FitnessMeter& fitness() const { return fitness_; }

 private:
  struct Second {
    std::int64_t number = -1;  // Of stream time.
    std::int64_t video_bytes = 0;
    std::int64_t audio_bytes = 0;
    std::int64_t video_frames = 0;
  };

  [[nodiscard]] int leanest_video_kbps() const;

  TracksPtr tracks_;
  std::array<Second, kWindowSeconds + 1> seconds_;  // The newest is not complete yet.
  std::int64_t newest_second_ = -1;
  FitnessMeter fitness_;
  std::int64_t frames_total_ = 0;
};

}  // namespace luso::media
