#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "io/scope.h"
#include "io/udp.h"
#include "media/webrtc/peer_agent.h"
#include "media/webrtc/port.h"

namespace luso::media::webrtc {

// The inside of a PeerPort: its sockets, and the tables that tell whose packet it is that came.
class PeerPort::Impl final : public PeerHost {
 public:
  // ICE-TCP connections without a valid check yet: the oldest goes when there is one more.
  static constexpr std::size_t kUnknownLinksMax = 256;
  // Over all of a port; one more is closed at once.
  static constexpr std::size_t kLinksMax = 8'192;
  static constexpr std::chrono::milliseconds kTick{50};  // Retransmissions and deadlines hold to this.
  static constexpr int kTicksPerSweep = 20;              // Consent holds to a second.

  Impl(io::Reactors& reactors, io::Reactor& reactor, PeerPortSettings settings,
       std::shared_ptr<const DtlsIdentity> identity, Clock& clock, TransportMetrics& metrics,
       std::atomic<std::size_t>& peers_count);

  [[nodiscard]] Result<void> bind();
  void run();
  [[nodiscard]] Task<bool> stop();
  [[nodiscard]] Result<std::shared_ptr<Peer>> open(PeerOptions options, PeerListener& listener);
  void flush() override;

  [[nodiscard]] std::uint16_t port() const { return port_; }

  [[nodiscard]] const std::vector<proto::sdp::Candidate>& candidates() const { return candidates_; }

  // PeerHost
  [[nodiscard]] const Tools& tools() const override { return tools_; }

  [[nodiscard]] io::UdpSocket& udp() override { return *udp_; }

  [[nodiscard]] TcpLink* find_link(const Route& route) override;
  void flush_later(TcpLink& link) override;
  void add_fragment(const std::string& ufrag, PeerAgent& peer) override;
  void drop_fragment(const std::string& ufrag) override;
  void add_route(const Route& route, PeerAgent& peer) override;
  void drop_route(const Route& route, PeerAgent& peer) override;
  void connected(PeerAgent& peer) override;
  void remove(PeerAgent& peer) override;

 private:
  struct TextHash {
    using is_transparent = void;

    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };

  struct RouteHash {
    std::size_t operator()(const Route& route) const;
  };

  [[nodiscard]] Result<void> bind_number(std::uint16_t port);
  [[nodiscard]] Result<void> bind_tcp(const boost::asio::ip::address& address);
  void list_candidates();

  void on_datagram(std::span<std::uint8_t> bytes, const Route& route, MonoTime arrived);
  void on_stun(ByteView datagram, const Route& route, MonoTime now);
  [[nodiscard]] std::shared_ptr<PeerAgent> find_peer(const Route& route);

  [[nodiscard]] Task<void> accept_loop();
  void take_connection(boost::asio::ip::tcp::socket socket);
  [[nodiscard]] Task<void> serve(std::shared_ptr<TcpLink> link);
  void drop_oldest_unknown();

  [[nodiscard]] Task<void> tick_loop();
  void tick(MonoTime now, bool sweep);
  void count_peers();

  Tools tools_;
  PeerPortSettings settings_;
  std::atomic<std::size_t>& peers_count_;
  std::uint16_t port_ = 0;
  std::vector<proto::sdp::Candidate> candidates_;
  std::unique_ptr<io::UdpSocket> udp_;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer timer_;
  io::Scope scope_;
  bool stopping_ = false;

  std::unordered_map<PeerAgent*, std::shared_ptr<PeerAgent>> peers_;
  std::unordered_set<PeerAgent*> connecting_;  // Those whose deadlines are near.
  std::unordered_map<std::string, PeerAgent*, TextHash, std::equal_to<>> by_fragment_;
  std::unordered_map<Route, PeerAgent*, RouteHash> by_route_;
  std::unordered_map<std::uint64_t, std::shared_ptr<TcpLink>> links_;
  std::vector<std::shared_ptr<TcpLink>> to_flush_;
  std::uint64_t last_link_ = 0;
  std::map<std::uint64_t, TcpLink*> unknown_links_;  // Without a valid check yet, oldest first.
};

}  // namespace luso::media::webrtc
