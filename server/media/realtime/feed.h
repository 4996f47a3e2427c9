#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "io/reactor.h"
#include "io/scope.h"
#include "media/metrics.h"
#include "media/realtime/fitness.h"
#include "media/settings.h"
#include "media/stream.h"
#include "proto/codec.h"

namespace luso::media {

class AudioTranscoders;
class ReencodeBudget;

// What a WebRTC viewer's offer says it decodes. Every browser does H.264 and Opus.
struct ViewerCodecs {
  bool h264 = true;
  bool hevc = false;
  bool av1 = false;
};

struct RealtimeState {
  enum class Mode : std::uint8_t {
    idle,         // Nobody watches by WebRTC.
    passing,      // The publisher's picture as it comes.
    starting,     // Nobody sends right now, or the first re-encoded keyframe is still to come.
    reencoding,   // Made again without what `obstacle` names.
    unavailable,  // There is an obstacle, and no re-encode may run or succeeds.
  };
  Mode mode = Mode::idle;
  Obstacle obstacle = Obstacle::none;  // Of the publisher's picture.
  friend bool operator==(const RealtimeState&, const RealtimeState&) = default;
};

[[nodiscard]] std::string_view name_of(RealtimeState::Mode mode);  // "passing"

// One broadcast as WebRTC can carry it: no B-frames, a keyframe every few seconds, a codec the viewer has,
// and Opus. Exists only while somebody watches by WebRTC, and a little longer. Lives on the broadcast's home
// reactor, where all methods are called.
//
// There are at most two pictures: H.264, passed on or made again, and the publisher's own when it is HEVC or
// AV1; they share the sound. Their frames keep the publisher's timestamps (dts_us, captured_at), so picture
// and sound belong together whatever each of them went through on its way. Audio frames are Opus packets of
// 20 ms (others when the publisher sends Opus itself); video frames have cts_offset_us 0.
class RealtimeFeed {
 public:
  static constexpr std::chrono::seconds kLinger{
      10};  // After the last viewer: most of them come back at once.
  // Whoever is refused while a re-encode starts counts as interested for so long; players ask again sooner.
  static constexpr std::chrono::seconds kInterest{20};
  static constexpr std::chrono::seconds kRetryAfter{3};  // For the refused: when to ask again.
  // A re-encode that was given up is not tried again for so long.
  static constexpr std::chrono::seconds kCoolDown{60};

  struct Services {
    io::Reactor& reactor;
    io::Scope& scope;
    const EngineSettings& settings;
    Clock& clock;
    MediaMetrics& metrics;
    AudioTranscoders& audio;   // Shared by all streams.
    ReencodeBudget& reencode;  // Likewise.
    // Asks whoever publishes now; false when that makes none on demand. Called at home, until close().
    std::function<bool()> request_keyframe;
  };

 private:
  class Impl;
  struct Seat;

 public:
  // One viewer's place. The feed runs while there is one. May be moved to and dropped on any reactor.
  class Hold {
   public:
    Hold() = default;
    Hold(Hold&& other) noexcept = default;
    Hold& operator=(Hold&& other) noexcept;
    ~Hold();

    [[nodiscard]] explicit operator bool() const { return seat_ != nullptr; }

    // What this viewer will see and hear, before the first frame: what its answer is negotiated from.
    [[nodiscard]] const TracksPtr& tracks() const { return tracks_; }

    // Where the frames come from: subscribe with StartAt::newest_keyframe, on the home reactor. It pauses
    // while the publisher is away, and starts a new generation with a discontinuity when the publisher
    // changes something; the picture's codec stays. Lives as long as the hold.
    [[nodiscard]] Stream& stream() const;
    [[nodiscard]] io::Reactor& home() const;

    // Asks for a keyframe of this picture, at home. False when none comes on demand: its publisher makes none
    // (RTMP), or it is a re-encode, whose keyframes keep their own interval.
    [[nodiscard]] bool request_keyframe() const;

   private:
    friend class RealtimeFeed;
    Hold(std::shared_ptr<Impl> feed, std::shared_ptr<Seat> seat, TracksPtr tracks);

    std::shared_ptr<Impl> feed_;
    std::shared_ptr<Seat> seat_;
    TracksPtr tracks_;
  };

  // Called once, at home, when this viewer's picture cannot go on: the stream is over, or it needs a
  // re-encode that may not run. The reason is one that join() fails with.
  using Lost = std::function<void(const Error& why)>;

  // `fitness` is of the source, and learns of its frames before the feed does.
  RealtimeFeed(Services services, Stream& source, const FitnessMeter& fitness);
  ~RealtimeFeed();
  RealtimeFeed(const RealtimeFeed&) = delete;
  RealtimeFeed& operator=(const RealtimeFeed&) = delete;

  // A viewer wants to watch. Fails at once, so that the player takes LL-HLS, with
  //   media.realtime_not_live           nobody is sending right now (unavailable: ask again)
  //   media.realtime_preparing          a re-encode starts because of this call (unavailable: ask again)
  //   media.realtime_b_frames           likewise needed, but it may not run: over budget, off, or it fails
  //   media.realtime_codec
  //   media.realtime_keyframe_interval
  //   media.not_found                   the stream has ended
  [[nodiscard]] Result<Hold> join(ViewerCodecs codecs, Lost lost);

  [[nodiscard]] RealtimeState state() const;

  // The broadcast is over: everybody is let go. Should it begin again, viewers may come again.
  void end();
  // The broadcast is forgotten: the source is not touched any more.
  void close();

 private:
  std::shared_ptr<Impl> impl_;
};

}  // namespace luso::media
