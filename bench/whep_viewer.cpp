#include "whep_viewer.h"

#include <algorithm>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/random.h"
#include "base/text.h"
#include "flv_film.h"
#include "proto/rtcp.h"

namespace luso::bench {
namespace {

namespace rtcp = proto::rtcp;
namespace rtp = proto::rtp;
namespace sdp = proto::sdp;
namespace stun = proto::stun;

constexpr std::string_view kTransportCc =
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";
constexpr std::string_view kPlayoutDelay = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay";
constexpr std::uint32_t kPriority = 0x6e0001ff;
constexpr std::int64_t kCheckEveryUs = 100'000;
constexpr std::int64_t kConsentEveryUs = 2'500'000;
constexpr std::int64_t kConsentLostUs = 30'000'000;
constexpr std::int64_t kJoinMaxUs = 15'000'000;
constexpr std::int64_t kReportEveryUs = 1'000'000;
constexpr std::int64_t kFeedbackEveryUs = 100'000;
constexpr std::size_t kFeedbackMax = 1000;    // Packets one feedback tells of.
constexpr int kReceiveBufferBytes = 4 << 20;  // Seconds of a film: this tool may be kept waiting.

double ms(std::int64_t us) {
  return static_cast<double>(us) / 1000;
}

sdp::Format format(std::uint8_t type, std::string name, std::uint32_t rate, std::string parameters) {
  return {.payload_type = type,
          .name = std::move(name),
          .clock_rate = rate,
          .channels = 0,
          .parameters = std::move(parameters),
          .feedback = {"transport-cc"}};
}

const sdp::Format* find_format(const sdp::Media& media, std::string_view name) {
  const auto found = std::find_if(media.formats.begin(), media.formats.end(),
                                  [name](const sdp::Format& one) { return sdp::names_format(one, name); });
  return found == media.formats.end() ? nullptr : &*found;
}

// The type of the NAL unit that a payload carries or begins (RFC 6184, 5.2).
int nal_type_of(ByteView payload) {
  constexpr int kStapA = 24, kFuA = 28;
  if (payload.size() < 4) return 0;
  const int type = payload[0] & 31;
  if (type == kStapA) return payload[3] & 31;
  if (type == kFuA) return payload[1] & 31;
  return type;
}

}  // namespace

WhepViewer::WhepViewer(const WhepSettings& settings, WhepTally& tally, bool is_probe)
    : settings_(settings),
      tally_(tally),
      is_probe_(is_probe),
      began_us_(now_us()),
      ufrag_(system_random().hex(4)),
      password_(system_random().hex(12)),
      ssrc_(static_cast<std::uint32_t>(system_random().u64())) {
  http_ = std::make_unique<HttpExchange>(settings_.url, "POST", settings_.url.path, "application/sdp",
                                         write_offer());
}

WhepViewer::~WhepViewer() {
  if (udp_ >= 0) close(udp_);
}

// What Chromium offers to receive, without the formats that no server would choose.
std::string WhepViewer::write_offer() const {
  sdp::Media audio;
  audio.kind = sdp::Kind::audio;
  audio.kind_name = "audio";
  audio.mid = "0";
  audio.direction = sdp::Direction::recvonly;
  audio.rtcp_mux = audio.rtcp_rsize = true;
  audio.formats = {format(111, "opus", 48'000, "minptime=10;useinbandfec=1")};
  audio.formats.front().channels = 2;
  audio.extensions = {{.id = 3, .uri = std::string(kTransportCc)}};
  audio.transport.ice_ufrag = ufrag_;
  audio.transport.ice_pwd = password_;
  audio.transport.fingerprints = {{.hash = "sha-256", .digest = settings_.dtls->fingerprint()}};
  audio.transport.setup = sdp::Setup::actpass;

  sdp::Media video = audio;
  video.kind = sdp::Kind::video;
  video.kind_name = "video";
  video.mid = "1";
  video.formats = {
      format(102, "H264", 90'000, "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f"),
      format(103, "rtx", 90'000, "apt=102")};
  for (const auto* feedback : {"nack", "nack pli", "ccm fir"}) {
    video.formats.front().feedback.emplace_back(feedback);
  }
  video.extensions.push_back({.id = 4, .uri = std::string(kPlayoutDelay)});

  sdp::Session session;
  session.id = 4'611'731'400'430'051'336;
  session.version = 2;
  session.bundle = {"0", "1"};
  session.trickle = session.extmap_allow_mixed = true;
  session.media = {audio, video};
  return sdp::write(session);
}

void WhepViewer::fail(std::string why) {
  if (stage_ == Stage::failed) return;
  stage_ = Stage::failed;
  failure_ = std::move(why);
  http_.reset();
}

bool WhepViewer::on_http() {
  bool has_moved = false;
  const auto answer = http_->step(has_moved);
  if (!answer) return has_moved;
  http_.reset();
  if (stage_ == Stage::leaving) {
    stage_ = Stage::left;
  } else {
    take_answer(*answer);
  }
  return false;
}

void WhepViewer::take_answer(const HttpAnswer& answer) {
  tally_.join_answer_ms.add(ms(now_us() - began_us_));
  location_ = answer.location;
  if (answer.status != 201) return fail("http " + std::to_string(answer.status));
  const auto session = sdp::parse(answer.body);
  if (!session || !read_media(*session)) return fail("an answer without what a viewer needs");
  send_check(now_us());
}

bool WhepViewer::read_media(const sdp::Session& session) {
  if (session.media.empty()) return false;
  for (const sdp::Media& media : session.media) {
    const sdp::Format* video = find_format(media, "H264");
    const sdp::Format* rtx = find_format(media, "rtx");
    const sdp::Format* audio = find_format(media, "opus");
    if (video != nullptr) video_type_ = video->payload_type;
    if (rtx != nullptr) rtx_type_ = rtx->payload_type;
    if (audio != nullptr) audio_type_ = audio->payload_type;
    for (const auto& [id, uri] : media.extensions) {
      if (uri == kTransportCc) feedback_extension_ = id;
    }
  }
  const sdp::Transport& transport = session.media.front().transport;
  remote_ufrag_ = transport.ice_ufrag;
  remote_password_ = transport.ice_pwd;
  const auto candidate = std::find_if(
      transport.candidates.begin(), transport.candidates.end(),
      [](const sdp::Candidate& one) { return one.transport == "udp" && one.address == "127.0.0.1"; });
  const auto fingerprint = std::find_if(transport.fingerprints.begin(), transport.fingerprints.end(),
                                        [](const sdp::Fingerprint& one) { return one.hash == "sha-256"; });
  if (candidate == transport.candidates.end() || fingerprint == transport.fingerprints.end()) return false;
  dtls_ = std::make_unique<DtlsClient>(*settings_.dtls, fingerprint->digest,
                                       [this](ByteView datagram) { send(datagram); });

  udp_ = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(udp_, SOL_SOCKET, SO_RCVBUF, &kReceiveBufferBytes, sizeof kReceiveBufferBytes);
  setsockopt(udp_, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
  sockaddr_in server{};
  server.sin_family = AF_INET;
  server.sin_port = htons(candidate->port);
  server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  stage_ = Stage::ice;
  return connect(udp_, reinterpret_cast<sockaddr*>(&server), sizeof server) == 0;
}

void WhepViewer::send(ByteView datagram) const {
  // A full socket loses it, as a network would.
  static_cast<void>(::send(udp_, datagram.data(), datagram.size(), 0));
}

void WhepViewer::send_check(std::int64_t now_us) {
  system_random().fill(check_);
  stun::Builder check(stun::Class::request, check_);
  check.username(remote_ufrag_ + ":" + ufrag_).priority(kPriority).controlling(ssrc_).use_candidate();
  send(check.finish(remote_password_));
  next_check_us_ = now_us + (stage_ == Stage::ice ? kCheckEveryUs : kConsentEveryUs);
}

void WhepViewer::on_datagram(std::span<std::uint8_t> datagram, std::int64_t arrived_us) {
  if (datagram.empty() || stage_ == Stage::failed || stage_ == Stage::left) return;
  const unsigned first = datagram.front();  // RFC 7983
  if (first < 4) return on_stun(datagram, arrived_us);
  if (first >= 20 && first < 64) return on_dtls(datagram, arrived_us);
  if (!srtp_ || first < 128 || first >= 192) return;
  if (rtp::is_rtcp(datagram)) return on_rtcp(datagram, arrived_us);
  on_rtp(datagram, arrived_us);
}

void WhepViewer::on_stun(ByteView datagram, std::int64_t now_us) {
  const auto message = stun::parse(datagram);
  if (!message || message->kind != stun::Class::success || message->transaction != check_) return;
  if (!stun::verify_integrity(datagram, *message, remote_password_)) return;
  consent_us_ = now_us;
  if (stage_ != Stage::ice) return;
  tally_.join_ice_ms.add(ms(now_us - began_us_));
  stage_ = Stage::dtls;
  next_check_us_ = now_us + kConsentEveryUs;
  dtls_->start();
}

void WhepViewer::on_dtls(ByteView datagram, std::int64_t now_us) {
  if (stage_ == Stage::ice) return;
  dtls_->feed(datagram);
  if (dtls_->state() == DtlsClient::State::failed) return fail("dtls failed");
  if (dtls_->state() == DtlsClient::State::closed && stage_ == Stage::media)
    return fail("closed by the server");
  if (dtls_->state() != DtlsClient::State::ready || srtp_) return;
  srtp_ = dtls_->keys();
  ++tally_.profiles[dtls_->profile()];
  tally_.join_dtls_ms.add(ms(now_us - began_us_));
  stage_ = Stage::media;
  next_report_us_ = now_us + kReportEveryUs;
  next_feedback_us_ = now_us + kFeedbackEveryUs;
}

RtpReception& WhepViewer::reception_of(std::uint32_t ssrc, std::uint32_t clock_rate) {
  return receptions_.try_emplace(ssrc, ssrc, clock_rate).first->second;
}

void WhepViewer::on_rtp(std::span<std::uint8_t> datagram, std::int64_t arrived_us) {
  constexpr auto kRandomMax = std::uint64_t{1} << 20U;
  const auto dropped_of = static_cast<std::uint64_t>(settings_.drop_percent / 100 * kRandomMax);
  if (dropped_of > 0 && system_random().below(kRandomMax) < dropped_of) {
    tally_.dropped += static_cast<std::uint64_t>(tally_.on);
    return;
  }
  const auto header_bytes = rtp::header_bytes_of(datagram);
  if (!header_bytes) return;
  // The header alone: how long the padding is stands in the sealed part.
  Bytes head(datagram.begin(), datagram.begin() + static_cast<std::ptrdiff_t>(*header_bytes));
  head.front() &= 0xdfU;
  const auto packet = rtp::parse(head);
  if (!packet) return;
  const bool is_video = packet->header.payload_type == video_type_;
  const bool is_audio = packet->header.payload_type == audio_type_;
  if (tally_.on) {
    ++tally_.packets;
    tally_.bytes += datagram.size();
    tally_.video_packets += static_cast<std::uint64_t>(is_video);
    tally_.audio_packets += static_cast<std::uint64_t>(is_audio);
    tally_.audio_bytes += is_audio ? datagram.size() : 0;
  }
  if (!has_media_) tally_.join_media_ms.add(ms(arrived_us - began_us_));
  has_media_ = true;
  if (const auto number = packet->find_extension(feedback_extension_); number && number->size() == 2) {
    if (arrivals_.size() < kFeedbackMax) arrivals_[(*number)[0] << 8U | (*number)[1]] = arrived_us;
  }
  if (packet->header.payload_type == rtx_type_) return on_retransmission(datagram, arrived_us);
  reception_of(packet->header.ssrc, is_video ? rtp::kVideoClockRate : rtp::kAudioClockRate)
      .take(packet->header.sequence, arrived_us);
  if (is_video) on_video(*packet, arrived_us);
  if (!is_probe_) return;
  const auto opened = srtp_->open_rtp(datagram);
  if (!opened) {
    ++tally_.not_authentic;
    return;
  }
  if (is_video && !has_picture_) look_for_picture(datagram.first(*opened), arrived_us);
}

void WhepViewer::on_video(const rtp::Packet& packet, std::int64_t arrived_us) {
  video_ssrc_ = packet.header.ssrc;
  if (!packet.header.marker) return;
  behind_us_ = reception_of(video_ssrc_, rtp::kVideoClockRate).behind_us(packet.header.timestamp, arrived_us);
  const std::int64_t gap = arrived_us - std::exchange(picture_at_us_, arrived_us);
  if (!tally_.on) return;
  ++tally_.frames;
  if (gap == arrived_us) return;  // The first.
  tally_.gap_ms.add(ms(gap));
  tally_.freezes += static_cast<std::uint64_t>(gap > WhepTally::kFreezeUs);
}

// The first keyframe, when its last packet is there: what a decoder needs for a picture.
void WhepViewer::look_for_picture(ByteView opened, std::int64_t arrived_us) {
  const auto packet = rtp::parse(opened);
  if (!packet) return;
  constexpr int kIdr = 5, kSps = 7;
  const int type = nal_type_of(packet->payload);
  if (!keyframe_ && (type == kIdr || type == kSps)) keyframe_ = packet->header.timestamp;
  if (!keyframe_ || *keyframe_ != packet->header.timestamp || !packet->header.marker) return;
  has_picture_ = true;
  first_picture_us_ = arrived_us;
  tally_.join_picture_ms.add(ms(arrived_us - began_us_));
}

// Which packet it repeats is sealed (RFC 4588, 4).
void WhepViewer::on_retransmission(std::span<std::uint8_t> datagram, std::int64_t now_us) {
  const auto opened = srtp_->open_rtp(datagram);
  const auto packet = opened ? rtp::parse(datagram.first(*opened)) : tl::unexpected(Error{});
  if (!packet) {
    ++tally_.not_authentic;
    return;
  }
  const auto repeated = rtp::unwrap_rtx(*packet);
  if (!repeated) return;  // A probe of the bandwidth.
  tally_.retransmitted += static_cast<std::uint64_t>(tally_.on);
  if (video_ssrc_ != 0)
    reception_of(video_ssrc_, rtp::kVideoClockRate).take(repeated->original_sequence, now_us);
}

void WhepViewer::on_rtcp(std::span<std::uint8_t> datagram, std::int64_t now_us) {
  const auto opened = srtp_->open_rtcp(datagram);
  if (!opened) {
    ++tally_.not_authentic;
    return;
  }
  rtcp::Reader reader(datagram.first(*opened));
  while (const auto message = reader.next()) {
    const auto* report = std::get_if<rtcp::SenderReport>(&*message);
    if (report == nullptr) continue;
    tally_.sender_reports += static_cast<std::uint64_t>(tally_.on);
    const auto reception = receptions_.find(report->ssrc);
    if (reception != receptions_.end()) reception->second.take_sender_report(*report, now_us);
  }
}

void WhepViewer::send_rtcp(Bytes packet) {
  srtp_->seal_rtcp(packet);
  send(packet);
}

void WhepViewer::send_reports(std::int64_t now_us) {
  next_report_us_ = now_us + kReportEveryUs;
  rtcp::ReceiverReport report{.ssrc = ssrc_, .reports = {}};
  for (auto& [ssrc, reception] : receptions_) report.reports.push_back(reception.report(now_us));
  Bytes packet;
  rtcp::append(report, packet);
  send_rtcp(std::move(packet));
}

void WhepViewer::send_feedback(std::int64_t now_us) {
  next_feedback_us_ = now_us + kFeedbackEveryUs;
  if (arrivals_.empty()) return;
  rtcp::TransportFeedback feedback;
  feedback.sender_ssrc = ssrc_;
  feedback.media_ssrc = video_ssrc_;
  feedback.feedback_count = feedback_count_++;
  feedback.base_sequence = arrivals_.begin()->first;
  const unsigned count = arrivals_.rbegin()->first - feedback.base_sequence + 1U;
  const auto first_us =
      std::min_element(arrivals_.begin(), arrivals_.end(), [](const auto& a, const auto& b) {
        return a.second < b.second;
      })->second;
  constexpr std::int64_t kLap = std::int64_t{1} << 24U;  // Of the reference time on the wire.
  constexpr std::int64_t kStep = rtcp::TransportFeedback::kReferenceUs;
  const std::int64_t reference_us = first_us / kStep * kStep;
  feedback.reference_us = first_us / kStep % kLap * kStep;
  feedback.count = static_cast<std::uint16_t>(count);
  for (const auto& [sequence, at_us] : arrivals_) {
    feedback.arrivals.push_back(
        {.sequence = sequence, .at_us = feedback.reference_us + (at_us - reference_us)});
  }
  arrivals_.clear();
  if (count > kFeedbackMax) return;  // The numbers wrapped: tell of the next ones.
  Bytes packet;
  rtcp::append(feedback, packet);
  send_rtcp(std::move(packet));
}

void WhepViewer::send_nacks(std::int64_t now_us) {
  const auto video = receptions_.find(video_ssrc_);
  for (auto& [ssrc, reception] : receptions_) {
    for (const double recovery : reception.take_recoveries()) {
      if (tally_.on) tally_.recovery_ms.add(recovery);
    }
    if (!settings_.asks_again || ssrc != video_ssrc_) reception.give_up_old(now_us);
  }
  if (!settings_.asks_again || video == receptions_.end() || video->second.waiting() == 0) return;
  const rtcp::Nack nack{
      .sender_ssrc = ssrc_, .media_ssrc = video_ssrc_, .sequences = video->second.due(now_us)};
  if (nack.sequences.empty()) return;
  Bytes packet;
  rtcp::append(nack, packet);
  send_rtcp(std::move(packet));
}

void WhepViewer::tick(std::int64_t now_us) {
  if (stage_ == Stage::left || stage_ == Stage::failed || stage_ == Stage::leaving) return;
  if (stage_ != Stage::media && now_us - began_us_ > kJoinMaxUs) return fail("no connection");
  if (stage_ == Stage::answer) return;
  if (now_us >= next_check_us_) send_check(now_us);
  if (stage_ == Stage::dtls) dtls_->tick();
  if (stage_ != Stage::media) return;
  if (now_us - consent_us_ > kConsentLostUs) return fail("consent lost");
  if (now_us >= next_report_us_) send_reports(now_us);
  if (feedback_extension_ != 0 && now_us >= next_feedback_us_) send_feedback(now_us);
  send_nacks(now_us);
  const bool is_enough = has_picture_ && now_us - first_picture_us_ > settings_.leave_after_us;
  if (settings_.leave_after_us > 0 && is_enough) leave();
}

void WhepViewer::leave() {
  if (stage_ == Stage::failed || stage_ == Stage::left || stage_ == Stage::leaving) return;
  if (dtls_) dtls_->close();
  stage_ = location_.empty() ? Stage::left : Stage::leaving;
  if (stage_ == Stage::leaving) {
    http_ = std::make_unique<HttpExchange>(settings_.url, "DELETE", location_, "", "");
  }
}

RtpReception::Counts WhepViewer::video_counts() const {
  const auto video = receptions_.find(video_ssrc_);
  return video == receptions_.end() ? RtpReception::Counts{} : video->second.counts;
}

}  // namespace luso::bench
