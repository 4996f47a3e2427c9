#include "media/egress/dvr/dvr_catalog.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "media/call_on.h"
#include "media/egress/llhls/hls_output.h"

namespace luso::media {

DvrCatalog::DvrCatalog(DvrStore& store, const EngineSettings& settings, io::Reactors& reactors, Clock& clock,
                       MediaMetrics& metrics, Hooks hooks)
    : store_(store),
      settings_(settings),
      reactors_(reactors),
      clock_(clock),
      metrics_(metrics),
      hooks_(std::move(hooks)) {}

Task<std::vector<DvrStore::Summary>> DvrCatalog::scan() {
  std::vector<DvrStore::Summary> cut_off;
  auto found = co_await reactors_.run_blocking([this] { return store_.list(); });
  if (!found) co_return cut_off;
  for (const DvrStore::Summary& summary : *found) {
    if (hooks_.is_open(summary.stream_id)) continue;  // Its encoder was quicker than we.
    if (summary.ended_at) {
      over_.emplace(summary.stream_id, summary);
    } else {
      cut_off.push_back(summary);
    }
  }
  log::info("dvr.scanned", {{"over", over_.size()}, {"cut_off", cut_off.size()}});
  co_return cut_off;
}

void DvrCatalog::add(StreamId stream_id, std::uint64_t bytes) {
  const WallTime now = clock_.now();
  over_[stream_id] = {.stream_id = stream_id, .bytes = bytes, .touched_at = now, .ended_at = now};
}

bool DvrCatalog::claim(StreamId stream_id) {
  if (removing_.contains(stream_id)) return false;
  over_.erase(stream_id);
  std::erase(cold_, stream_id);
  return true;
}

Task<bool> DvrCatalog::bring_back(StreamId stream_id) {
  auto is_here = [this, stream_id] { return over_.contains(stream_id); };
  if (!co_await call_on(reactors_.home(), is_here)) co_return false;
  auto load = [this, stream_id] {
    HlsSnapshotPtr made;
    HlsOutput output(
        {.stream_id = stream_id, .username = {}}, nullptr, settings_.dvr_window,
        [&made](HlsSnapshotPtr snapshot) { made = std::move(snapshot); }, metrics_);
    output.restore(store_.load(stream_id), store_.directory_of(stream_id));
    output.set_state(StreamState::ended);
    output.flush();
    return made;
  };
  const auto made = co_await reactors_.run_blocking(load);
  if (!made || !*made) co_return false;
  const HlsSnapshotPtr snapshot = *made;
  auto publish = [this, stream_id, &snapshot] {
    if (!over_.contains(stream_id)) return false;  // Opened or removed meanwhile.
    remember_cold(stream_id);
    hooks_.publish(snapshot);
    return true;
  };
  co_return co_await call_on(reactors_.home(), publish);
}

void DvrCatalog::remember_cold(StreamId stream_id) {
  std::erase(cold_, stream_id);
  cold_.push_back(stream_id);
  if (cold_.size() <= kColdMax) return;
  hooks_.forget(cold_.front());
  cold_.pop_front();
}

Task<void> DvrCatalog::remove(StreamId stream_id) {
  log::info("dvr.removed", {{"stream_id", stream_id.value}});
  over_.erase(stream_id);
  removing_.insert(stream_id);
  std::erase(cold_, stream_id);
  hooks_.forget(stream_id);
  const auto done = co_await reactors_.run_blocking([this, stream_id] {
    store_.remove(stream_id);
    return true;
  });
  removing_.erase(stream_id);
  if (!done) log::warn("dvr.remove_put_off", {{"stream_id", stream_id.value}});
}

Task<void> DvrCatalog::sweep() {
  std::vector<DvrStore::Summary> oldest_first;
  std::uint64_t bytes = co_await hooks_.bytes_open();
  for (const auto& [id, summary] : over_) {
    oldest_first.push_back(summary);
    bytes += summary.bytes;
  }
  std::ranges::sort(oldest_first, {}, &DvrStore::Summary::touched_at);
  const WallTime too_old = clock_.now() - settings_.dvr_keep;
  for (const DvrStore::Summary& summary : oldest_first) {
    const bool too_much = bytes > settings_.dvr_bytes_max;
    if (!too_much && summary.touched_at >= too_old) break;
    if (!over_.contains(summary.stream_id)) continue;
    bytes -= std::min(bytes, summary.bytes);
    co_await remove(summary.stream_id);
  }
  if (bytes <= settings_.dvr_bytes_max || bytes == 0) co_return;
  const std::uint64_t over = bytes - settings_.dvr_bytes_max;
  log::warn("dvr.trimmed", {{"bytes_over", over}});
  hooks_.trim_open(static_cast<double>(over) / static_cast<double>(bytes));
}

}  // namespace luso::media
