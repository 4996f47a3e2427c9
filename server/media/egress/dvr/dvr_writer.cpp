#include "media/egress/dvr/dvr_writer.h"

#include <cerrno>
#include <system_error>
#include <utility>

#include "base/log.h"
#include "media/egress/dvr/files.h"
#include "media/egress/dvr/journal.h"

namespace luso::media {

DvrWriter::DvrWriter(std::string directory, std::uint64_t first_msn, io::Reactors& reactors, io::Scope& scope,
                     MediaMetrics& metrics)
    : directory_(std::move(directory)),
      reactors_(reactors),
      scope_(scope),
      metrics_(metrics),
      queue_(std::make_shared<Queue>(Queue{.directory = directory_, .jobs = {}})),
      first_msn_(first_msn) {}

std::string DvrWriter::journal() const {
  return directory_ + "/" + std::string(files::kJournal);
}

void DvrWriter::enqueue(std::function<bool()> work, std::function<void(bool ok)> done) {
  if (queue_->jobs.size() >= kQueueMax) {
    metrics_.queue_drops.add();
    if (done) reactors_.at(io::Reactor::current()->index()).post([done = std::move(done)] { done(false); });
    return;
  }
  queue_->jobs.push_back({.work = std::move(work), .done = std::move(done)});
  if (std::exchange(queue_->running, true)) return;
  scope_.spawn(
      [queue = queue_, &reactors = reactors_, &metrics = metrics_] { return run(queue, reactors, metrics); });
}

Task<void> DvrWriter::run(std::shared_ptr<Queue> queue, io::Reactors& reactors, MediaMetrics& metrics) {
  while (!queue->jobs.empty()) {
    Job job = std::move(queue->jobs.front());
    queue->jobs.pop_front();
    const Result<int> outcome = co_await reactors.run_blocking([work = std::move(job.work)] {
      errno = 0;
      return work() ? 0 : std::max(errno, 1);
    });
    const bool ok = outcome && *outcome == 0;
    if (!ok) metrics.dvr_failures.add();
    // A full disk fails every segment: the log hears when that begins and when it is over.
    if (!ok && !std::exchange(queue->failing, true)) {
      log::warn("dvr.write_failed",
                {{"directory", queue->directory},
                 {"detail", outcome ? std::generic_category().message(*outcome) : outcome.error().detail}});
    }
    if (ok && std::exchange(queue->failing, false))
      log::info("dvr.writes_again", {{"directory", queue->directory}});
    if (job.done) job.done(ok);
  }
  queue->running = false;
}

void DvrWriter::add_init(StoredVariant variant, SharedBytes init) {
  enqueue(
      [directory = directory_, journal = journal(), variant = std::move(variant), init = std::move(init)] {
        return files::replace(directory, files::init_name(variant.generation), *init) &&
               files::append(journal, journal::init_line(variant));
      });
}

// The file is whole before the journal speaks of it.
void DvrWriter::add_segment(StoredSegment segment, std::vector<SharedBytes> parts,
                            std::function<void(bool ok)> done) {
  enqueue(
      [directory = directory_, journal = journal(), segment, parts = std::move(parts)] {
        return files::replace(directory, files::segment_name(segment.msn), parts) &&
               files::append(journal, journal::segment_line(segment));
      },
      [done = std::move(done), bytes = segment.bytes, &metrics = metrics_](bool ok) {
        if (ok) metrics.dvr_bytes_written.add(bytes);
        done(ok);
      });
}

void DvrWriter::drop_before(std::uint64_t msn, std::uint64_t discontinuities_gone) {
  const std::uint64_t first = std::exchange(first_msn_, msn);
  enqueue([directory = directory_, journal = journal(), first, msn, discontinuities_gone] {
    const bool said = files::append(journal, journal::drop_line(msn, discontinuities_gone));
    for (std::uint64_t gone = first; gone < msn; ++gone)
      files::remove(directory + "/" + files::segment_name(gone));
    return said;
  });
}

void DvrWriter::put_file(std::string name, SharedBytes bytes) {
  enqueue([directory = directory_, name = std::move(name), bytes = std::move(bytes)] {
    return files::replace(directory, name, *bytes);
  });
}

void DvrWriter::set_owner(std::string username) {
  if (username == owner_) return;
  owner_ = username;
  enqueue([directory = directory_, journal = journal(), username = std::move(username)] {
    const std::string line = journal::owner_line(username);
    // The folder may not be there yet, and a line cut short by a crash must not swallow this one.
    if (!files::read(journal)) return files::replace(directory, std::string(files::kJournal), as_bytes(line));
    return files::append(journal, line);
  });
}

void DvrWriter::mark_ended(WallTime at) {
  enqueue([journal = journal(), at] { return files::append(journal, journal::end_line(at)); });
}

}  // namespace luso::media
