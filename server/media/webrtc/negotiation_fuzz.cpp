// Any offer to watch or to publish: no crash, and an answer that answers each media and can be read again.
#include "base/bytes.h"
#include "base/check.h"
#include "media/webrtc/negotiation.h"

namespace {

namespace sdp = luso::proto::sdp;
namespace webrtc = luso::media::webrtc;

luso::media::Tracks tracks() {
  luso::media::Tracks tracks;
  tracks.video.emplace();
  tracks.video->config = {1, 100, 0, 31};
  tracks.audio.emplace();
  tracks.audio->codec = luso::proto::Codec::opus;
  tracks.audio->channels = 2;
  return tracks;
}

void check(const sdp::Session& offer, const luso::Result<webrtc::Plan>& plan) {
  if (!plan) return;
  LUSO_CHECK(plan->video || plan->audio);
  const webrtc::LocalTransport local{.ice_ufrag = "abcd",
                                     .ice_pwd = "0123456789012345678901",
                                     .fingerprint = {.hash = "sha-256", .digest = luso::Bytes(32, 1)},
                                     .candidates = {}};
  const auto answer = sdp::parse(webrtc::write_answer(*plan, local));
  LUSO_CHECK(answer.has_value());
  LUSO_CHECK(answer->media.size() == offer.media.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto offer = sdp::parse(luso::as_text({data, size}));
  if (!offer) return 0;
  const webrtc::Sender sender{.video_ssrc = 1, .video_rtx_ssrc = 2, .audio_ssrc = 3, .cname = "luso"};
  check(*offer, webrtc::plan_whep(*offer, tracks(), sender));
  check(*offer, webrtc::plan_whip(*offer));
  return 0;
}
