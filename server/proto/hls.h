#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

// Playlists of HTTP Live Streaming, low latency included (draft-pantos-hls-rfc8216bis; clauses are of that
// document). Plain values in, text out. What a finished segment says never changes, so its lines are made
// once (`lines_of`) and a playlist is a header, those lines in a row, and the parts of the segment that is
// still growing.
namespace luso::proto::hls {

struct Part {
  std::string uri;
  Duration duration{};
  bool independent = false;  // Starts with a keyframe (or carries no video).
  bool gap = false;          // Announced, but lost: do not load it.
};

struct Segment {
  std::uint64_t msn = 0;  // Media sequence number.
  std::string uri;
  Duration duration{};
  std::optional<WallTime> program_date_time = std::nullopt;  // Of its first sample.
  std::string map_uri;         // Its init segment; written where it differs from the segment before.
  bool discontinuity = false;  // Timestamps or tracks start anew here.
  bool gap = false;
  std::vector<Part> parts;
};

// One segment in its final words, kept in pieces because a playlist may want it with or without its parts.
struct SegmentLines {
  std::uint64_t msn = 0;
  Duration duration{};
  bool discontinuity = false;
  std::string map_uri;
  std::string head;   // PROGRAM-DATE-TIME
  std::string parts;  // EXT-X-PART lines
  std::string tail;   // EXT-X-GAP, EXTINF, URI
};

[[nodiscard]] SegmentLines lines_of(const Segment& segment);
void append_part_line(const Part& part, std::string& out);  // For SegmentLines::parts and OpenSegment::parts.

// The segment that is being made: its parts so far.
struct OpenSegment {
  std::uint64_t msn = 0;
  std::optional<WallTime> program_date_time = std::nullopt;
  std::string map_uri;
  bool discontinuity = false;
  std::string parts;             // append_part_line() for each.
  std::string preload_hint_uri;  // The part that comes next; empty when it is not known.
};

enum class PlaylistType : std::uint8_t { live, event, vod };

struct MediaPlaylist {
  Duration target_duration{};  // No segment is longer, rounded to whole seconds (4.4.3.1).
  std::optional<Duration> part_target = std::nullopt;  // Set: a low-latency playlist with EXT-X-PART lines.
  std::uint64_t discontinuity_sequence =
      0;  // Discontinuities that have left the window, of segments before the first.
  PlaylistType type = PlaylistType::live;
  bool can_block_reload = false;
  bool ended = false;
  bool independent_segments = true;     // Every segment can be decoded without the one before it (4.4.2.1).
  std::size_t segments_with_parts = 3;  // Only the newest segments still list theirs (6.2.2).
  std::optional<Duration> hold_back = std::nullopt,
                          part_hold_back = std::nullopt;  // Default: three targets each (4.4.3.8).
  std::optional<Duration> can_skip_until =
      std::nullopt;  // At least six target durations; allows delta updates.
};

// `segments` in order, without gaps in msn; `open` may be null. With `delta`, segments beyond the skip
// boundary become one EXT-X-SKIP line (4.4.5.2), when there are any.
[[nodiscard]] std::string render_media_playlist(const MediaPlaylist& playlist,
                                                std::span<const SegmentLines* const> segments,
                                                const OpenSegment* open, bool delta = false);

// What is known of captions in a variant's pictures. `none` speaks of what was sent so far: a live stream may
// begin to have some.
enum class Captions : std::uint8_t { unknown, none, cea608 };

struct Variant {
  std::string uri;
  std::int64_t bandwidth_bps = 0;          // Peak.
  std::int64_t average_bandwidth_bps = 0;  // 0: not known.
  std::string codecs;                      // "avc1.64001f,mp4a.40.2"
  int width = 0, height = 0;               // 0: no video, or not known.
  double frame_rate = 0;                   // 0: not known.
  Captions captions = Captions::unknown;

  friend bool operator==(const Variant&, const Variant&) = default;
};

[[nodiscard]] std::string render_master_playlist(std::span<const Variant> variants,
                                                 bool independent_segments = true);

// What a client asks of a playlist in its query string (6.2.5).
struct DeliveryDirectives {
  std::optional<std::uint64_t> msn;  // Answer once this segment, or its part below, is in the playlist.
  std::optional<std::uint64_t> part;
  bool skip = false;  // A delta update will do.
};

// Directives that are malformed, repeated, or a part without its segment fail with "media.bad_directive";
// other parameters belong to somebody else and are left alone.
[[nodiscard]] Result<DeliveryDirectives> parse_delivery_directives(std::string_view query);

}  // namespace luso::proto::hls
