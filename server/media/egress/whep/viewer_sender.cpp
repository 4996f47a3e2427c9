#include "media/egress/whep/viewer_sender.h"

#include <algorithm>
#include <array>
#include <type_traits>
#include <variant>

#include "proto/rtp.h"
#include "proto/srtp.h"

namespace luso::media::whep {
namespace rtcp = proto::rtcp;
namespace rtp = proto::rtp;
namespace srtp = proto::srtp;

namespace {

constexpr std::int64_t kUsPerSecond = 1'000'000;
constexpr std::size_t kAudioRunMax = 64;
constexpr std::chrono::seconds kRttMax{10};  // More is a report about another life of the clock.

// The round trip that a report block tells (RFC 3550, 6.4.1), in 1/65536 s.
std::optional<std::chrono::microseconds> round_trip(const rtcp::ReportBlock& block, WallTime now) {
  if (block.last_sr == 0) return std::nullopt;
  const std::uint32_t now_ntp = rtcp::compact_ntp(rtcp::ntp_from_unix_us(now.time_since_epoch().count()));
  const auto elapsed = static_cast<std::int32_t>(now_ntp - block.last_sr - block.delay_since_last_sr);
  const std::chrono::microseconds rtt(std::max<std::int64_t>(elapsed, 0) * kUsPerSecond / 65'536);
  return rtt < kRttMax ? std::optional(rtt) : std::nullopt;
}

}  // namespace

ViewerSender::ViewerSender(webrtc::Peer& peer, const ViewerPlan& plan, Random& random)
    : peer_(peer),
      peer_memory_(peer.working_set()),
      estimate_(plan.measures_way ? std::make_unique<webrtc::BandwidthEstimate>() : nullptr),
      cname_(plan.cname) {
  if (plan.video) {
    video_.emplace(make_track(TrackKind::video, *plan.video, plan.playout_delay, random));
    if (plan.video->rtx_payload_type) {
      rtx_ = Rtx{.header = HeaderTemplate({.payload_type = *plan.video->rtx_payload_type,
                                           .ssrc = plan.video->rtx_ssrc,
                                           .transport_cc_id = transport_cc_id(*plan.video)}),
                 .sequence = static_cast<std::uint16_t>(random.u64() & 0x7FFFU)};
    }
  }
  if (plan.audio) audio_.emplace(make_track(TrackKind::audio, *plan.audio, plan.playout_delay, random));
}

ViewerSender::Track ViewerSender::make_track(TrackKind kind, const webrtc::MediaPlan& plan,
                                             PlayoutDelay delay, Random& random) const {
  // Without RTX a packet is repeated as it was, bit by bit: sealing it with another transport-wide number
  // would use a nonce twice.
  const bool repeats = kind == TrackKind::video && plan.nack && !plan.rtx_payload_type;
  HeaderTemplate::Fields fields{.payload_type = plan.payload_type,
                                .ssrc = plan.ssrc,
                                .transport_cc_id = repeats ? std::uint8_t{0} : transport_cc_id(plan),
                                .playout_delay = delay};
  const HeaderTemplate plain(fields);
  fields.mid_id = plan.extensions.mid;
  fields.mid = plan.mid;
  if (kind == TrackKind::video) fields.playout_delay_id = plan.extensions.playout_delay;
  const HeaderTemplate keyframe(fields);
  return {.queue = TrackQueue(kind, {.sequence = static_cast<std::uint16_t>(random.u64()),
                                     .timestamp = static_cast<std::uint32_t>(random.u64())}),
          .ssrc = plan.ssrc,
          .plain = kind == TrackKind::video ? plain : keyframe,
          .keyframe = keyframe};
}

std::uint8_t ViewerSender::transport_cc_id(const webrtc::MediaPlan& plan) const {
  return estimate_ ? plan.extensions.transport_cc : 0;
}

// The number the header was given is spent.
void ViewerSender::number_transport(std::size_t bytes, MonoTime now) {
  transport_bytes_ += bytes;
  estimate_->on_sent(transport_sequence_++, bytes, now);
}

void ViewerSender::prefetch_own() const {
  const auto* const begin = reinterpret_cast<const std::byte*>(this);
  const auto* const cold = reinterpret_cast<const std::byte*>(&cname_);
  prefetch({.at = begin, .bytes = static_cast<std::size_t>(cold - begin)});
}

void ViewerSender::prefetch_peer() const {
  for (const MemoryPiece piece : peer_memory_) prefetch(piece);
}

bool ViewerSender::pump(const UnitRing& ring, Now now, Pace pace, SendTally& tally) {
  if (ring.empty()) return false;
  if (audio_) {
    while (const auto run = audio_->queue.next(ring, kAudioRunMax)) {
      if (send(*audio_, *run, now.mono, tally) < run->count) break;
    }
  }
  bool more = video_ && pump_video(ring, now.mono, pace, tally);
  if (probe_.bps > 0) more = pump_probe(ring, now.mono) || more;
  // Before the start is over, the times told are not yet those of the sound.
  if (now.mono >= report_at_ && (!video_ || video_->queue.has_been_live())) {
    report_at_ = now.mono + kReportInterval;
    report(ring, now.wall);
  }
  return more;
}

bool ViewerSender::pump_video(const UnitRing& ring, MonoTime now, Pace pace, SendTally& tally) {
  std::size_t credit = pacer_.credit(now, pace);
  while (credit > 0 && !peer_.is_congested()) {
    const auto run = video_->queue.next(ring, credit);
    if (!run) break;
    const std::size_t packets = send(*video_, *run, now, tally);
    pacer_.spend(packets);
    credit -= packets;
    if (packets < run->count) break;
  }
  const std::uint64_t skips = video_->queue.skips();
  tally.skips += skips - stats_.skips;
  stats_.skips = skips;
  const bool more = video_->queue.has_more(ring);
  pacer_.rest(more);
  return more;
}

std::size_t ViewerSender::send(Track& track, const PacketRun& run, MonoTime now, SendTally& tally) {
  HeaderTemplate& header = run.unit->keyframe ? track.keyframe : track.plain;
  header.set_timestamp(run.timestamp);
  const std::size_t header_bytes = header.bytes().size();
  const rtp::Payloads& payloads = run.unit->payloads;
  const std::size_t last = run.unit->kind == TrackKind::video ? payloads.size() - 1 : payloads.size();
  srtp::Sealer& sealer = peer_.sealer();
  std::size_t bytes = 0;
  std::size_t done = 0;
  peer_.begin();
  for (; done < run.count; ++done) {
    const std::size_t index = run.first + done;
    const ByteView payload = payloads[index];
    const auto room = peer_.room(header_bytes + payload.size() + srtp::kRtpOverheadMax);
    if (room.empty()) {
      ++tally.dropped;
      break;
    }
    header.set(static_cast<std::uint16_t>(run.sequence + done), index == last, transport_sequence_);
    const std::size_t sealed = sealer.seal_rtp(header.bytes(), payload, room);
    if (header.has_transport_cc()) number_transport(sealed, now);
    peer_.add(sealed);
    bytes += sealed;
    track.payload_bytes += static_cast<std::uint32_t>(payload.size());
  }
  track.packets += static_cast<std::uint32_t>(done);
  track.queue.sent(run, done);
  tally.packets += done;
  tally.bytes += bytes;
  stats_.packets += done;
  stats_.bytes += bytes;
  return done;
}

// All tracks in one compound (RFC 3550, 6.1), each with the moment its newest picture or sound was captured
// as its base: what was captured together is played together, whatever either went through on its way here.
void ViewerSender::report(const UnitRing& ring, WallTime now) {
  const RtpUnit& newest = ring.newest();
  const ReportBasis basis{.pts_us = newest.pts_us, .captured_at = newest.captured_at};
  Bytes compound;
  for (const std::optional<Track>* track : {&video_, &audio_}) {
    if (*track && (*track)->packets > 0) append_report(**track, basis, now, compound);
  }
  if (compound.empty()) return;
  for (const std::optional<Track>* track : {&video_, &audio_}) {
    if (*track) rtcp::append(rtcp::CanonicalName{.ssrc = (*track)->ssrc, .cname = cname_}, compound);
  }
  peer_.send_rtcp(compound);
}

void ViewerSender::append_report(const Track& track, ReportBasis basis, WallTime now, Bytes& out) const {
  const std::int64_t since_us = (now - basis.captured_at).count();
  rtcp::append(rtcp::SenderReport{.ssrc = track.ssrc,
                                  .ntp = rtcp::ntp_from_unix_us(now.time_since_epoch().count()),
                                  .rtp_timestamp = track.queue.timestamp_of(basis.pts_us + since_us),
                                  .packets = track.packets,
                                  .bytes = track.payload_bytes,
                                  .reports = {}},
               out);
}

bool ViewerSender::move(const UnitRing& ring) {
  if (video_ && !video_->queue.is_between_units()) return false;
  if (video_) video_->queue.move(ring);
  if (audio_) audio_->queue.move(ring);
  ++stats_.moves;
  return true;
}

void ViewerSender::probe(std::uint64_t bps, MonoTime now, Duration length) {
  if (!estimate_ || !rtx_ || !rtx_->header.has_transport_cc() || !video_) return;
  probe_ = {.bps = bps, .began = now, .ends = now + length, .bytes_before = transport_bytes_, .back = 0};
}

// What the media has left of the probe's rate so far. It ends early when queues on the way begin to fill.
bool ViewerSender::pump_probe(const UnitRing& ring, MonoTime now) {
  if (now >= probe_.ends || estimate_->fills()) {
    probe_ = {};
    return false;
  }
  const auto passed_us = std::chrono::duration_cast<Duration>(now - probe_.began).count();
  const std::uint64_t due = probe_.bps / 8 * static_cast<std::uint64_t>(passed_us) / kUsPerSecond;
  peer_.begin();
  for (int packets = 0; packets < kProbePacketsMax && transport_bytes_ - probe_.bytes_before < due;
       ++packets) {
    probe_.back = static_cast<std::uint16_t>(probe_.back % kProbeOver + 1);
    const auto sequence = static_cast<std::uint16_t>(video_->queue.next_sequence() - probe_.back);
    if (peer_.is_congested() || !resend(*video_, {.ring = ring}, sequence, now)) break;
  }
  return true;
}

ViewerSender::Feedback ViewerSender::take_rtcp(ByteView compound, const UnitRing& ring, Now now,
                                               const UnitRing* before) {
  const Sent sent{.ring = ring, .before = before};
  Feedback feedback;
  rtcp::Reader reader(compound);
  while (const auto message = reader.next()) {
    std::visit(
        [&](const auto& each) {
          using T = std::decay_t<decltype(each)>;
          if constexpr (std::is_same_v<T, rtcp::Nack>) {
            take(each, sent, now.mono, feedback);
          } else if constexpr (std::is_same_v<T, rtcp::PictureLoss> ||
                               std::is_same_v<T, rtcp::FullIntraRequest>) {
            feedback.picture_lost = true;
          } else if constexpr (std::is_same_v<T, rtcp::ReceiverReport>) {
            for (const rtcp::ReportBlock& block : each.reports) take(block, now.wall);
          } else if constexpr (std::is_same_v<T, rtcp::BitrateEstimate>) {
            stats_.estimate_bps = each.bitrate_bps;
          } else if constexpr (std::is_same_v<T, rtcp::TransportFeedback>) {
            if (estimate_) estimate_->on_feedback(each, now.mono);
          }
        },
        *message);
  }
  feedback.malformed = reader.failed();
  if (estimate_ && estimate_->arriving_bps() > 0) stats_.estimate_bps = estimate_->bitrate_bps();
  if (feedback.picture_lost) ++stats_.picture_losses;
  return feedback;
}

void ViewerSender::take(const rtcp::Nack& nack, const Sent& sent, MonoTime now, Feedback& feedback) {
  Track* track = track_of(nack.media_ssrc);
  if (track == nullptr || track != &*video_) return;
  stats_.nacked += nack.sequences.size();
  peer_.begin();
  for (const std::uint16_t sequence : nack.sequences) {
    if (resends_.allow(sequence, now, stats_.rtt) && resend(*track, sent, sequence, now)) {
      ++feedback.resent;
    } else {
      ++feedback.refused;
    }
  }
  stats_.retransmissions += feedback.resent;
  stats_.nacks_refused += feedback.refused;
}

bool ViewerSender::resend(Track& track, const Sent& sent, std::uint16_t sequence, MonoTime now) {
  const auto run = track.queue.find(sent.ring, sequence, sent.before);
  if (!run) return false;
  const ByteView payload = run->unit->payloads[run->first];
  const bool marker = run->first + 1 == run->unit->payloads.size();
  HeaderTemplate& header = rtx_ ? rtx_->header : run->unit->keyframe ? track.keyframe : track.plain;
  const auto room =
      peer_.room(header.bytes().size() + rtp::kRtxBytes + payload.size() + srtp::kRtpOverheadMax);
  if (room.empty()) return false;
  header.set_timestamp(run->timestamp);
  if (!rtx_) {
    header.set(sequence, marker, 0);  // Has no transport-wide number: see make_track().
    peer_.add(peer_.sealer().seal_rtp_again(header.bytes(), payload, room));
    return true;
  }
  header.set(rtx_->sequence++, marker, transport_sequence_);
  // RFC 4588, 4: the number it had stands before what it carried.
  const std::array<std::uint8_t, rtp::kRtxBytes> original{static_cast<std::uint8_t>(sequence >> 8U),
                                                          static_cast<std::uint8_t>(sequence)};
  const std::size_t sealed = peer_.sealer().seal_rtp(header.bytes(), original, payload, room);
  if (header.has_transport_cc()) number_transport(sealed, now);
  peer_.add(sealed);
  return true;
}

void ViewerSender::take(const rtcp::ReportBlock& block, WallTime now) {
  const Track* track = track_of(block.ssrc);
  if (track == nullptr) return;
  if (const auto rtt = round_trip(block, now)) stats_.rtt = *rtt;
  if (video_ && track != &*video_) return;
  const std::int64_t rate = video_ ? rtp::kVideoClockRate : rtp::kAudioClockRate;
  stats_.loss = block.fraction_lost / 256.0;
  stats_.jitter = std::chrono::microseconds(std::int64_t{block.jitter} * kUsPerSecond / rate);
}

ViewerSender::Track* ViewerSender::track_of(std::uint32_t ssrc) {
  for (std::optional<Track>* track : {&video_, &audio_}) {
    if (*track && (*track)->ssrc == ssrc) return &**track;
  }
  return nullptr;
}

bool ViewerSender::replay(const UnitRing& ring, MonoTime now) {
  if (!video_ || (replayed_at_ != MonoTime{} && now - replayed_at_ < kReplayInterval)) return false;
  if (!video_->queue.replay(ring)) return false;
  replayed_at_ = now;
  return true;
}

}  // namespace luso::media::whep
