#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <unordered_map>
#include <unordered_set>

#include "base/clock.h"
#include "io/reactor.h"
#include "media/egress/dvr/dvr_store.h"
#include "media/settings.h"

namespace luso::media {

// What is on the disk of streams that are over, and when it goes. Lives on the first reactor; methods that
// return a task may be awaited on any.
class DvrCatalog {
 public:
  static constexpr std::size_t kColdMax = 64;  // Streams brought back for late viewers at one time.

  struct Hooks {
    std::function<void(HlsSnapshotPtr)> publish;      // To every reactor.
    std::function<void(StreamId)> forget;             // On every reactor.
    std::function<bool(StreamId)> is_open;            // The stream has a home: its folder is not ours.
    std::function<Task<std::uint64_t>()> bytes_open;  // Of streams that have a home.
    std::function<void(double share)> trim_open;      // Each gives up this share of its oldest.
  };

  DvrCatalog(DvrStore& store, const EngineSettings& settings, io::Reactors& reactors, Clock& clock,
             MediaMetrics& metrics, Hooks hooks);

  // Reads what earlier lives of the process left. Returns the streams that were cut off.
  [[nodiscard]] Task<std::vector<DvrStore::Summary>> scan();
  void add(StreamId stream_id, std::uint64_t bytes);  // It is over, and no reactor remembers it.
  // The stream is being opened; false when its folder is just being removed.
  [[nodiscard]] bool claim(StreamId stream_id);
  // Lets viewers of a stream that is over have it again; false when it is not here.
  [[nodiscard]] Task<bool> bring_back(StreamId stream_id);
  // Removes what is too old, and the oldest of what is too much.
  [[nodiscard]] Task<void> sweep();

 private:
  [[nodiscard]] Task<void> remove(StreamId stream_id);
  void remember_cold(StreamId stream_id);

  DvrStore& store_;
  const EngineSettings& settings_;
  io::Reactors& reactors_;
  Clock& clock_;
  MediaMetrics& metrics_;
  Hooks hooks_;
  std::unordered_map<StreamId, DvrStore::Summary> over_;
  std::unordered_set<StreamId> removing_;
  std::deque<StreamId> cold_;  // Oldest first.
};

}  // namespace luso::media
