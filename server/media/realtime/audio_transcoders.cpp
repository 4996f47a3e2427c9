#include "media/realtime/audio_transcoders.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <boost/asio/post.hpp>

#include "base/log.h"
#include "media/realtime/opus_transcoder.h"

namespace luso::media {
namespace asio = boost::asio;

struct AudioTranscoders::Lane::Shared {
  Shared(io::Reactor& reactor, Done tell, proto::AudioTrack track)
      : home(reactor), done(std::move(tell)), source(std::move(track)) {}

  io::Reactor& home;
  Done done;  // Touched at home only.

  // On the strand.
  proto::AudioTrack source;
  std::optional<OpusTranscoder> transcoder;
  bool opened = false;

  // On both.
  std::atomic<std::size_t> waiting = 0;
  std::atomic<bool> abandoned = false;

  [[nodiscard]] std::vector<FramePtr> transcode(const std::vector<FramePtr>& frames, int bitrate_kbps,
                                                MediaMetrics& metrics);
};

std::vector<FramePtr> AudioTranscoders::Lane::Shared::transcode(const std::vector<FramePtr>& frames,
                                                                int bitrate_kbps, MediaMetrics& metrics) {
  std::vector<FramePtr> packets;
  if (abandoned) return packets;
  if (!std::exchange(opened, true)) {
    auto made = OpusTranscoder::open(source, bitrate_kbps);
    if (made) {
      transcoder = std::move(*made);
    } else {
      log::warn("media.opus_failed", {{"codecs", source.codecs}, {"detail", made.error().detail}});
    }
  }
  if (!transcoder) return packets;
  for (const FramePtr& frame : frames) {
    if (!transcoder->take(*frame, packets)) metrics.audio_frames_broken.add();
  }
  metrics.opus_packets.add(packets.size());
  return packets;
}

AudioTranscoders::Lane::Lane(AudioTranscoders& owner, std::shared_ptr<Shared> shared)
    : owner_(owner), shared_(std::move(shared)), strand_(asio::make_strand(owner.pool_)) {}

AudioTranscoders::Lane::~Lane() {
  shared_->abandoned = true;
  shared_->done = nullptr;
}

bool AudioTranscoders::Lane::push(std::vector<FramePtr> frames) {
  const std::size_t count = frames.size();
  // What a stream begins with is as long as its group of pictures, which the cache bounds.
  if (!std::exchange(first_, false) && shared_->waiting + count > kFramesWaitingMax) {
    owner_.metrics_.audio_frames_dropped.add(count);
    return false;
  }
  shared_->waiting += count;
  asio::post(strand_, [shared = shared_, frames = std::move(frames), bitrate = owner_.bitrate_kbps_,
                       &metrics = owner_.metrics_] {
    std::vector<FramePtr> packets = shared->transcode(frames, bitrate, metrics);
    shared->waiting -= frames.size();
    shared->home.post([shared, packets = std::move(packets)]() mutable {
      if (shared->done) shared->done(std::move(packets));
    });
  });
  return true;
}

AudioTranscoders::AudioTranscoders(unsigned threads, int bitrate_kbps, MediaMetrics& metrics)
    : bitrate_kbps_(bitrate_kbps), metrics_(metrics), pool_(std::max(1U, threads)) {}

AudioTranscoders::~AudioTranscoders() {
  pool_.join();
}

std::unique_ptr<AudioTranscoders::Lane> AudioTranscoders::open(io::Reactor& home, proto::AudioTrack source,
                                                               Done done) {
  auto shared = std::make_shared<Lane::Shared>(home, std::move(done), std::move(source));
  return std::unique_ptr<Lane>(new Lane(*this, std::move(shared)));
}

}  // namespace luso::media
