#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "media/ingest/media_event.h"
#include "media/stream.h"
#include "media/timeline.h"

namespace luso::media {

// Between a publisher and its stream: waits until it is known which tracks there are, drops what no decoder
// could use, puts frames on the stream's clock and notices when something changes. Lives as long as the
// stream; each publisher in turn begins a session.
class Intake {
 public:
  static constexpr std::size_t kEncoderNameMax = 128;  // Longer names are cut.
  // Frames held back until the tracks are settled: an encoder's audio header may come half a second after its
  // video.
  static constexpr std::int64_t kSettleUs = 600'000;
  static constexpr std::size_t kHeldFramesMax = 256;
  static constexpr std::size_t kHeldBytesMax = std::size_t{16} << 20U;

  explicit Intake(Stream& stream) : stream_(stream) {}

  void begin();
  void take(MediaEvent event);

  // Where a picture would be that does not go through here, on the stream's clock; empty before that runs.
  [[nodiscard]] std::optional<Timeline::Placed> place_beside(std::int64_t timestamp_us) const {
    return live_ ? timeline_.place_beside(timestamp_us) : std::nullopt;
  }

  [[nodiscard]] bool has_captions() const { return has_captions_; }  // Some were seen in this session.

  [[nodiscard]] bool is_live() const { return live_; }  // The first frame of this session has gone through.

  [[nodiscard]] const std::string& encoder() const { return info_.encoder; }

  [[nodiscard]] const std::optional<TransportFacts>& transport() const { return transport_; }

  [[nodiscard]] std::uint64_t frames_dropped() const { return dropped_; }

  [[nodiscard]] std::uint64_t discontinuities() const { return discontinuities_; }

 private:
  void on(EncoderInfo info);

  void on(TransportFacts facts) { transport_ = facts; }

  void on(proto::VideoTrack track);

  void on(LayerTrack layer) { on(std::move(layer.track)); }

  void on(proto::AudioTrack track);
  void on(Sample sample);

  [[nodiscard]] bool settled(const Sample& newest) const;
  void release_held();
  void forward(Sample sample);
  void start_at_new_tracks();
  [[nodiscard]] bool is_described(const Sample& sample) const;

  Stream& stream_;
  Timeline timeline_;
  EncoderInfo info_;
  std::optional<TransportFacts> transport_;
  std::optional<proto::VideoTrack> video_;  // As last announced.
  std::optional<proto::AudioTrack> audio_;
  std::deque<Sample> held_;
  std::size_t held_bytes_ = 0;
  bool live_ = false;
  bool tracks_changed_ = false;  // Takes effect at the next keyframe.
  bool broken_ = false;          // A discontinuity is to be told at the next start.
  bool ever_live_ = false;
  bool has_captions_ = false;
  std::uint64_t dropped_ = 0;
  std::uint64_t discontinuities_ = 0;
};

}  // namespace luso::media
