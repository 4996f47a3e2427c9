#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "io/http.h"
#include "io/reactor.h"
#include "media/directory.h"
#include "media/egress/llhls/hls_shard.h"
#include "media/egress/whep/fanout.h"
#include "media/metrics.h"
#include "media/settings.h"
#include "media/webrtc/join_desk.h"
#include "media/webrtc/signal_front.h"

namespace luso::media::whep {

// Answers /whep/{stream_id}, /whep/@{username} and /whep/session/{id} on whichever reactor the request came
// to (draft-ietf-wish-whep). Whoever may watch by HLS may watch by this: the streams are the same, found in
// the same place.
class Handler {
 public:
  struct Services {
    io::Reactors& reactors;
    const WebRtcSettings& settings;
    std::vector<std::unique_ptr<HlsShard>>& shards;
    StreamDirectory& directory;
    webrtc::PeerPorts& ports;
    Fanout& fanout;
    webrtc::JoinDesk& desk;
    MediaMetrics& metrics;
    Random& random;
  };

  explicit Handler(Services services);

  [[nodiscard]] Task<io::HttpResponse> operator()(io::HttpRequest& request) { return front_.answer(request); }

  // Says goodbye to every viewer. Before the fan-out stops.
  [[nodiscard]] Task<void> stop();

 private:
  class Session;
  [[nodiscard]] Task<Result<io::HttpResponse>> join(io::HttpRequest& request);
  [[nodiscard]] Task<Result<io::HttpResponse>> find_and_answer(io::HttpRequest& request);
  [[nodiscard]] Result<StreamId> find_stream(std::string_view name) const;
  [[nodiscard]] Task<Result<io::HttpResponse>> answer(StreamId stream_id, proto::sdp::Session offer,
                                                      PlayoutDelay delay);

  Services services_;
  webrtc::SignalFront front_;
};

}  // namespace luso::media::whep
