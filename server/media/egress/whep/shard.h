#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include <boost/asio/steady_timer.hpp>

#include "base/clock.h"
#include "io/reactor.h"
#include "media/egress/whep/rtp_unit.h"
#include "media/egress/whep/unit_ring.h"
#include "media/egress/whep/viewer_sender.h"
#include "media/metrics.h"

namespace luso::media::whep {

// All viewers of one stream on one reactor, and the packets they share. Sends in rounds: whatever has come
// goes to each viewer in turn and leaves in as few system calls as it fits into.
class Shard : public std::enable_shared_from_this<Shard> {
 public:
  // Of one round, then the reactor's other work has its turn: a reactor that has more viewers than it can
  // serve still hears them, and lets others join.
  static constexpr std::uint64_t kPacketsAtOnceMax = 1'000;

  using KeyframeAnswer = std::function<void(bool comes)>;

  struct Services {
    io::Reactor& reactor;
    Clock& clock;
    MediaMetrics& metrics;
    std::function<void()> flush;  // Of the port the viewers' peers came through.
    // Asks where the stream lives; answers here, whether one comes on demand. Empty: never.
    std::function<void(KeyframeAnswer)> request_keyframe;
    std::function<void()> gone;  // Called by the destructor.
  };

  explicit Shard(Services services);
  ~Shard();
  Shard(const Shard&) = delete;
  Shard& operator=(const Shard&) = delete;

  void take(const RtpUnitPtr& unit);

  // A viewer is served from add() to remove(), which may be called in the middle of a round.
  void add(ViewerSender& viewer);
  void remove(ViewerSender& viewer);

  // `before` is the ring of the shard that this viewer moved here from, while that is known.
  void take_rtcp(ViewerSender& viewer, ByteView compound, const UnitRing* before = nullptr);

  [[nodiscard]] const UnitRing& ring() const { return ring_; }

  // Somebody who watches another rendition and wants to go on here, at the next keyframe. Told after each
  // unit that comes, until it is gone.
  class Newcomer {
   public:
    virtual void on_unit() = 0;

   protected:
    ~Newcomer() = default;
  };

  // Asks the publisher for the keyframe.
  void expect(Newcomer& newcomer);
  void forget(Newcomer& newcomer);

 private:
  void pump_soon();
  void post_pump();
  void pump();
  void serve_viewers(SendTally& tally);
  void prefetch_after(std::size_t viewer) const;
  void end_round();
  void tick_later();
  void ask_for_keyframe(ViewerSender& viewer);
  void take_answer(bool comes);
  [[nodiscard]] ViewerSender::Now now() const;

  Services services_;
  UnitRing ring_;
  std::vector<Newcomer*> newcomers_;
  std::vector<ViewerSender*> viewers_;  // Null: left during a round.
  std::size_t next_viewer_ = 0;         // Of the round that goes on.
  std::vector<ViewerSender*> lost_;     // Lost their picture; the question for a keyframe is on its way.
  bool in_round_ = false;
  bool again_ = false;  // Something came since the round began.
  bool more_ = false;   // Somebody is to be sent more a tick later.
  bool pump_posted_ = false;
  bool ticking_ = false;
  boost::asio::steady_timer tick_;
};

}  // namespace luso::media::whep
