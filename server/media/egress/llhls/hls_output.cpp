#include "media/egress/llhls/hls_output.h"

#include <algorithm>
#include <ranges>
#include <utility>

#include "media/egress/dvr/files.h"

namespace luso::media {
namespace hls = proto::hls;

namespace {

constexpr std::int64_t kBitsPerByte = 8;
constexpr std::int64_t kUsPerSecond = 1'000'000;

std::string part_uri(std::uint64_t msn, std::size_t part) {
  return "part-" + std::to_string(msn) + "." + std::to_string(part) + ".m4s";
}

SharedBytes share_text(std::string_view text) {
  const ByteView bytes = as_bytes(text);
  return share(Bytes(bytes.begin(), bytes.end()));
}

hls::Segment segment_of(const StoredSegment& record) {
  return {.msn = record.msn,
          .uri = files::segment_name(record.msn),
          .duration = record.duration,
          .program_date_time = record.captured_at,
          .map_uri = files::init_name(record.generation),
          .discontinuity = record.discontinuity,
          .gap = false,
          .parts = {}};
}

std::shared_ptr<const hls::SegmentLines> share_lines(const hls::Segment& segment) {
  return std::make_shared<const hls::SegmentLines>(hls::lines_of(segment));
}

std::string codecs_of(const Tracks& tracks) {
  std::string codecs;
  if (tracks.video) codecs = tracks.video->codecs;
  if (tracks.video && tracks.audio) codecs += ',';
  if (tracks.audio) codecs += tracks.audio->codecs;
  return codecs;
}

}  // namespace

HlsOutput::HlsOutput(Identity identity, SegmentStore* store, Duration dvr_window, Publish publish,
                     MediaMetrics& metrics)
    : identity_(std::move(identity)),
      store_(store),
      dvr_window_(store == nullptr ? kLiveWindow : std::max(dvr_window, kLiveWindow)),
      publish_(std::move(publish)),
      metrics_(metrics),
      inits_(std::make_shared<const std::vector<InitMedia>>()) {}

void HlsOutput::restore(const StoredStream& stored, std::string directory) {
  directory_ = std::move(directory);
  for (const StoredSegment& record : stored.segments) {
    const auto lines = share_lines(segment_of(record));
    segments_.push_back({.lines = lines,
                         .dvr_lines = lines,
                         .media = nullptr,
                         .record = record,
                         .stored = true,
                         .lost = false});
    window_duration_ += record.duration;
    stored_bytes_ += record.bytes;
  }
  if (identity_.username.empty()) identity_.username = stored.username;
  discontinuities_gone_ = stored.discontinuities_gone;
  open_.msn = stored.next_msn;
  continues_another_life_ = !stored.segments.empty();
  variant_ = stored.variant;
  thumbnail_ = stored.thumbnail;
  changed_ = true;
}

void HlsOutput::set_state(StreamState state) {
  if (state == state_) return;
  state_ = state;
  changed_ = true;
  master_.reset();
}

void HlsOutput::set_username(std::string username) {
  if (store_ != nullptr) store_->set_owner(username);
  changed_ = changed_ || username != identity_.username;
  identity_.username = std::move(username);
}

void HlsOutput::set_others(std::vector<hls::Variant> others) {
  if (others == others_) return;
  others_ = std::move(others);
  master_.reset();
  changed_ = true;
}

void HlsOutput::set_captions() {
  if (std::exchange(captions_, hls::Captions::cea608) == hls::Captions::cea608) return;
  master_.reset();
  changed_ = true;
}

void HlsOutput::set_thumbnail(std::shared_ptr<const Thumbnail> thumbnail) {
  thumbnail_ = std::move(thumbnail);
  changed_ = true;
  if (store_ == nullptr || !thumbnail_) return;
  store_->put_file(std::string(files::kThumbnailJpeg), thumbnail_->jpeg);
  store_->put_file(std::string(files::kThumbnailWebp), thumbnail_->webp);
  store_->put_file(std::string(files::kThumbnail320), thumbnail_->webp_320);
}

void HlsOutput::on_init(const TracksPtr& tracks, SharedBytes init) {
  std::vector<InitMedia> inits = *inits_;
  if (inits.size() >= kInitsMax) inits.erase(inits.begin());
  inits.push_back({.generation = tracks->generation, .bytes = std::move(init)});
  inits_ = std::make_shared<const std::vector<InitMedia>>(std::move(inits));
  init_is_new_ = true;
  variant_ = {.generation = tracks->generation,
              .codecs = codecs_of(*tracks),
              .width = tracks->video ? tracks->video->width : 0,
              .height = tracks->video ? tracks->video->height : 0,
              .frame_rate = tracks->video ? tracks->video->frame_rate : 0,
              .peak_bps = 0,
              .average_bps = 0,
              .has_video = tracks->video.has_value()};
  // Of an earlier life nothing is known.
  if (captions_ == hls::Captions::unknown && !continues_another_life_) captions_ = hls::Captions::none;
  master_.reset();
}

void HlsOutput::on_segment_start(const Segmenter::SegmentStart& start) {
  open_.started = true;
  open_.generation = start.tracks->generation;
  open_.captured_at = start.captured_at;
  open_.discontinuity = start.discontinuity || std::exchange(continues_another_life_, false);
}

void HlsOutput::on_part(Segmenter::Part part) {
  hls::Part line{.uri = part_uri(open_.msn, open_.parts.size()),
                 .duration = part.duration,
                 .independent = part.independent,
                 .gap = false};
  if (open_.parts.empty()) open_.independent = part.independent;
  hls::append_part_line(line, open_.part_lines);
  open_.parts.push_back(std::move(line));
  open_.bytes += part.bytes->size();
  open_.duration += part.duration;
  memory_bytes_ += part.bytes->size();
  open_.media.push_back(std::move(part.bytes));
  if (variant_.peak_bps == 0) measure(open_.duration, open_.bytes);
  metrics_.parts.add();
  ++parts_made_;
  changed_ = true;
}

void HlsOutput::on_segment_end(Duration duration) {
  if (open_.media.empty()) return;  // Its number is used by the next one.
  measure(duration, open_.bytes);
  master_.reset();
  segments_.push_back(finish_open(duration));
  window_duration_ += duration;
  const std::uint64_t next_msn = open_.msn + 1;
  open_ = {};
  open_.msn = next_msn;
  if (store_ != nullptr) store_newest();
  shrink_memory();
  shrink_window();
  dvr_.reset();
  metrics_.segments.add();
  changed_ = true;
}

HlsOutput::Finished HlsOutput::finish_open(Duration duration) {
  const StoredSegment record{.msn = open_.msn,
                             .generation = open_.generation,
                             .duration = duration,
                             .captured_at = open_.captured_at,
                             .discontinuity = open_.discontinuity,
                             .independent = open_.independent,
                             .bytes = open_.bytes};
  hls::Segment segment = segment_of(record);
  auto dvr_lines = share_lines(segment);
  segment.parts = std::move(open_.parts);
  return {.lines = share_lines(segment),
          .dvr_lines = std::move(dvr_lines),
          .media = std::make_shared<const SegmentMedia>(
              SegmentMedia{.msn = record.msn, .parts = std::move(open_.media)}),
          .record = record,
          .stored = false,
          .lost = false};
}

void HlsOutput::measure(Duration duration, std::uint64_t bytes) {
  if (duration.count() <= 0) return;
  const std::int64_t bps = static_cast<std::int64_t>(bytes) * kBitsPerByte * kUsPerSecond / duration.count();
  variant_.peak_bps = std::max(variant_.peak_bps, bps);
  variant_.average_bps = variant_.average_bps == 0 ? bps : (variant_.average_bps * 7 + bps) / 8;
}

void HlsOutput::store_newest() {
  if (std::exchange(init_is_new_, false)) store_->add_init(variant_, inits_->back().bytes);
  const Finished& newest = segments_.back();
  store_->add_segment(newest.record, newest.media->parts,
                      [this, alive = std::weak_ptr(alive_), msn = newest.record.msn](bool ok) {
                        if (!alive.expired()) stored(msn, ok);
                      });
}

void HlsOutput::stored(std::uint64_t msn, bool ok) {
  if (segments_.empty() || msn < segments_.front().record.msn) return;
  Finished& segment = segments_.at(msn - segments_.front().record.msn);
  segment.stored = ok;
  if (ok) stored_bytes_ += segment.record.bytes;
  shrink_memory();
}

// A segment leaves the memory when it is old and on the disk, or when there is no room, or when it has left
// the live window and the disk refused it.
void HlsOutput::shrink_memory() {
  Duration age{};
  std::uint64_t newer_bytes = open_.bytes;
  for (auto segment = segments_.rbegin(); segment != segments_.rend(); ++segment) {
    const bool old = age >= kMemoryWindow && segment->stored;
    const bool very_old = age >= kLiveWindow;
    age += segment->record.duration;
    if (segment->media == nullptr) {
      if (segment->stored) break;  // All before it went earlier.
      continue;
    }
    newer_bytes += segment->record.bytes;
    if (old || very_old || newer_bytes > kMemoryBytesMax) drop_media(*segment);
  }
}

void HlsOutput::drop_media(Finished& segment) {
  memory_bytes_ -= std::min(memory_bytes_, segment.record.bytes);
  segment.media.reset();
  if (segment.stored || segment.lost) return;
  segment.lost = true;
  hls::Segment gap = segment_of(segment.record);
  gap.gap = true;
  segment.lines = segment.dvr_lines = share_lines(gap);
}

void HlsOutput::shrink_window() {
  bool popped = false;
  while (segments_.size() > 1 && window_duration_ - segments_.front().record.duration >= dvr_window_) {
    pop_oldest();
    popped = true;
  }
  if (popped && store_ != nullptr) store_->drop_before(segments_.front().record.msn, discontinuities_gone_);
}

void HlsOutput::pop_oldest() {
  const Finished& oldest = segments_.front();
  window_duration_ -= oldest.record.duration;
  if (oldest.media != nullptr) memory_bytes_ -= std::min(memory_bytes_, oldest.record.bytes);
  if (oldest.stored) stored_bytes_ -= std::min(stored_bytes_, oldest.record.bytes);
  if (oldest.record.discontinuity) ++discontinuities_gone_;
  segments_.pop_front();
}

void HlsOutput::trim_stored(std::uint64_t bytes) {
  if (store_ == nullptr) return;
  const std::uint64_t before = stored_bytes_;
  const std::size_t keep = segments_.size() - first_in_live_window();
  while (segments_.size() > keep && before - stored_bytes_ < bytes) pop_oldest();
  if (before == stored_bytes_) return;
  store_->drop_before(segments_.front().record.msn, discontinuities_gone_);
  dvr_.reset();
  changed_ = true;
}

std::size_t HlsOutput::first_in_live_window() const {
  Duration duration = open_.duration;
  std::size_t first = segments_.size();
  while (first > 0 && duration < kLiveWindow) duration += segments_[--first].record.duration;
  return first;
}

bool HlsOutput::is_independent_from(std::size_t first) const {
  if (!open_.parts.empty() && !open_.independent) return false;
  return std::ranges::all_of(segments_ | std::views::drop(first),
                             [](const Finished& segment) { return segment.record.independent; });
}

SharedBytes HlsOutput::render_live(bool delta) const {
  const std::size_t first = first_in_live_window();
  std::uint64_t discontinuities = discontinuities_gone_;
  for (std::size_t i = 0; i < first; ++i) discontinuities += segments_[i].record.discontinuity ? 1U : 0U;
  std::vector<const hls::SegmentLines*> lines;
  lines.reserve(segments_.size() - first);
  for (std::size_t i = first; i < segments_.size(); ++i) lines.push_back(segments_[i].lines.get());
  const bool ended = state_ == StreamState::ended;
  const hls::MediaPlaylist playlist{
      .target_duration = Segmenter::kTargetDuration,
      .part_target = ended ? std::nullopt : std::optional(Segmenter::kPartTarget),
      .discontinuity_sequence = discontinuities,
      .type = hls::PlaylistType::live,
      .can_block_reload = !ended,
      .ended = ended,
      .independent_segments = is_independent_from(first),
      .segments_with_parts = kSegmentsWithParts,
      .hold_back = std::nullopt,
      .part_hold_back = ended ? std::nullopt : std::optional(kPartHoldBack),
      .can_skip_until = ended ? std::nullopt : std::optional(kSkipUntil)};
  const hls::OpenSegment open{
      .msn = open_.msn,
      .program_date_time = open_.started ? std::optional(open_.captured_at) : std::nullopt,
      .map_uri = open_.started ? files::init_name(open_.generation) : std::string(),
      .discontinuity = open_.discontinuity,
      .parts = open_.part_lines,
      .preload_hint_uri =
          state_ == StreamState::live ? part_uri(open_.msn, open_.parts.size()) : std::string()};
  return share_text(hls::render_media_playlist(playlist, lines, ended ? nullptr : &open, delta));
}

hls::Variant HlsOutput::variant(const std::string& prefix) const {
  // A stream that is over is watched from its beginning.
  return {.uri = prefix + (state_ == StreamState::ended ? "dvr.m3u8" : "live.m3u8"),
          .bandwidth_bps = variant_.peak_bps,
          .average_bandwidth_bps = variant_.average_bps,
          .codecs = variant_.codecs,
          .width = variant_.width,
          .height = variant_.height,
          .frame_rate = variant_.frame_rate,
          .captions = captions_};
}

// The stream's own picture first: players begin with it. Of a stream that is over the disk has no other.
SharedBytes HlsOutput::render_master() const {
  std::vector<hls::Variant> variants{variant("")};
  variants.front().bandwidth_bps = std::max<std::int64_t>(1, variants.front().bandwidth_bps);
  if (state_ != StreamState::ended) variants.insert(variants.end(), others_.begin(), others_.end());
  return share_text(hls::render_master_playlist(variants, is_independent_from(0)));
}

std::shared_ptr<const DvrIndex> HlsOutput::render_index() const {
  DvrIndex index;
  index.directory = directory_;
  index.discontinuity_sequence = discontinuities_gone_;
  index.independent = is_independent_from(0);
  index.segments.reserve(segments_.size());
  for (const Finished& segment : segments_) index.segments.push_back(segment.dvr_lines);
  return std::make_shared<const DvrIndex>(std::move(index));
}

void HlsOutput::flush() {
  if (!std::exchange(changed_, false)) return;
  if (segments_.empty() && open_.media.empty()) return;
  if (!master_) master_ = render_master();
  if (!dvr_) dvr_ = render_index();
  HlsSnapshot snapshot{.stream_id = identity_.stream_id,
                       .rung = identity_.rung,
                       .username = identity_.username,
                       .state = state_,
                       .version = ++version_,
                       .open_msn = open_.msn,
                       .open_parts = open_.media.size(),
                       .master = master_,
                       .live = render_live(false),
                       .live_delta = render_live(true),
                       .memory = {},
                       .inits = inits_,
                       .dvr = dvr_,
                       .thumbnail = thumbnail_,
                       .has_video = variant_.has_video};
  std::size_t first = segments_.size();
  while (first > 0 && segments_[first - 1].media != nullptr) --first;
  for (; first < segments_.size(); ++first) snapshot.memory.push_back(segments_[first].media);
  snapshot.memory.push_back(
      std::make_shared<const SegmentMedia>(SegmentMedia{.msn = open_.msn, .parts = open_.media}));
  publish_(std::make_shared<const HlsSnapshot>(std::move(snapshot)));
}

}  // namespace luso::media
