#pragma once

#include <optional>
#include <string>
#include <vector>

#include <boost/asio/ip/address.hpp>

#include "base/clock.h"
#include "base/ids.h"
#include "io/task.h"
#include "media/transport_facts.h"

// What the engine asks of the town, and what it tells it. The engine knows no SQL and no users; `live`
// answers.
namespace luso::media {

struct PublishRequest {
  std::string stream_key;  // Before '?': a stream's own key or a channel's persistent key.
  std::string token;       // The JWT in ?token=…; empty when absent.
  boost::asio::ip::address remote;
  std::string protocol;  // "rtmp", "rtmps", "whip"
};

// Permission to publish to one stream. `publish_id` names this connection in on_* calls and in revocation.
struct PublishGrant {
  StreamId stream_id;
  std::string username;             // Of the channel, for /hls/@{username}.
  std::string publish_id;           // Random, one per connection.
  std::optional<WallTime> ends_at;  // The stream must stop by then, when there is a limit.
};

enum class UnpublishCause : std::uint8_t {
  encoder_finished,
  connection_lost,
  taken_over,
  revoked,
  ended,
  server_stopping
};

struct IngestFacts {
  std::string video_codec, audio_codec;  // "h264", "aac"; empty when there is no such track
  int width = 0, height = 0;
  double frame_rate = 0;
  int video_bitrate_kbps = 0, audio_bitrate_kbps = 0;  // Mean over the last 5 s.
  int video_bitrate_kbps_min = 0;                      // Mean over the leanest 2 s of them.
  double keyframe_interval_s = 0;
  bool has_b_frames = false;
  bool is_420_8_bit = true;  // H.264 as every decoder takes it.
  std::string encoder;       // From the metadata: "obs-output module (libobs version 29.0.2)"
  std::int64_t frames_total = 0;
  std::int64_t frames_dropped = 0;  // That arrived, but no decoder could use.
  std::optional<TransportFacts> transport;

  // One size of a picture that the publisher sends in several.
  struct Size {
    int width = 0, height = 0;
    double frame_rate = 0;  // As it arrives.
    int bitrate_kbps = 0;   // Of the picture.
  };

  std::vector<Size> sizes;  // The stream's own first; empty when there is only that.
};

// Calls may come on any reactor.
class Authority {
 public:
  virtual ~Authority() = default;
  // Errors are shown to the encoder as NetStream.Publish.* with the reason's message.
  virtual Task<Result<PublishGrant>> may_publish(PublishRequest request) = 0;
  // The stream is really live: the first part from its first keyframe on can be played.
  virtual Task<void> on_live(PublishGrant grant) = 0;
  // The publisher is gone; the stream waits for it until the grace window closes.
  virtual Task<void> on_unpublished(PublishGrant grant, UnpublishCause cause) = 0;

  // There is a new picture of the stream at /hls/{id}/thumbnail.jpg.
  virtual Task<void> on_thumbnail(StreamId stream_id, WallTime taken_at) {
    static_cast<void>(stream_id), static_cast<void>(taken_at);
    co_return;
  }

  // The grace window closed without a new publisher: the stream is over.
  virtual Task<void> on_ended(StreamId stream_id) = 0;
};

}  // namespace luso::media
