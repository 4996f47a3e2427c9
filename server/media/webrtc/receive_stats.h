#pragma once

#include <cstdint>
#include <optional>

#include "base/clock.h"
#include "proto/rtcp.h"

namespace luso::media::webrtc {

// What a receiver reports about one stream (RFC 3550, 6.4.1 and appendix A).
class ReceiveStats {
 public:
  ReceiveStats(std::uint32_t ssrc, std::uint32_t clock_rate) : ssrc_(ssrc), clock_rate_(clock_rate) {}

  // Packets of the stream itself; retransmissions by RTX are no part of it.
  void on_packet(std::int64_t sequence, std::uint32_t timestamp, MonoTime arrived);
  void on_sender_report(std::uint64_t ntp, MonoTime arrived);

  [[nodiscard]] proto::rtcp::ReportBlock report(MonoTime now);  // Its fraction counts from the last one on.

  // Of the packets sent, how many did not come at the first try. The latter over the last two reports.
  [[nodiscard]] std::int64_t packets_lost() const;

  [[nodiscard]] double loss() const { return loss_; }

  [[nodiscard]] std::uint64_t packets() const { return packets_; }

  [[nodiscard]] Duration jitter() const;

 private:
  std::uint32_t ssrc_;
  std::uint32_t clock_rate_;
  std::optional<std::int64_t> first_, highest_;
  std::uint64_t packets_ = 0;
  std::int64_t expected_before_ = 0;
  std::uint64_t packets_before_ = 0;
  double loss_ = 0;
  double jitter_ = 0;  // In units of the clock.
  std::optional<MonoTime> last_arrived_;
  std::uint32_t last_timestamp_ = 0;
  std::uint64_t last_sr_ntp_ = 0;
  std::optional<MonoTime> last_sr_arrived_;
};

}  // namespace luso::media::webrtc
