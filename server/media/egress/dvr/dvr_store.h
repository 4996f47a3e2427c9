#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "io/reactor.h"
#include "io/scope.h"
#include "media/egress/dvr/segment_store.h"
#include "media/egress/llhls/snapshot.h"
#include "media/metrics.h"

namespace luso::media {

// Everything below data_dir/dvr: a folder for each stream with its segments, init segments, thumbnails and
// journal. Blocking: call it on the blocking pool, except where a line says otherwise.
class DvrStore {
 public:
  struct Settings {
    std::string directory;
    int disk_percent_max = 95;
  };

  DvrStore(Settings settings, io::Reactors& reactors, MediaMetrics& metrics);

  // Does not block. For one stream, used on its home reactor; what was handed to it is still written, inside
  // `scope`, when the writer itself is gone.
  [[nodiscard]] std::unique_ptr<SegmentStore> writer(StreamId stream_id, const StoredStream& stored,
                                                     io::Scope& scope);

  struct Summary {
    StreamId stream_id;
    std::uint64_t bytes = 0;
    WallTime touched_at;               // Its newest segment, or its end.
    std::optional<WallTime> ended_at;  // Empty: cut off, or still live.
  };

  // Reads a journal against what is really there: segments that are missing or torn are left out. Rewrites a
  // journal that has grown much longer than what it says. Empty when there is no such stream.
  [[nodiscard]] StoredStream load(StreamId stream_id) const;
  [[nodiscard]] std::vector<Summary> list() const;
  void remove(StreamId stream_id) const;
  // A fuller disk than the settings allow takes no new stream.
  [[nodiscard]] bool disk_is_full() const;

  [[nodiscard]] std::string directory_of(StreamId stream_id) const;  // Does not block.

 private:
  [[nodiscard]] std::shared_ptr<const Thumbnail> load_thumbnail(StreamId stream_id) const;

  Settings settings_;
  io::Reactors& reactors_;
  MediaMetrics& metrics_;
};

}  // namespace luso::media
