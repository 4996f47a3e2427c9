#include "media/webrtc/negotiation.h"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

#include "base/text.h"

namespace luso::media::webrtc {
namespace {

namespace sdp = proto::sdp;

constexpr std::uint32_t kVideoClock = 90'000;
constexpr std::uint32_t kOpusClock = 48'000;
constexpr std::size_t kMidBytesMax = 16;  // As much as a one-byte header extension holds (RFC 8285, 4.2).
// RFC 8839, 5.4: 4 to 256 characters, 22 to 256.
constexpr std::size_t kUfragBytesMin = 4, kPwdBytesMin = 22, kCredentialBytesMax = 256;

tl::unexpected<Error> bad_offer(std::string detail) {
  return fail(ErrorKind::invalid, "webrtc.bad_offer", std::move(detail));
}

bool is_there(const sdp::Media& media) {
  return media.port != 0 || media.bundle_only;
}

bool is_rtp(const sdp::Media& media) {
  return media.protocol.ends_with("RTP/SAVPF");
}

bool wants_to_receive(const sdp::Media& media) {
  return media.direction == sdp::Direction::recvonly || media.direction == sdp::Direction::sendrecv;
}

bool wants_to_send(const sdp::Media& media) {
  return media.direction == sdp::Direction::sendonly || media.direction == sdp::Direction::sendrecv;
}

bool is_bundled(const sdp::Session& offer, const sdp::Media& media) {
  return std::ranges::find(offer.bundle, media.mid) != offer.bundle.end();
}

// RFC 8829 lets an offer leave out some of this; nothing that speaks WHIP or WHEP does.
Result<void> check_media(const sdp::Session& offer, const sdp::Media& media) {
  if (media.mid.empty() || media.mid.size() > kMidBytesMax) return bad_offer("mid");
  if (!is_rtp(media)) return bad_offer("not RTP over DTLS: " + media.protocol);
  if (!media.rtcp_mux) return bad_offer("without rtcp-mux");
  if (offer.media.size() > 1 && !is_bundled(offer, media)) return bad_offer("not bundled");
  return {};
}

bool is_between(const std::string& text, std::size_t min, std::size_t max) {
  return text.size() >= min && text.size() <= max;
}

// Of a bundle everybody uses the transport of the first media (RFC 9143, 7.3.1).
Result<RemoteTransport> remote_of(const sdp::Session& offer) {
  const auto first = std::ranges::find_if(offer.media, is_there);
  if (first == offer.media.end()) return bad_offer("no media");
  const sdp::Transport& transport = first->transport;
  if (!is_between(transport.ice_ufrag, kUfragBytesMin, kCredentialBytesMax)) return bad_offer("ice-ufrag");
  if (!is_between(transport.ice_pwd, kPwdBytesMin, kCredentialBytesMax)) return bad_offer("ice-pwd");
  if (transport.fingerprints.empty()) return bad_offer("no fingerprint");
  const sdp::Setup setup = transport.setup.value_or(sdp::Setup::actpass);
  if (setup == sdp::Setup::holdconn) return bad_offer("setup");
  return RemoteTransport{.ice_ufrag = transport.ice_ufrag,
                         .ice_pwd = transport.ice_pwd,
                         .fingerprints = transport.fingerprints,
                         .setup = setup};
}

std::uint8_t id_of(const sdp::Media& media, std::string_view uri) {
  const auto found = std::ranges::find(media.extensions, uri, &sdp::Extension::uri);
  // One-byte headers have ids 1 to 14 (RFC 8285, 4.2): we write no others.
  return found != media.extensions.end() && found->id <= 14 ? found->id : std::uint8_t{0};
}

struct Wanted {
  std::string_view uri;
  std::uint8_t Extensions::* id;
};

constexpr std::array<Wanted, 4> kSent{{{extension::kMid, &Extensions::mid},
                                       {extension::kTransportCc, &Extensions::transport_cc},
                                       {extension::kPlayoutDelay, &Extensions::playout_delay},
                                       {extension::kAbsCaptureTime, &Extensions::abs_capture_time}}};
constexpr std::array<Wanted, 5> kReceived{{{extension::kMid, &Extensions::mid},
                                           {extension::kRid, &Extensions::rid},
                                           {extension::kRepairedRid, &Extensions::repaired_rid},
                                           {extension::kTransportCc, &Extensions::transport_cc},
                                           {extension::kAbsCaptureTime, &Extensions::abs_capture_time}}};

template <std::size_t Count>
void agree_on_extensions(const sdp::Media& offered, const std::array<Wanted, Count>& wanted,
                         sdp::Media& answer, Extensions& agreed) {
  for (const Wanted& want : wanted) {
    const std::uint8_t id = id_of(offered, want.uri);
    if (id == 0) continue;
    agreed.*want.id = id;
    answer.extensions.push_back({.id = id, .uri = std::string(want.uri)});
  }
}

const sdp::Format* rtx_of(const sdp::Media& media, const sdp::Format& format) {
  for (const sdp::Format& candidate : media.formats) {
    if (!sdp::names_format(candidate, "rtx")) continue;
    const auto apt = sdp::parameter_of(candidate, "apt");
    if (apt && parse_integer<std::uint8_t>(*apt) == format.payload_type) return &candidate;
  }
  return nullptr;
}

bool is_opus(const sdp::Format& format) {
  return sdp::names_format(format, "opus") && format.clock_rate == kOpusClock;
}

// profile_idc, the first byte of profile-level-id (RFC 6184, 8.1).
std::optional<std::uint8_t> h264_profile_of(const sdp::Format& format) {
  const auto said = sdp::parameter_of(format, "profile-level-id");
  if (!said) return std::uint8_t{66};  // The default is Baseline.
  const auto bytes = hex_decode(ascii_lower(*said));
  if (!bytes || bytes->size() != 3) return std::nullopt;
  return bytes->front();
}

// How well what a browser offers fits a stream of this profile; 0: not at all. A decoder of a higher profile
// takes the lower ones. The other way round is worth a try in last place: Firefox offers the constrained
// baseline alone and its decoder plays Main and High, too.
int fitness(std::uint8_t offered, std::uint8_t sent) {
  const auto rank = [](std::uint8_t idc) {
    switch (idc) {
      case 66: return 1;
      case 77: return 2;
      case 100: return 3;
      case 110: return 4;
      case 122: return 5;
      case 244: return 6;
      default: return 0;
    }
  };
  const int has = rank(offered);
  const int needs = rank(sent);
  if (has == 0 || needs == 0) return 0;
  constexpr int kExact = 40, kHigher = 30, kLower = 10, kTenBitsAndMore = 4;
  if (has == needs) return kExact;
  if (has > needs) return kHigher - (has - needs);
  return needs >= kTenBitsAndMore ? 0 : kLower - (needs - has);
}

bool is_h264_mode_1(const sdp::Format& format) {
  return sdp::names_format(format, "H264") && format.clock_rate == kVideoClock &&
         sdp::parameter_of(format, "packetization-mode") == "1";
}

const sdp::Format* choose_h264(const sdp::Media& media, std::uint8_t sent) {
  const sdp::Format* best = nullptr;
  int best_fitness = 0;
  for (const sdp::Format& format : media.formats) {
    const auto offered = is_h264_mode_1(format) ? h264_profile_of(format) : std::nullopt;
    const int fits = offered ? fitness(*offered, sent) : 0;
    if (fits > best_fitness) {
      best = &format;
      best_fitness = fits;
    }
  }
  return best;
}

// "profile-id" of RFC 7798, 7.1 and "profile" of the AV1 RTP specification, 7.2.1; absent: the main profile,
// which is 1 and 0. Other than the main profile a browser would have to say so.
const sdp::Format* choose_main_profile(const sdp::Media& media, std::string_view name,
                                       std::string_view parameter, std::string_view main_profile) {
  for (const sdp::Format& format : media.formats) {
    if (!sdp::names_format(format, name) || format.clock_rate != kVideoClock) continue;
    if (sdp::parameter_of(format, parameter).value_or(main_profile) == main_profile) return &format;
  }
  return nullptr;
}

const sdp::Format* choose_hevc(const sdp::Media& media) {
  return choose_main_profile(media, "H265", "profile-id", "1");
}

const sdp::Format* choose_av1(const sdp::Media& media) {
  return choose_main_profile(media, "AV1", "profile", "0");
}

const sdp::Format* choose_video(const sdp::Media& media, const proto::VideoTrack& track) {
  switch (track.codec) {
    case proto::Codec::h264:  // AVCDecoderConfigurationRecord: version, then the profile.
      return track.config.size() < 2 ? nullptr : choose_h264(media, track.config[1]);
    case proto::Codec::hevc: return choose_hevc(media);
    case proto::Codec::av1: return choose_av1(media);
    default: return nullptr;
  }
}

const sdp::Format* choose_opus(const sdp::Media& media) {
  const auto found = std::ranges::find_if(media.formats, is_opus);
  return found == media.formats.end() ? nullptr : &*found;
}

// Keeps what both sides do, in the order it was offered.
void agree_on_feedback(const sdp::Format& offered, MediaPlan& plan, sdp::Format& answer) {
  const bool has_transport_cc = plan.extensions.transport_cc != 0;
  const std::array<std::pair<std::string_view, bool*>, 4> known{{{"nack", &plan.nack},
                                                                 {"nack pli", &plan.pli},
                                                                 {"ccm fir", &plan.fir},
                                                                 {"transport-cc", &plan.transport_cc}}};
  for (const auto& [name, agreed] : known) {
    if (!sdp::has_feedback(offered, name)) continue;
    if (name == "transport-cc" && !has_transport_cc) continue;
    *agreed = true;
    answer.feedback.emplace_back(name);
  }
}

sdp::Media refused(const sdp::Media& offered) {
  sdp::Media answer;
  answer.kind = offered.kind;
  answer.kind_name = offered.kind_name;
  answer.port = 0;
  answer.protocol = offered.protocol;
  answer.other_formats = offered.other_formats;
  answer.mid = offered.mid;
  answer.direction = sdp::Direction::inactive;
  // A refused media still needs a format (RFC 3264, 6).
  if (!offered.formats.empty()) {
    sdp::Format first;
    first.payload_type = offered.formats.front().payload_type;
    answer.formats.push_back(std::move(first));
  }
  return answer;
}

// A media that both sides use with one format of it; the caller adds what depends on the direction.
sdp::Media accepted(const sdp::Media& offered, const sdp::Format& format, MediaPlan& plan) {
  sdp::Media answer;
  answer.kind = offered.kind;
  answer.kind_name = offered.kind_name;
  answer.protocol = offered.protocol;
  answer.mid = offered.mid;
  answer.rtcp_mux = true;
  answer.rtcp_rsize = offered.rtcp_rsize;
  plan.mid = offered.mid;
  plan.payload_type = format.payload_type;
  plan.clock_rate = format.clock_rate;
  sdp::Format chosen = format;
  chosen.feedback.clear();
  answer.formats.push_back(std::move(chosen));
  if (const sdp::Format* rtx = rtx_of(offered, format)) {
    plan.rtx_payload_type = rtx->payload_type;
    answer.formats.push_back(*rtx);
    answer.formats.back().feedback.clear();
  }
  return answer;
}

sdp::Session answer_to(const sdp::Session& offer) {
  sdp::Session answer;
  answer.id = offer.id;
  answer.version = 1;
  answer.ice_lite = true;
  answer.extmap_allow_mixed = offer.extmap_allow_mixed;
  return answer;
}

// Walks the offer's media in their order, which is the answer's order as well. `take` answers one that is
// there, or returns nothing when it has no use for it.
Result<void> answer_each(const sdp::Session& offer, Plan& plan,
                         const std::function<std::optional<sdp::Media>(const sdp::Media&)>& take) {
  for (const sdp::Media& media : offer.media) {
    std::optional<sdp::Media> answer;
    if (is_there(media) && (media.kind == sdp::Kind::audio || media.kind == sdp::Kind::video)) {
      TRY_VOID(check_media(offer, media));
      answer = take(media);
    }
    if (answer) plan.answer.bundle.push_back(media.mid);
    plan.answer.media.push_back(answer ? *std::move(answer) : refused(media));
  }
  return {};
}

void announce(const MediaPlan& plan, std::string_view cname, sdp::Media& answer) {
  answer.direction = sdp::Direction::sendonly;
  answer.msid = std::string(cname) + " " + answer.kind_name;
  answer.sources.push_back({.ssrc = plan.ssrc, .cname = std::string(cname), .msid = answer.msid});
  if (plan.rtx_ssrc == 0) return;
  answer.source_groups.push_back({.semantics = "FID", .ssrcs = {plan.ssrc, plan.rtx_ssrc}});
  answer.sources.push_back({.ssrc = plan.rtx_ssrc, .cname = std::string(cname), .msid = answer.msid});
}

sdp::Media send_video(const sdp::Media& offered, const sdp::Format& format, const proto::VideoTrack& track,
                      const Sender& sender, Plan& plan) {
  MediaPlan video;
  video.codec = track.codec;
  sdp::Media answer = accepted(offered, format, video);
  agree_on_extensions(offered, kSent, answer, video.extensions);
  agree_on_feedback(format, video, answer.formats.front());
  video.ssrc = sender.video_ssrc;
  if (video.rtx_payload_type) video.rtx_ssrc = sender.video_rtx_ssrc;
  announce(video, sender.cname, answer);
  plan.video = std::move(video);
  return answer;
}

sdp::Media send_audio(const sdp::Media& offered, const sdp::Format& format, const proto::AudioTrack& track,
                      const Sender& sender, Plan& plan) {
  MediaPlan audio;
  audio.codec = proto::Codec::opus;
  sdp::Media answer = accepted(offered, format, audio);
  agree_on_extensions(offered, kSent, answer, audio.extensions);
  agree_on_feedback(format, audio, answer.formats.front());
  // Chromium decodes in stereo only when its own offer said so, and then only when the answer does too.
  std::string& parameters = answer.formats.front().parameters;
  parameters = "minptime=10;useinbandfec=1";
  if (track.channels > 1 && sdp::parameter_of(format, "stereo") == "1")
    parameters += ";stereo=1;sprop-stereo=1";
  audio.ssrc = sender.audio_ssrc;
  announce(audio, sender.cname, answer);
  plan.audio = std::move(audio);
  return answer;
}

// The layers of RFC 8853 in the publisher's order, as far as it says what they are and we take them.
std::vector<std::string> layers_of(const sdp::Media& offered) {
  std::vector<std::string> layers;
  for (const std::string& id : offered.simulcast_send) {
    const auto said = std::ranges::find(offered.rids, id, &sdp::Rid::id);
    if (said != offered.rids.end() && said->is_send && id.size() <= kMidBytesMax) layers.push_back(id);
  }
  if (layers.size() > kLayersMax) layers.resize(kLayersMax);
  return layers.size() > 1 ? layers : std::vector<std::string>{};
}

void expect_sources(const sdp::Media& offered, MediaPlan& plan) {
  const auto fid = std::ranges::find(offered.source_groups, "FID", &sdp::SourceGroup::semantics);
  if (fid != offered.source_groups.end() && fid->ssrcs.size() == 2) {
    plan.ssrc = fid->ssrcs[0];
    plan.rtx_ssrc = plan.rtx_payload_type ? fid->ssrcs[1] : 0;
  } else if (!offered.sources.empty()) {
    plan.ssrc = offered.sources.front().ssrc;
  }
}

sdp::Media receive(const sdp::Media& offered, const sdp::Format& format, MediaPlan& plan) {
  sdp::Media answer = accepted(offered, format, plan);
  answer.direction = sdp::Direction::recvonly;
  agree_on_extensions(offered, kReceived, answer, plan.extensions);
  agree_on_feedback(format, plan, answer.formats.front());
  expect_sources(offered, plan);
  if (offered.kind != sdp::Kind::video || plan.extensions.rid == 0) return answer;
  plan.rids = layers_of(offered);
  for (const std::string& id : plan.rids) answer.rids.push_back({.id = id, .is_send = false});
  answer.simulcast_recv = plan.rids;
  return answer;
}

// The first H.264 that may be cut into fragments; one without packetization-mode sends whole NAL units, which
// is worse and still read.
const sdp::Format* first_h264(const sdp::Media& media) {
  const auto mode_1 = std::ranges::find_if(media.formats, is_h264_mode_1);
  if (mode_1 != media.formats.end()) return &*mode_1;
  const auto any = std::ranges::find_if(
      media.formats, [](const sdp::Format& format) { return sdp::names_format(format, "H264"); });
  return any == media.formats.end() ? nullptr : &*any;
}

tl::unexpected<Error> codec_not_offered(std::string_view wanted) {
  return fail(ErrorKind::precondition, "webrtc.codec_not_offered", std::string(wanted));
}

}  // namespace

OfferedVideo video_offered(const sdp::Session& offer) {
  OfferedVideo offered;
  for (const sdp::Media& media : offer.media) {
    if (media.kind != sdp::Kind::video || !is_there(media) || !wants_to_receive(media)) continue;
    offered.is_wanted = true;
    offered.h264 = offered.h264 || std::ranges::any_of(media.formats, is_h264_mode_1);
    offered.hevc = offered.hevc || choose_hevc(media) != nullptr;
    offered.av1 = offered.av1 || choose_av1(media) != nullptr;
  }
  return offered;
}

Result<Plan> plan_whep(const sdp::Session& offer, const Tracks& tracks, const Sender& sender) {
  Plan plan;
  plan.answer = answer_to(offer);
  TRY(plan.remote, remote_of(offer));
  bool wanted_video = false;
  const auto take = [&](const sdp::Media& media) -> std::optional<sdp::Media> {
    if (!wants_to_receive(media)) return std::nullopt;
    if (media.kind == sdp::Kind::video && tracks.video && !plan.video) {
      wanted_video = true;
      const sdp::Format* format = choose_video(media, *tracks.video);
      if (format != nullptr) return send_video(media, *format, *tracks.video, sender, plan);
    }
    if (media.kind == sdp::Kind::audio && tracks.audio && !plan.audio) {
      const sdp::Format* format = choose_opus(media);
      if (format != nullptr) return send_audio(media, *format, *tracks.audio, sender, plan);
    }
    return std::nullopt;
  };
  TRY_VOID(answer_each(offer, plan, take));
  if (wanted_video && !plan.video) return codec_not_offered(tracks.video->codecs);
  if (!plan.video && !plan.audio) return fail(ErrorKind::precondition, "webrtc.no_media");
  return plan;
}

Result<Plan> plan_whip(const sdp::Session& offer) {
  Plan plan;
  plan.answer = answer_to(offer);
  TRY(plan.remote, remote_of(offer));
  bool wanted_video = false;
  const auto take = [&](const sdp::Media& media) -> std::optional<sdp::Media> {
    if (!wants_to_send(media)) return std::nullopt;
    const bool is_video = media.kind == sdp::Kind::video;
    std::optional<MediaPlan>& place = is_video ? plan.video : plan.audio;
    const sdp::Format* format = is_video ? first_h264(media) : choose_opus(media);
    wanted_video = wanted_video || is_video;
    if (place || format == nullptr) return std::nullopt;
    place.emplace();
    place->codec = is_video ? proto::Codec::h264 : proto::Codec::opus;
    return receive(media, *format, *place);
  };
  TRY_VOID(answer_each(offer, plan, take));
  if (wanted_video && !plan.video) return codec_not_offered("H264");
  if (!plan.video && !plan.audio) return fail(ErrorKind::precondition, "webrtc.no_media");
  return plan;
}

std::string write_answer(const Plan& plan, const LocalTransport& local) {
  sdp::Session answer = plan.answer;
  // RFC 8842, 5.3: who offers both is answered by a server that waits, and who insists on waiting is called.
  const bool is_called = plan.remote.setup != sdp::Setup::passive;
  bool first = true;
  for (sdp::Media& media : answer.media) {
    if (media.port == 0) continue;
    media.transport.ice_ufrag = local.ice_ufrag;
    media.transport.ice_pwd = local.ice_pwd;
    media.transport.fingerprints = {local.fingerprint};
    media.transport.setup = is_called ? sdp::Setup::passive : sdp::Setup::active;
    if (std::exchange(first, false)) {  // Of a bundle one media carries the candidates (RFC 9143, 7.3.1).
      media.transport.candidates = local.candidates;
      media.transport.end_of_candidates = true;
    }
  }
  return sdp::write(answer);
}

}  // namespace luso::media::webrtc
