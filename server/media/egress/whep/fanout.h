#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "io/reactor.h"
#include "media/egress/whep/viewer.h"
#include "media/renditions/ladder.h"
#include "media/stream.h"
#include "media/webrtc/negotiation.h"
#include "media/webrtc/port.h"

namespace luso::media {
struct MediaMetrics;
}

namespace luso::media::whep {

// Where a viewer's frames come from: RealtimeFeed's stream, or any other whose video has no B-frames and
// whose audio is Opus.
struct Source {
  Stream* stream = nullptr;
  io::Reactor* home = nullptr;  // Where the stream lives.
  std::shared_ptr<void> hold;   // Keeps the stream alive; may be dropped on any reactor.
  // Asks for a keyframe; called at home, again at most twice a second. False, and empty, when none comes on
  // demand: then a viewer that lost the picture gets the cached pictures from the last keyframe on once more.
  std::function<bool()> request_keyframe;
  // Where there are other renditions of it, at the same home: by rung, [0] being this one and empty.
  std::vector<Source> rungs = {};
  std::shared_ptr<const Ladder> ladder = nullptr;
};

// WHEP's media: every stream is cut into RTP packets once, at its home, and posted once to each reactor that
// has viewers of it; there a shard serves them all from one ring of shared packets.
// One for the process.
class Fanout {
 public:
  Fanout(io::Reactors& reactors, webrtc::PeerPorts& ports, Clock& clock, MediaMetrics& metrics);
  ~Fanout();  // After stop().
  Fanout(const Fanout&) = delete;
  Fanout& operator=(const Fanout&) = delete;

  // What goes into plan_whep(): the same SSRCs for all streams and viewers of this process, so that packets
  // are shared and a viewer may move between renditions.
  [[nodiscard]] const webrtc::Sender& sender() const { return sender_; }

  // Opens a peer on the reactor that has the fewest and returns its viewer, at once: media flows when the
  // browser has connected, beginning with the newest keyframe. `ended` is called at most once, on the
  // viewer's reactor, when the viewer goes without close(). May be called on any reactor; resumes there.
  // Fails with "webrtc.full".
  [[nodiscard]] Task<Result<std::shared_ptr<Viewer>>> open(Source source, ViewerPlan plan, ViewerEnded ended);

  // Closes every viewer; new ones fail with "webrtc.full". From any reactor.
  [[nodiscard]] Task<void> stop();

  [[nodiscard]] std::size_t viewers() const;  // From any thread; a moment old.

 private:
  class Room;  // What one reactor has of it.

  io::Reactors& reactors_;
  webrtc::PeerPorts& ports_;
  webrtc::Sender sender_;
  std::vector<std::shared_ptr<Room>> rooms_;  // By reactor.
};

}  // namespace luso::media::whep
