#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>

#include "io/reactor.h"
#include "media/frame.h"
#include "media/metrics.h"
#include "proto/codec.h"

namespace luso::media {

// The threads that turn publishers' sound into Opus, for all streams of the process: about one percent of a
// core each, which no reactor should stand still for. Outlives its lanes.
class AudioTranscoders {
 public:
  // A stream's frames that wait for a thread, less those it begins with; beyond it new ones are dropped,
  // counted and heard as silence. Five seconds: whoever is so far behind does not catch up.
  static constexpr std::size_t kFramesWaitingMax = 256;

  AudioTranscoders(unsigned threads, int bitrate_kbps, MediaMetrics& metrics);
  ~AudioTranscoders();  // Waits for the threads.
  AudioTranscoders(const AudioTranscoders&) = delete;
  AudioTranscoders& operator=(const AudioTranscoders&) = delete;

  // One stream's way through the threads: frames go in and packets come out in order. Lives on the stream's
  // home reactor.
  class Lane {
   public:
    ~Lane();
    Lane(const Lane&) = delete;
    Lane& operator=(const Lane&) = delete;

    // Each call is answered by one call of `done`, unless its frames were dropped: false.
    bool push(std::vector<FramePtr> frames);

   private:
    friend class AudioTranscoders;
    struct Shared;
    Lane(AudioTranscoders& owner, std::shared_ptr<Shared> shared);
    AudioTranscoders& owner_;
    std::shared_ptr<Shared> shared_;
    // Not in Shared: an answer that never reaches its reactor may outlive the pool, and a strand may not.
    boost::asio::strand<boost::asio::thread_pool::executor_type> strand_;
    bool first_ = true;
  };

  // `done` gets the packets that a push() completed, maybe none; on `home`, and not after the lane is gone.
  using Done = std::function<void(std::vector<FramePtr>)>;
  [[nodiscard]] std::unique_ptr<Lane> open(io::Reactor& home, proto::AudioTrack source, Done done);

 private:
  int bitrate_kbps_;
  MediaMetrics& metrics_;
  boost::asio::thread_pool pool_;
};

}  // namespace luso::media
