#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "media/authority.h"
#include "media/ingest/media_event.h"
#include "media/renditions/rate_meter.h"
#include "media/stream.h"
#include "media/timeline.h"

namespace luso::media {

// A smaller size of a broadcast's picture, as a stream of its own: pictures of one of the publisher's layers,
// the broadcast's sound, and the broadcast's clock, so that viewers can move between the two. It begins, and
// goes on after every break, at a keyframe. Lives on the broadcast's home reactor; viewers keep it alive, but
// not at work, beyond the broadcast's end.
class Rendition final : public StreamSink {
 public:
  // `main` is the broadcast's stream, whose sound this one shares; `request_keyframe` asks the publisher for
  // one of this size. Both until close().
  Rendition(Stream& main, std::function<bool()> request_keyframe);

  void set_track(proto::VideoTrack track);  // From the next keyframe on.
  void take(const Sample& sample, const Timeline::Placed& place);
  void pause();  // The publisher has stopped sending this size, and may go on.
  void close();

  [[nodiscard]] Stream& stream() { return stream_; }

  [[nodiscard]] bool request_keyframe() const { return request_keyframe_ && request_keyframe_(); }

  [[nodiscard]] bool is_live() const { return live_; }

  [[nodiscard]] std::int64_t bitrate_bps() const { return rate_.bps(); }

  // Of the picture alone, as it arrives; empty while the publisher does not send it.
  [[nodiscard]] std::optional<IngestFacts::Size> size() const;

  void on_tracks(const TracksPtr& tracks) override;
  void on_frame(const FramePtr& frame) override;
  void on_discontinuity() override;

  void on_pause() override { pause(); }

 private:
  static constexpr std::int64_t kStepUs = 1'000;  // Between pictures that have the same time.

  void start();

  Stream stream_;
  std::function<bool()> request_keyframe_;
  std::optional<proto::VideoTrack> video_;
  std::optional<proto::AudioTrack> audio_;
  RateMeter rate_;                // Sound included.
  RateMeter picture_, pictures_;  // Its bytes, and how many there are.
  bool live_ = false;
  bool waits_ = true;    // For a keyframe to begin with.
  bool broken_ = false;  // What comes next does not continue what was.
  std::int64_t last_us_ = -kStepUs;
  Stream::Subscription subscription_;
};

}  // namespace luso::media
