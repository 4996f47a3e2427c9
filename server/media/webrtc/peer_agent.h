#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "io/reactor.h"
#include "io/udp.h"
#include "media/webrtc/dtls.h"
#include "media/webrtc/ice.h"
#include "media/webrtc/peer.h"
#include "media/webrtc/tcp_link.h"
#include "media/webrtc/transport_metrics.h"

namespace luso::media::webrtc {

class PeerAgent;

// What a peer needs of its port.
class PeerHost {
 public:
  struct Tools {
    io::Reactors& reactors;
    io::Reactor& reactor;
    Clock& clock;
    Random& random;
    TransportMetrics& metrics;
    std::shared_ptr<const DtlsIdentity> identity;
    std::chrono::seconds consent, handshake_deadline;
  };

  virtual ~PeerHost() = default;
  [[nodiscard]] virtual const Tools& tools() const = 0;
  [[nodiscard]] virtual io::UdpSocket& udp() = 0;
  [[nodiscard]] virtual TcpLink* find_link(const Route& route) = 0;  // Null when it is closed.
  virtual void flush_later(TcpLink& link) = 0;
  virtual void flush() = 0;
  virtual void add_fragment(const std::string& ufrag, PeerAgent& peer) = 0;
  virtual void drop_fragment(const std::string& ufrag) = 0;
  virtual void add_route(const Route& route, PeerAgent& peer) = 0;  // Takes it from whoever had it.
  virtual void drop_route(const Route& route, PeerAgent& peer) = 0;
  virtual void connected(PeerAgent& peer) = 0;
  virtual void remove(PeerAgent& peer) = 0;
};

// The Peer behind peer.h: brings ICE, DTLS and SRTP together. No call reaches the host after the end.
class PeerAgent final : public Peer, public std::enable_shared_from_this<PeerAgent> {
 public:
  // Datagrams that wait for the handshake's next step; more are dropped, the remote repeats them.
  static constexpr std::size_t kDtlsWaitingMax = 16;

  PeerAgent(PeerHost& host, PeerOptions options, PeerListener& listener);

  // From the port. False: not made with this peer's password.
  bool on_check(ByteView datagram, const proto::stun::Message& message, const Route& route, MonoTime now);
  // DTLS or SRTP that came by one of this peer's routes. May end the peer.
  void on_packet(std::span<std::uint8_t> packet, const Route& route, MonoTime arrived);
  void on_route_lost(const Route& route);
  void tick(MonoTime now);
  void end(PeerEnd cause);

  [[nodiscard]] std::vector<Route> routes() const { return ice_.routes(); }

  // Of before an ICE restart, while it holds.
  [[nodiscard]] const std::string& old_fragment() const { return ice_.old_credentials().ufrag; }

  // Peer
  [[nodiscard]] IceCredentials local_credentials() const override { return ice_.credentials(); }

  IceCredentials restart_ice() override;

  [[nodiscard]] bool is_ready() const override { return sealer_.has_value() && !closed_; }

  [[nodiscard]] std::string remote() const override;
  [[nodiscard]] bool is_tcp() const override;
  void begin() override;
  [[nodiscard]] std::span<std::uint8_t> room(std::size_t bytes_max) override;
  void add(std::size_t bytes) override;
  [[nodiscard]] proto::srtp::Sealer& sealer() override;
  [[nodiscard]] WorkingSet working_set() const override;
  [[nodiscard]] bool is_congested() const override;
  bool send_rtp(ByteView packet) override;
  bool send_rtcp(ByteView packet) override;

  [[nodiscard]] const PeerStats& stats() const override { return stats_; }

  void close() override;

 private:
  struct DtlsWork;

  void send_datagram(ByteView datagram, const Route& route);
  void on_dtls(ByteView datagram, MonoTime now);
  void step_dtls(bool timed_out);
  void on_dtls_step(DtlsWork& work);
  void become_ready(const Dtls::Keys& keys);
  void retire_dtls();
  void on_media(std::span<std::uint8_t> packet, const Route& route, MonoTime arrived);
  [[nodiscard]] std::vector<Bytes> last_words();
  void leave();

  PeerHost& host_;
  PeerListener& listener_;
  const PeerOptions options_;
  IceLite ice_;
  const MonoTime opened_;
  bool closed_ = false;

  // Touched by the blocking pool while a step runs, by nobody else then.
  std::unique_ptr<Dtls> dtls_;  // Until media shows that the remote has all of the handshake,
  bool stepping_ = false;
  std::optional<DtlsAlerts> alerts_;  // and these from then on.
  std::vector<Bytes> dtls_waiting_;
  std::optional<MonoTime> dtls_began_, dtls_timeout_;

  std::optional<proto::srtp::Sealer> sealer_;
  std::optional<proto::srtp::Opener> opener_;
  enum class Way : std::uint8_t { none, udp, tcp };
  Way way_ = Way::none;  // Since begin().
  TcpLink* link_ = nullptr;
  PeerStats stats_;
};

}  // namespace luso::media::webrtc
