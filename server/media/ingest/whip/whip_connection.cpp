#include "media/ingest/whip/whip_connection.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "base/log.h"
#include "base/random.h"

namespace luso::media {
namespace rtcp = proto::rtcp;
namespace rtp = proto::rtp;

namespace {

constexpr std::int64_t kCompactSecond = 65'536;
constexpr std::int64_t kUsPerSecond = 1'000'000;

webrtc::RtpReceiver receiver_for(const webrtc::MediaPlan& plan) {
  return webrtc::RtpReceiver({.payload_type = plan.payload_type,
                              .rtx_payload_type = plan.rtx_payload_type,
                              .clock_rate = plan.clock_rate,
                              .ssrc = plan.ssrc,
                              .rtx_ssrc = plan.rtx_ssrc,
                              .nack = plan.nack});
}

std::size_t layers_of(const webrtc::Plan& plan) {
  return plan.video ? std::max<std::size_t>(1, plan.video->rids.size()) : 1;
}

UnpublishCause cause_of(webrtc::PeerEnd why) {
  switch (why) {
    case webrtc::PeerEnd::closed_by_remote: return UnpublishCause::encoder_finished;
    case webrtc::PeerEnd::server_stopping: return UnpublishCause::server_stopping;
    default: return UnpublishCause::connection_lost;
  }
}

}  // namespace

WhipConnection::WhipConnection(const IngestContext& context, io::Reactor& reactor, io::Scope& scope,
                               WhipIngest::Offer& offer)
    : context_(context),
      reactor_(reactor),
      scope_(scope),
      timer_(reactor.executor()),
      grant_(std::move(offer.grant)),
      over_(std::move(offer.over)),
      encoder_(std::move(offer.encoder)),
      our_ssrc_(static_cast<std::uint32_t>(system_random().u64()) | 1U),
      feed_(layers_of(offer.plan)) {
  if (const auto& video = offer.plan.video) {
    video_extensions_ = video->extensions;
    for (std::size_t layer = 0; layer < layers_of(offer.plan); ++layer) {
      pictures_.push_back({.rid = video->rids.empty() ? std::string() : video->rids[layer],
                           .receiver = receiver_for(*video),
                           .keyframes = webrtc::KeyframeRequests(context.settings.webrtc.keyframe_interval),
                           .last_packet = {}});
    }
  }
  if (offer.plan.audio) audio_.emplace(receiver_for(*offer.plan.audio));
  for (const auto* media : {&offer.plan.video, &offer.plan.audio})
    if (*media && (*media)->transport_cc) transport_cc_id_ = (*media)->extensions.transport_cc;
}

void WhipConnection::start(std::shared_ptr<webrtc::Peer> peer) {
  peer_ = std::move(peer);
}

void WhipConnection::dismiss(UnpublishCause cause) {
  reactor_.post([weak = weak_from_this(), cause] {
    if (const auto self = weak.lock()) self->end(cause);
  });
}

bool WhipConnection::request_keyframe(std::size_t layer) {
  if (layer >= pictures_.size()) return false;  // How many there are never changes.
  reactor_.post([weak = weak_from_this(), layer] {
    if (const auto self = weak.lock()) self->pictures_[layer].keyframes.need();
  });
  return true;
}

void WhipConnection::end(UnpublishCause cause) {
  if (std::exchange(ended_, true)) return;
  const auto self = shared_from_this();  // What follows may drop the last other hold on us.
  log::info("whip.ended", {{"publish_id", grant_.publish_id}, {"cause", name_of(cause)}});
  timer_.cancel();
  if (ticket_) context_.directory.close(*std::exchange(ticket_, std::nullopt), cause);
  if (const auto peer = std::exchange(peer_, nullptr)) peer->close();
  std::exchange(over_, nullptr)();
}

void WhipConnection::on_ended(webrtc::PeerEnd why) {
  log::info("whip.peer_ended", {{"publish_id", grant_.publish_id}, {"why", webrtc::name_of(why)}});
  end(cause_of(why));
}

void WhipConnection::refuse(const Error& error) {
  log::info("whip.refused",
            {{"publish_id", grant_.publish_id}, {"reason", error.reason}, {"detail", error.detail}});
  context_.metrics.refused(error.reason);
  end(UnpublishCause::connection_lost);
}

void WhipConnection::on_ready(webrtc::Peer& peer) {
  log::info(
      "whip.connected",
      {{"stream_id", grant_.stream_id.value}, {"publish_id", grant_.publish_id}, {"remote", peer.remote()}});
  last_frame_ = context_.clock.monotonic();
  events_.emplace_back(EncoderInfo{.encoder = encoder_,
                                   .frame_rate = 0,
                                   .has_video = !pictures_.empty(),
                                   .has_audio = audio_.has_value(),
                                   .layers = std::max<std::size_t>(1, pictures_.size())});
  scope_.spawn([self = shared_from_this()] { return self->take_over(); });
  schedule_tick();
}

// The stream changes hands now that media can flow.
Task<void> WhipConnection::take_over() {
  auto ticket = co_await context_.directory.open(grant_, shared_from_this());
  if (!ticket) {
    refuse(ticket.error());
    co_return;
  }
  if (ended_) {
    context_.directory.close(*ticket, UnpublishCause::connection_lost);
    co_return;
  }
  ticket_ = *ticket;
  hand_over();
}

// RFC 8852: a packet names its size, or the one it repairs, at least until we have reported on its source.
WhipConnection::Picture* WhipConnection::picture_of(const rtp::Packet& packet) {
  if (pictures_.size() == 1) return &pictures_.front();
  const std::uint32_t ssrc = packet.header.ssrc;
  for (Picture& picture : pictures_)
    if (ssrc == picture.receiver.ssrc() || ssrc == picture.receiver.rtx_ssrc()) return &picture;
  for (const std::uint8_t id : {video_extensions_.rid, video_extensions_.repaired_rid}) {
    const auto named = id != 0 ? packet.find_extension(id) : std::nullopt;
    if (!named) continue;
    const auto found = std::ranges::find(pictures_, as_text(*named), &Picture::rid);
    if (found != pictures_.end()) return &*found;
  }
  return nullptr;
}

webrtc::RtpReceiver* WhipConnection::receiver_of(const rtp::Packet& packet, MonoTime now) {
  using Kind = webrtc::RtpReceiver::Kind;
  if (audio_ && audio_->kind_of(packet.header) != Kind::foreign) return &*audio_;
  Picture* picture = picture_of(packet);
  if (picture == nullptr) return nullptr;
  const Kind kind = picture->receiver.kind_of(packet.header);
  if (kind == Kind::media) picture->last_packet = now;
  return kind == Kind::foreign ? nullptr : &picture->receiver;
}

std::vector<webrtc::RtpReceiver*> WhipConnection::receivers() {
  std::vector<webrtc::RtpReceiver*> all;
  for (Picture& picture : pictures_) all.push_back(&picture.receiver);
  if (audio_) all.push_back(&*audio_);
  return all;
}

void WhipConnection::on_rtp(ByteView bytes, MonoTime arrived) {
  if (ended_) return;
  context_.metrics.bytes_in.add(bytes.size());
  const auto packet = rtp::parse(bytes);
  webrtc::RtpReceiver* receiver = packet ? receiver_of(*packet, arrived) : nullptr;
  if (packet && transport_cc_id_ != 0) {
    if (const auto number = packet->find_extension(transport_cc_id_); number && number->size() == 2)
      arrivals_.on_packet(ByteReader(*number).u16(), arrived);
  }
  if (receiver == nullptr) {
    context_.metrics.whip_packets_refused.add();
    return;
  }
  if (receiver->take(*packet, arrived)) drain(arrived);
  if (!ended_) send_feedback(arrived);
}

// What is in order becomes frames.
void WhipConnection::drain(MonoTime now) {
  const WallTime wall = context_.clock.now();
  const std::size_t before = events_.size();
  Result<void> taken;
  for (std::size_t layer = 0; taken && layer < pictures_.size(); ++layer)
    taken = drain_picture(layer, now, wall);
  while (taken && audio_) {
    const auto packet = audio_->pop(now);
    if (!packet) break;
    taken = feed_.take_audio(*packet, wall, events_);
  }
  if (!taken) return refuse(taken.error());
  if (events_.size() == before) return;
  last_frame_ = now;
  hand_over();
}

Result<void> WhipConnection::drain_picture(std::size_t layer, MonoTime now, WallTime wall) {
  Picture& picture = pictures_[layer];
  while (const auto packet = picture.receiver.pop(now))
    TRY_VOID(feed_.take_video(*packet, wall, events_, layer));
  const std::uint64_t keyframes = feed_.keyframes(layer);
  if (std::exchange(picture.keyframes_seen, keyframes) != keyframes) picture.keyframes.on_keyframe(now);
  const std::uint64_t b_frames = feed_.b_frames(layer);
  context_.metrics.whip_b_frames.add(b_frames - std::exchange(picture.b_frames_seen, b_frames));
  if (feed_.needs_keyframe(layer)) picture.keyframes.need();
  return {};
}

void WhipConnection::hand_over() {
  if (events_.size() > kPendingEventsMax) {
    context_.metrics.queue_drops.add(events_.size());
    std::erase_if(events_, [](const MediaEvent& event) { return std::holds_alternative<Sample>(event); });
    feed_.need_keyframe();
  }
  if (!ticket_ || pumping_ || events_.empty()) return;
  pumping_ = true;
  scope_.spawn([self = shared_from_this()] { return self->pump(); });
}

Task<void> WhipConnection::pump() {
  while (ticket_ && !events_.empty()) {
    const bool taken = co_await context_.directory.deliver(*ticket_, std::exchange(events_, {}));
    if (!taken) end(UnpublishCause::taken_over);
  }
  pumping_ = false;
}

void WhipConnection::on_rtcp(ByteView packet, MonoTime arrived) {
  rtcp::Reader reader(packet);
  while (const auto message = reader.next()) {
    if (const auto* told = std::get_if<rtcp::SenderReport>(&*message)) on(*told, arrived);
    if (const auto* told = std::get_if<rtcp::ExtendedReport>(&*message)) on(*told);
  }
  if (reader.failed()) context_.metrics.whip_packets_refused.add();
}

void WhipConnection::on(const rtcp::SenderReport& report, MonoTime now) {
  for (std::size_t layer = 0; layer < pictures_.size(); ++layer) {
    webrtc::RtpReceiver& receiver = pictures_[layer].receiver;
    if (receiver.ssrc() != report.ssrc) continue;
    receiver.on_sender_report(report, now);
    feed_.clock().on_sender_report(TrackKind::video, report.ntp, report.rtp_timestamp, layer);
  }
  if (audio_ && audio_->ssrc() == report.ssrc) {
    audio_->on_sender_report(report, now);
    feed_.clock().on_sender_report(TrackKind::audio, report.ntp, report.rtp_timestamp);
  }
}

// RFC 3611, 4.5: as long ago as we told our time, less what the sender kept it for.
void WhipConnection::on(const rtcp::ExtendedReport& report) {
  const std::uint32_t now =
      rtcp::compact_ntp(rtcp::ntp_from_unix_us(context_.clock.now().time_since_epoch().count()));
  for (const auto& delay : report.delays) {
    if (delay.ssrc != our_ssrc_ || delay.last_reference == 0) continue;
    const auto ticks = static_cast<std::int32_t>(now - delay.last_reference - delay.delay);
    if (ticks < 0) continue;
    round_trip_ = Duration(std::int64_t{ticks} * kUsPerSecond / kCompactSecond);
    for (webrtc::RtpReceiver* receiver : receivers()) receiver->on_round_trip(*round_trip_);
  }
}

void WhipConnection::schedule_tick() {
  timer_.expires_after(kTick);
  timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const auto self = weak.lock();
    if (!error && self) self->tick();
  });
}

void WhipConnection::tick() {
  if (ended_) return;
  const MonoTime now = context_.clock.monotonic();
  if (now - *last_frame_ > context_.settings.publisher_idle) {
    context_.metrics.refused("whip.idle");
    return end(UnpublishCause::connection_lost);
  }
  drain(now);
  if (ended_) return;
  send_feedback(now);
  schedule_tick();
}

void WhipConnection::send_feedback(MonoTime now) {
  for (Picture& picture : pictures_) ask_for_lost(picture.receiver, now);
  if (audio_) ask_for_lost(*audio_, now);
  ask_for_keyframes(now);
  tell_arrivals(now);
  if (!last_report_ || now - *last_report_ >= kReportInterval) report(now);
}

void WhipConnection::ask_for_lost(webrtc::RtpReceiver& receiver, MonoTime now) {
  rtcp::Nack nack{.sender_ssrc = our_ssrc_, .media_ssrc = receiver.ssrc(), .sequences = receiver.nacks(now)};
  if (nack.sequences.empty()) return;
  Bytes packet;
  append(nack, packet);
  peer_->send_rtcp(packet);
}

// All sizes together when it is time for one of them: so their segments begin with the same picture.
void WhipConnection::ask_for_keyframes(MonoTime now) {
  const auto is_stale = [now](const Picture& each) {
    return each.is_sent(now) && each.keyframes.is_stale(now);
  };
  if (pictures_.size() > 1 && std::ranges::any_of(pictures_, is_stale))
    for (Picture& picture : pictures_) picture.keyframes.join(now);
  for (Picture& picture : pictures_) {
    if (!picture.is_sent(now) || !picture.keyframes.due(now)) continue;
    Bytes packet;
    append(rtcp::PictureLoss{.sender_ssrc = our_ssrc_, .media_ssrc = picture.receiver.ssrc()}, packet);
    peer_->send_rtcp(packet);
    context_.metrics.whip_keyframe_requests.add();
  }
}

std::uint32_t WhipConnection::any_ssrc() {
  for (const webrtc::RtpReceiver* receiver : receivers())
    if (receiver->ssrc() != 0) return receiver->ssrc();
  return 0;
}

void WhipConnection::tell_arrivals(MonoTime now) {
  if (last_arrivals_ && now - *last_arrivals_ < webrtc::ArrivalLog::kInterval) return;
  last_arrivals_ = now;
  while (const auto feedback = arrivals_.take(our_ssrc_, any_ssrc())) {
    Bytes packet;
    append(*feedback, packet);
    peer_->send_rtcp(packet);
  }
}

void WhipConnection::report(MonoTime now) {
  last_report_ = now;
  rtcp::ReceiverReport report{.ssrc = our_ssrc_, .reports = {}};
  for (webrtc::RtpReceiver* receiver : receivers())
    if (const auto block = receiver->report(now)) report.reports.push_back(*block);
  const std::int64_t wall_us = context_.clock.now().time_since_epoch().count();
  Bytes packet;
  append(report, packet);
  append(rtcp::CanonicalName{.ssrc = our_ssrc_, .cname = "lusotown"}, packet);
  append(
      rtcp::ExtendedReport{.ssrc = our_ssrc_, .reference_ntp = rtcp::ntp_from_unix_us(wall_us), .delays = {}},
      packet);
  peer_->send_rtcp(packet);
  events_.emplace_back(facts());
  hand_over();
}

TransportFacts WhipConnection::facts() {
  TransportFacts facts;
  facts.is_lossy = true;
  for (const webrtc::RtpReceiver* receiver : receivers()) {
    const webrtc::RtpReceiver::Facts each = receiver->facts();
    facts.packets += each.packets;
    facts.packets_recovered += each.recovered;
    facts.packets_lost += each.lost;
    facts.loss = std::max(facts.loss, each.loss);
    facts.jitter = std::max(facts.jitter, each.jitter);
    if (!facts.round_trip) facts.round_trip = round_trip_ ? round_trip_ : each.round_trip;
  }
  facts.frames_dropped = feed_.frames_dropped();
  return facts;
}

}  // namespace luso::media
