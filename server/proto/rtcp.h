#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

// RTCP (RFC 3550, 6; feedback of RFC 4585 and 5104; draft-alvestrand-rmcat-remb;
// draft-holmer-rmcat-transport-wide-cc-extensions-01). Compounds of any order are read, as RFC 5506 allows.
namespace luso::proto::rtcp {

struct ReportBlock {
  std::uint32_t ssrc = 0;
  std::uint8_t fraction_lost = 0;      // Of 256, since the last report.
  std::int32_t cumulative_lost = 0;    // 24 bits, signed: duplicates count against it.
  std::uint32_t highest_sequence = 0;  // Wraps in the upper half.
  std::uint32_t jitter = 0;            // In units of the stream's clock.
  std::uint32_t last_sr = 0;           // The middle of the NTP time of the last sender report; 0: none yet.
  std::uint32_t delay_since_last_sr = 0;  // In 1/65536 s.
  friend bool operator==(const ReportBlock&, const ReportBlock&) = default;
};

inline constexpr std::size_t kReportBlocksMax = 31;  // What five bits count.

struct SenderReport {
  std::uint32_t ssrc = 0;
  std::uint64_t ntp = 0;  // Seconds since 1900 and, in the lower half, their fraction.
  std::uint32_t rtp_timestamp = 0;
  std::uint32_t packets = 0;
  std::uint32_t bytes = 0;
  std::vector<ReportBlock> reports;
  friend bool operator==(const SenderReport&, const SenderReport&) = default;
};

struct ReceiverReport {
  std::uint32_t ssrc = 0;
  std::vector<ReportBlock> reports;
  friend bool operator==(const ReceiverReport&, const ReceiverReport&) = default;
};

// Of a source description, the one item that binds sound and picture together.
struct CanonicalName {
  std::uint32_t ssrc = 0;
  std::string cname;  // At most 255 bytes.
  friend bool operator==(const CanonicalName&, const CanonicalName&) = default;
};

struct Bye {
  std::vector<std::uint32_t> ssrcs;
  friend bool operator==(const Bye&, const Bye&) = default;
};

// RFC 4585, 6.2.1
struct Nack {
  std::uint32_t sender_ssrc = 0;
  std::uint32_t media_ssrc = 0;
  std::vector<std::uint16_t> sequences;  // In the order given; 17 that follow each other share four bytes.
  friend bool operator==(const Nack&, const Nack&) = default;
};

// RFC 4585, 6.3.1
struct PictureLoss {
  std::uint32_t sender_ssrc = 0;
  std::uint32_t media_ssrc = 0;
  friend bool operator==(const PictureLoss&, const PictureLoss&) = default;
};

// RFC 5104, 4.3.1
struct FullIntraRequest {
  struct Target {
    std::uint32_t ssrc = 0;
    std::uint8_t sequence = 0;  // The same number again is the same request.
    friend bool operator==(const Target&, const Target&) = default;
  };

  std::uint32_t sender_ssrc = 0;
  std::vector<Target> targets;
  friend bool operator==(const FullIntraRequest&, const FullIntraRequest&) = default;
};

// Receiver estimated maximum bitrate.
struct BitrateEstimate {
  std::uint32_t sender_ssrc = 0;
  std::uint64_t bitrate_bps = 0;  // 18 significant bits survive the wire, rounded down.
  std::vector<std::uint32_t> ssrcs;
  friend bool operator==(const BitrateEstimate&, const BitrateEstimate&) = default;
};

// Which of the packets [base, base + count) arrived, and when. The others had not arrived by then.
struct TransportFeedback {
  static constexpr std::int64_t kTickUs = 250;
  static constexpr std::int64_t kReferenceUs = 64'000;  // Of `reference_time`, 24 bits on the wire.

  struct Arrival {
    std::uint16_t sequence = 0;
    std::int64_t at_us = 0;  // On the receiver's clock, from the reference time on; steps of 250 µs.
    friend bool operator==(const Arrival&, const Arrival&) = default;
  };

  std::uint32_t sender_ssrc = 0;
  std::uint32_t media_ssrc = 0;
  std::uint8_t feedback_count = 0;
  std::uint16_t base_sequence = 0;
  std::uint16_t count = 0;
  std::int64_t reference_us = 0;  // A multiple of 64 ms, below 2^24 of them.
  std::vector<Arrival> arrivals;  // By sequence number.
  friend bool operator==(const TransportFeedback&, const TransportFeedback&) = default;
};

// What a receiver that sends nothing needs to know the round trip (RFC 3611, 4.4 and 4.5): it tells its time,
// and the sender says how long ago it heard that. Other blocks of extended reports are skipped.
struct ExtendedReport {
  struct Delay {
    std::uint32_t ssrc = 0;            // Of the receiver.
    std::uint32_t last_reference = 0;  // The middle of the time it told; 0: none came.
    std::uint32_t delay = 0;           // Since then, in 1/65536 s.
    friend bool operator==(const Delay&, const Delay&) = default;
  };

  std::uint32_t ssrc = 0;
  std::optional<std::uint64_t> reference_ntp;
  std::vector<Delay> delays;
  friend bool operator==(const ExtendedReport&, const ExtendedReport&) = default;
};

using Message = std::variant<SenderReport, ReceiverReport, CanonicalName, Bye, Nack, PictureLoss,
                             FullIntraRequest, BitrateEstimate, TransportFeedback, ExtendedReport>;

// Walks a compound from front to back. What is not listed above (APP, other feedback) is skipped;
// damage stops the walk and latches `failed()`. What it gives is bounded by the datagram: at most 17 numbers
// to four bytes.
class Reader {
 public:
  explicit Reader(ByteView compound) : rest_(compound) {}

  [[nodiscard]] std::optional<Message> next();

  [[nodiscard]] bool failed() const { return failed_; }

 private:
  ByteView rest_;
  bool failed_ = false;
};

// Each appends one packet of a compound.
void append(const SenderReport& report,
            Bytes& out);  // At most kReportBlocksMax blocks; the rest is left out.
void append(const ReceiverReport& report, Bytes& out);
void append(const CanonicalName& name, Bytes& out);
void append(const Bye& bye, Bytes& out);
void append(const Nack& nack, Bytes& out);
void append(const PictureLoss& loss, Bytes& out);
void append(const FullIntraRequest& request, Bytes& out);
void append(const BitrateEstimate& estimate, Bytes& out);
void append(const ExtendedReport& report, Bytes& out);
// Arrivals that lie outside [base, base + count), do not rise by sequence number, or are more than 8 s from
// the one before are told as not received.
void append(const TransportFeedback& feedback, Bytes& out);

// The whole seconds and fraction of an NTP timestamp for microseconds since 1970 (RFC 3550, 4), and back.
[[nodiscard]] std::uint64_t ntp_from_unix_us(std::int64_t unix_us);
[[nodiscard]] std::int64_t unix_us_from_ntp(std::uint64_t ntp);

// The middle 32 bits, as report blocks repeat them.
[[nodiscard]] constexpr std::uint32_t compact_ntp(std::uint64_t ntp) {
  return static_cast<std::uint32_t>(ntp >> 16U);
}

}  // namespace luso::proto::rtcp
