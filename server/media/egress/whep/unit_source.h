#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "io/reactor.h"
#include "media/egress/whep/fanout.h"
#include "media/egress/whep/rtp_unit.h"
#include "media/metrics.h"
#include "media/stream.h"
#include "proto/rtp_packetiser.h"

namespace luso::media::whep {

// Cuts a stream's frames into RTP payloads, once, and hands each unit to every reactor that has viewers of
// it. Lives on the stream's home reactor for as long as there are any.
class UnitSource final : public StreamSink {
 public:
  // On their way to one reactor at most; one that does not keep up is given nothing more until it has
  // worked half of them off, and then begins anew at a keyframe.
  static constexpr int kInFlightMax = 256;
  static constexpr std::chrono::milliseconds kKeyframeRequestInterval{500};

  // Takes one unit on the reactor it was posted to.
  using Take = std::function<void(const RtpUnitPtr&)>;

  UnitSource(Source source, Clock& clock, MediaMetrics& metrics);

  // What the stream has since its newest keyframe goes to the new reactor at once.
  void add(std::uint64_t link, io::Reactor& reactor, Take take);
  void remove(std::uint64_t link);

  [[nodiscard]] bool is_unused() const { return links_.empty(); }

  // Merged: at most one a kKeyframeRequestInterval reaches the publisher. False: none comes on demand.
  [[nodiscard]] bool request_keyframe();

  void on_tracks(const TracksPtr& tracks) override;
  void on_frame(const FramePtr& frame) override;

  void on_discontinuity() override { forget_group(); }

  void on_pause() override { forget_group(); }

 private:
  struct Link {
    std::uint64_t id = 0;
    io::Reactor* reactor = nullptr;
    std::shared_ptr<const Take> take;
    std::shared_ptr<std::atomic<int>> in_flight;
    bool broken = false;  // Units were dropped: the next one it gets is a keyframe, or audio when alone.
  };

  [[nodiscard]] RtpUnitPtr cut(const Frame& frame);
  void keep(const RtpUnitPtr& unit);
  void forget_group();
  void post(Link& link, const RtpUnitPtr& unit);
  [[nodiscard]] bool may_begin_with(const RtpUnit& unit) const;

  Source source_;  // Its hold outlives the subscription.
  Clock& clock_;
  MediaMetrics& metrics_;
  std::optional<proto::rtp::Packetiser> video_, audio_;
  std::uint64_t serial_ = 0;
  std::array<std::int64_t, 2> packets_{};
  std::vector<RtpUnitPtr>
      since_keyframe_;  // For reactors that come later; bounded by the stream's GOP cache.
  std::size_t since_keyframe_bytes_ = 0;
  std::list<Link> links_;
  MonoTime keyframe_requested_{};
  Stream::Subscription subscription_;
};

}  // namespace luso::media::whep
