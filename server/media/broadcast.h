#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/steady_timer.hpp>

#include "base/clock.h"
#include "io/reactor.h"
#include "media/authority.h"
#include "media/authority_line.h"
#include "media/egress/llhls/hls_output.h"
#include "media/egress/llhls/rendition_hls.h"
#include "media/egress/llhls/segmenter.h"
#include "media/egress/llhls/sound_hls.h"
#include "media/egress/thumbnails/thumbnailer.h"
#include "media/facts_meter.h"
#include "media/ingest/intake.h"
#include "media/metrics.h"
#include "media/publisher.h"
#include "media/realtime/feed.h"
#include "media/renditions/renditions.h"
#include "media/settings.h"
#include "media/stream.h"

namespace luso::media {

// The life of one stream on this node, from its first publisher until its grace window closes: who publishes
// now, what the authority has been told, and everything that is made of its frames. Lives on its home
// reactor.
class Broadcast : public std::enable_shared_from_this<Broadcast> {
 public:
  struct Context {
    io::Reactor& reactor;
    io::Reactors& reactors;
    io::Scope& scope;
    const EngineSettings& settings;
    Authority& authority;
    Clock& clock;
    MediaMetrics& metrics;
    AudioTranscoders& audio;
    ReencodeBudget& reencode;
    std::function<void(HlsSnapshotPtr)> publish;  // To every reactor.
    std::function<void(StreamId)> over;           // The stream has ended and may be forgotten.
  };

  Broadcast(Context context, StreamId id, std::unique_ptr<SegmentStore> store, const StoredStream& stored);
  ~Broadcast();

  // A publisher arrives; one that was there is dismissed. The number names this publisher in the calls below.
  [[nodiscard]] std::uint64_t begin(PublishGrant grant, std::shared_ptr<PublisherPort> port);
  bool take(std::uint64_t publisher, MediaEvents events);  // False: it is not the publisher any more.
  void finish(std::uint64_t publisher, UnpublishCause cause);

  void dismiss(UnpublishCause cause);  // The publisher, if there is one, is sent away; the stream waits.
  void end();                          // The stream is over now.
  void wait_for_publisher();           // Restored from the disk: the grace window starts.

  [[nodiscard]] StreamState state() const { return state_; }

  [[nodiscard]] std::optional<IngestFacts> facts() const;  // Empty while nobody publishes.
  [[nodiscard]] bool settled() const;  // Nothing is on its way to the authority or the disk.

  [[nodiscard]] std::uint64_t stored_bytes() const { return hls_.stored_bytes(); }

  void trim_stored(double share);  // Gives up this share of what is on the disk, the oldest first.

  [[nodiscard]] Stream& stream() { return stream_; }

  [[nodiscard]] const Renditions& renditions() const { return renditions_; }

  [[nodiscard]] RealtimeFeed& realtime() { return realtime_; }  // The same for WebRTC.

 private:
  void set_state(StreamState state);
  void start_timer(boost::asio::steady_timer& timer, std::chrono::milliseconds after,
                   void (Broadcast::*action)());
  void say_live();
  void flush_hls();  // After whatever changed what HLS viewers see.
  void take_thumbnail(std::shared_ptr<const Thumbnail> thumbnail);
  void release_publisher(UnpublishCause cause);
  void time_is_up();
  void grace_is_over();
  void forget();

  Context context_;
  Stream stream_;
  Intake intake_;
  Renditions renditions_;
  FactsMeter meter_;
  std::unique_ptr<SegmentStore> store_;
  HlsOutput hls_;
  Segmenter segmenter_{hls_};
  SoundHls sound_hls_;
  std::vector<std::unique_ptr<RenditionHls>> renditions_hls_;  // By rung; null until there is something.
  Thumbnailer thumbnailer_;
  Stream::Subscription meter_subscription_, segmenter_subscription_, sound_subscription_,
      thumbnailer_subscription_;
  RealtimeFeed realtime_;  // Behind the meter, whose verdict it follows.
  std::shared_ptr<AuthorityLine> line_;

  StreamState state_ = StreamState::waiting;
  std::uint64_t publisher_ = 0;  // Counts publishers.
  std::shared_ptr<PublisherPort> port_;
  PublishGrant grant_;
  bool told_live_ = false;
  std::uint64_t parts_before_ = 0;  // Made before this publisher came.
  std::uint64_t dropped_seen_ = 0, discontinuities_seen_ = 0;
  boost::asio::steady_timer grace_timer_, limit_timer_;
};

}  // namespace luso::media
