#include "proto/rtp_hevc.h"

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

// ITU-T H.265, table 7-1; RFC 7798, 4.4.2 and 4.4.3.
constexpr unsigned kIrapFirst = 16, kIrapLast = 23, kVps = 32, kSps = 33, kPps = 34;
constexpr std::uint8_t kAggregation = 48, kFragmentation = 49;
constexpr std::uint8_t kFragmentStart = 0x80, kFragmentEnd = 0x40;

// The two-byte header: F(1) Type(6) LayerId(6) TID(3).
struct UnitHeader {
  unsigned forbidden, type, layer, temporal;

  explicit UnitHeader(ByteView bytes)
      : forbidden(bytes[0] >> 7U),
        type((bytes[0] >> 1U) & 0x3FU),
        layer((bytes[0] & 1U) << 5U | bytes[1] >> 3U),
        temporal(bytes[1] & 7U) {}

  void write(std::span<std::uint8_t> out) const {
    out[0] = static_cast<std::uint8_t>(forbidden << 7U | type << 1U | layer >> 5U);
    out[1] = static_cast<std::uint8_t>((layer & 0x1FU) << 3U | temporal);
  }
};

struct HevcFormat {
  static constexpr std::size_t kUnitHeaderBytes = 2;
  static constexpr std::size_t kFragmentHeaderBytes = 3;

  static void begin_aggregate(ByteView unit, std::span<std::uint8_t> out) {
    UnitHeader header(unit);
    header.type = kAggregation;
    header.write(out);
  }

  // RFC 7798, 4.4.2: the forbidden bit of any, the lowest layer and temporal id of all.
  static void join_aggregate(ByteView unit, std::span<std::uint8_t> out) {
    UnitHeader header(out);
    const UnitHeader joining(unit);
    header.forbidden |= joining.forbidden;
    header.layer = std::min(header.layer, joining.layer);
    header.temporal = std::min(header.temporal, joining.temporal);
    header.write(out);
  }

  static void fragment_header(ByteView unit_header, bool first, bool last, ByteWriter& writer) {
    UnitHeader header(unit_header);
    const unsigned type = header.type;
    header.type = kFragmentation;
    std::uint8_t bytes[2];
    header.write(bytes);
    writer.raw(bytes);
    writer.u8(static_cast<std::uint8_t>(type | (first ? kFragmentStart : 0U) | (last ? kFragmentEnd : 0U)));
  }
};

struct Contents {
  bool irap = false, vps = false, sps = false, pps = false;
};

Contents look_into(ByteView access_unit) {
  Contents found;
  nal::Cursor cursor(access_unit, nal::kLengthSize);
  while (const auto unit = cursor.next()) {
    const unsigned type = (unit->front() >> 1U) & 0x3FU;
    found.irap |= type >= kIrapFirst && type <= kIrapLast;
    found.vps |= type == kVps;
    found.sps |= type == kSps;
    found.pps |= type == kPps;
  }
  return found;
}

}  // namespace

// ISO 14496-15, 8.3.3.1.
Result<Bytes> hevc_parameter_sets(ByteView hvcc) {
  ByteReader reader(hvcc);
  Bytes sets;
  reader.skip(22);
  const unsigned arrays = reader.u8();
  for (unsigned i = 0; i < arrays && !reader.failed(); ++i) {
    const unsigned type = reader.u8() & 0x3FU;
    const unsigned count = reader.u16();
    for (unsigned j = 0; j < count && !reader.failed(); ++j) {
      const ByteView unit = reader.take(reader.u16());
      if (type >= kVps && type <= kPps) nal::append_unit(unit, sets);
    }
  }
  if (reader.failed()) return fail(ErrorKind::invalid, "proto.bad_config", "hvcC: cut short");
  return sets;
}

void packetise_hevc(ByteView access_unit, ByteView parameter_sets, Payloads& out,
                    std::size_t payload_bytes_max) {
  NalPacketiser<HevcFormat> packetiser(out, payload_bytes_max);
  const Contents contents = look_into(access_unit);
  if (contents.irap && !(contents.vps && contents.sps && contents.pps)) packetiser.add(parameter_sets);
  packetiser.add(access_unit);
  packetiser.finish();
}

}  // namespace luso::proto::rtp
