#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "media/webrtc/nack_list.h"
#include "media/webrtc/receive_stats.h"
#include "media/webrtc/reorder_buffer.h"
#include "proto/rtcp.h"
#include "proto/rtp.h"

namespace luso::media::webrtc {

// One incoming stream: its packets and their retransmissions become packets in order. No sockets, no clock.
class RtpReceiver {
 public:
  static constexpr Duration kRoundTripFirst{100'000};  // Until something is measured.
  static constexpr Duration kRoundTripMax{500'000};    // Slower than that, asking again is of no use.
  // How long a gap is waited for: three tries, but no longer than viewers can bear.
  static constexpr Duration kPatienceMin{60'000}, kPatienceMax{600'000};

  struct Settings {
    std::uint8_t payload_type = 0;
    std::optional<std::uint8_t> rtx_payload_type;
    std::uint32_t clock_rate = 0;
    std::uint32_t ssrc = 0, rtx_ssrc = 0;  // 0: whichever comes first.
    bool nack = false;                     // Lost packets may be asked for.
  };

  explicit RtpReceiver(const Settings& settings);

  // Who the packet is, when it is one of this stream's.
  enum class Kind : std::uint8_t { foreign, media, retransmission };
  [[nodiscard]] Kind kind_of(const proto::rtp::Header& header) const;

  // A packet that is not foreign. Says whether it was of use: new, and not too late.
  bool take(const proto::rtp::Packet& packet, MonoTime now);

  [[nodiscard]] std::optional<ReorderBuffer::Packet> pop(MonoTime now);

  // What to ask for now.
  [[nodiscard]] std::vector<std::uint16_t> nacks(MonoTime now);
  void on_sender_report(const proto::rtcp::SenderReport& report, MonoTime now);
  void on_round_trip(Duration measured);

  // Empty before the first packet.
  [[nodiscard]] std::optional<proto::rtcp::ReportBlock> report(MonoTime now);

  [[nodiscard]] std::uint32_t ssrc() const { return ssrc_; }  // 0 before the first packet.

  [[nodiscard]] std::uint32_t rtx_ssrc() const { return rtx_ssrc_; }  // Likewise.

  struct Facts {
    std::uint64_t packets = 0;    // At the first try.
    std::uint64_t recovered = 0;  // Asked for, and came in time.
    std::uint64_t lost = 0;       // For good.
    double loss = 0;              // Share of packets that did not come at the first try, lately.
    Duration jitter{};
    std::optional<Duration> round_trip;
  };

  [[nodiscard]] Facts facts() const;

 private:
  [[nodiscard]] bool insert(std::int64_t sequence, const proto::rtp::Header& header, ByteView payload,
                            MonoTime now);

  Settings settings_;
  std::uint32_t ssrc_;
  std::uint32_t rtx_ssrc_;
  proto::rtp::SequenceUnwrapper unwrapper_;
  ReorderBuffer buffer_;
  NackList missing_;
  ReceiveStats stats_;
  std::optional<Duration> round_trip_;
  std::uint64_t recovered_ = 0;
};

}  // namespace luso::media::webrtc
