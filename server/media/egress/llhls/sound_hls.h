#pragma once

#include <cstdint>
#include <optional>

#include "media/egress/llhls/hls_output.h"
#include "media/egress/llhls/segmenter.h"
#include "media/metrics.h"
#include "media/stream.h"

namespace luso::media {

// A stream's sound without its picture, as a variant of its HLS: playlist and segments below sound/, of the
// live window and in memory alone. For who listens, and for lines that carry no more. On the stream's home
// reactor.
class SoundHls final : public StreamSink {
 public:
  struct Place {
    StreamId stream_id;
    std::uint64_t first_msn = 0;  // Where the stream itself is, so that variants are numbered much alike.
  };

  SoundHls(const Place& place, HlsOutput::Publish publish, MediaMetrics& metrics);

  void flush(StreamState state);  // After a batch of frames.

  // For the master playlist; empty without sound, and where the stream's own variant is sound alone.
  [[nodiscard]] std::optional<proto::hls::Variant> variant() const;

  void on_tracks(const TracksPtr& tracks) override;
  void on_frame(const FramePtr& frame) override;

  void on_discontinuity() override { segmenter_.on_discontinuity(); }

  void on_pause() override { segmenter_.on_pause(); }

 private:
  HlsOutput output_;
  Segmenter segmenter_{output_};
  bool has_sound_ = false;
  bool has_picture_ = false;
};

}  // namespace luso::media
