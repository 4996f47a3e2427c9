#include "media/egress/whep/session.h"

#include <utility>

#include "base/check.h"
#include "base/random.h"

namespace luso::media::whep {

Session::Session(Services services, std::shared_ptr<Shard> shard, std::shared_ptr<void> hold, ViewerPlan plan,
                 ViewerEnded ended)
    : services_(std::move(services)),
      shard_(std::move(shard)),
      hold_(std::move(hold)),
      plan_(std::move(plan)),
      ended_(std::move(ended)) {}

Session::~Session() {
  LUSO_CHECK(over_ || !peer_);
}

void Session::attach(std::shared_ptr<webrtc::Peer> peer) {
  peer_ = std::move(peer);
}

void Session::on_ready(webrtc::Peer& peer) {
  if (over_ || sender_) return;
  sender_.emplace(peer, plan_, system_random());
  shard_->add(*sender_);
  services_.metrics.whep_joins.add();
  services_.metrics.whep_viewers.add(1);
}

void Session::on_rtcp(ByteView packet, MonoTime /*arrived*/) {
  if (sender_) shard_->take_rtcp(*sender_, packet);
}

void Session::on_ended(webrtc::PeerEnd end) {
  if (over_) return;
  const auto self = shared_from_this();
  const ViewerEnded ended = std::move(ended_);
  leave();
  if (ended) ended(end);
}

void Session::close() {
  if (over_) return;
  const auto self = shared_from_this();
  peer_->close();
  leave();
}

// Whoever holds the handle may drop it on any thread: all that belongs to this reactor goes now.
void Session::leave() {
  over_ = true;
  ended_ = nullptr;
  if (sender_) {
    last_stats_ = sender_->stats();
    shard_->remove(*sender_);
    sender_.reset();
    services_.metrics.whep_viewers.add(-1);
  }
  // The peer may be telling us of its end right now.
  services_.reactor.post([peer = std::move(peer_), shard = std::move(shard_), hold = std::move(hold_)] {});
  services_.left(*this);
}

}  // namespace luso::media::whep
