#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/random.h"
#include "io/http.h"
#include "io/reactor.h"
#include "media/settings.h"
#include "media/webrtc/negotiation.h"
#include "media/webrtc/port.h"
#include "media/webrtc/session_urls.h"

namespace luso::media::webrtc {

// The HTTP of WHIP and of WHEP, common to both: below "/whep/" offers are posted, and below "/whep/session/"
// each session has its URL.
class SignalFront {
 public:
  struct Services {
    io::Reactors& reactors;
    PeerPorts& ports;
    const WebRtcSettings& settings;
    Random& random;
  };

  // An offer, on the reactor its request came to.
  using Join = std::function<Task<Result<io::HttpResponse>>(io::HttpRequest&)>;

  // `prefix`: "/whep/"
  SignalFront(Services services, std::string_view prefix, Join join);

  // From any reactor.
  [[nodiscard]] Task<io::HttpResponse> answer(io::HttpRequest& request);

  struct Begun {
    std::string url_id;  // For remove().
    io::HttpResponse response;
  };

  // The session has a URL from now on, and a peer; on the peer's reactor.
  [[nodiscard]] Begun begin(std::shared_ptr<SignalledSession> session, const Peer& peer, const Plan& plan);

  void remove(const std::string& url_id) { urls_.remove(url_id); }  // Harmless when it is not there.

  // Every session leaves. While the reactors run.
  [[nodiscard]] Task<void> close_all() { return urls_.close_all(); }

 private:
  Services services_;
  Join join_;
  SessionUrls urls_;
};

}  // namespace luso::media::webrtc
