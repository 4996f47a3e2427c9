#include "media/webrtc/peer_agent.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/log.h"

namespace luso::media::webrtc {

namespace srtp = proto::srtp;
namespace stun = proto::stun;

namespace {

constexpr std::size_t kRtpBytesMin = 12;

// RFC 7983, 7; RFC 5761, 4: an RTCP packet's second byte is its type.
bool is_dtls(std::uint8_t first) {
  return first >= 20 && first <= 63;
}

bool is_media(std::uint8_t first) {
  return first >= 128 && first <= 191;
}

bool is_rtcp(std::uint8_t second) {
  return second >= 192 && second <= 223;
}

Drop drop_of(srtp::Opener::Refusal refusal) {
  switch (refusal) {
    case srtp::Opener::Refusal::malformed: return Drop::malformed_media;
    case srtp::Opener::Refusal::forged: return Drop::forged_media;
    case srtp::Opener::Refusal::replayed: return Drop::replayed_media;
    case srtp::Opener::Refusal::too_many_sources: return Drop::too_many_sources;
  }
  return Drop::malformed_media;
}

double seconds(MonoTime::duration duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace

// One step of the handshake, there and back.
struct PeerAgent::DtlsWork {
  std::vector<Bytes> input;
  bool timed_out = false;
  std::vector<Bytes> output = {};
  Dtls::State state = Dtls::State::handshaking;
  std::optional<Dtls::Keys> keys = {};
  std::optional<Duration> until_timeout = {};
  std::string failure = {};
};

PeerAgent::PeerAgent(PeerHost& host, PeerOptions options, PeerListener& listener)
    : host_(host),
      listener_(listener),
      options_(std::move(options)),
      ice_(host.tools().random),
      opened_(host.tools().clock.monotonic()) {
  host_.add_fragment(ice_.credentials().ufrag, *this);
}

IceCredentials PeerAgent::restart_ice() {
  if (closed_) return ice_.credentials();
  host_.drop_fragment(ice_.credentials().ufrag);
  ice_.restart(host_.tools().random);
  host_.add_fragment(ice_.credentials().ufrag, *this);
  host_.add_fragment(ice_.old_credentials().ufrag, *this);
  return ice_.credentials();
}

bool PeerAgent::on_check(ByteView datagram, const stun::Message& message, const Route& route, MonoTime now) {
  const std::string old_fragment = ice_.old_credentials().ufrag;
  const IceLite::Outcome outcome = ice_.check(datagram, message, route, now);
  if (!outcome.valid) return false;
  if (outcome.route_dropped) host_.drop_route(*outcome.route_dropped, *this);
  if (outcome.route_is_new) host_.add_route(route, *this);
  if (outcome.restarted) host_.drop_fragment(old_fragment);
  if (outcome.moved) host_.tools().metrics.moves.add();
  send_datagram(outcome.answer, route);
  // The remote wants to be the DTLS server: ours is the first word, now that there is a way to it.
  if (options_.setup == proto::sdp::Setup::passive && !dtls_ && !stepping_ && ice_.selected() != nullptr) {
    dtls_began_ = now;
    step_dtls(false);
  }
  return true;
}

void PeerAgent::on_route_lost(const Route& route) {
  ice_.forget(route);
}

void PeerAgent::send_datagram(ByteView datagram, const Route& route) {
  if (!route.is_tcp()) {
    host_.udp().send(route.udp, datagram);
    return;
  }
  TcpLink* const link = host_.find_link(route);
  if (link != nullptr && link->send(datagram)) host_.flush_later(*link);
}

void PeerAgent::on_packet(std::span<std::uint8_t> packet, const Route& route, MonoTime arrived) {
  if (packet.empty()) return;
  if (is_dtls(packet[0])) {
    on_dtls(packet, arrived);
  } else if (is_media(packet[0])) {
    on_media(packet, route, arrived);
  } else {
    host_.tools().metrics.dropped(Drop::not_webrtc);
  }
}

void PeerAgent::on_dtls(ByteView datagram, MonoTime now) {
  if (alerts_) {
    if (alerts_->ends(datagram)) end(PeerEnd::closed_by_remote);
    return;
  }
  if (dtls_waiting_.size() == kDtlsWaitingMax) {
    host_.tools().metrics.dropped(Drop::dtls_flood);
    return;
  }
  if (!dtls_began_) dtls_began_ = now;
  dtls_waiting_.emplace_back(datagram.begin(), datagram.end());
  step_dtls(false);
}

// Public-key work has no place between packets: it goes to the blocking pool, one step at a time.
void PeerAgent::step_dtls(bool timed_out) {
  if (stepping_) return;
  auto work =
      std::make_shared<DtlsWork>(DtlsWork{.input = std::exchange(dtls_waiting_, {}), .timed_out = timed_out});
  const PeerHost::Tools& tools = host_.tools();
  const bool queued = tools.reactors.post_blocking(
      [self = shared_from_this(), work, identity = tools.identity, &reactor = tools.reactor] {
        if (!self->dtls_) {
          const auto role =
              self->options_.setup == proto::sdp::Setup::passive ? Dtls::Role::client : Dtls::Role::server;
          self->dtls_ = std::make_unique<Dtls>(identity, role, self->options_.fingerprints);
          self->dtls_->start();
        }
        Dtls& dtls = *self->dtls_;
        if (work->timed_out) dtls.on_timeout();
        for (const Bytes& datagram : work->input) dtls.feed(datagram);
        work->output = dtls.take_output();
        work->state = dtls.state();
        work->keys = dtls.keys();
        work->until_timeout = dtls.until_timeout();
        work->failure = dtls.failure();
        reactor.post([self, work] { self->on_dtls_step(*work); });
      });
  stepping_ = queued;
  if (!queued) host_.tools().metrics.dropped(Drop::dtls_flood);
}

void PeerAgent::on_dtls_step(DtlsWork& work) {
  stepping_ = false;
  if (closed_) return;
  const MonoTime now = host_.tools().clock.monotonic();
  dtls_timeout_.reset();
  if (work.until_timeout) dtls_timeout_ = now + *work.until_timeout;
  if (const Route* const route = ice_.selected(); route != nullptr) {
    for (const Bytes& datagram : work.output) send_datagram(datagram, *route);
    host_.flush();
  }
  switch (work.state) {
    case Dtls::State::handshaking: break;
    case Dtls::State::established:
      if (!sealer_) become_ready(*work.keys);
      break;
    case Dtls::State::closed_by_remote: end(PeerEnd::closed_by_remote); return;
    case Dtls::State::wrong_certificate: end(PeerEnd::wrong_certificate); return;
    case Dtls::State::failed:
      log::info("webrtc.dtls_failed", {{"remote", remote()}, {"error", work.failure}});
      end(sealer_ ? PeerEnd::closed_by_remote : PeerEnd::handshake_failed);
      return;
  }
  if (!closed_ && !dtls_waiting_.empty()) step_dtls(false);
}

void PeerAgent::become_ready(const Dtls::Keys& keys) {
  const MonoTime now = host_.tools().clock.monotonic();
  sealer_.emplace(keys.profile, keys.ours);
  opener_.emplace(keys.profile, keys.theirs);
  host_.tools().metrics.handshake_s.observe(seconds(now - dtls_began_.value_or(now)));
  host_.connected(*this);
  listener_.on_ready(*this);
}

// Nobody who has not seen our last flight has the keys to say something.
void PeerAgent::retire_dtls() {
  if (!dtls_ || stepping_) return;
  alerts_ = dtls_->alerts();
  if (alerts_) dtls_.reset();
}

void PeerAgent::on_media(std::span<std::uint8_t> packet, const Route& route, MonoTime arrived) {
  TransportMetrics& metrics = host_.tools().metrics;
  if (!opener_ || packet.size() < kRtpBytesMin) {
    metrics.dropped(opener_ ? Drop::malformed_media : Drop::early_media);
    return;
  }
  const bool rtcp = is_rtcp(packet[1]);
  const auto opened = rtcp ? opener_->open_rtcp(packet) : opener_->open_rtp(packet);
  if (!opened) {
    metrics.dropped(drop_of(opened.error()));
    return;
  }
  retire_dtls();
  ice_.heard(route, arrived);
  ++stats_.packets_in;
  stats_.bytes_in += packet.size();
  if (rtcp) {
    listener_.on_rtcp(*opened, arrived);
  } else {
    listener_.on_rtp(*opened, arrived);
  }
}

void PeerAgent::tick(MonoTime now) {
  if (closed_) return;
  const PeerHost::Tools& tools = host_.tools();
  if (!sealer_) {
    if (now - opened_ > tools.handshake_deadline) {
      end(PeerEnd::never_connected);
      return;
    }
    if (dtls_timeout_ && now >= *dtls_timeout_ && !stepping_) {
      dtls_timeout_.reset();
      step_dtls(true);
    }
    return;
  }
  if (now - ice_.last_heard().value_or(opened_) > tools.consent) end(PeerEnd::consent_expired);
}

std::string PeerAgent::remote() const {
  const Route* const route = ice_.selected();
  return route != nullptr ? text_of(*route) : std::string();
}

bool PeerAgent::is_tcp() const {
  const Route* const route = ice_.selected();
  return route != nullptr && route->is_tcp();
}

void PeerAgent::begin() {
  way_ = Way::none;
  const Route* const route = closed_ ? nullptr : ice_.selected();
  if (route == nullptr) return;
  if (!route->is_tcp()) {
    way_ = Way::udp;
    host_.udp().begin(route->udp);
    return;
  }
  link_ = host_.find_link(*route);
  if (link_ != nullptr) way_ = Way::tcp;
}

std::span<std::uint8_t> PeerAgent::room(std::size_t bytes_max) {
  std::span<std::uint8_t> room;
  if (way_ == Way::udp) room = host_.udp().room(bytes_max);
  if (way_ == Way::tcp) room = link_->room(bytes_max);
  if (room.empty()) ++stats_.packets_dropped;
  return room;
}

void PeerAgent::add(std::size_t bytes) {
  if (bytes == 0) return;
  ++stats_.packets_out;
  stats_.bytes_out += bytes;
  if (way_ == Way::udp) {
    host_.udp().add(bytes);
  } else {
    link_->add(bytes);
    host_.flush_later(*link_);
  }
}

srtp::Sealer& PeerAgent::sealer() {
  LUSO_CHECK(sealer_.has_value());
  return *sealer_;
}

Peer::WorkingSet PeerAgent::working_set() const {
  LUSO_CHECK(sealer_.has_value());
  const auto [transform, cipher, sources] = sealer_->working_set();
  return {MemoryPiece{.at = this, .bytes = sizeof *this}, transform, cipher, sources};
}

bool PeerAgent::is_congested() const {
  const Route* const route = closed_ ? nullptr : ice_.selected();
  if (route == nullptr) return true;
  if (!route->is_tcp()) return host_.udp().is_congested();
  const TcpLink* const link = host_.find_link(*route);
  return link == nullptr || link->waiting() > TcpLink::kOutputBytesMax / 2;
}

bool PeerAgent::send_rtp(ByteView packet) {
  if (!is_ready() || packet.size() < kRtpBytesMin) return false;
  std::size_t header = kRtpBytesMin + std::size_t{4} * (packet[0] & 0x0FU);
  if ((packet[0] & 0x10U) != 0 && packet.size() >= header + 4) {
    header += 4 + std::size_t{4} * (std::size_t{packet[header + 2]} << 8U | packet[header + 3]);
  }
  if (header > packet.size()) return false;
  begin();
  const auto into = room(packet.size() + srtp::kRtpOverheadMax);
  if (into.empty()) return false;
  const std::size_t bytes = sealer_->seal_rtp(packet.first(header), packet.subspan(header), into);
  add(bytes);
  return bytes > 0;
}

bool PeerAgent::send_rtcp(ByteView packet) {
  if (!is_ready()) return false;
  begin();
  const auto into = room(packet.size() + srtp::kRtcpOverheadMax);
  if (into.empty()) return false;
  const std::size_t bytes = sealer_->seal_rtcp(packet, into);
  add(bytes);
  return bytes > 0;
}

std::vector<Bytes> PeerAgent::last_words() {
  if (alerts_) return {alerts_->close_notify()};
  if (!dtls_ || stepping_) return {};
  dtls_->close();
  return dtls_->take_output();
}

// Says goodbye and leaves the port's tables.
void PeerAgent::leave() {
  closed_ = true;
  const Route* const route = ice_.selected();
  if (route != nullptr) {
    for (const Bytes& datagram : last_words()) send_datagram(datagram, *route);
    host_.flush();
  }
  way_ = Way::none;
  host_.remove(*this);
}

void PeerAgent::close() {
  if (closed_) return;
  const auto self = shared_from_this();  // The port's may be the last but this one.
  leave();
}

void PeerAgent::end(PeerEnd cause) {
  if (closed_) return;
  const auto self = shared_from_this();
  host_.tools().metrics.ended(cause);
  leave();
  listener_.on_ended(cause);
}

}  // namespace luso::media::webrtc
