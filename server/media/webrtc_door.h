#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "io/http.h"
#include "io/reactor.h"
#include "media/egress/llhls/hls_shard.h"
#include "media/ingest/context.h"

namespace luso::media {

// Everything of the engine that speaks WebRTC: the ports, the fan-out to viewers, the publishers' intake, and
// the HTTP that brings them here.
class WebRtcDoor {
 public:
  // Makes the certificate that browsers know us by. All of it outlives the door.
  [[nodiscard]] static Result<std::unique_ptr<WebRtcDoor>> build(
      io::Reactors& reactors, const IngestContext& context, std::vector<std::unique_ptr<HlsShard>>& shards);
  ~WebRtcDoor();  // After stop(), when start() succeeded.
  WebRtcDoor(const WebRtcDoor&) = delete;
  WebRtcDoor& operator=(const WebRtcDoor&) = delete;

  // Binds. Call before the reactors start, or from any thread but theirs.
  [[nodiscard]] Result<void> start();
  [[nodiscard]] std::uint16_t port() const;  // Of the first reactor.

  // Publishers are sent away as viewers are, before the directory stops.
  [[nodiscard]] Task<void> stop();

  // Below /whep/ and /whip/.
  [[nodiscard]] Task<io::HttpResponse> handle(io::HttpRequest& request);

 private:
  struct Impl;
  explicit WebRtcDoor(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace luso::media
