#include "media/egress/dvr/journal.h"

#include <cstdio>
#include <zlib.h>

#include "base/text.h"

namespace luso::media::journal {
namespace {

constexpr std::size_t kChecksumDigits = 8;
constexpr double kFrameRateUnit = 1'000;  // Frame rates are kept in thousandths.

std::string checksum(std::string_view text) {
  const ByteView bytes = as_bytes(text);
  const uLong crc = crc32(0, bytes.data(), static_cast<uInt>(bytes.size()));
  char digits[kChecksumDigits + 1];
  std::snprintf(digits, sizeof digits, "%08lx", crc);
  return digits;
}

std::string line(std::initializer_list<std::string> words) {
  std::string text;
  for (const std::string& word : words) {
    if (!text.empty()) text += ' ';
    text += word;
  }
  return checksum(text) + ' ' + text + '\n';
}

std::string number(std::integral auto value) {
  return std::to_string(value);
}

// Reads words from the front and remembers when one was not what it should be.
class Words {
 public:
  explicit Words(std::string_view text) : words_(split(text, ' ')) {}

  [[nodiscard]] std::string_view word() {
    if (next_ < words_.size()) return words_[next_++];
    failed_ = true;
    return {};
  }

  template <std::integral T>
  [[nodiscard]] T integer() {
    const auto value = parse_integer<T>(word());
    failed_ = failed_ || !value;
    return value.value_or(T{});
  }

  [[nodiscard]] bool flag() { return integer<int>() != 0; }

  [[nodiscard]] bool complete() const { return !failed_ && next_ == words_.size(); }

 private:
  std::vector<std::string_view> words_;
  std::size_t next_ = 0;
  bool failed_ = false;
};

std::optional<StoredVariant> parse_init(Words& words) {
  StoredVariant variant;
  variant.generation = words.integer<std::uint32_t>();
  variant.codecs = words.word();
  variant.width = words.integer<int>();
  variant.height = words.integer<int>();
  variant.frame_rate = words.integer<int>() / kFrameRateUnit;
  variant.peak_bps = words.integer<std::int64_t>();
  variant.average_bps = words.integer<std::int64_t>();
  variant.has_video = words.flag();
  return words.complete() ? std::optional(variant) : std::nullopt;
}

std::optional<StoredSegment> parse_segment(Words& words) {
  StoredSegment segment;
  segment.msn = words.integer<std::uint64_t>();
  segment.generation = words.integer<std::uint32_t>();
  segment.duration = Duration(words.integer<std::int64_t>());
  segment.captured_at = WallTime(Duration(words.integer<std::int64_t>()));
  segment.discontinuity = words.flag();
  segment.independent = words.flag();
  segment.bytes = words.integer<std::uint64_t>();
  return words.complete() ? std::optional(segment) : std::nullopt;
}

// Playlists cannot have holes in their numbers: what is left of one is given up for what is right of it.
void add_segment(Read& journal, const StoredSegment& segment) {
  StoredStream& stream = journal.stream;
  if (segment.msn < stream.next_msn) return;
  if (segment.msn > stream.next_msn) {
    for (const StoredSegment& lost : stream.segments)
      stream.discontinuities_gone += lost.discontinuity ? 1U : 0U;
    stream.segments.clear();
  }
  stream.segments.push_back(segment);
  stream.next_msn = segment.msn + 1;
  journal.ended_at.reset();
  stream.ended = false;
}

void drop_before(StoredStream& stream, std::uint64_t first_msn, std::uint64_t discontinuities_gone) {
  std::erase_if(stream.segments,
                [first_msn](const StoredSegment& segment) { return segment.msn < first_msn; });
  stream.discontinuities_gone = discontinuities_gone;
  stream.next_msn = std::max(stream.next_msn, first_msn);
}

bool apply(Read& journal, std::string_view text) {
  Words words(text);
  const std::string_view kind = words.word();
  StoredStream& stream = journal.stream;
  if (kind == "seg") {
    const auto segment = parse_segment(words);
    if (segment) add_segment(journal, *segment);
    return segment.has_value();
  }
  if (kind == "init") {
    auto variant = parse_init(words);
    if (!variant) return false;
    stream.next_generation = std::max(stream.next_generation, variant->generation + 1);
    stream.variant = *std::move(variant);
    return true;
  }
  if (kind == "drop") {
    const auto first_msn = words.integer<std::uint64_t>();
    const auto gone = words.integer<std::uint64_t>();
    if (words.complete()) drop_before(stream, first_msn, gone);
    return words.complete();
  }
  if (kind == "owner") {
    stream.username = words.word();
    return words.complete();
  }
  if (kind == "end") {
    const WallTime at(Duration(words.integer<std::int64_t>()));
    if (!words.complete()) return false;
    journal.ended_at = at;
    stream.ended = true;
    return true;
  }
  return false;
}

}  // namespace

std::string owner_line(std::string_view username) {
  return line({"owner", std::string(username)});
}

std::string init_line(const StoredVariant& variant) {
  return line({"init", number(variant.generation), variant.codecs, number(variant.width),
               number(variant.height), number(static_cast<int>(variant.frame_rate * kFrameRateUnit)),
               number(variant.peak_bps), number(variant.average_bps), number(variant.has_video ? 1 : 0)});
}

std::string segment_line(const StoredSegment& segment) {
  return line({"seg", number(segment.msn), number(segment.generation), number(segment.duration.count()),
               number(segment.captured_at.time_since_epoch().count()), number(segment.discontinuity ? 1 : 0),
               number(segment.independent ? 1 : 0), number(segment.bytes)});
}

std::string drop_line(std::uint64_t first_msn, std::uint64_t discontinuities_gone) {
  return line({"drop", number(first_msn), number(discontinuities_gone)});
}

std::string end_line(WallTime at) {
  return line({"end", number(at.time_since_epoch().count())});
}

Read read(std::string_view text) {
  Read journal;
  while (!text.empty()) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) {
      journal.cut_short = true;
      break;
    }
    const std::string_view whole = text.substr(0, end);
    text.remove_prefix(end + 1);
    ++journal.lines;
    const bool framed = whole.size() > kChecksumDigits + 1 && whole[kChecksumDigits] == ' ';
    const std::string_view said = framed ? whole.substr(kChecksumDigits + 1) : std::string_view();
    if (!framed || checksum(said) != whole.substr(0, kChecksumDigits) || !apply(journal, said))
      ++journal.lines_bad;
  }
  return journal;
}

std::string write(const Read& journal) {
  const StoredStream& stream = journal.stream;
  std::string text = owner_line(stream.username);
  if (stream.next_generation > 0) text += init_line(stream.variant);
  const std::uint64_t first = stream.segments.empty() ? stream.next_msn : stream.segments.front().msn;
  text += drop_line(first, stream.discontinuities_gone);
  for (const StoredSegment& segment : stream.segments) text += segment_line(segment);
  if (journal.ended_at) text += end_line(*journal.ended_at);
  return text;
}

}  // namespace luso::media::journal
