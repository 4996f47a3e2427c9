#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "base/bytes.h"
#include "media/egress/whep/viewer.h"
#include "media/webrtc/negotiation.h"

namespace luso::media::whep {

// The header of one viewer's packets, written once; each packet changes a few bytes of it. All packets made
// from one template are equally long before their payload, as UDP segmentation wants them.
class HeaderTemplate {
 public:
  static constexpr std::size_t kBytesMax = 64;

  struct Fields {
    std::uint8_t payload_type = 0;
    std::uint32_t ssrc = 0;
    std::uint8_t transport_cc_id = 0;  // 0: without this extension,
    std::uint8_t mid_id = 0;           // and so on.
    std::string_view mid = {};
    std::uint8_t playout_delay_id = 0;
    PlayoutDelay playout_delay = {};
  };

  explicit HeaderTemplate(const Fields& fields);

  [[nodiscard]] bool has_transport_cc() const { return transport_cc_at_ != 0; }

  [[nodiscard]] ByteView bytes() const { return std::span(bytes_).first(size_); }

  void set_timestamp(std::uint32_t timestamp);

  // What differs from packet to packet. The transport-wide number is ignored without its extension.
  void set(std::uint16_t sequence, bool marker, std::uint16_t transport_sequence) {
    bytes_[1] = static_cast<std::uint8_t>((bytes_[1] & 0x7FU) | (marker ? 0x80U : 0U));
    put_u16(2, sequence);
    if (transport_cc_at_ != 0) put_u16(transport_cc_at_, transport_sequence);
  }

 private:
  void put_u16(std::size_t at, std::uint16_t value) {
    bytes_[at] = static_cast<std::uint8_t>(value >> 8U);
    bytes_[at + 1] = static_cast<std::uint8_t>(value);
  }

  std::array<std::uint8_t, kBytesMax> bytes_{};
  std::size_t size_ = 0;
  std::size_t transport_cc_at_ = 0;
};

}  // namespace luso::media::whep
