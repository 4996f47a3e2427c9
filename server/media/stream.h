#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <vector>

#include "base/ids.h"
#include "media/frame.h"
#include "media/gop_cache.h"
#include "media/tracks.h"

namespace luso::media {

// Somebody who wants a stream's frames: the segmenter, the thumbnailer, a shard of viewers. Called on the
// stream's home reactor, and must not block: what takes time is posted elsewhere.
class StreamSink {
 public:
  virtual ~StreamSink() = default;
  virtual void on_tracks(const TracksPtr& tracks) = 0;  // A generation starts; its frames follow.
  virtual void on_frame(const FramePtr& frame) = 0;

  virtual void on_discontinuity() {}  // The next frame does not continue the last one.

  virtual void on_pause() {}  // The publisher is gone, and may come back.
};

// The live picture of one channel: its tracks, its last group of pictures, and whoever watches.
// Lives on its home reactor; other reactors reach it by messages through StreamDirectory.
class Stream {
 public:
  explicit Stream(StreamId id, std::uint32_t first_generation = 0)
      : id_(id), generations_(first_generation) {}

  [[nodiscard]] StreamId id() const { return id_; }

  [[nodiscard]] const TracksPtr& tracks() const { return tracks_; }  // Null before the first frame.

  [[nodiscard]] std::uint32_t generations() const { return generations_; }

  // Starts a generation when anything differs from the one that runs; says whether it did.
  bool set_tracks(std::optional<proto::VideoTrack> video, std::optional<proto::AudioTrack> audio);
  void publish(FramePtr frame);  // Never blocks. Frames come in decode order, tracks before them.
  void discontinuity();
  void pause();

  // Keeps a sink attached for as long as it lives. Must not outlive the stream.
  class Subscription {
   public:
    Subscription() = default;
    Subscription(Subscription&& other) noexcept;
    Subscription& operator=(Subscription&& other) noexcept;

    ~Subscription() { reset(); }

    void reset();

   private:
    friend class Stream;

    Subscription(Stream& stream, StreamSink& sink) : stream_(&stream), sink_(&sink) {}

    Stream* stream_ = nullptr;
    StreamSink* sink_ = nullptr;
  };

  enum class StartAt : std::uint8_t {
    next_frame,
    newest_keyframe
  };  // The latter replays the GOP cache at once.
  [[nodiscard]] Subscription subscribe(StreamSink& sink, StartAt start);

 private:
  void unsubscribe(StreamSink& sink);
  template <typename Call>
  void tell(Call call);

  StreamId id_;
  std::uint32_t generations_;
  TracksPtr tracks_;
  GopCache gop_;
  std::list<StreamSink*> sinks_;
  bool telling_ = false;  // A sink that leaves while it is being told is only blanked.
};

}  // namespace luso::media
