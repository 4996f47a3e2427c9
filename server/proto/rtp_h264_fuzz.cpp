// Any payloads in any order: no crash, and every access unit is well framed. Each piece of the input is a
// flag byte, a length byte and so much payload.
#include <vector>

#include "base/check.h"
#include "proto/h264.h"
#include "proto/nal.h"
#include "proto/rtp_h264.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace luso;
  using namespace luso::proto;
  rtp::H264Depacketiser depacketiser;
  std::vector<rtp::H264Depacketiser::AccessUnit> out;
  ByteReader reader({data, size});
  std::uint32_t timestamp = 0;
  while (!reader.empty()) {
    const unsigned flags = reader.u8();
    const std::size_t length = std::min<std::size_t>(reader.u8(), reader.remaining());
    if ((flags & 4U) != 0) ++timestamp;
    depacketiser.push({.timestamp = timestamp,
                       .marker = (flags & 1U) != 0,
                       .after_gap = (flags & 2U) != 0,
                       .payload = reader.take(length)},
                      out);
  }
  for (const auto& unit : out) {
    Bytes sample;
    const auto read = h264::append_access_unit(unit.sample, nal::kLengthSize, sample);
    LUSO_CHECK(unit.damaged || (read && read->has_picture == unit.has_picture && read->idr == unit.idr));
    LUSO_CHECK(read.has_value());
    static_cast<void>(h264::write_avc_config(unit.parameter_sets));

    rtp::Payloads payloads;
    rtp::packetise_h264(unit.sample, unit.parameter_sets, payloads, 64);
    for (std::size_t i = 0; i < payloads.size(); ++i) LUSO_CHECK(payloads[i].size() <= 64);
  }
  return 0;
}
