#include "media/egress/dvr/dvr_store.h"

#include <filesystem>
#include <fstream>
#include <sstream>
#include <sys/statvfs.h>
#include <system_error>

#include "base/log.h"
#include "base/text.h"
#include "media/egress/dvr/dvr_writer.h"
#include "media/egress/dvr/files.h"
#include "media/egress/dvr/journal.h"

namespace luso::media {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kJournalLinesSpare =
    2'000;  // Lines about what is gone, before a journal is written anew.
constexpr std::uint64_t kPercent = 100;

// What the disk really has of what the journal says: from the newest whole segment back to the first gap.
void keep_whole_segments(StoredStream& stream, const std::string& directory) {
  std::vector<StoredSegment>& segments = stream.segments;
  const auto is_whole = [&directory](const StoredSegment& segment) {
    std::error_code error;
    const auto size = fs::file_size(directory + "/" + files::segment_name(segment.msn), error);
    return !error && size == segment.bytes;
  };
  while (!segments.empty() && !is_whole(segments.back())) segments.pop_back();
  std::size_t first = segments.size();
  while (first > 0 && is_whole(segments[first - 1])) --first;
  for (std::size_t i = 0; i < first; ++i) stream.discontinuities_gone += segments[i].discontinuity ? 1U : 0U;
  segments.erase(segments.begin(), segments.begin() + static_cast<std::ptrdiff_t>(first));
}

}  // namespace

DvrStore::DvrStore(Settings settings, io::Reactors& reactors, MediaMetrics& metrics)
    : settings_(std::move(settings)), reactors_(reactors), metrics_(metrics) {}

std::string DvrStore::directory_of(StreamId stream_id) const {
  return settings_.directory + "/" + std::to_string(stream_id.value);
}

std::unique_ptr<SegmentStore> DvrStore::writer(StreamId stream_id, const StoredStream& stored,
                                               io::Scope& scope) {
  const std::uint64_t first_msn = stored.segments.empty() ? stored.next_msn : stored.segments.front().msn;
  return std::make_unique<DvrWriter>(directory_of(stream_id), first_msn, reactors_, scope, metrics_);
}

StoredStream DvrStore::load(StreamId stream_id) const {
  const std::string directory = directory_of(stream_id);
  const std::optional<std::string> text = files::read(directory + "/" + std::string(files::kJournal));
  if (!text) return {};
  journal::Read journal = journal::read(*text);
  keep_whole_segments(journal.stream, directory);
  const std::size_t needed = journal.stream.segments.size() + kJournalLinesSpare;
  if (journal.lines > needed || journal.lines_bad > 0 || journal.cut_short) {
    const std::string compact = journal::write(journal);
    if (!files::replace(directory, std::string(files::kJournal), as_bytes(compact))) {
      log::warn("dvr.journal_not_rewritten", {{"directory", directory}});
    }
  }
  journal.stream.thumbnail = load_thumbnail(stream_id);
  return std::move(journal.stream);
}

std::shared_ptr<const Thumbnail> DvrStore::load_thumbnail(StreamId stream_id) const {
  const std::string directory = directory_of(stream_id) + "/";
  const auto load_one = [&directory](std::string_view name) -> SharedBytes {
    const std::optional<std::string> text = files::read(directory + std::string(name));
    if (!text) return nullptr;
    const ByteView bytes = as_bytes(*text);
    return share(Bytes(bytes.begin(), bytes.end()));
  };
  Thumbnail thumbnail{.jpeg = load_one(files::kThumbnailJpeg),
                      .webp = load_one(files::kThumbnailWebp),
                      .webp_320 = load_one(files::kThumbnail320),
                      .taken_at = files::modified_at(directory + std::string(files::kThumbnailJpeg))};
  if (!thumbnail.jpeg) return nullptr;
  return std::make_shared<const Thumbnail>(std::move(thumbnail));
}

std::vector<DvrStore::Summary> DvrStore::list() const {
  std::vector<Summary> found;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(settings_.directory, error)) {
    const auto id = parse_integer<std::int64_t>(entry.path().filename().string());
    if (!id || *id <= 0) continue;
    const std::string journal_path = entry.path().string() + "/" + std::string(files::kJournal);
    const std::optional<std::string> text = files::read(journal_path);
    if (!text) continue;
    const journal::Read journal = journal::read(*text);
    Summary summary{.stream_id = StreamId{*id},
                    .bytes = 0,
                    .touched_at = files::modified_at(journal_path),
                    .ended_at = journal.ended_at};
    for (const StoredSegment& segment : journal.stream.segments) summary.bytes += segment.bytes;
    found.push_back(summary);
  }
  return found;
}

void DvrStore::remove(StreamId stream_id) const {
  std::error_code error;
  fs::remove_all(directory_of(stream_id), error);
  if (error) log::warn("dvr.remove_failed", {{"stream_id", stream_id.value}, {"error", error.message()}});
}

bool DvrStore::disk_is_full() const {
  struct statvfs disk{};
  std::error_code error;
  fs::create_directories(settings_.directory, error);
  if (::statvfs(settings_.directory.c_str(), &disk) != 0) return true;
  const std::uint64_t usable =
      disk.f_blocks - disk.f_bfree + disk.f_bavail;  // Without what is kept for root.
  if (usable == 0) return true;
  const std::uint64_t used_percent = (disk.f_blocks - disk.f_bfree) * kPercent / usable;
  return used_percent >= static_cast<std::uint64_t>(settings_.disk_percent_max);
}

}  // namespace luso::media
