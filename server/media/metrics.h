#pragma once

#include <string_view>

#include "base/metrics.h"
#include "media/webrtc/transport_metrics.h"

namespace luso::media {

// What the engine counts. One for the process; any thread adds to it.
struct MediaMetrics {
  explicit MediaMetrics(metrics::Registry& registry);

  metrics::Gauge& publishers;
  metrics::Gauge& streams;
  metrics::Gauge& live_streams;
  metrics::Counter& connections;
  metrics::Counter& bytes_in;
  metrics::Counter& frames_in;
  metrics::Counter& frames_dropped;
  metrics::Counter& parts;
  metrics::Counter& segments;
  metrics::Counter& discontinuities;
  metrics::Counter& takeovers;
  metrics::Counter& resumes;
  metrics::Counter& queue_drops;
  metrics::Counter& dvr_bytes_written;
  metrics::Counter& dvr_failures;
  metrics::Counter& thumbnails;
  metrics::Counter& thumbnails_skipped;
  metrics::Gauge& realtime_feeds;
  metrics::Counter& opus_packets;
  metrics::Counter& audio_frames_broken;
  metrics::Counter& audio_frames_dropped;
  metrics::Gauge& reencodes;
  metrics::Counter& reencodes_started;
  metrics::Counter& reencode_frames_dropped;
  metrics::Counter& hls_requests;
  metrics::Counter& hls_timeouts;

  metrics::Gauge& whep_viewers;
  metrics::Counter& whep_joins;
  metrics::Counter& whep_packets;
  metrics::Counter& whep_bytes;
  metrics::Counter& whep_packets_dropped;
  metrics::Counter& whep_skips;
  metrics::Counter& whep_retransmissions;
  metrics::Counter& whep_nacks_refused;
  metrics::Counter& whep_picture_losses;
  metrics::Counter& whep_units_dropped;
  metrics::Counter& whep_bad_rtcp;
  metrics::Counter& whep_moves_down;
  metrics::Counter& whep_moves_up;
  metrics::Gauge& whip_sessions;
  metrics::Counter& whip_joins;
  metrics::Counter& whip_packets_refused;
  metrics::Counter& whip_keyframe_requests;
  metrics::Counter& whip_b_frames;
  webrtc::TransportMetrics transport;

  void refused(std::string_view reason);
  void whep_refused(std::string_view reason);
  void unpublished(std::string_view cause);
  void reencode_refused(std::string_view cause);
  void reencode_ended(std::string_view cause);

 private:
  metrics::Registry& registry_;
};

}  // namespace luso::media
