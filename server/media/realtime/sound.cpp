#include "media/realtime/sound.h"

#include <algorithm>
#include <utility>

#include "media/realtime/opus_transcoder.h"
#include "proto/opus.h"

namespace luso::media {
namespace {

constexpr int kPacketSamplesMax = proto::opus::kSampleRate * 60 / 1'000;  // Browsers play up to 60 ms well.
constexpr std::size_t kPacketBytesMax = 1'100;  // With its RTP header and SRTP tag it fits any path.

}  // namespace

bool passes_as_is(const proto::AudioTrack& track, const Frame& packet) {
  if (track.codec != proto::Codec::opus || track.channels > 2) return false;
  if (packet.payload.size() > kPacketBytesMax) return false;
  const auto samples = proto::opus::packet_samples(packet.payload);
  return samples && *samples <= kPacketSamplesMax;
}

RealtimeSound::RealtimeSound(io::Reactor& home, AudioTranscoders& transcoders, Done done)
    : home_(home), transcoders_(transcoders), done_(std::move(done)) {}

void RealtimeSound::set_source(std::optional<proto::AudioTrack> source) {
  source_ = std::move(source);
  lane_.reset();
}

std::optional<proto::AudioTrack> RealtimeSound::track() const {
  if (!source_) return std::nullopt;
  return OpusTranscoder::track();
}

bool RealtimeSound::take(std::vector<FramePtr> frames) {
  if (!source_) return false;
  const bool pass =
      !lane_ && std::ranges::all_of(frames, [this](const FramePtr& f) { return passes_as_is(*source_, *f); });
  if (pass) {
    done_(std::move(frames));
    return true;
  }
  if (!lane_) lane_ = transcoders_.open(home_, *source_, done_);
  return lane_->push(std::move(frames));
}

}  // namespace luso::media
