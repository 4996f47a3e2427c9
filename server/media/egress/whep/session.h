#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "base/clock.h"
#include "io/reactor.h"
#include "media/egress/whep/shard.h"
#include "media/egress/whep/viewer.h"
#include "media/egress/whep/viewer_sender.h"
#include "media/metrics.h"
#include "media/webrtc/peer.h"

namespace luso::media::whep {

// The life of one viewer: from its peer's opening, which has not connected yet, to its end, whoever wants it.
class Session final : public Viewer,
                      public webrtc::PeerListener,
                      public std::enable_shared_from_this<Session> {
 public:
  struct Services {
    io::Reactor& reactor;
    MediaMetrics& metrics;
    std::function<void(Session&)> left;  // Forgets the session, which may be its end.
  };

  Session(Services services, std::shared_ptr<Shard> shard, std::shared_ptr<void> hold, ViewerPlan plan,
          ViewerEnded ended);
  ~Session() override;

  void attach(std::shared_ptr<webrtc::Peer> peer);  // Right after it was made.

  [[nodiscard]] io::Reactor& reactor() const override { return services_.reactor; }

  [[nodiscard]] webrtc::Peer& peer() override { return *peer_; }

  [[nodiscard]] ViewerStats stats() const override { return sender_ ? sender_->stats() : last_stats_; }

  void close() override;

  void on_ready(webrtc::Peer& peer) override;

  void on_rtp(ByteView /*packet*/, MonoTime /*arrived*/) override {}  // Viewers have nothing to send.

  void on_rtcp(ByteView packet, MonoTime arrived) override;
  void on_ended(webrtc::PeerEnd end) override;

 private:
  void leave();

  Services services_;
  std::shared_ptr<Shard> shard_;
  std::shared_ptr<void> hold_;
  ViewerPlan plan_;
  ViewerEnded ended_;
  std::shared_ptr<webrtc::Peer> peer_;
  std::optional<ViewerSender> sender_;  // While media flows.
  ViewerStats last_stats_;
  bool over_ = false;
};

}  // namespace luso::media::whep
