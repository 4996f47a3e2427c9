#include "proto/rtp_packetiser.h"

#include <cstddef>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "proto/codec.h"
#include "proto/rtp.h"
#include "proto/rtp_av1.h"
#include "proto/rtp_h264.h"
#include "proto/rtp_hevc.h"

namespace luso::proto::rtp {
namespace {

Result<Bytes> headers_of(const VideoTrack& track) {
  switch (track.codec) {
    case Codec::h264: return h264_parameter_sets(track.config);
    case Codec::hevc: return hevc_parameter_sets(track.config);
    case Codec::av1: return av1_config_obus(track.config);
    default: return fail(ErrorKind::invalid, "proto.bad_config", "no RTP form of this codec");
  }
}

}  // namespace

Result<Packetiser> Packetiser::of(const VideoTrack& track, std::size_t payload_bytes_max) {
  TRY(Bytes headers, headers_of(track));
  return Packetiser(track.codec, std::move(headers), payload_bytes_max);
}

Result<Packetiser> Packetiser::of(const AudioTrack& track) {
  if (track.codec != Codec::opus)
    return fail(ErrorKind::invalid, "proto.bad_config", "no RTP form of this codec");
  return Packetiser(track.codec, {}, kPayloadBytesMax);
}

void Packetiser::packetise(ByteView frame, bool keyframe, Payloads& out) const {
  out.clear();
  switch (codec_) {
    case Codec::h264: return packetise_h264(frame, headers_, out, payload_bytes_max_);
    case Codec::hevc: return packetise_hevc(frame, headers_, out, payload_bytes_max_);
    case Codec::av1: return packetise_av1(frame, keyframe, headers_, out, payload_bytes_max_);
    default: break;
  }
  if (frame.empty()) return;
  out.buffer().assign(frame.begin(), frame.end());
  out.close_payload();
}

}  // namespace luso::proto::rtp
