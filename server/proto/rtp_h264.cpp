#include "proto/rtp_h264.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "proto/internal/nal_packetiser.h"
#include "proto/nal.h"
#include "proto/rtp.h"

namespace luso::proto::rtp {
namespace {

// ITU-T H.264, table 7-1; RFC 6184, table 1.
constexpr std::uint8_t kSlice = 1, kIdrSlice = 5, kSps = 7, kPps = 8, kDelimiter = 9, kFiller = 12,
                       kSpsExtension = 13, kUnitTypeMax = 23, kStapA = 24, kFuA = 28;
constexpr std::uint8_t kTypeMask = 0x1F, kRefIdcMask = 0x60, kForbiddenBit = 0x80;
constexpr std::uint8_t kFragmentStart = 0x80, kFragmentEnd = 0x40;

struct H264Format {
  static constexpr std::size_t kUnitHeaderBytes = 1;
  static constexpr std::size_t kFragmentHeaderBytes = 2;

  // RFC 6184, 5.7: the forbidden bit of any, the highest importance of all.
  static void begin_aggregate(ByteView unit, std::span<std::uint8_t> header) {
    header[0] = static_cast<std::uint8_t>((unit[0] & (kForbiddenBit | kRefIdcMask)) | kStapA);
  }

  static void join_aggregate(ByteView unit, std::span<std::uint8_t> header) {
    const auto importance =
        static_cast<std::uint8_t>(std::max(header[0] & kRefIdcMask, unit[0] & kRefIdcMask));
    header[0] = static_cast<std::uint8_t>(((header[0] | unit[0]) & kForbiddenBit) | importance | kStapA);
  }

  // RFC 6184, 5.8
  static void fragment_header(ByteView unit_header, bool first, bool last, ByteWriter& writer) {
    writer.u8(static_cast<std::uint8_t>((unit_header[0] & (kForbiddenBit | kRefIdcMask)) | kFuA));
    writer.u8(static_cast<std::uint8_t>((unit_header[0] & kTypeMask) | (first ? kFragmentStart : 0U) |
                                        (last ? kFragmentEnd : 0U)));
  }
};

struct Contents {
  bool idr = false, sps = false, pps = false;
};

Contents look_into(ByteView access_unit) {
  Contents found;
  nal::Cursor cursor(access_unit, nal::kLengthSize);
  while (const auto unit = cursor.next()) {
    const unsigned type = unit->front() & kTypeMask;
    found.idr |= type == kIdrSlice;
    found.sps |= type == kSps;
    found.pps |= type == kPps;
  }
  return found;
}

}  // namespace

// ISO 14496-15, 5.3.3.1.
Result<Bytes> h264_parameter_sets(ByteView avcc) {
  ByteReader reader(avcc);
  Bytes sets;
  reader.skip(5);
  for (const unsigned count_mask : {0x1FU, 0xFFU}) {  // Sequence, then picture parameter sets.
    const unsigned count = reader.u8() & count_mask;
    for (unsigned i = 0; i < count && !reader.failed(); ++i)
      nal::append_unit(reader.take(reader.u16()), sets);
  }
  if (reader.failed()) return fail(ErrorKind::invalid, "proto.bad_config", "avcC: cut short");
  return sets;
}

void packetise_h264(ByteView access_unit, ByteView parameter_sets, Payloads& out,
                    std::size_t payload_bytes_max) {
  NalPacketiser<H264Format> packetiser(out, payload_bytes_max);
  const Contents contents = look_into(access_unit);
  if (contents.idr && !(contents.sps && contents.pps)) packetiser.add(parameter_sets);
  packetiser.add(access_unit);
  packetiser.finish();
}

void H264Depacketiser::push(const Piece& piece, std::vector<AccessUnit>& out) {
  gap_pending_ |= piece.after_gap;
  if (piece.payload.empty()) return;  // Padding, to probe for bandwidth.
  const bool after_gap = std::exchange(gap_pending_, false);
  if (open_) {
    unit_.damaged |= after_gap;  // Its end may be among what is missing.
    touched_by_loss_ |= after_gap;
    if (piece.timestamp != unit_.timestamp) finish(out);
  }
  if (!open_) begin(piece.timestamp, after_gap);
  take(piece.payload);
  if (piece.marker) finish(out);
}

void H264Depacketiser::begin(std::uint32_t timestamp, bool after_gap) {
  open_ = true;
  unit_ = {};
  unit_.timestamp = timestamp;
  unit_.after_loss = head_missing_ = touched_by_loss_ = after_gap;
}

void H264Depacketiser::finish(std::vector<AccessUnit>& out) {
  end_fragments();
  unit_.damaged |= unit_.has_picture && head_missing_;
  open_ = false;
  out.push_back(std::move(unit_));
}

void H264Depacketiser::break_off() {
  unit_.damaged = true;
  unit_.malformed |= !touched_by_loss_;
}

void H264Depacketiser::take(ByteView payload) {
  if (unit_.sample.size() + unit_.parameter_sets.size() + payload.size() > kAccessUnitBytesMax) {
    break_off();
    return;
  }
  const unsigned type = payload[0] & kTypeMask;
  if (type == kFuA) return take_fragment(payload);
  end_fragments();
  if (type == kStapA) return take_aggregate(payload);
  if (type >= kSlice && type <= kUnitTypeMax) return take_unit(payload);
  break_off();  // Interleaved modes were not negotiated.
}

void H264Depacketiser::take_aggregate(ByteView payload) {
  ByteReader reader(payload.subspan(1));
  while (!reader.empty()) {
    const ByteView unit = reader.take(reader.u16());
    const unsigned type = unit.empty() ? 0 : unit[0] & kTypeMask;
    if (type < kSlice || type > kUnitTypeMax) {
      break_off();
      return;
    }
    take_unit(unit);
  }
}

Bytes* H264Depacketiser::place_for(unsigned type) {
  if (type == kDelimiter || type == kFiller) return nullptr;
  if (type == kSps || type == kPps || type == kSpsExtension) return &unit_.parameter_sets;
  unit_.idr |= type == kIdrSlice;
  unit_.has_picture |= type >= kSlice && type <= kIdrSlice;
  return &unit_.sample;
}

// A slice header begins with first_mb_in_slice, ue(v) (ITU-T H.264, 7.3.3): a one in front is macroblock 0.
void H264Depacketiser::note_head(ByteView unit_start) {
  if (!head_missing_ || unit_start.size() < 2) return;
  const unsigned type = unit_start[0] & kTypeMask;
  if (type >= kSlice && type <= kIdrSlice && (unit_start[1] & 0x80U) != 0) head_missing_ = false;
}

void H264Depacketiser::take_unit(ByteView unit) {
  Bytes* place = place_for(unit[0] & kTypeMask);
  note_head(unit);
  if (place != nullptr) nal::append_unit(unit, *place);
}

void H264Depacketiser::take_fragment(ByteView payload) {
  constexpr std::size_t kHeadersBytes = 2;
  if (payload.size() < kHeadersBytes) {
    break_off();
    return;
  }
  const unsigned type = payload[1] & kTypeMask;
  const ByteView piece = payload.subspan(kHeadersBytes);
  if ((payload[1] & kFragmentStart) != 0) {
    end_fragments();
    in_fragments_ = true;
    fragments_type_ = type;
    fragments_ = place_for(type);
    const auto header = static_cast<std::uint8_t>((payload[0] & (kForbiddenBit | kRefIdcMask)) | type);
    if (!piece.empty()) note_head(std::array{header, piece[0]});
    if (fragments_ != nullptr) {
      fragments_start_ = fragments_->size();
      nal::append_unit(std::array{header}, *fragments_);
    }
  } else if (!in_fragments_ || type != fragments_type_) {
    break_off();
    return;
  }
  if (fragments_ != nullptr) fragments_->insert(fragments_->end(), piece.begin(), piece.end());
  if ((payload[1] & kFragmentEnd) == 0) return;
  in_fragments_ = false;
  if (fragments_ == nullptr) return;
  const std::size_t size = fragments_->size() - fragments_start_ - nal::kLengthSize;
  ByteWriter(*fragments_).patch_u32(fragments_start_, static_cast<std::uint32_t>(size));
}

// Something else begins: a unit whose end did not come is no unit.
void H264Depacketiser::end_fragments() {
  if (!in_fragments_) return;
  in_fragments_ = false;
  break_off();
  if (fragments_ != nullptr) fragments_->resize(fragments_start_);
}

}  // namespace luso::proto::rtp
