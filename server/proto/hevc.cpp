#include "proto/hevc.h"

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "proto/bits.h"
#include "proto/codec.h"
#include "proto/nal.h"

namespace luso::proto::hevc {
namespace {

constexpr std::size_t kConfigBytesMax = 16'384;  // A record larger than this is not a decoder record.
constexpr std::size_t kSpsBytesMax = 256;        // The picture size comes within the first hundred bytes.
constexpr int kSideMax = 16'888;                 // Level 6.2.

// Table 7-1.
constexpr unsigned kIrapFirst = 16, kIrapLast = 23, kPictureLast = 31;
constexpr unsigned kVps = 32, kSps = 33, kPps = 34, kDelimiter = 35, kFiller = 38;

unsigned type_of(ByteView unit) {
  return unit[0] >> 1U & 0x3FU;
}

tl::unexpected<Error> bad_config(const char* detail) {
  return fail(ErrorKind::invalid, "proto.bad_config", std::string("hvcC: ") + detail);
}

struct Record {
  unsigned profile_space = 0, profile = 0;
  bool high_tier = false;
  std::uint32_t compatibility = 0;
  std::array<std::uint8_t, 6> constraints{};
  unsigned level = 0;
  double frame_rate = 0;
  unsigned nal_length_size = 0;
  ByteView sps;  // The first one.
};

void read_arrays(ByteReader& reader, Record& record) {
  const unsigned arrays = reader.u8();
  for (unsigned i = 0; i < arrays && !reader.failed(); ++i) {
    const unsigned type = reader.u8() & 0x3FU;
    const unsigned count = reader.u16();
    for (unsigned k = 0; k < count && !reader.failed(); ++k) {
      const ByteView unit = reader.take(reader.u16());
      if (type == kSps && record.sps.empty()) record.sps = unit;
    }
  }
}

constexpr std::size_t kLengthSizeAt = 21;  // Of the byte that ends with lengthSizeMinusOne.

Result<Record> read_record(ByteView hvcc) {
  if (hvcc.size() > kConfigBytesMax) return bad_config("too large");
  ByteReader reader(hvcc);
  if (reader.u8() != 1) return bad_config("unknown version");
  Record record;
  const unsigned profile = reader.u8();
  record.profile_space = profile >> 6U;
  record.high_tier = (profile & 0x20U) != 0;
  record.profile = profile & 0x1FU;
  record.compatibility = reader.u32();
  for (std::uint8_t& byte : record.constraints) byte = reader.u8();
  record.level = reader.u8();
  reader.skip(6);  // Segmentation, parallelism, chroma format, bit depths: the SPS says them too.
  record.frame_rate = reader.u16() / 256.0;
  record.nal_length_size = (reader.u8() & 3U) + 1;
  if (record.nal_length_size == 3) return bad_config("NAL lengths of 3 bytes");
  read_arrays(reader, record);
  if (reader.failed()) return bad_config("cut short");
  if (record.sps.size() < 3 || type_of(record.sps) != kSps) return bad_config("no SPS");
  return record;
}

// 7.3.3, with general_profile_present.
void skip_profile_tier_level(BitReader& reader, unsigned sub_layers_beyond_first) {
  constexpr unsigned kProfileBits = 88, kLevelBits = 8;
  reader.skip(kProfileBits + kLevelBits);
  std::array<std::pair<bool, bool>, 8> present{};  // Profile, level.
  for (unsigned i = 0; i < sub_layers_beyond_first; ++i) present[i] = {reader.flag(), reader.flag()};
  if (sub_layers_beyond_first > 0) reader.skip((8 - sub_layers_beyond_first) * std::size_t{2});
  for (const auto& [profile, level] : present)
    reader.skip((profile ? kProfileBits : 0) + (level ? kLevelBits : 0));
}

struct PictureSize {
  std::int64_t width = 0, height = 0;
};

// 7.3.2.2.1, up to the conformance window.
Result<PictureSize> parse_sps(ByteView unit) {
  const Bytes payload = nal::unescape(unit.subspan(2), kSpsBytesMax);
  BitReader reader(payload);
  reader.skip(4);  // sps_video_parameter_set_id
  const unsigned sub_layers_beyond_first = reader.bits(3);
  reader.skip(1);  // sps_temporal_id_nesting_flag
  skip_profile_tier_level(reader, sub_layers_beyond_first);
  reader.ue();  // sps_seq_parameter_set_id
  const unsigned chroma_format = reader.ue();
  if (chroma_format == 3) reader.skip(1);
  PictureSize size{.width = reader.ue(), .height = reader.ue()};
  if (reader.flag()) {  // Table 6-1: the window counts in chroma samples.
    const std::int64_t left = reader.ue(), right = reader.ue(), top = reader.ue(), bottom = reader.ue();
    size.width -= (left + right) * (chroma_format == 1 || chroma_format == 2 ? 2 : 1);
    size.height -= (top + bottom) * (chroma_format == 1 ? 2 : 1);
  }
  if (reader.failed()) return bad_config("the SPS is cut short");
  if (size.width < 1 || size.height < 1 || size.width > kSideMax || size.height > kSideMax)
    return bad_config("impossible picture size");
  return size;
}

void append_number(std::uint32_t value, int base, std::string& out) {
  std::array<char, 12> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, base).ptr;
  for (const char* c = digits.data(); c != end; ++c)
    out += *c >= 'a' ? static_cast<char>(*c - 'a' + 'A') : *c;
}

// ISO 14496-15, annex E.3.
std::string codecs_of(const Record& record) {
  std::string text = "hvc1.";
  if (record.profile_space > 0) text += static_cast<char>('A' + record.profile_space - 1);
  append_number(record.profile, 10, text);
  text += '.';
  std::uint32_t reversed = 0;
  for (unsigned i = 0; i < 32; ++i) reversed = reversed << 1U | (record.compatibility >> i & 1U);
  append_number(reversed, 16, text);
  text += record.high_tier ? ".H" : ".L";
  append_number(record.level, 10, text);
  std::size_t constraints = record.constraints.size();
  while (constraints > 0 && record.constraints[constraints - 1] == 0) --constraints;
  for (std::size_t i = 0; i < constraints; ++i) {
    text += '.';
    append_number(record.constraints[i], 16, text);
  }
  return text;
}

std::optional<AccessUnit> append_units(ByteView sample, unsigned nal_length_size, Bytes& out) {
  AccessUnit found;
  nal::Cursor cursor(sample, nal_length_size);
  while (const auto unit = cursor.next()) {
    const unsigned type = type_of(*unit);
    if (type == kDelimiter || type == kFiller) continue;
    found.irap |= type >= kIrapFirst && type <= kIrapLast;
    found.has_picture |= type <= kPictureLast;
    found.has_parameter_sets |= type >= kVps && type <= kPps;
    nal::append_unit(*unit, out);
  }
  if (cursor.failed()) return std::nullopt;
  return found;
}

}  // namespace

Result<unsigned> nal_length_size_of(ByteView hvcc) {
  TRY(const Record record, read_record(hvcc));
  return record.nal_length_size;
}

Result<VideoTrack> parse_hevc_config(ByteView hvcc) {
  TRY(const Record record, read_record(hvcc));
  TRY(const PictureSize size, parse_sps(record.sps));
  Bytes config(hvcc.begin(), hvcc.end());
  config[kLengthSizeAt] = static_cast<std::uint8_t>((config[kLengthSizeAt] & 0xFCU) | (nal::kLengthSize - 1));
  return VideoTrack{.codec = Codec::hevc,
                    .config = std::move(config),
                    .codecs = codecs_of(record),
                    .width = static_cast<int>(size.width),
                    .height = static_cast<int>(size.height),
                    .frame_rate = record.frame_rate};
}

Result<AccessUnit> append_access_unit(ByteView sample, unsigned nal_length_size, Bytes& out) {
  const std::size_t before = out.size();
  out.reserve(before + sample.size() + 16);
  if (const auto found = append_units(sample, nal_length_size, out)) return *found;
  out.resize(before);
  if (nal::looks_like_annex_b(sample)) {
    const Bytes prefixed = nal::annex_b_to_length_prefixed(sample);
    if (const auto found = append_units(prefixed, nal::kLengthSize, out)) return *found;
    out.resize(before);
  }
  return fail(ErrorKind::invalid, "proto.bad_sample", "a NAL unit runs past the end of its sample");
}

}  // namespace luso::proto::hevc
