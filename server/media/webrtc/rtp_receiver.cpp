#include "media/webrtc/rtp_receiver.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "media/webrtc/reorder_buffer.h"
#include "proto/rtcp.h"
#include "proto/rtp.h"

namespace luso::media::webrtc {
namespace {

constexpr int kTries = 3;
constexpr int kRoundTripGain = 8;  // As RFC 6298 smooths them: one part in eight.

}  // namespace

RtpReceiver::RtpReceiver(const Settings& settings)
    : settings_(settings),
      ssrc_(settings.ssrc),
      rtx_ssrc_(settings.rtx_ssrc),
      buffer_(settings.nack ? kRoundTripFirst * kTries : kPatienceMin),
      stats_(settings.ssrc, settings.clock_rate) {}

RtpReceiver::Kind RtpReceiver::kind_of(const proto::rtp::Header& header) const {
  if (header.payload_type == settings_.payload_type && (ssrc_ == 0 || header.ssrc == ssrc_))
    return Kind::media;
  if (header.payload_type == settings_.rtx_payload_type && (rtx_ssrc_ == 0 || header.ssrc == rtx_ssrc_))
    return Kind::retransmission;
  return Kind::foreign;
}

bool RtpReceiver::take(const proto::rtp::Packet& packet, MonoTime now) {
  const proto::rtp::Header& header = packet.header;
  if (kind_of(header) == Kind::retransmission) {
    rtx_ssrc_ = header.ssrc;
    const auto repeated = proto::rtp::unwrap_rtx(packet);
    if (!repeated || ssrc_ == 0) return false;  // A probe, or a repetition of what nobody has seen.
    return insert(unwrapper_.peek(repeated->original_sequence), header, repeated->payload, now);
  }
  if (std::exchange(ssrc_, header.ssrc) != header.ssrc) stats_ = {header.ssrc, settings_.clock_rate};
  const std::int64_t sequence = unwrapper_.unwrap(header.sequence);
  stats_.on_packet(sequence, header.timestamp, now);
  return insert(sequence, header, packet.payload, now);
}

bool RtpReceiver::insert(std::int64_t sequence, const proto::rtp::Header& header, ByteView payload,
                         MonoTime now) {
  if (settings_.nack) {
    const NackList::Received received = missing_.on_packet(sequence, now);
    if (received.answer_time) on_round_trip(*received.answer_time);
    recovered_ += received.was_missing ? 1 : 0;
  }
  const auto verdict = buffer_.insert({.sequence = sequence,
                                       .timestamp = header.timestamp,
                                       .marker = header.marker,
                                       .arrived = now,
                                       .payload = Bytes(payload.begin(), payload.end()),
                                       .after_gap = false});
  return verdict == ReorderBuffer::Verdict::fresh || verdict == ReorderBuffer::Verdict::jumped;
}

std::optional<ReorderBuffer::Packet> RtpReceiver::pop(MonoTime now) {
  auto packet = buffer_.pop(now);
  if (packet && packet->after_gap) missing_.forget_before(packet->sequence);
  return packet;
}

std::vector<std::uint16_t> RtpReceiver::nacks(MonoTime now) {
  if (!settings_.nack) return {};
  return missing_.due(now, round_trip_.value_or(kRoundTripFirst));
}

void RtpReceiver::on_sender_report(const proto::rtcp::SenderReport& report, MonoTime now) {
  stats_.on_sender_report(report.ntp, now);
}

void RtpReceiver::on_round_trip(Duration measured) {
  measured = std::clamp(measured, Duration(0), kRoundTripMax);
  round_trip_ = round_trip_ ? *round_trip_ + (measured - *round_trip_) / kRoundTripGain : measured;
  if (!settings_.nack) return;
  buffer_.set_patience(
      std::clamp(*round_trip_ * kTries + NackList::kReorderWait, kPatienceMin, kPatienceMax));
}

std::optional<proto::rtcp::ReportBlock> RtpReceiver::report(MonoTime now) {
  if (stats_.packets() == 0) return std::nullopt;
  return stats_.report(now);
}

RtpReceiver::Facts RtpReceiver::facts() const {
  return {.packets = stats_.packets(),
          .recovered = recovered_,
          .lost = buffer_.packets_lost(),
          .loss = stats_.loss(),
          .jitter = stats_.jitter(),
          .round_trip = round_trip_};
}

}  // namespace luso::media::webrtc
