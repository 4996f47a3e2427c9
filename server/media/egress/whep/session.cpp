#include "media/egress/whep/session.h"

#include <span>
#include <utility>

#include "base/check.h"
#include "base/random.h"

namespace luso::media::whep {

Session::Session(Services services, std::shared_ptr<Shard> shard, Rungs rungs, ViewerPlan plan,
                 ViewerEnded ended)
    : services_(std::move(services)),
      shard_(std::move(shard)),
      rungs_(std::move(rungs)),
      plan_(std::move(plan)),
      ended_(std::move(ended)),
      look_(services_.reactor.executor()) {}

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
  if (rungs_.count > 1) look_later();
}

ViewerStats Session::stats() const {
  ViewerStats stats = sender_ ? sender_->stats() : last_stats_;
  stats.rung = rung_;
  return stats;
}

void Session::on_rtcp(ByteView packet, MonoTime /*arrived*/) {
  if (sender_) shard_->take_rtcp(*sender_, packet, before_ ? &before_->ring() : nullptr);
}

void Session::look_later() {
  look_.expires_after(kLook);
  look_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const auto self = weak.lock();
    if (!error && self) self->look();
  });
}

void Session::look() {
  if (!sender_) return;
  const MonoTime now = services_.clock.monotonic();
  std::array<Ladder::Rung, Ladder::kRungsMax> rungs{};
  for (std::size_t i = 0; i < rungs_.count; ++i) rungs.at(i) = rungs_.ladder->at(i);
  RenditionRule::Way way;
  if (const auto* estimate = sender_->estimate(); estimate != nullptr && estimate->arriving_bps() > 0)
    way = {.estimate_bps = estimate->bitrate_bps(), .loss = estimate->loss(), .fills = estimate->fills()};
  const auto verdict = rule_.decide(now, rung_, way, std::span(rungs).first(rungs_.count));
  if (verdict.probe_bps > 0) sender_->probe(verdict.probe_bps, now, RenditionRule::kProbeFor);
  if (move_ && (verdict.rung != move_->rung || now - move_->began > kMovePatience)) give_up_move();
  if (!move_ && verdict.rung != rung_) begin_move(verdict.rung, now);
  if (before_ && now - moved_ > kRemember) before_.reset();
  look_later();
}

void Session::begin_move(std::size_t rung, MonoTime now) {
  auto shard = rungs_.shard(rung);
  if (!shard) return;  // The server is stopping.
  const UnitRing& ring = shard_->ring();
  move_ = Move{.shard = std::move(shard),
               .rung = rung,
               .began = now,
               .from_us = ring.empty() ? 0 : ring.newest_pts_us(TrackKind::video) - kFreshUs};
  move_->shard->expect(*this);
}

void Session::give_up_move() {
  move_->shard->forget(*this);
  move_.reset();
}

// The same sources, the same sealer: the player sees another size of the picture, and no seam.
void Session::on_unit() {
  const UnitRing& ring = move_->shard->ring();
  const auto keyframe = ring.newest_keyframe();
  if (!keyframe || ring.at(*keyframe)->pts_us < move_->from_us || !sender_->move(ring)) return;
  move_->shard->forget(*this);
  const bool is_climb = rungs_.ladder->at(move_->rung).bitrate_bps > rungs_.ladder->at(rung_).bitrate_bps;
  (is_climb ? services_.metrics.whep_moves_up : services_.metrics.whep_moves_down).add();
  shard_->remove(*sender_);
  before_ = std::exchange(shard_, std::move(move_->shard));
  rung_ = move_->rung;
  moved_ = services_.clock.monotonic();
  move_.reset();
  shard_->add(*sender_);
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
  look_.cancel();
  if (move_) give_up_move();
  if (sender_) {
    last_stats_ = sender_->stats();
    shard_->remove(*sender_);
    sender_.reset();
    services_.metrics.whep_viewers.add(-1);
  }
  // The peer may be telling us of its end right now.
  services_.reactor.post([peer = std::move(peer_), shard = std::move(shard_), before = std::move(before_),
                          rungs = std::move(rungs_)] {});
  services_.left(*this);
}

}  // namespace luso::media::whep
