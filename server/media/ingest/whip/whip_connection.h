#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/steady_timer.hpp>

#include "base/clock.h"
#include "io/scope.h"
#include "media/directory.h"
#include "media/ingest/whip/session.h"
#include "media/ingest/whip/whip_feed.h"
#include "media/webrtc/arrival_log.h"
#include "media/webrtc/keyframe_requests.h"
#include "media/webrtc/negotiation.h"
#include "media/webrtc/rtp_receiver.h"
#include "proto/rtcp.h"
#include "proto/rtp.h"

namespace luso::media {

// A WhipSession: between a peer's packets and the stream's events. What it decides is decided by the parts it
// is made of; here are the order of things and their times.
class WhipConnection final : public WhipSession,
                             public webrtc::PeerListener,
                             public std::enable_shared_from_this<WhipConnection> {
 public:
  static constexpr Duration kTick{20'000};                 // Gaps and feedback hold to about so much.
  static constexpr Duration kReportInterval{1'000'000};    // Receiver reports, and facts for the panel.
  static constexpr std::size_t kPendingEventsMax = 4'096;  // The home is too busy: skip to a keyframe.
  // A size without packets for so long is paused, as browsers do for want of bandwidth: it is asked for
  // nothing.
  static constexpr Duration kPausedAfter{1'000'000};

  WhipConnection(const IngestContext& context, io::Reactor& reactor, io::Scope& scope,
                 WhipIngest::Offer& offer);

  // With the port's peer, which it closes.
  void start(std::shared_ptr<webrtc::Peer> peer);

  [[nodiscard]] webrtc::Peer* peer() override { return peer_.get(); }

  void finish() override { end(UnpublishCause::encoder_finished); }

  void dismiss(UnpublishCause cause) override;

  [[nodiscard]] bool request_keyframe(std::size_t layer) override;

  void on_ready(webrtc::Peer& peer) override;
  void on_rtp(ByteView packet, MonoTime arrived) override;
  void on_rtcp(ByteView packet, MonoTime arrived) override;
  void on_ended(webrtc::PeerEnd why) override;

 private:
  // The picture in one size; several with simulcast.
  struct Picture {
    std::string rid;  // Empty without simulcast.
    webrtc::RtpReceiver receiver;
    webrtc::KeyframeRequests keyframes;
    std::uint64_t keyframes_seen = 0;
    std::uint64_t b_frames_seen = 0;
    std::optional<MonoTime> last_packet;

    [[nodiscard]] bool is_sent(MonoTime now) const {
      return last_packet && now - *last_packet < kPausedAfter;
    }
  };

  void end(UnpublishCause cause);
  void schedule_tick();
  void tick();
  void drain(MonoTime now);
  [[nodiscard]] Result<void> drain_picture(std::size_t layer, MonoTime now, WallTime wall);
  void send_feedback(MonoTime now);
  void ask_for_lost(webrtc::RtpReceiver& receiver, MonoTime now);
  void ask_for_keyframes(MonoTime now);
  void tell_arrivals(MonoTime now);
  void report(MonoTime now);
  void on(const proto::rtcp::SenderReport& report, MonoTime now);
  void on(const proto::rtcp::ExtendedReport& report);
  [[nodiscard]] Picture* picture_of(const proto::rtp::Packet& packet);
  [[nodiscard]] webrtc::RtpReceiver* receiver_of(const proto::rtp::Packet& packet, MonoTime now);
  [[nodiscard]] std::vector<webrtc::RtpReceiver*> receivers();
  [[nodiscard]] std::uint32_t any_ssrc();
  void refuse(const Error& error);
  void hand_over();
  [[nodiscard]] Task<void> take_over();
  [[nodiscard]] Task<void> pump();
  [[nodiscard]] TransportFacts facts();

  const IngestContext& context_;
  io::Reactor& reactor_;
  io::Scope& scope_;
  boost::asio::steady_timer timer_;
  PublishGrant grant_;
  std::function<void()> over_;
  std::string encoder_;
  std::shared_ptr<webrtc::Peer> peer_;
  bool ended_ = false;

  std::vector<Picture> pictures_;
  std::optional<webrtc::RtpReceiver> audio_;
  webrtc::Extensions video_extensions_;
  std::uint8_t transport_cc_id_ = 0;
  std::uint32_t our_ssrc_ = 0;
  WhipFeed feed_;
  webrtc::ArrivalLog arrivals_;
  std::optional<Duration> round_trip_;
  std::optional<MonoTime> last_frame_, last_arrivals_, last_report_;

  MediaEvents events_;
  std::optional<StreamDirectory::Ticket> ticket_;
  bool pumping_ = false;
};

}  // namespace luso::media
