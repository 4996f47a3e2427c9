#include "media/metrics.h"

namespace luso::media {

MediaMetrics::MediaMetrics(metrics::Registry& registry)
    : publishers(registry.gauge("luso_media_publishers", "Encoders that are sending now.")),
      streams(registry.gauge("luso_media_streams", "Streams that are live or wait for their encoder.")),
      live_streams(registry.gauge("luso_media_live_streams", "Of them, those that are live.")),
      connections(registry.counter("luso_media_rtmp_connections_total", "RTMP connections accepted.")),
      bytes_in(registry.counter("luso_media_bytes_in_total", "Bytes received from encoders.")),
      frames_in(registry.counter("luso_media_frames_in_total", "Frames that entered a stream.")),
      frames_dropped(
          registry.counter("luso_media_frames_dropped_total", "Frames no decoder could have used.")),
      parts(registry.counter("luso_media_hls_parts_total", "LL-HLS parts cut.")),
      segments(registry.counter("luso_media_hls_segments_total", "HLS segments finished.")),
      discontinuities(registry.counter("luso_media_discontinuities_total", "Breaks in a stream's timeline.")),
      takeovers(
          registry.counter("luso_media_takeovers_total", "Publishers that replaced an older connection.")),
      resumes(
          registry.counter("luso_media_resumes_total", "Publishers that came back within the grace window.")),
      queue_drops(
          registry.counter("luso_media_queue_drops_total", "Items dropped because a queue was full.")),
      dvr_bytes_written(registry.counter("luso_media_dvr_bytes_written_total", "Bytes of segments on disk.")),
      dvr_failures(registry.counter("luso_media_dvr_failures_total", "Segments that could not be stored.")),
      thumbnails(registry.counter("luso_media_thumbnails_total", "Thumbnails made.")),
      thumbnails_skipped(registry.counter("luso_media_thumbnails_skipped_total",
                                          "Thumbnails not made because the pool was busy.")),
      realtime_feeds(
          registry.gauge("luso_media_realtime_feeds", "Streams that are made ready for WebRTC now.")),
      opus_packets(
          registry.counter("luso_media_opus_packets_total", "Opus packets made of publishers' sound.")),
      audio_frames_broken(
          registry.counter("luso_media_opus_frames_broken_total", "Audio frames no Opus could be made of.")),
      audio_frames_dropped(registry.counter("luso_media_opus_frames_dropped_total",
                                            "Audio frames dropped because the transcoders were behind.")),
      reencodes(registry.gauge("luso_media_reencodes", "Pictures being made again for WebRTC now.")),
      reencodes_started(registry.counter("luso_media_reencodes_started_total",
                                         "Encoder processes started, again after a failure too.")),
      reencode_frames_dropped(registry.counter("luso_media_reencode_frames_dropped_total",
                                               "Pictures dropped because the encoder was behind.")),
      hls_requests(registry.counter("luso_media_hls_requests_total", "Requests below /hls.")),
      hls_timeouts(
          registry.counter("luso_media_hls_timeouts_total", "Blocking requests that waited in vain.")),
      whep_viewers(registry.gauge("luso_media_whep_viewers", "Viewers connected by WebRTC.")),
      whep_joins(registry.counter("luso_media_whep_joins_total", "WebRTC viewers that connected.")),
      whep_packets(registry.counter("luso_media_whep_packets_total", "RTP packets sent to viewers.")),
      whep_bytes(registry.counter("luso_media_whep_bytes_total", "Bytes of them.")),
      whep_packets_dropped(registry.counter("luso_media_whep_packets_dropped_total",
                                            "RTP packets a viewer's way out had no room for.")),
      whep_skips(registry.counter("luso_media_whep_skips_total",
                                  "Times a WebRTC viewer fell behind and went on at a keyframe.")),
      whep_retransmissions(
          registry.counter("luso_media_whep_retransmissions_total", "RTP packets sent once more.")),
      whep_nacks_refused(registry.counter("luso_media_whep_nacks_refused_total",
                                          "Packets asked for again in vain: too old, too many, too soon.")),
      whep_picture_losses(
          registry.counter("luso_media_whep_picture_losses_total", "PLI and FIR from viewers.")),
      whep_units_dropped(
          registry.counter("luso_media_whep_units_dropped_total", "Frames a starved reactor was not given.")),
      whep_bad_rtcp(registry.counter("luso_media_whep_bad_rtcp_total", "RTCP that made no sense.")),
      whep_moves_down(registry.counter("luso_media_whep_moves_total",
                                       "WebRTC viewers that moved to another rendition.", {{"to", "less"}})),
      whep_moves_up(registry.counter("luso_media_whep_moves_total",
                                     "WebRTC viewers that moved to another rendition.", {{"to", "more"}})),
      whip_sessions(
          registry.gauge("luso_media_whip_sessions", "Publishers by WebRTC, connected or connecting.")),
      whip_joins(registry.counter("luso_media_whip_joins_total", "WHIP offers answered.")),
      whip_packets_refused(registry.counter("luso_media_whip_packets_refused_total",
                                            "Packets from publishers that belong to none of their tracks.")),
      whip_keyframe_requests(
          registry.counter("luso_media_whip_keyframe_requests_total", "PLI sent to publishers.")),
      whip_b_frames(registry.counter("luso_media_whip_b_frames_total",
                                     "Pictures from WebRTC publishers that came out of order.")),
      transport(registry),
      registry_(registry) {}

void MediaMetrics::refused(std::string_view reason) {
  registry_
      .counter("luso_media_publish_refused_total", "Publishers refused, by reason.", {{"reason", reason}})
      .add();
}

void MediaMetrics::whep_refused(std::string_view reason) {
  registry_.counter("luso_media_whep_refused_total", "WHEP offers refused, by reason.", {{"reason", reason}})
      .add();
}

void MediaMetrics::unpublished(std::string_view cause) {
  registry_.counter("luso_media_unpublished_total", "Publishers gone, by cause.", {{"cause", cause}}).add();
}

void MediaMetrics::reencode_refused(std::string_view cause) {
  registry_
      .counter("luso_media_reencodes_refused_total", "Re-encodes that were not started, by cause.",
               {{"cause", cause}})
      .add();
}

void MediaMetrics::reencode_ended(std::string_view cause) {
  registry_
      .counter("luso_media_reencodes_ended_total", "Encoder processes gone, by cause.", {{"cause", cause}})
      .add();
}

}  // namespace luso::media
