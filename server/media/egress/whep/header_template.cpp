#include "media/egress/whep/header_template.h"

#include <algorithm>
#include <vector>

#include "base/check.h"
#include "proto/rtp.h"

namespace luso::media::whep {
namespace rtp = proto::rtp;

namespace {

constexpr std::size_t kTimestampAt = 4;
constexpr std::size_t kExtensionBlockBytes = 4;
constexpr std::uint8_t kOneByteIdMax = 14;  // RFC 8285, 4.2
constexpr std::size_t kMidBytesMax = 8;     // Longer ones do not fit what payloads leave; SSRCs tell as well.

// Two numbers of 12 bits, in steps of 10 ms.
std::array<std::uint8_t, 3> playout_delay_bytes(PlayoutDelay delay) {
  const auto steps = [](std::chrono::milliseconds value) {
    return static_cast<std::uint32_t>(std::clamp<std::int64_t>(value.count() / 10, 0, 0xFFF));
  };
  const std::uint32_t both = steps(delay.min) << 12U | steps(delay.max);
  return {static_cast<std::uint8_t>(both >> 16U), static_cast<std::uint8_t>(both >> 8U),
          static_cast<std::uint8_t>(both)};
}

}  // namespace

HeaderTemplate::HeaderTemplate(const Fields& fields) {
  constexpr std::array<std::uint8_t, 2> kNumber{};
  const auto delay = playout_delay_bytes(fields.playout_delay);
  std::vector<rtp::Extension> extensions;
  if (fields.transport_cc_id != 0) extensions.push_back({.id = fields.transport_cc_id, .value = kNumber});
  if (fields.mid_id != 0 && !fields.mid.empty() && fields.mid.size() <= kMidBytesMax) {
    extensions.push_back({.id = fields.mid_id, .value = as_bytes(fields.mid)});
  }
  if (fields.playout_delay_id != 0) extensions.push_back({.id = fields.playout_delay_id, .value = delay});
  LUSO_CHECK(rtp::header_size(extensions) <= kBytesMax);
  size_ = rtp::write_header({.marker = false,
                             .payload_type = fields.payload_type,
                             .sequence = 0,
                             .timestamp = 0,
                             .ssrc = fields.ssrc},
                            extensions, bytes_);
  if (fields.transport_cc_id == 0) return;
  const bool two_bytes = std::ranges::any_of(
      extensions, [](const rtp::Extension& extension) { return extension.id > kOneByteIdMax; });
  transport_cc_at_ = rtp::kHeaderBytes + kExtensionBlockBytes + (two_bytes ? 2 : 1);
}

void HeaderTemplate::set_timestamp(std::uint32_t timestamp) {
  put_u16(kTimestampAt, static_cast<std::uint16_t>(timestamp >> 16U));
  put_u16(kTimestampAt + 2, static_cast<std::uint16_t>(timestamp));
}

}  // namespace luso::media::whep
