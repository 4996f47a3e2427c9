#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "media/egress/dvr/segment_store.h"
#include "media/egress/llhls/segmenter.h"
#include "media/egress/llhls/snapshot.h"
#include "media/metrics.h"

namespace luso::media {

// Playlists and segments of one rendition of a stream: takes what the segmenter cuts, keeps the newest in
// memory, gives finished segments to the store, and makes a snapshot of it all whenever something changed. On
// the stream's home reactor.
class HlsOutput final : public Segmenter::Listener {
 public:
  static constexpr Duration kLiveWindow{60'000'000};  // What live.m3u8 lists.
  static constexpr Duration kMemoryWindow{
      20'000'000};  // Finished segments kept in memory once the disk has them.
  static constexpr std::size_t kMemoryBytesMax = std::size_t{96}
                                                 << 20U;  // Beyond it the oldest go, stored or not.
  static constexpr std::size_t kInitsMax = 16;            // Older generations come from the disk.
  static constexpr Duration kSkipUntil{24'000'000};       // Six target durations (4.4.3.8).
  static constexpr Duration kPartHoldBack{
      1'050'000};  // Over three part targets: how far behind the edge players sit.
  static constexpr std::size_t kSegmentsWithParts = 3;  // Newest segments whose parts are listed one by one.

  struct Identity {
    StreamId stream_id;
    std::string username;
    std::size_t rung = 0;
  };

  using Publish = std::function<void(HlsSnapshotPtr)>;

  // `store` may be null: then nothing outlives the memory. It outlives the output otherwise.
  HlsOutput(Identity identity, SegmentStore* store, Duration dvr_window, Publish publish,
            MediaMetrics& metrics);

  // What an earlier life of this stream left on the disk, before anything else is said.
  void restore(const StoredStream& stored, std::string directory);
  void set_state(StreamState state);
  void set_username(std::string username);
  // Other renditions that the master playlist lists while the stream is not over.
  void set_others(std::vector<proto::hls::Variant> others);
  // Its pictures carry captions.
  void set_captions();
  void set_thumbnail(std::shared_ptr<const Thumbnail> thumbnail);
  // Publishes a snapshot when anything changed since the last one. Called after each batch of frames.
  void flush();

  [[nodiscard]] std::uint64_t parts_made() const { return parts_made_; }

  // What a master playlist says of this one, below a prefix. Without a bandwidth before its first part.
  [[nodiscard]] proto::hls::Variant variant(const std::string& prefix) const;

  [[nodiscard]] std::uint64_t next_msn() const { return open_.msn; }

  void on_init(const TracksPtr& tracks, SharedBytes init) override;
  void on_segment_start(const Segmenter::SegmentStart& start) override;
  void on_part(Segmenter::Part part) override;
  void on_segment_end(Duration duration) override;

  // Drops the oldest stored segments until about `bytes` are free; the live window stays.
  void trim_stored(std::uint64_t bytes);

  [[nodiscard]] std::uint64_t stored_bytes() const { return stored_bytes_; }

 private:
  struct Finished {
    std::shared_ptr<const proto::hls::SegmentLines> lines;      // With parts, for live.m3u8.
    std::shared_ptr<const proto::hls::SegmentLines> dvr_lines;  // Without.
    std::shared_ptr<const SegmentMedia> media;                  // Null once only the disk has it.
    StoredSegment record;
    bool stored = false;
    bool lost = false;  // Neither in memory nor on disk: EXT-X-GAP.
  };

  // The segment that grows.
  struct Open {
    std::uint64_t msn = 0;
    bool started = false;
    std::uint32_t generation = 0;
    WallTime captured_at;
    bool discontinuity = false;
    bool independent = false;
    std::vector<proto::hls::Part> parts;
    std::string part_lines;
    std::vector<SharedBytes> media;
    std::uint64_t bytes = 0;
    Duration duration{};
  };

  [[nodiscard]] Finished finish_open(Duration duration);
  void store_newest();
  void stored(std::uint64_t msn, bool ok);
  void shrink_memory();
  void drop_media(Finished& segment);
  void shrink_window();
  void pop_oldest();
  void measure(Duration duration, std::uint64_t bytes);
  [[nodiscard]] std::size_t first_in_live_window() const;
  [[nodiscard]] bool is_independent_from(std::size_t first) const;
  [[nodiscard]] SharedBytes render_live(bool delta) const;
  [[nodiscard]] SharedBytes render_master() const;
  [[nodiscard]] std::shared_ptr<const DvrIndex> render_index() const;

  Identity identity_;
  SegmentStore* store_;
  std::string directory_;  // Where segments that are not in memory are; empty: nowhere.
  Duration dvr_window_;
  Publish publish_;
  MediaMetrics& metrics_;
  StreamState state_ = StreamState::live;
  std::deque<Finished> segments_;  // The DVR window, which contains the live one.
  Duration window_duration_{};
  std::uint64_t memory_bytes_ = 0;
  std::uint64_t stored_bytes_ = 0;
  std::uint64_t discontinuities_gone_ = 0;  // Of segments that left the window.
  bool continues_another_life_ = false;     // Restored: the next segment is a discontinuity.
  Open open_;
  std::shared_ptr<const std::vector<InitMedia>> inits_;
  bool init_is_new_ = false;  // Not in the store yet.
  StoredVariant variant_;
  proto::hls::Captions captions_ = proto::hls::Captions::unknown;
  std::vector<proto::hls::Variant> others_;
  std::shared_ptr<const Thumbnail> thumbnail_;
  SharedBytes master_;
  std::shared_ptr<const DvrIndex> dvr_;
  std::uint64_t version_ = 0;
  bool changed_ = false;
  std::uint64_t parts_made_ = 0;
  std::shared_ptr<bool> alive_ =
      std::make_shared<bool>(true);  // For answers from the store that come too late.
};

}  // namespace luso::media
