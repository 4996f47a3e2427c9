#include "proto/rtp_h264.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/bytes.h"
#include "base/result.h"
#include "proto/internal/nal_packetiser.h"
#include "proto/nal.h"
#include "proto/rtp.h"

namespace luso::proto::rtp {
namespace {

// ITU-T H.264, table 7-1; RFC 6184, table 1.
constexpr std::uint8_t kIdrSlice = 5, kSps = 7, kPps = 8, kStapA = 24, kFuA = 28;
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

}  // namespace luso::proto::rtp
