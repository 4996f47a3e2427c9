#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "media/tracks.h"
#include "proto/sdp.h"

// What we answer to an offer, decided without looking at anything but the offer and the stream. Two steps: a
// plan of who sends what, then, when the peer exists, the answer's text with its credentials.
namespace luso::media::webrtc {

namespace extension {
inline constexpr std::string_view kMid = "urn:ietf:params:rtp-hdrext:sdes:mid";
inline constexpr std::string_view kRid = "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id";
inline constexpr std::string_view kRepairedRid = "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id";
inline constexpr std::string_view kTransportCc =
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";
inline constexpr std::string_view kPlayoutDelay =
    "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay";
inline constexpr std::string_view kAbsCaptureTime =
    "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time";
inline constexpr std::string_view kAbsSendTime = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time";
}  // namespace extension

// Ids of RTP header extensions both sides agreed on; 0: not agreed.
struct Extensions {
  std::uint8_t mid = 0, rid = 0, repaired_rid = 0;
  std::uint8_t transport_cc = 0, playout_delay = 0, abs_capture_time = 0, abs_send_time = 0;

  friend bool operator==(const Extensions&, const Extensions&) = default;
};

// One media of the session, seen from us.
struct MediaPlan {
  std::string mid;
  proto::Codec codec = proto::Codec::h264;
  std::uint32_t clock_rate = 90'000;
  std::uint8_t payload_type = 0;
  std::optional<std::uint8_t> rtx_payload_type;
  Extensions extensions;
  bool nack = false, pli = false, fir = false, transport_cc = false;
  // WHEP: what we send with. WHIP: what the publisher announced; 0 when it did not (then the mid extension
  // and the payload type tell).
  std::uint32_t ssrc = 0, rtx_ssrc = 0;
  std::vector<std::string> rids;  // WHIP: simulcast layers, at most kLayersMax; empty without simulcast.
};

// The other side's transport, which the peer checks against.
struct RemoteTransport {
  std::string ice_ufrag, ice_pwd;
  std::vector<proto::sdp::Fingerprint> fingerprints;
  proto::sdp::Setup setup = proto::sdp::Setup::actpass;
};

// Ours, from the peer.
struct LocalTransport {
  std::string ice_ufrag, ice_pwd;
  proto::sdp::Fingerprint fingerprint;
  std::vector<proto::sdp::Candidate> candidates;
};

struct Plan {
  std::optional<MediaPlan> video, audio;
  RemoteTransport remote;
  proto::sdp::Session answer;  // Complete but for the transport.
};

// What a stream's senders write into their packets.
struct Sender {
  std::uint32_t video_ssrc = 0, video_rtx_ssrc = 0, audio_ssrc = 0;
  std::string cname;  // Common to all of a stream's media: what shares a cname plays in sync.
};

// Which pictures an offer's sender says it plays.
struct OfferedVideo {
  bool is_wanted = false;  // There is a media for a picture at all.
  bool h264 = false, hevc = false, av1 = false;

  [[nodiscard]] bool is_playable() const { return h264 || hevc || av1; }
};

[[nodiscard]] OfferedVideo video_offered(const proto::sdp::Session& offer);

// For a viewer. `tracks` are those of RealtimeFeed: video a browser may play, audio as Opus. Fails with
// "webrtc.codec_not_offered" when the picture cannot be sent (sound alone is not what was asked for),
// "webrtc.no_media" when the offer wants to receive nothing that the stream has, and "webrtc.bad_offer" when
// it is no offer WebRTC allows.
[[nodiscard]] Result<Plan> plan_whep(const proto::sdp::Session& offer, const Tracks& tracks,
                                     const Sender& sender);

// For a publisher: H.264 and Opus in, either may be missing. The same errors.
[[nodiscard]] Result<Plan> plan_whip(const proto::sdp::Session& offer);

[[nodiscard]] std::string write_answer(const Plan& plan, const LocalTransport& local);

}  // namespace luso::media::webrtc
