#include "proto/hls.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "base/text.h"

namespace luso::proto::hls {
namespace {

template <typename Number>
void append_number(Number value, std::string& out) {
  std::array<char, 24> digits{};
  out.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr);
}

void append_padded(std::int64_t value, int width, std::string& out) {
  std::array<char, 8> digits{};
  for (int i = width; i > 0; --i, value /= 10)
    digits[static_cast<std::size_t>(i - 1)] = static_cast<char>('0' + value % 10);
  out.append(digits.data(), static_cast<std::size_t>(width));
}

// Decimal seconds, exact to the microsecond.
void append_seconds(Duration duration, std::string& out) {
  append_number(duration.count() / 1'000'000, out);
  out += '.';
  append_padded(duration.count() % 1'000'000, 6, out);
}

// ISO 8601 in UTC, to the millisecond (4.4.4.6).
void append_time(WallTime time, std::string& out) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{std::chrono::floor<std::chrono::milliseconds>(time - day)};
  append_padded(static_cast<int>(date.year()), 4, out);
  out += '-';
  append_padded(static_cast<unsigned>(date.month()), 2, out);
  out += '-';
  append_padded(static_cast<unsigned>(date.day()), 2, out);
  out += 'T';
  append_padded(clock.hours().count(), 2, out);
  out += ':';
  append_padded(clock.minutes().count(), 2, out);
  out += ':';
  append_padded(clock.seconds().count(), 2, out);
  out += '.';
  append_padded(clock.subseconds().count(), 3, out);
  out += 'Z';
}

void append_program_date_time(const std::optional<WallTime>& time, std::string& out) {
  if (!time) return;
  out += "#EXT-X-PROGRAM-DATE-TIME:";
  append_time(*time, out);
  out += '\n';
}

void append_map(std::string_view uri, std::string& out) {
  out += "#EXT-X-MAP:URI=\"";
  out += uri;
  out += "\"\n";
}

// 4.4.3.8
void append_server_control(const MediaPlaylist& playlist, std::string& out) {
  const std::size_t before = out.size();
  out += "#EXT-X-SERVER-CONTROL:";
  const std::size_t attributes = out.size();
  const auto begin = [&](std::string_view name) {
    if (out.size() > attributes) out += ',';
    out += name;
    out += '=';
  };
  if (playlist.can_block_reload) {
    begin("CAN-BLOCK-RELOAD");
    out += "YES";
  }
  if (playlist.can_skip_until) {
    begin("CAN-SKIP-UNTIL");
    append_seconds(*playlist.can_skip_until, out);
  }
  if (playlist.hold_back) {
    begin("HOLD-BACK");
    append_seconds(*playlist.hold_back, out);
  }
  if (playlist.part_target) {
    begin("PART-HOLD-BACK");
    append_seconds(playlist.part_hold_back.value_or(3 * *playlist.part_target), out);
  }
  if (out.size() == attributes) {
    out.resize(before);
  } else {
    out += '\n';
  }
}

void append_header(const MediaPlaylist& playlist, std::uint64_t first_msn, std::string& out) {
  // Section 8: EXT-X-MAP in a playlist of whole frames asks for 6, EXT-X-SKIP for 9.
  out += playlist.part_target || playlist.can_skip_until ? "#EXTM3U\n#EXT-X-VERSION:9\n"
                                                         : "#EXTM3U\n#EXT-X-VERSION:6\n";
  out += "#EXT-X-TARGETDURATION:";
  append_number(std::chrono::round<std::chrono::seconds>(playlist.target_duration).count(), out);
  out += '\n';
  append_server_control(playlist, out);
  if (playlist.part_target) {
    out += "#EXT-X-PART-INF:PART-TARGET=";
    append_seconds(*playlist.part_target, out);
    out += '\n';
  }
  if (playlist.type != PlaylistType::live)
    out += playlist.type == PlaylistType::vod ? "#EXT-X-PLAYLIST-TYPE:VOD\n" : "#EXT-X-PLAYLIST-TYPE:EVENT\n";
  if (playlist.independent_segments) out += "#EXT-X-INDEPENDENT-SEGMENTS\n";
  out += "#EXT-X-MEDIA-SEQUENCE:";
  append_number(first_msn, out);
  out += "\n#EXT-X-DISCONTINUITY-SEQUENCE:";
  append_number(playlist.discontinuity_sequence, out);
  out += '\n';
}

// How many segments from the front lie wholly beyond the skip boundary.
std::size_t skippable(std::span<const SegmentLines* const> segments, Duration can_skip_until) {
  Duration from_end{};
  std::size_t kept = 0;
  while (kept < segments.size() && from_end < can_skip_until)
    from_end += segments[segments.size() - ++kept]->duration;
  return segments.size() - kept;
}

std::size_t size_of(std::span<const SegmentLines* const> segments, const OpenSegment* open) {
  constexpr std::size_t kHeader = 512, kTagsASegment = 96;
  std::size_t size = kHeader;
  for (const SegmentLines* lines : segments)
    size += kTagsASegment + lines->head.size() + lines->parts.size() + lines->tail.size();
  return size + (open != nullptr ? kTagsASegment + open->parts.size() + open->preload_hint_uri.size() : 0);
}

// The parts of the segment in the making, and the one to ask for next (4.4.5.3).
void append_open(const OpenSegment& open, std::string_view last_map, std::string& out) {
  if (!open.parts.empty()) {
    if (open.discontinuity) out += "#EXT-X-DISCONTINUITY\n";
    if (open.map_uri != last_map) append_map(open.map_uri, out);
    append_program_date_time(open.program_date_time, out);
    out += open.parts;
  }
  if (open.preload_hint_uri.empty()) return;
  out += "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"";
  out += open.preload_hint_uri;
  out += "\"\n";
}

}  // namespace

// 4.4.4.9
void append_part_line(const Part& part, std::string& out) {
  out += "#EXT-X-PART:DURATION=";
  append_seconds(part.duration, out);
  out += ",URI=\"";
  out += part.uri;
  out += '"';
  if (part.independent) out += ",INDEPENDENT=YES";
  if (part.gap) out += ",GAP=YES";
  out += '\n';
}

SegmentLines lines_of(const Segment& segment) {
  SegmentLines lines{.msn = segment.msn,
                     .duration = segment.duration,
                     .discontinuity = segment.discontinuity,
                     .map_uri = segment.map_uri,
                     .head = {},
                     .parts = {},
                     .tail = {}};
  append_program_date_time(segment.program_date_time, lines.head);
  for (const Part& part : segment.parts) append_part_line(part, lines.parts);
  if (segment.gap) lines.tail += "#EXT-X-GAP\n";
  lines.tail += "#EXTINF:";
  append_seconds(segment.duration, lines.tail);
  lines.tail += ",\n";
  lines.tail += segment.uri;
  lines.tail += '\n';
  return lines;
}

std::string render_media_playlist(const MediaPlaylist& playlist,
                                  std::span<const SegmentLines* const> segments, const OpenSegment* open,
                                  bool delta) {
  std::string out;
  out.reserve(size_of(segments, open));
  const std::uint64_t first_msn = !segments.empty() ? segments.front()->msn : open != nullptr ? open->msn : 0;
  append_header(playlist, first_msn, out);

  const std::size_t skipped =
      delta && playlist.can_skip_until ? skippable(segments, *playlist.can_skip_until) : 0;
  if (skipped > 0) {
    out += "#EXT-X-SKIP:SKIPPED-SEGMENTS=";
    append_number(skipped, out);
    out += '\n';
  }
  // The client knows the init segment of what is skipped.
  std::string_view map = skipped > 0 ? segments[skipped - 1]->map_uri : std::string_view{};
  for (std::size_t i = skipped; i < segments.size(); ++i) {
    const SegmentLines& lines = *segments[i];
    if (lines.discontinuity) out += "#EXT-X-DISCONTINUITY\n";
    if (lines.map_uri != map) append_map(lines.map_uri, out);
    map = lines.map_uri;
    out += lines.head;
    if (playlist.part_target && i + playlist.segments_with_parts >= segments.size()) out += lines.parts;
    out += lines.tail;
  }
  if (playlist.ended) {
    out += "#EXT-X-ENDLIST\n";
  } else if (open != nullptr && playlist.part_target) {
    append_open(*open, map, out);
  }
  return out;
}

namespace {

// 4.4.6.1: captions travel inside the pictures, so the rendition has no address. CC1 is what field 1 begins
// with.
constexpr std::string_view kCaptionsGroup =
    "#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID=\"cc\",NAME=\"CC1\",DEFAULT=NO,AUTOSELECT=YES,INSTREAM-ID="
    "\"CC1\"\n";

// 4.4.6.2: NONE is said of every variant or of none.
std::string_view captions_of(const Variant& variant, bool all_have_none) {
  if (variant.captions == Captions::cea608) return ",CLOSED-CAPTIONS=\"cc\"";
  return all_have_none ? ",CLOSED-CAPTIONS=NONE" : "";
}

}  // namespace

std::string render_master_playlist(std::span<const Variant> variants, bool independent_segments) {
  std::string out = "#EXTM3U\n#EXT-X-VERSION:6\n";
  if (independent_segments) out += "#EXT-X-INDEPENDENT-SEGMENTS\n";
  const bool all_have_none =
      std::ranges::all_of(variants, [](const Variant& one) { return one.captions == Captions::none; });
  if (std::ranges::find(variants, Captions::cea608, &Variant::captions) != variants.end())
    out += kCaptionsGroup;
  for (const Variant& variant : variants) {
    out += "#EXT-X-STREAM-INF:BANDWIDTH=";
    append_number(variant.bandwidth_bps, out);
    if (variant.average_bandwidth_bps > 0) {
      out += ",AVERAGE-BANDWIDTH=";
      append_number(variant.average_bandwidth_bps, out);
    }
    if (!variant.codecs.empty()) out += ",CODECS=\"" + variant.codecs + '"';
    if (variant.width > 0 && variant.height > 0) {
      out += ",RESOLUTION=";
      append_number(variant.width, out);
      out += 'x';
      append_number(variant.height, out);
    }
    if (variant.frame_rate > 0) {
      std::array<char, 32> digits{};
      out += ",FRAME-RATE=";
      out.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(),
                                              variant.frame_rate, std::chars_format::fixed, 3)
                                    .ptr);
    }
    out += captions_of(variant, all_have_none);
    out += '\n';
    out += variant.uri;
    out += '\n';
  }
  return out;
}

namespace {

// Decimal integers as 4.2 defines them; a directive comes once.
bool read_integer(std::string_view text, std::optional<std::uint64_t>& value) {
  if (value) return false;
  value = parse_integer<std::uint64_t>(text);
  return value.has_value();
}

bool read_directive(std::string_view name, std::string_view value, DeliveryDirectives& directives) {
  if (name == "_HLS_msn") return read_integer(value, directives.msn);
  if (name == "_HLS_part") return read_integer(value, directives.part);
  if (name != "_HLS_skip") return true;
  const bool first = !directives.skip;
  directives.skip = value == "YES" || value == "v2";
  return first && directives.skip;
}

}  // namespace

Result<DeliveryDirectives> parse_delivery_directives(std::string_view query) {
  DeliveryDirectives directives;
  for (const std::string_view pair : split(query, '&')) {
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const std::string_view value = pair.substr(std::min(equals + 1, pair.size()));
    if (!read_directive(pair.substr(0, equals), value, directives))
      return fail(ErrorKind::invalid, "media.bad_directive", std::string(pair));
  }
  if (directives.part && !directives.msn)
    return fail(ErrorKind::invalid, "media.bad_directive", "_HLS_part without _HLS_msn");
  return directives;
}

}  // namespace luso::proto::hls
