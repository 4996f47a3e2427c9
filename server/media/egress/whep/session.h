#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>

#include <boost/asio/steady_timer.hpp>

#include "base/clock.h"
#include "io/reactor.h"
#include "media/egress/whep/rendition_rule.h"
#include "media/egress/whep/shard.h"
#include "media/egress/whep/viewer.h"
#include "media/egress/whep/viewer_sender.h"
#include "media/metrics.h"
#include "media/renditions/ladder.h"
#include "media/webrtc/peer.h"

namespace luso::media::whep {

// The life of one viewer: from its peer's opening, which has not connected yet, to its end, whoever wants it.
// Where there are several renditions it looks four times a second whether this viewer's is the right one, and
// moves from one shard to another when it is not.
class Session final : public Viewer,
                      public webrtc::PeerListener,
                      public Shard::Newcomer,
                      public std::enable_shared_from_this<Session> {
 public:
  static constexpr Duration kLook{250'000};
  static constexpr Duration kMovePatience{3'000'000};  // For the keyframe of where it moves to.
  static constexpr Duration kRemember{2'000'000};      // Where it was: for packets asked for again.
  // A keyframe that was on its way when the move was decided will do.
  static constexpr std::int64_t kFreshUs = 200'000;

  struct Services {
    io::Reactor& reactor;
    Clock& clock;
    MediaMetrics& metrics;
    std::function<void(Session&)> left;  // Forgets the session, which may be its end.
  };

  // Where it may watch; one rung is where it is.
  struct Rungs {
    std::size_t count = 1;
    std::shared_ptr<const Ladder> ladder;                      // Null with one rung.
    std::function<std::shared_ptr<Shard>(std::size_t)> shard;  // Of a rung; empty with one.
  };

  Session(Services services, std::shared_ptr<Shard> shard, Rungs rungs, ViewerPlan plan, ViewerEnded ended);
  ~Session() override;

  void attach(std::shared_ptr<webrtc::Peer> peer);  // Right after it was made.

  [[nodiscard]] io::Reactor& reactor() const override { return services_.reactor; }

  [[nodiscard]] webrtc::Peer& peer() override { return *peer_; }

  [[nodiscard]] ViewerStats stats() const override;

  void close() override;

  void on_ready(webrtc::Peer& peer) override;

  void on_rtp(ByteView /*packet*/, MonoTime /*arrived*/) override {}  // Viewers have nothing to send.

  void on_rtcp(ByteView packet, MonoTime arrived) override;
  void on_ended(webrtc::PeerEnd end) override;

  void on_unit() override;  // Where it moves to.

 private:
  // On its way to another rendition.
  struct Move {
    std::shared_ptr<Shard> shard;
    std::size_t rung = 0;
    MonoTime began;
    std::int64_t from_us = 0;  // Keyframes before this are of the past.
  };

  void look_later();
  void look();
  void begin_move(std::size_t rung, MonoTime now);
  void give_up_move();
  void leave();

  Services services_;
  std::shared_ptr<Shard> shard_;
  Rungs rungs_;
  ViewerPlan plan_;
  ViewerEnded ended_;
  std::shared_ptr<webrtc::Peer> peer_;
  std::optional<ViewerSender> sender_;  // While media flows.
  ViewerStats last_stats_;
  bool over_ = false;

  RenditionRule rule_;
  std::size_t rung_ = 0;
  std::optional<Move> move_;
  std::shared_ptr<Shard> before_;  // Where it was until it moved.
  MonoTime moved_{};
  boost::asio::steady_timer look_;
};

}  // namespace luso::media::whep
