#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "io/reactor.h"
#include "io/scope.h"
#include "media/egress/dvr/segment_store.h"
#include "media/metrics.h"

namespace luso::media {

// Writes one stream's folder, one thing after another, on the blocking pool. On the stream's home reactor.
class DvrWriter final : public SegmentStore {
 public:
  static constexpr std::size_t kQueueMax =
      64;  // About two minutes of segments on a disk that hangs; then they fail.

  DvrWriter(std::string directory, std::uint64_t first_msn, io::Reactors& reactors, io::Scope& scope,
            MediaMetrics& metrics);

  void add_init(StoredVariant variant, SharedBytes init) override;
  void add_segment(StoredSegment segment, std::vector<SharedBytes> parts,
                   std::function<void(bool ok)> done) override;
  void drop_before(std::uint64_t msn, std::uint64_t discontinuities_gone) override;
  void put_file(std::string name, SharedBytes bytes) override;
  void set_owner(std::string username) override;
  void mark_ended(WallTime at) override;

  [[nodiscard]] const std::string& directory() const override { return directory_; }

  [[nodiscard]] bool idle() const override { return !queue_->running; }

 private:
  struct Job {
    std::function<bool()> work;         // On the pool.
    std::function<void(bool ok)> done;  // Back on the home reactor; may be empty.
  };

  // Outlives the writer while there is work.
  struct Queue {
    std::string directory;
    std::deque<Job> jobs;
    bool running = false;
    bool failing = false;  // The last job could not write.
  };

  void enqueue(std::function<bool()> work, std::function<void(bool ok)> done = {});
  [[nodiscard]] static Task<void> run(std::shared_ptr<Queue> queue, io::Reactors& reactors,
                                      MediaMetrics& metrics);
  [[nodiscard]] std::string journal() const;

  std::string directory_;
  io::Reactors& reactors_;
  io::Scope& scope_;
  MediaMetrics& metrics_;
  std::shared_ptr<Queue> queue_;
  std::uint64_t first_msn_;  // Nothing before it is on the disk any more.
  std::string owner_;
};

}  // namespace luso::media
