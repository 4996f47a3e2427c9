#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "proto/rtcp.h"
#include "proto/rtp.h"

namespace luso::bench {

// One source as its receiver sees it: what is missing and when to ask for it, how far behind the picture is,
// how long it stands still. Times are microseconds of any one clock, handed in.
class RtpReception {
 public:
  struct Counts {
    std::uint64_t packets = 0;
    std::uint64_t missing = 0;    // Were not there when a later one was.
    std::uint64_t recovered = 0;  // Of those, came after all: late or retransmitted.
    std::uint64_t lost = 0;       // Given up.
    std::uint64_t asked = 0;      // Sequence numbers in NACKs.
    std::uint64_t duplicates = 0;
  };

  static constexpr std::int64_t kReorderUs = 10'000;  // So long a gap may be mere disorder.
  static constexpr std::int64_t kAskEveryUs = 50'000;
  static constexpr int kAsksMax = 10;
  static constexpr std::int64_t kGiveUpUs = 1'000'000;  // Without asking.

  RtpReception(std::uint32_t ssrc, std::uint32_t clock_rate) : ssrc_(ssrc), clock_rate_(clock_rate) {}

  // A packet, or the sequence number of one that came by RTX.
  void take(std::uint16_t sequence, std::int64_t now_us);
  // How much later than the quickest packet so far one of this timestamp comes.
  [[nodiscard]] std::int64_t behind_us(std::uint32_t timestamp, std::int64_t arrived_us);

  // What to ask for again now; each number at most every kAskEveryUs, and kAsksMax times.
  [[nodiscard]] std::vector<std::uint16_t> due(std::int64_t now_us);
  void give_up_old(std::int64_t now_us);

  void take_sender_report(const proto::rtcp::SenderReport& report, std::int64_t now_us);
  [[nodiscard]] proto::rtcp::ReportBlock report(std::int64_t now_us);

  [[nodiscard]] std::uint32_t ssrc() const { return ssrc_; }

  [[nodiscard]] std::size_t waiting() const { return missing_.size(); }

  // Milliseconds from noticing a gap to closing it.
  [[nodiscard]] std::vector<double> take_recoveries() { return std::exchange(recoveries_ms_, {}); }

  Counts counts;

 private:
  struct Gap {
    std::int64_t since_us = 0, asked_us = 0;
    int asks = 0;
  };

  std::uint32_t ssrc_;
  std::uint32_t clock_rate_;
  proto::rtp::SequenceUnwrapper sequences_;
  proto::rtp::TimestampUnwrapper timestamps_;
  std::optional<std::int64_t> first_, newest_;
  std::map<std::int64_t, Gap> missing_;
  std::vector<double> recoveries_ms_;
  std::optional<std::int64_t> quickest_us_;
  std::int64_t last_transit_us_ = 0;
  double jitter_us_ = 0;
  std::int64_t expected_before_ = 0;
  std::uint64_t packets_before_ = 0;
  std::uint32_t last_sr_ = 0;
  std::int64_t last_sr_at_us_ = 0;
};

}  // namespace luso::bench
