#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/random.h"
#include "io/http.h"
#include "io/reactor.h"
#include "media/ingest/whip/session.h"
#include "media/metrics.h"
#include "media/settings.h"
#include "media/webrtc/join_desk.h"
#include "media/webrtc/signal_front.h"

namespace luso::media {

// Answers /whip/{stream_key} and /whip/session/{id} on whichever reactor the request came to (RFC 9725). The
// Bearer token is the key's JWT, as ?token= is for RTMP.
class WhipHandler {
 public:
  struct Services {
    io::Reactors& reactors;
    const WebRtcSettings& settings;
    WhipIngest& ingest;
    webrtc::PeerPorts& ports;
    webrtc::JoinDesk& desk;
    MediaMetrics& metrics;
    Random& random;
  };

  explicit WhipHandler(Services services);

  [[nodiscard]] Task<io::HttpResponse> operator()(io::HttpRequest& request) { return front_.answer(request); }

 private:
  class Session;
  [[nodiscard]] Task<Result<io::HttpResponse>> join(io::HttpRequest& request);
  [[nodiscard]] Task<Result<io::HttpResponse>> ask_and_begin(io::HttpRequest& request);
  [[nodiscard]] Result<io::HttpResponse> begin(webrtc::PeerPort& port, const webrtc::Plan& plan,
                                               PublishGrant grant, std::string encoder);

  Services services_;
  webrtc::SignalFront front_;
};

}  // namespace luso::media
