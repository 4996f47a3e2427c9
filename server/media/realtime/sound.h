#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "io/reactor.h"
#include "media/frame.h"
#include "media/realtime/audio_transcoders.h"
#include "proto/codec.h"

namespace luso::media {

// May this Opus packet go to a WebRTC viewer as it is? Surround sound and packets too long for a datagram are
// made again.
[[nodiscard]] bool passes_as_is(const proto::AudioTrack& track, const Frame& packet);

// A publisher's sound on its way to WebRTC viewers: Opus goes straight through, everything else through the
// transcoders. On the stream's home reactor.
class RealtimeSound {
 public:
  using Done = std::function<void(std::vector<FramePtr>)>;

  RealtimeSound(io::Reactor& home, AudioTranscoders& transcoders, Done done);

  void set_source(std::optional<proto::AudioTrack> source);  // What was on its way is forgotten.

  // What comes out; empty when the publisher sends no sound.
  [[nodiscard]] std::optional<proto::AudioTrack> track() const;

  // Calls `done` once: now, or when the transcoder has them. False: they were dropped, and it will not.
  bool take(std::vector<FramePtr> frames);

 private:
  io::Reactor& home_;
  AudioTranscoders& transcoders_;
  Done done_;
  std::optional<proto::AudioTrack> source_;
  std::unique_ptr<AudioTranscoders::Lane> lane_;  // Null while packets pass.
};

}  // namespace luso::media
