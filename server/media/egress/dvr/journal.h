#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "media/egress/dvr/segment_store.h"

// The journal of one stream's DVR folder: a line per fact, appended and never changed, each with a checksum.
// After a crash the last line may be cut short; whatever does not add up is left out.
//   9a0c33f1 owner ana
//   5be1c0aa init 0 avc1.64001f,mp4a.40.2 1280 720 30.000 2100000 1650000 1
//   77ab21d0 seg 41 0 2000000 1795341600123456 0 1 412345
//   01c2e11b drop 12 1
//   c0ffee42 end 1795341700123456
namespace luso::media::journal {

[[nodiscard]] std::string owner_line(std::string_view username);
[[nodiscard]] std::string init_line(const StoredVariant& variant);
[[nodiscard]] std::string segment_line(const StoredSegment& segment);
[[nodiscard]] std::string drop_line(std::uint64_t first_msn, std::uint64_t discontinuities_gone);
[[nodiscard]] std::string end_line(WallTime at);

struct Read {
  StoredStream stream;
  std::optional<WallTime> ended_at;
  std::size_t lines = 0;
  std::size_t lines_bad = 0;
  bool cut_short = false;  // The text does not end with a line's end: the next append must start a new line.
};

[[nodiscard]] Read read(std::string_view text);

// The same stream in as few lines as it takes.
[[nodiscard]] std::string write(const Read& journal);

}  // namespace luso::media::journal
