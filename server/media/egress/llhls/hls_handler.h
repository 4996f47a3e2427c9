#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "io/http.h"
#include "media/egress/llhls/hls_shard.h"
#include "media/metrics.h"

namespace luso::media {

// Answers /hls/{stream_id}/…, /hls/{stream_id}/r{rung}/…, /hls/{stream_id}/sound/… and /hls/@{username}/… on
// whichever reactor the request came to, from that reactor's shard alone.
class HlsHandler {
 public:
  // Two target durations. The draft allows three (rfc8216bis, 6.2.5.2), but hls.js hangs up after ten
  // seconds.
  static constexpr Duration kBlockMax{8'000'000};
  static constexpr Duration kBlockMaxAway{4'000'000};  // While the publisher is away.
  static constexpr std::uint64_t kSegmentsAheadMax = 2;

  // Brings back a stream that no reactor remembers from the disk, if it is there.
  using LoadCold = std::function<Task<bool>(StreamId)>;

  HlsHandler(std::vector<std::unique_ptr<HlsShard>>& shards, LoadCold load_cold, MediaMetrics& metrics);

  [[nodiscard]] io::HttpAnswer operator()(io::HttpRequest& request);

 private:
  struct Address;
  struct Resource;
  [[nodiscard]] static std::optional<Address> parse(const HlsShard& shard, const io::HttpRequest& request);
  // The place that is asked for, when the answer has to wait until it exists.
  [[nodiscard]] static std::optional<HlsShard::Position> missing(const HlsSnapshot& snapshot,
                                                                 const Address& address);
  [[nodiscard]] io::HttpAnswer answer(HlsShard& shard, io::HttpRequest& request);
  [[nodiscard]] Task<io::HttpResponse> answer_later(HlsShard& shard, Address address, HlsSnapshotPtr snapshot,
                                                    io::HttpRequest& request);
  [[nodiscard]] io::HttpResponse answer_now(HlsShard& shard, const HlsSnapshot& snapshot,
                                            const Address& address, const io::HttpRequest& request) const;
  [[nodiscard]] io::HttpResponse live_playlist(HlsShard& shard, const HlsSnapshot& snapshot,
                                               const Address& address, const io::HttpRequest& request) const;
  [[nodiscard]] io::HttpResponse playlist(HlsShard& shard, const HlsSnapshot& snapshot, HlsShard::Text which,
                                          const io::HttpRequest& request) const;
  [[nodiscard]] std::string playlist_tag(const HlsSnapshot& snapshot) const;
  [[nodiscard]] std::shared_ptr<const io::PreparedFields> playlist_fields(const HlsSnapshot& snapshot,
                                                                          bool gzipped) const;

  std::vector<std::unique_ptr<HlsShard>>& shards_;
  LoadCold load_cold_;
  MediaMetrics& metrics_;
  std::string epoch_;  // Distinguishes the entity tags of two lives of the process.
};

}  // namespace luso::media
