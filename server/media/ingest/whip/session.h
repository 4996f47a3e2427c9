#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "io/reactor.h"
#include "io/task.h"
#include "media/authority.h"
#include "media/ingest/context.h"
#include "media/publisher.h"
#include "media/webrtc/negotiation.h"
#include "media/webrtc/peer.h"
#include "media/webrtc/port.h"

namespace luso::media {

// One browser or encoder that publishes by WHIP (RFC 9725), from its offer until it leaves. Lives on its
// port's reactor. It takes the stream over when its media can flow, not before: an offer whose candidates
// lead nowhere dismisses nobody.
class WhipSession : public PublisherPort {
 public:
  // What our answer says about the transport, and ICE restarts. Null once the session is over.
  [[nodiscard]] virtual webrtc::Peer* peer() = 0;

  // The publisher asked for the end (DELETE): the stream waits out its grace window for another.
  virtual void finish() = 0;
};

// Everybody who publishes by WHIP.
class WhipIngest {
 public:
  WhipIngest(io::Reactors& reactors, const IngestContext& context);
  ~WhipIngest();  // After stop().
  WhipIngest(const WhipIngest&) = delete;
  WhipIngest& operator=(const WhipIngest&) = delete;

  // May this key publish here and now? `request.protocol` is "whip". Fails with the authority's reasons,
  // "media.full" and "media.disk_full". On any reactor.
  [[nodiscard]] Task<Result<PublishGrant>> ask(PublishRequest request);

  struct Offer {
    webrtc::PeerPort& port;
    const webrtc::Plan& plan;  // Of plan_whip().
    webrtc::PeerOptions options;
    PublishGrant grant;
    std::string encoder;  // Who it says it is: the request's User-Agent.
    // Called once on the port's reactor when the session is over, whatever ended it: forget its resource.
    std::function<void()> over;
  };

  // On the port's reactor. Fails with "webrtc.full".
  [[nodiscard]] Result<std::shared_ptr<WhipSession>> open(Offer offer);

  // Sends everybody away. While the reactors run, before the directory and the ports stop.
  [[nodiscard]] Task<void> stop();

 private:
  struct Room;
  [[nodiscard]] static Task<void> close(Room& room);

  io::Reactors& reactors_;
  const IngestContext& context_;
  std::vector<std::unique_ptr<Room>> rooms_;
};

}  // namespace luso::media
