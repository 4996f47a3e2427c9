#include "proto/rtcp.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "proto/internal/transport_feedback.h"

namespace luso::proto::rtcp {
namespace {

// RFC 3550, 12.1; RFC 4585, 6.1.
constexpr std::uint8_t kSenderReport = 200, kReceiverReport = 201, kSourceDescription = 202, kBye = 203,
                       kTransportFeedback = 205, kPayloadFeedback = 206, kExtendedReport = 207;
// The five bits that stand where the counts of other packets do (RFC 4585, 6.2 and 6.3; RFC 5104, 4.3).
constexpr unsigned kGenericNack = 1, kTransportWide = 15, kPictureLoss = 1, kFullIntra = 4,
                   kApplicationLayer = 15;
constexpr std::uint8_t kReferenceTime = 4, kDelays = 5;  // RFC 3611, 4.4 and 4.5.
constexpr unsigned kVersion = 2;
constexpr std::size_t kWord = 4;
constexpr std::size_t kCountMax = 31;
constexpr std::uint8_t kCnameItem = 1;
constexpr std::size_t kCnameBytesMax = 255;
constexpr std::string_view kRemb = "REMB";
constexpr unsigned kRembMantissaBits = 18;
constexpr std::uint64_t kRembMax = std::uint64_t{0x3FFFF} << 45U;  // The largest of 63 bits that it can say.
constexpr std::uint16_t kNackBits = 16;
constexpr std::uint64_t kNtpUnixSeconds = 2'208'988'800;  // From 1900 to 1970.
constexpr std::uint64_t kUsPerSecond = 1'000'000;

ReportBlock read_report(ByteReader& reader) {
  ReportBlock report;
  report.ssrc = reader.u32();
  report.fraction_lost = reader.u8();
  report.cumulative_lost = static_cast<std::int32_t>(reader.u24() << 8U) >> 8;
  report.highest_sequence = reader.u32();
  report.jitter = reader.u32();
  report.last_sr = reader.u32();
  report.delay_since_last_sr = reader.u32();
  return report;
}

std::vector<ReportBlock> read_reports(ByteReader& reader, unsigned count) {
  constexpr std::size_t kBlockBytes = 24;
  std::vector<ReportBlock> reports;
  reports.reserve(std::min<std::size_t>(count, reader.remaining() / kBlockBytes));
  for (unsigned i = 0; i < count && !reader.failed(); ++i) reports.push_back(read_report(reader));
  return reports;
}

Message read_sender_report(ByteReader& reader, unsigned count) {
  SenderReport report;
  report.ssrc = reader.u32();
  report.ntp = reader.u64();
  report.rtp_timestamp = reader.u32();
  report.packets = reader.u32();
  report.bytes = reader.u32();
  report.reports = read_reports(reader, count);
  return report;
}

// The first source that names itself; the others, and what else they say, are of no use here.
std::optional<Message> read_cname(ByteReader& reader, unsigned count) {
  if (count == 0) return std::nullopt;
  const std::uint32_t ssrc = reader.u32();
  while (const std::uint8_t item = reader.u8()) {
    const ByteView text = reader.take(reader.u8());
    if (item == kCnameItem) return CanonicalName{.ssrc = ssrc, .cname = std::string(as_text(text))};
  }
  return std::nullopt;
}

Message read_bye(ByteReader& reader, unsigned count) {
  Bye bye;
  for (unsigned i = 0; i < count && !reader.failed(); ++i) bye.ssrcs.push_back(reader.u32());
  return bye;
}

Message read_nack(ByteReader& reader) {
  Nack nack{.sender_ssrc = reader.u32(), .media_ssrc = reader.u32(), .sequences = {}};
  while (reader.remaining() >= kWord) {
    const std::uint16_t first = reader.u16();
    nack.sequences.push_back(first);
    for (unsigned following = reader.u16(), i = 1; following != 0; following >>= 1U, ++i)
      if ((following & 1U) != 0) nack.sequences.push_back(static_cast<std::uint16_t>(first + i));
  }
  return nack;
}

Message read_fir(ByteReader& reader) {
  FullIntraRequest request{.sender_ssrc = reader.u32(), .targets = {}};
  reader.skip(4);  // The media source is not used: RFC 5104, 4.3.1.2.
  while (reader.remaining() >= 2 * kWord) {
    const std::uint32_t ssrc = reader.u32();
    request.targets.push_back({.ssrc = ssrc, .sequence = reader.u8()});
    reader.skip(3);
  }
  return request;
}

std::optional<Message> read_remb(ByteReader& reader) {
  BitrateEstimate estimate{.sender_ssrc = reader.u32(), .bitrate_bps = 0, .ssrcs = {}};
  reader.skip(4);
  if (as_text(reader.take(kRemb.size())) != kRemb) return std::nullopt;  // Somebody else's feedback.
  const unsigned count = reader.u8();
  const std::uint32_t packed = reader.u24();
  const unsigned exponent = packed >> kRembMantissaBits;
  const std::uint64_t mantissa = packed & ((1U << kRembMantissaBits) - 1);
  const bool fits = std::bit_width(mantissa) + exponent <= 63;
  estimate.bitrate_bps = fits ? mantissa << exponent : kRembMax;
  for (unsigned i = 0; i < count && !reader.failed(); ++i) estimate.ssrcs.push_back(reader.u32());
  return estimate;
}

std::optional<Message> read_extended_report(ByteReader& reader) {
  constexpr std::size_t kDelayBytes = 12;
  ExtendedReport report{.ssrc = reader.u32(), .reference_ntp = {}, .delays = {}};
  while (!reader.empty()) {
    const std::uint8_t type = reader.u8();
    reader.skip(1);
    ByteReader block(reader.take(reader.u16() * kWord));
    if (type == kReferenceTime) report.reference_ntp = block.u64();
    while (type == kDelays && block.remaining() >= kDelayBytes)
      report.delays.push_back({.ssrc = block.u32(), .last_reference = block.u32(), .delay = block.u32()});
  }
  if (!report.reference_ntp && report.delays.empty()) return std::nullopt;
  return report;
}

struct Block {
  std::uint8_t type = 0;
  unsigned count = 0;
  ByteView body;
};

// One packet off the front of a compound, without its padding (RFC 3550, 6.4.1).
std::optional<Block> take_block(ByteReader& reader) {
  const unsigned first = reader.u8();
  Block block{.type = reader.u8(), .count = first & 0x1FU, .body = {}};
  block.body = reader.take(reader.u16() * kWord);
  if (reader.failed() || first >> 6U != kVersion) return std::nullopt;
  if ((first & 0x20U) == 0) return block;
  const std::size_t padding = block.body.empty() ? 0 : block.body.back();
  if (padding == 0 || padding > block.body.size()) return std::nullopt;
  block.body = block.body.first(block.body.size() - padding);
  return block;
}

// Nothing for what is not ours to understand.
std::optional<Message> read_block(const Block& block, ByteReader& reader) {
  const auto is = [&block](std::uint8_t type, unsigned format) {
    return block.type == type && block.count == format;
  };
  if (block.type == kSenderReport) return read_sender_report(reader, block.count);
  if (block.type == kReceiverReport) {
    ReceiverReport report{.ssrc = reader.u32(), .reports = {}};
    report.reports = read_reports(reader, block.count);
    return report;
  }
  if (block.type == kSourceDescription) return read_cname(reader, block.count);
  if (block.type == kBye) return read_bye(reader, block.count);
  if (is(kTransportFeedback, kGenericNack)) return read_nack(reader);
  if (is(kTransportFeedback, kTransportWide)) return read_transport_feedback(reader);
  if (is(kPayloadFeedback, kPictureLoss))
    return PictureLoss{.sender_ssrc = reader.u32(), .media_ssrc = reader.u32()};
  if (is(kPayloadFeedback, kFullIntra)) return read_fir(reader);
  if (is(kPayloadFeedback, kApplicationLayer)) return read_remb(reader);
  if (block.type == kExtendedReport) return read_extended_report(reader);
  return std::nullopt;
}

// Writes a packet's first word with a length that is filled in when the packet is complete.
class BlockWriter {
 public:
  BlockWriter(Bytes& out, std::uint8_t type, std::size_t count)
      : out_(out), start_(out.size()), writer_(out) {
    writer_.u8(static_cast<std::uint8_t>(kVersion << 6U | count));
    writer_.u8(type);
    writer_.u16(0);
  }

  BlockWriter(const BlockWriter&) = delete;
  BlockWriter& operator=(const BlockWriter&) = delete;

  ~BlockWriter() {
    while ((out_.size() - start_) % kWord != 0) writer_.u8(0);
    const std::size_t words = (out_.size() - start_) / kWord - 1;
    out_[start_ + 2] = static_cast<std::uint8_t>(words >> 8U);
    out_[start_ + 3] = static_cast<std::uint8_t>(words);
  }

  ByteWriter* operator->() { return &writer_; }

  [[nodiscard]] ByteWriter& writer() { return writer_; }

 private:
  Bytes& out_;
  std::size_t start_;
  ByteWriter writer_;
};

void write_reports(std::span<const ReportBlock> reports, ByteWriter& writer) {
  for (const ReportBlock& report : reports) {
    writer.u32(report.ssrc);
    writer.u8(report.fraction_lost);
    constexpr std::int32_t kLimit = 0x7F'FFFF;
    writer.u24(static_cast<std::uint32_t>(std::clamp(report.cumulative_lost, -kLimit - 1, kLimit)) &
               0xFF'FFFFU);
    writer.u32(report.highest_sequence);
    writer.u32(report.jitter);
    writer.u32(report.last_sr);
    writer.u32(report.delay_since_last_sr);
  }
}

template <typename T>
std::span<const T> counted(const std::vector<T>& all) {
  return std::span(all).first(std::min(all.size(), kCountMax));
}

}  // namespace

std::optional<Message> Reader::next() {
  while (!rest_.empty()) {
    ByteReader reader(rest_);
    const auto block = take_block(reader);
    ByteReader body(block ? block->body : ByteView());
    auto message = block ? read_block(*block, body) : std::nullopt;
    failed_ = !block || body.failed();
    rest_ = failed_ ? ByteView() : reader.rest();
    if (message && !failed_) return message;
  }
  return std::nullopt;
}

void append(const SenderReport& report, Bytes& out) {
  const auto reports = counted(report.reports);
  BlockWriter block(out, kSenderReport, reports.size());
  block->u32(report.ssrc);
  block->u64(report.ntp);
  block->u32(report.rtp_timestamp);
  block->u32(report.packets);
  block->u32(report.bytes);
  write_reports(reports, block.writer());
}

void append(const ReceiverReport& report, Bytes& out) {
  const auto reports = counted(report.reports);
  BlockWriter block(out, kReceiverReport, reports.size());
  block->u32(report.ssrc);
  write_reports(reports, block.writer());
}

void append(const CanonicalName& name, Bytes& out) {
  BlockWriter block(out, kSourceDescription, 1);
  const std::string_view cname = std::string_view(name.cname).substr(0, kCnameBytesMax);
  block->u32(name.ssrc);
  block->u8(kCnameItem);
  block->u8(static_cast<std::uint8_t>(cname.size()));
  block->text(cname);
  block->u8(0);  // RFC 3550, 6.5: a list ends with at least one zero, and on a word.
}

void append(const Bye& bye, Bytes& out) {
  const auto ssrcs = counted(bye.ssrcs);
  BlockWriter block(out, kBye, ssrcs.size());
  for (const std::uint32_t ssrc : ssrcs) block->u32(ssrc);
}

void append(const Nack& nack, Bytes& out) {
  BlockWriter block(out, kTransportFeedback, kGenericNack);
  block->u32(nack.sender_ssrc);
  block->u32(nack.media_ssrc);
  for (std::size_t i = 0; i < nack.sequences.size();) {
    const std::uint16_t first = nack.sequences[i++];
    unsigned following = 0;
    for (; i < nack.sequences.size(); ++i) {
      const auto ahead = static_cast<std::uint16_t>(nack.sequences[i] - first);
      if (ahead == 0 || ahead > kNackBits) break;
      const unsigned bit = 1U << (ahead - 1U);
      if (bit <= following) break;  // Not in rising order: it gets an entry of its own.
      following |= bit;
    }
    block->u16(first);
    block->u16(static_cast<std::uint16_t>(following));
  }
}

void append(const PictureLoss& loss, Bytes& out) {
  BlockWriter block(out, kPayloadFeedback, kPictureLoss);
  block->u32(loss.sender_ssrc);
  block->u32(loss.media_ssrc);
}

void append(const FullIntraRequest& request, Bytes& out) {
  BlockWriter block(out, kPayloadFeedback, kFullIntra);
  block->u32(request.sender_ssrc);
  block->u32(0);
  for (const FullIntraRequest::Target& target : request.targets) {
    block->u32(target.ssrc);
    block->u8(target.sequence);
    block->u24(0);
  }
}

void append(const BitrateEstimate& estimate, Bytes& out) {
  constexpr std::size_t kSsrcsMax = 255;
  const auto ssrcs = std::span(estimate.ssrcs).first(std::min(estimate.ssrcs.size(), kSsrcsMax));
  const auto width = static_cast<unsigned>(std::bit_width(estimate.bitrate_bps));
  const unsigned exponent = width > kRembMantissaBits ? width - kRembMantissaBits : 0;
  const auto mantissa = static_cast<std::uint32_t>(estimate.bitrate_bps >> exponent);
  BlockWriter block(out, kPayloadFeedback, kApplicationLayer);
  block->u32(estimate.sender_ssrc);
  block->u32(0);
  block->text(kRemb);
  block->u8(static_cast<std::uint8_t>(ssrcs.size()));
  block->u24(exponent << kRembMantissaBits | mantissa);
  for (const std::uint32_t ssrc : ssrcs) block->u32(ssrc);
}

void append(const ExtendedReport& report, Bytes& out) {
  constexpr std::size_t kDelayWords = 3, kDelaysMax = 100;
  BlockWriter block(out, kExtendedReport, 0);
  block->u32(report.ssrc);
  if (report.reference_ntp) {
    block->u8(kReferenceTime);
    block->u8(0);
    block->u16(2);
    block->u64(*report.reference_ntp);
  }
  if (report.delays.empty()) return;
  const auto delays = std::span(report.delays).first(std::min(report.delays.size(), kDelaysMax));
  block->u8(kDelays);
  block->u8(0);
  block->u16(static_cast<std::uint16_t>(delays.size() * kDelayWords));
  for (const ExtendedReport::Delay& delay : delays) {
    block->u32(delay.ssrc);
    block->u32(delay.last_reference);
    block->u32(delay.delay);
  }
}

void append(const TransportFeedback& feedback, Bytes& out) {
  BlockWriter block(out, kTransportFeedback, kTransportWide);
  write_transport_feedback(feedback, block.writer());
}

std::uint64_t ntp_from_unix_us(std::int64_t unix_us) {
  const auto us = static_cast<std::uint64_t>(unix_us);
  const std::uint64_t seconds = us / kUsPerSecond + kNtpUnixSeconds;
  return seconds << 32U | (us % kUsPerSecond << 32U) / kUsPerSecond;
}

std::int64_t unix_us_from_ntp(std::uint64_t ntp) {
  const std::uint64_t fraction_us = ((ntp & 0xFFFF'FFFFU) * kUsPerSecond + (std::uint64_t{1} << 31U)) >> 32U;
  const auto seconds = static_cast<std::int64_t>((ntp >> 32U)) - static_cast<std::int64_t>(kNtpUnixSeconds);
  return seconds * static_cast<std::int64_t>(kUsPerSecond) + static_cast<std::int64_t>(fraction_us);
}

}  // namespace luso::proto::rtcp
