#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>

#include "media/egress/llhls/hls_output.h"
#include "media/egress/llhls/segmenter.h"
#include "media/metrics.h"
#include "media/renditions/rendition.h"

namespace luso::media {

// One rendition as a variant of its stream's HLS: playlist and segments below r{rung}/, of the live window
// and in memory alone. The recording is of the stream's own picture. On the stream's home reactor.
class RenditionHls {
 public:
  struct Place {
    StreamId stream_id;
    std::size_t rung = 0;
    std::uint64_t first_msn = 0;  // Where the stream itself is, so that variants are numbered much alike.
  };

  RenditionHls(const Place& place, std::shared_ptr<Rendition> rendition, HlsOutput::Publish publish,
               MediaMetrics& metrics);

  // After a batch of frames. `ended`: the stream is over.
  void flush(bool ended);

  // For the master playlist; empty while the publisher does not send it.
  [[nodiscard]] std::optional<proto::hls::Variant> variant() const;

 private:
  std::size_t rung_;
  std::shared_ptr<Rendition> rendition_;
  HlsOutput output_;
  Segmenter segmenter_{output_};
  Stream::Subscription subscription_;
};

}  // namespace luso::media
