#include "media/egress/llhls/hls_shard.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "media/egress/llhls/gzip.h"
#include "media/egress/llhls/segmenter.h"

namespace luso::media {
namespace asio = boost::asio;
namespace hls = proto::hls;

namespace {

SharedBytes share_text(std::string_view text) {
  const ByteView bytes = as_bytes(text);
  return share(Bytes(bytes.begin(), bytes.end()));
}

SharedBytes render_dvr(const HlsSnapshot& snapshot) {
  std::vector<const hls::SegmentLines*> lines;
  lines.reserve(snapshot.dvr->segments.size());
  for (const auto& segment : snapshot.dvr->segments) lines.push_back(segment.get());
  const hls::MediaPlaylist playlist{.target_duration = Segmenter::kTargetDuration,
                                    .part_target = std::nullopt,
                                    .discontinuity_sequence = snapshot.dvr->discontinuity_sequence,
                                    .type = hls::PlaylistType::live,
                                    .can_block_reload = false,
                                    .ended = snapshot.state == StreamState::ended,
                                    .independent_segments = snapshot.dvr->independent,
                                    .hold_back = std::nullopt,
                                    .part_hold_back = std::nullopt,
                                    .can_skip_until = std::nullopt};
  return share_text(hls::render_media_playlist(playlist, lines, nullptr));
}

// Under a name the stream changes from broadcast to broadcast, so its addresses must say which one they are
// of.
SharedBytes render_master_by_name(const HlsSnapshot& snapshot) {
  std::string text(as_text(*snapshot.master));
  const std::string prefix = "../" + std::to_string(snapshot.stream_id.value) + "/";
  // What is neither a tag nor empty is an address (4.1).
  for (auto at = text.find('\n'); at != std::string::npos && at + 1 < text.size();
       at = text.find('\n', at + 1)) {
    if (text[at + 1] != '#' && text[at + 1] != '\n') text.insert(at + 1, prefix);
  }
  return share_text(text);
}

SharedBytes render(const HlsSnapshot& snapshot, HlsShard::Text which) {
  switch (which) {
    case HlsShard::Text::master: return snapshot.master;
    case HlsShard::Text::master_by_name: return render_master_by_name(snapshot);
    case HlsShard::Text::live: return snapshot.live;
    case HlsShard::Text::live_delta: return snapshot.live_delta;
    case HlsShard::Text::dvr: return render_dvr(snapshot);
  }
  return snapshot.master;
}

}  // namespace

bool HlsShard::has(const HlsSnapshot& snapshot, Position position) {
  if (position.msn != snapshot.open_msn) return position.msn < snapshot.open_msn;
  return position.part && *position.part < snapshot.open_parts;
}

void HlsShard::apply(HlsSnapshotPtr snapshot) {
  Entry& entry = entries_[{.stream_id = snapshot->stream_id, .rung = snapshot->rung}];
  if (!snapshot->username.empty()) {
    const auto [named, is_new] = by_username_.try_emplace(snapshot->username, snapshot->stream_id);
    if (!is_new && snapshot->state == StreamState::live) named->second = snapshot->stream_id;
  }
  const bool was_live = entry.snapshot && entry.snapshot->state == StreamState::live;
  entry.snapshot = std::move(snapshot);
  entry.playlists = {};
  const bool stopped = was_live && entry.snapshot->state != StreamState::live;
  for (Waiter* waiter : entry.waiters) {
    if (stopped || has(*entry.snapshot, waiter->position)) waiter->timer.cancel();
  }
}

void HlsShard::forget(StreamId stream_id) {
  for (std::size_t rung = 0; rung < kHlsRungsMax; ++rung) forget({.stream_id = stream_id, .rung = rung});
}

void HlsShard::forget(const Key& key) {
  const auto entry = entries_.find(key);
  if (entry == entries_.end()) return;
  for (Waiter* waiter : entry->second.waiters) waiter->timer.cancel();
  const auto named =
      by_username_.find(entry->second.snapshot ? entry->second.snapshot->username : std::string());
  if (named != by_username_.end() && named->second == key.stream_id) by_username_.erase(named);
  if (entry->second.waiters.empty()) {
    entries_.erase(entry);
  } else {
    entry->second.snapshot.reset();  // The last waiter to leave takes the entry with it.
  }
}

HlsSnapshotPtr HlsShard::find(StreamId stream_id, std::size_t rung) const {
  const auto entry = entries_.find({.stream_id = stream_id, .rung = rung});
  return entry == entries_.end() ? nullptr : entry->second.snapshot;
}

std::optional<StreamId> HlsShard::find(std::string_view username) const {
  const auto named = by_username_.find(std::string(username));
  return named == by_username_.end() ? std::nullopt : std::optional(named->second);
}

Task<HlsSnapshotPtr> HlsShard::wait_for(StreamId stream_id, Position position, Duration timeout) {
  if (waiters_ >= kWaitersMax) co_return nullptr;
  Waiter waiter{.position = position, .timer = asio::steady_timer(reactor_.executor(), timeout)};
  const Key key{.stream_id = stream_id, .rung = position.rung};
  Entry& entry = entries_[key];  // Stays while it has waiters; references into the map do not move.
  const auto place = entry.waiters.insert(entry.waiters.end(), &waiter);
  ++waiters_;
  const auto [error] = co_await waiter.timer.async_wait(asio::as_tuple(asio::use_awaitable));
  static_cast<void>(error);  // Woken, timed out or cancelled: the snapshot tells.
  --waiters_;
  entry.waiters.erase(place);
  HlsSnapshotPtr snapshot = entry.snapshot;
  if (entry.waiters.empty() && !snapshot) entries_.erase(key);
  co_return snapshot;
}

HlsShard::Playlist* HlsShard::playlist(StreamId stream_id, Text which, bool gzipped, std::size_t rung) {
  const auto entry = entries_.find({.stream_id = stream_id, .rung = rung});
  if (entry == entries_.end() || !entry->second.snapshot) return nullptr;
  auto& [plain, packed] = entry->second.playlists[static_cast<std::size_t>(which)];
  if (!plain.bytes) plain.bytes = render(*entry->second.snapshot, which);
  if (!gzipped) return &plain;
  if (!packed.bytes) packed.bytes = share(gzip(*plain.bytes));
  return &packed;
}

}  // namespace luso::media
