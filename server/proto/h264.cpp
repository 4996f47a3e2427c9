#include "proto/h264.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "proto/bits.h"
#include "proto/codec.h"
#include "proto/nal.h"

namespace luso::proto::h264 {
namespace {

constexpr std::size_t kConfigBytesMax = 16'384;  // A record larger than this is not a decoder record.
constexpr std::size_t kSpsBytesMax = 1024;       // Scaling lists and a full VUI fit in half of it.
constexpr int kSideMax = 16'384;         // Pixels; level 6.2 allows 16880 by 8 on paper, nobody sends it.
constexpr double kFrameRateMax = 1'000;  // A VUI that claims more is wrong.

// Table 7-1.
constexpr unsigned kSliceFirst = 1, kIdrSlice = 5, kSps = 7, kPps = 8, kDelimiter = 9, kFiller = 12,
                   kSpsExtension = 13;

unsigned type_of(ByteView unit) {
  return unit[0] & 0x1FU;
}

tl::unexpected<Error> bad_config(const char* detail) {
  return fail(ErrorKind::invalid, "proto.bad_config", std::string("avcC: ") + detail);
}

struct Record {
  unsigned nal_length_size = 0;
  ByteView sps;  // The first one.
};

Result<Record> read_record(ByteView avcc) {
  if (avcc.size() > kConfigBytesMax) return bad_config("too large");
  ByteReader reader(avcc);
  if (reader.u8() != 1) return bad_config("unknown version");
  reader.skip(3);  // Profile, compatibility, level: the SPS says them too.
  const unsigned nal_length_size = (reader.u8() & 3U) + 1;
  if (nal_length_size == 3) return bad_config("NAL lengths of 3 bytes");
  Record record{.nal_length_size = nal_length_size, .sps = {}};
  const unsigned sps_count = reader.u8() & 0x1FU;
  for (unsigned i = 0; i < sps_count; ++i) {
    const ByteView unit = reader.take(reader.u16());
    if (i == 0) record.sps = unit;
  }
  const unsigned pps_count = reader.u8();
  for (unsigned i = 0; i < pps_count; ++i) reader.skip(reader.u16());
  if (reader.failed()) return bad_config("cut short");
  if (sps_count == 0 || pps_count == 0) return bad_config("no parameter sets");
  if (record.sps.size() < 4 || type_of(record.sps) != kSps) return bad_config("the first SPS is none");
  return record;
}

struct Sps {
  std::uint8_t profile = 0, constraints = 0, level = 0;
  unsigned chroma_format = 1, luma_depth = 8, chroma_depth = 8;
  std::int64_t width = 0, height = 0;
  double frame_rate = 0;
  Promises promises;
};

// 7.3.2.1.1.1
void skip_scaling_list(BitReader& reader, int size) {
  int last = 8, next = 8;
  for (int i = 0; i < size && !reader.failed(); ++i) {
    if (next != 0) next = static_cast<int>((last + std::int64_t{reader.se()}) & 0xFF);
    if (next != 0) last = next;
  }
}

bool has_chroma_fields(unsigned profile) {
  static constexpr std::array kProfiles{100U, 110U, 122U, 244U, 44U,  83U, 86U,
                                        118U, 128U, 138U, 139U, 134U, 135U};
  return std::ranges::find(kProfiles, profile) != kProfiles.end();
}

// Returns ChromaArrayType (7.4.2.1.1).
unsigned read_chroma_fields(BitReader& reader, Sps& sps) {
  sps.chroma_format = reader.ue();
  const bool separate_planes = sps.chroma_format == 3 && reader.flag();
  sps.luma_depth = reader.ue() + 8;
  sps.chroma_depth = reader.ue() + 8;
  sps.promises.is_420_8_bit = sps.chroma_format <= 1 && sps.luma_depth == 8 && sps.chroma_depth == 8;
  reader.skip(1);  // qpprime_y_zero_transform_bypass_flag
  if (reader.flag()) {
    const int lists = sps.chroma_format == 3 ? 12 : 8;
    for (int i = 0; i < lists && !reader.failed(); ++i)
      if (reader.flag()) skip_scaling_list(reader, i < 6 ? 16 : 64);
  }
  return separate_planes ? 0 : sps.chroma_format;
}

// Returns pic_order_cnt_type.
unsigned read_picture_order(BitReader& reader) {
  const unsigned type = reader.ue();
  if (type == 0) reader.ue();  // log2_max_pic_order_cnt_lsb_minus4
  if (type != 1) return type;
  reader.skip(1);
  reader.se();
  reader.se();
  const unsigned cycle = std::min(reader.ue(), 255U);
  for (unsigned i = 0; i < cycle && !reader.failed(); ++i) reader.se();
  return type;
}

// E.1.1, from the timing on. Returns the frame rate.
double read_timing(BitReader& reader) {
  if (!reader.flag()) return 0;
  const std::uint32_t units_in_tick = reader.bits(32);
  const std::uint32_t time_scale = reader.bits(32);
  reader.skip(1);  // fixed_frame_rate_flag
  if (reader.failed() || units_in_tick == 0) return 0;
  const double rate = time_scale / (2.0 * units_in_tick);  // A tick is a field.
  return rate <= kFrameRateMax ? rate : 0;
}

// E.1.2
void skip_hrd(BitReader& reader) {
  const unsigned count = std::min(reader.ue(), 31U) + 1;
  reader.skip(8);  // Scales.
  for (unsigned i = 0; i < count && !reader.failed(); ++i) {
    reader.ue();
    reader.ue();
    reader.skip(1);
  }
  reader.skip(20);  // Delay lengths.
}

// E.1.1, behind the timing: is max_num_reorder_frames there, and zero?
bool promises_no_reordering(BitReader& reader) {
  const bool has_nal_hrd = reader.flag();
  if (has_nal_hrd) skip_hrd(reader);
  const bool has_vcl_hrd = reader.flag();
  if (has_vcl_hrd) skip_hrd(reader);
  if (has_nal_hrd || has_vcl_hrd) reader.skip(1);  // low_delay_hrd_flag
  reader.skip(1);                                  // pic_struct_present_flag
  if (!reader.flag()) return false;
  reader.skip(1);                           // motion_vectors_over_pic_boundaries_flag
  for (int i = 0; i < 4; ++i) reader.ue();  // Sizes of pictures, macroblocks and vectors.
  const bool none = reader.ue() == 0;
  return none && !reader.failed();
}

// E.1.1
void read_vui(BitReader& reader, Sps& sps) {
  constexpr unsigned kExtendedSar = 255;
  if (reader.flag() && reader.bits(8) == kExtendedSar) reader.skip(32);
  if (reader.flag()) reader.skip(1);  // Overscan.
  if (reader.flag()) {                // Video signal type.
    reader.skip(4);
    if (reader.flag()) reader.skip(24);
  }
  if (reader.flag()) {  // Chroma sample location.
    reader.ue();
    reader.ue();
  }
  sps.frame_rate = read_timing(reader);
  if (promises_no_reordering(reader)) sps.promises.in_order = true;
}

// Tables 6-1 and 7.4.2.1.1: cropping counts in chroma samples, and in field lines of interlaced pictures.
void apply_cropping(BitReader& reader, unsigned chroma_array_type, bool frame_mbs_only, Sps& sps) {
  const std::int64_t unit_x = chroma_array_type == 1 || chroma_array_type == 2 ? 2 : 1;
  const std::int64_t lines = chroma_array_type == 1 ? 2 : 1;
  const std::int64_t unit_y = frame_mbs_only ? lines : lines * 2;
  const std::int64_t left = reader.ue(), right = reader.ue(), top = reader.ue(), bottom = reader.ue();
  sps.width -= (left + right) * unit_x;
  sps.height -= (top + bottom) * unit_y;
}

// 7.3.2.1.1
Result<Sps> parse_sps(ByteView unit) {
  const Bytes payload = nal::unescape(unit.subspan(1), kSpsBytesMax);
  BitReader reader(payload);
  Sps sps;
  sps.profile = static_cast<std::uint8_t>(reader.bits(8));
  sps.constraints = static_cast<std::uint8_t>(reader.bits(8));
  sps.level = static_cast<std::uint8_t>(reader.bits(8));
  reader.ue();  // seq_parameter_set_id
  const unsigned chroma_array_type = has_chroma_fields(sps.profile) ? read_chroma_fields(reader, sps) : 1;
  reader.ue();  // log2_max_frame_num_minus4
  constexpr unsigned kBaselineProfile = 66, kDecodeOrder = 2;
  sps.promises.in_order = read_picture_order(reader) == kDecodeOrder || sps.profile == kBaselineProfile;
  reader.ue();     // max_num_ref_frames
  reader.skip(1);  // gaps_in_frame_num_value_allowed_flag
  sps.width = (std::int64_t{reader.ue()} + 1) * 16;
  const std::int64_t map_units = std::int64_t{reader.ue()} + 1;
  const bool frame_mbs_only = reader.flag();
  sps.height = map_units * 16 * (frame_mbs_only ? 1 : 2);
  if (!frame_mbs_only) reader.skip(1);
  reader.skip(1);  // direct_8x8_inference_flag
  if (reader.flag()) apply_cropping(reader, chroma_array_type, frame_mbs_only, sps);
  if (reader.failed()) return bad_config("the SPS is cut short");
  if (sps.width < 1 || sps.height < 1 || sps.width > kSideMax || sps.height > kSideMax)
    return bad_config("impossible picture size");
  if (reader.flag()) read_vui(reader, sps);
  return sps;
}

std::string codecs_of(const Sps& sps) {
  static constexpr std::string_view kHex = "0123456789abcdef";
  std::string text = "avc1.";
  for (const unsigned byte : {sps.profile, sps.constraints, sps.level}) {
    text += kHex[byte >> 4U];
    text += kHex[byte & 0xFU];
  }
  return text;
}

// Nothing when the lengths do not add up.
std::optional<AccessUnit> append_units(ByteView sample, unsigned nal_length_size, Bytes& out) {
  AccessUnit found;
  nal::Cursor cursor(sample, nal_length_size);
  while (const auto unit = cursor.next()) {
    const unsigned type = type_of(*unit);
    if (type == kDelimiter || type == kFiller) continue;
    found.idr |= type == kIdrSlice;
    found.has_picture |= type >= kSliceFirst && type <= kIdrSlice;
    found.has_parameter_sets |= type == kSps || type == kPps || type == kSpsExtension;
    nal::append_unit(*unit, out);
  }
  if (cursor.failed()) return std::nullopt;
  return found;
}

}  // namespace

Result<unsigned> nal_length_size_of(ByteView avcc) {
  TRY(const Record record, read_record(avcc));
  return record.nal_length_size;
}

Result<Promises> promises_of(ByteView avcc) {
  TRY(const Record record, read_record(avcc));
  TRY(const Sps sps, parse_sps(record.sps));
  return sps.promises;
}

Result<VideoTrack> parse_avc_config(ByteView avcc) {
  TRY(const Record record, read_record(avcc));
  TRY(const Sps sps, parse_sps(record.sps));
  Bytes config(avcc.begin(), avcc.end());
  config[4] = 0xFCU | (nal::kLengthSize - 1);
  return VideoTrack{.codec = Codec::h264,
                    .config = std::move(config),
                    .codecs = codecs_of(sps),
                    .width = static_cast<int>(sps.width),
                    .height = static_cast<int>(sps.height),
                    .frame_rate = sps.frame_rate};
}

namespace {

void write_sets(std::span<const ByteView> sets, ByteWriter& writer) {
  for (const ByteView set : sets) {
    writer.u16(static_cast<std::uint16_t>(set.size()));
    writer.raw(set);
  }
}

// Of each kind as many as the record can count, and no set twice.
void keep_set(ByteView unit, std::size_t count_max, std::vector<ByteView>& sets) {
  const auto same = [unit](ByteView other) { return std::ranges::equal(unit, other); };
  if (sets.size() < count_max && unit.size() <= UINT16_MAX && std::ranges::none_of(sets, same))
    sets.push_back(unit);
}

}  // namespace

Result<Bytes> write_avc_config(ByteView parameter_sets) {
  constexpr std::size_t kSpsMax = 31, kPpsMax = 255;
  if (parameter_sets.size() > kConfigBytesMax) return bad_config("too large");
  std::vector<ByteView> sequence, picture;
  nal::Cursor cursor(parameter_sets, nal::kLengthSize);
  while (const auto unit = cursor.next()) {
    if (type_of(*unit) == kSps) keep_set(*unit, kSpsMax, sequence);
    if (type_of(*unit) == kPps) keep_set(*unit, kPpsMax, picture);
  }
  if (sequence.empty() || picture.empty() || sequence[0].size() < 4) return bad_config("no parameter sets");
  TRY(const Sps sps, parse_sps(sequence[0]));
  Bytes record;
  ByteWriter writer(record);
  writer.u8(1);
  writer.raw(sequence[0].subspan(1, 3));
  writer.u8(0xFCU | (nal::kLengthSize - 1));
  writer.u8(static_cast<std::uint8_t>(0xE0U | sequence.size()));
  write_sets(sequence, writer);
  writer.u8(static_cast<std::uint8_t>(picture.size()));
  write_sets(picture, writer);
  if (has_chroma_fields(sps.profile)) {  // ISO 14496-15, 5.3.3.1.2
    writer.u8(static_cast<std::uint8_t>(0xFCU | (sps.chroma_format & 3U)));
    writer.u8(static_cast<std::uint8_t>(0xF8U | ((sps.luma_depth - 8) & 7U)));
    writer.u8(static_cast<std::uint8_t>(0xF8U | ((sps.chroma_depth - 8) & 7U)));
    writer.u8(0);  // No SPS extensions.
  }
  if (record.size() > kConfigBytesMax) return bad_config("too large");
  return record;
}

Result<AccessUnit> append_access_unit(ByteView sample, unsigned nal_length_size, Bytes& out) {
  const std::size_t before = out.size();
  out.reserve(before + sample.size() + 16);
  if (const auto found = append_units(sample, nal_length_size, out)) return *found;
  out.resize(before);
  // Start codes are tried second only: 00 00 01 xx is an honest length as well.
  if (nal::looks_like_annex_b(sample)) {
    const Bytes prefixed = nal::annex_b_to_length_prefixed(sample);
    if (const auto found = append_units(prefixed, nal::kLengthSize, out)) return *found;
    out.resize(before);
  }
  return fail(ErrorKind::invalid, "proto.bad_sample", "a NAL unit runs past the end of its sample");
}

}  // namespace luso::proto::h264
