#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/ids.h"
#include "io/reactor.h"
#include "io/scope.h"
#include "media/egress/dvr/segment_store.h"
#include "media/egress/llhls/snapshot.h"
#include "media/metrics.h"

namespace luso::media {

// Everything below data_dir/dvr: one folder a stream, with its segments, init segments, thumbnails and
// journal. Methods marked "blocking" run on the blocking pool; the others on any thread.
class DvrStore {
 public:
  struct Settings {
    std::string directory;
    std::uint64_t bytes_max = 0;
    int disk_percent_max = 95;
  };

  DvrStore(Settings settings, io::Reactors& reactors, MediaMetrics& metrics);

  // For one stream, used on its home reactor. Work goes on after the writer is gone, inside `scope`.
  [[nodiscard]] std::unique_ptr<SegmentStore> writer(StreamId stream_id, io::Scope& scope);

  [[nodiscard]] StoredStream load(StreamId stream_id);  // Blocking. Empty when nothing is there.
  [[nodiscard]] std::shared_ptr<const Thumbnail> load_thumbnail(StreamId stream_id) const;  // Blocking.
  [[nodiscard]] std::vector<StreamId> list() const;                                         // Blocking.
  void remove(StreamId stream_id);          // Blocking: the whole folder.
  [[nodiscard]] bool disk_is_full() const;  // Blocking, though only just: one statvfs.

  [[nodiscard]] std::string directory_of(StreamId stream_id) const;

  [[nodiscard]] std::uint64_t total_bytes() const { return total_bytes_->load(std::memory_order_relaxed); }

  [[nodiscard]] const Settings& settings() const { return settings_; }

 private:
  Settings settings_;
  io::Reactors& reactors_;
  MediaMetrics& metrics_;
  std::shared_ptr<std::atomic<std::uint64_t>> total_bytes_ = std::make_shared<std::atomic<std::uint64_t>>(0);
};

}  // namespace luso::media
