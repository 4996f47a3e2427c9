#include "media/webrtc/port_impl.h"

#include <algorithm>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/log.h"
#include "io/tcp.h"
#include "media/webrtc/candidates.h"
#include "proto/stun.h"

namespace luso::media::webrtc {
namespace asio = boost::asio;
namespace stun = proto::stun;
using asio::ip::tcp;

namespace {

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::milliseconds kAcceptBackoff{100};  // Out of descriptors: wait, do not spin.
constexpr int kBacklog = 1'024;
constexpr int kFreePortTries = 16;  // A free UDP port whose number TCP has free too.

Error port_taken(const tcp::endpoint& endpoint, const boost::system::error_code& error) {
  return Error{.kind = ErrorKind::unavailable,
               .reason = "io.listen_failed",
               .detail = "tcp " + endpoint.address().to_string() + ':' + std::to_string(endpoint.port()) +
                         ": " + error.message(),
               .field = {},
               .retry_after_s = 0};
}

bool is_dtls_or_media(ByteView bytes) {
  return !bytes.empty() && ((bytes[0] >= 20 && bytes[0] <= 63) || (bytes[0] >= 128 && bytes[0] <= 191));
}

std::string_view fragment_of(const stun::Message& message) {
  const std::string_view username = message.username.value_or(std::string_view());
  return username.substr(0, username.find(':'));
}

}  // namespace

std::size_t PeerPort::Impl::RouteHash::operator()(const Route& route) const {
  const std::size_t address = std::hash<asio::ip::address>{}(route.udp.remote.address());
  const std::uint64_t rest = std::uint64_t{route.udp.remote.port()} << 48U ^ route.tcp;
  return address ^ (rest * 0x9E3779B97F4A7C15ULL >> 7U);
}

PeerPort::Impl::Impl(io::Reactors& reactors, io::Reactor& reactor, PeerPortSettings settings,
                     std::shared_ptr<const DtlsIdentity> identity, Clock& clock, TransportMetrics& metrics,
                     std::atomic<std::size_t>& peers_count)
    : tools_{.reactors = reactors,
             .reactor = reactor,
             .clock = clock,
             .random = system_random(),
             .metrics = metrics,
             .identity = std::move(identity),
             .consent = settings.consent,
             .handshake_deadline = settings.handshake_deadline},
      settings_(std::move(settings)),
      peers_count_(peers_count),
      acceptor_(reactor.executor()),
      timer_(reactor.executor()),
      scope_(reactor.executor()) {}

// ---- Beginning and end

Result<void> PeerPort::Impl::bind() {
  Result<void> bound = bind_number(settings_.port);
  for (int i = 1; !bound && settings_.port == 0 && i < kFreePortTries; ++i) bound = bind_number(0);
  TRY_VOID(std::move(bound));
  list_candidates();
  return {};
}

void PeerPort::Impl::run() {
  tools_.reactor.post([this] {
    scope_.spawn([this] {
      return udp_->receive([this](std::span<io::UdpDatagram> batch) {
        for (io::UdpDatagram& datagram : batch) {
          on_datagram(datagram.bytes, Route{.udp = datagram.path, .tcp = 0}, datagram.arrived);
        }
        flush();
      });
    });
    if (acceptor_.is_open()) scope_.spawn([this] { return accept_loop(); });
    scope_.spawn([this] { return tick_loop(); });
  });
}

Result<void> PeerPort::Impl::bind_number(std::uint16_t port) {
  TRY(const tcp::endpoint wanted, io::endpoint_of(settings_.address, port));
  asio::ip::address address = wanted.address();
  auto udp = io::UdpSocket::open(tools_.reactor, io::UdpEndpoint(address, port), {});
  if (!udp && address == asio::ip::address_v6::any()) {
    address = asio::ip::address_v4::any();  // A machine without IPv6.
    udp = io::UdpSocket::open(tools_.reactor, io::UdpEndpoint(address, port), {});
  }
  if (!udp) return tl::unexpected(std::move(udp).error());
  udp_ = *std::move(udp);
  port_ = udp_->local().port();
  return settings_.tcp ? bind_tcp(address) : Result<void>();
}

Result<void> PeerPort::Impl::bind_tcp(const asio::ip::address& address) {
  const tcp::endpoint endpoint(address, port_);
  boost::system::error_code error, ignored;
  acceptor_.close(ignored);
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error && address.is_v6()) acceptor_.set_option(asio::ip::v6_only(false), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(kBacklog, error);
  if (error) return tl::unexpected(port_taken(endpoint, error));
  return {};
}

void PeerPort::Impl::list_candidates() {
  std::vector<asio::ip::address> addresses;
  for (const std::string& text : settings_.public_addresses) {
    boost::system::error_code error;
    const auto address = asio::ip::make_address(text, error);
    if (error) {
      log::warn("webrtc.bad_public_address", {{"address", text}});
    } else {
      addresses.push_back(address);
    }
  }
  const asio::ip::address bound = udp_->local().address();
  if (!addresses.empty() && settings_.offer_loopback) {
    addresses.emplace_back(asio::ip::address_v4::loopback());
  } else if (addresses.empty() && !bound.is_unspecified()) {
    addresses.push_back(bound);
  } else if (addresses.empty()) {
    addresses = machine_addresses(settings_.offer_loopback);
    if (bound.is_v4()) std::erase_if(addresses, [](const auto& address) { return address.is_v6(); });
  }
  candidates_ = host_candidates(addresses, port_, settings_.tcp);
}

Task<bool> PeerPort::Impl::stop() {
  stopping_ = true;
  const auto peers = peers_;
  for (const auto& [raw, peer] : peers) peer->end(PeerEnd::server_stopping);
  flush();
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  for (const auto& [id, link] : links_) link->close();
  if (udp_) udp_->close();
  co_await scope_.close();
  co_return true;
}

// ---- Peers

Result<std::shared_ptr<Peer>> PeerPort::Impl::open(PeerOptions options, PeerListener& listener) {
  if (stopping_ || peers_.size() >= settings_.peers_max) {
    return fail(ErrorKind::unavailable, "webrtc.full", "the port has no room for another peer");
  }
  auto peer = std::make_shared<PeerAgent>(*this, std::move(options), listener);
  peers_.emplace(peer.get(), peer);
  connecting_.insert(peer.get());
  count_peers();
  return peer;
}

void PeerPort::Impl::connected(PeerAgent& peer) {
  connecting_.erase(&peer);
}

void PeerPort::Impl::remove(PeerAgent& peer) {
  drop_fragment(peer.local_credentials().ufrag);
  drop_fragment(peer.old_fragment());
  for (const Route& route : peer.routes()) drop_route(route, peer);
  connecting_.erase(&peer);
  peers_.erase(&peer);
  count_peers();
}

void PeerPort::Impl::count_peers() {
  const auto before = peers_count_.exchange(peers_.size(), std::memory_order_relaxed);
  tools_.metrics.peers.add(static_cast<double>(peers_.size()) - static_cast<double>(before));
}

void PeerPort::Impl::add_fragment(const std::string& ufrag, PeerAgent& peer) {
  by_fragment_[ufrag] = &peer;
}

void PeerPort::Impl::drop_fragment(const std::string& ufrag) {
  by_fragment_.erase(ufrag);
}

void PeerPort::Impl::add_route(const Route& route, PeerAgent& peer) {
  PeerAgent*& owner = by_route_[route];
  // Whoever has the address now has shown it by a valid check: the last one has left without a word.
  if (owner != nullptr && owner != &peer) owner->on_route_lost(route);
  owner = &peer;
}

void PeerPort::Impl::drop_route(const Route& route, PeerAgent& peer) {
  const auto found = by_route_.find(route);
  if (found == by_route_.end() || found->second != &peer) return;
  by_route_.erase(found);
  // A connection serves one peer only.
  if (TcpLink* const link = find_link(route); link != nullptr) {
    link->flush();
    link->close();
  }
}

std::shared_ptr<PeerAgent> PeerPort::Impl::find_peer(const Route& route) {
  const auto found = by_route_.find(route);
  return found == by_route_.end() ? nullptr : found->second->shared_from_this();
}

// ---- What comes in

void PeerPort::Impl::on_datagram(std::span<std::uint8_t> bytes, const Route& route, MonoTime arrived) {
  if (stun::looks_like_stun(bytes)) {
    on_stun(bytes, route, arrived);
    return;
  }
  if (!is_dtls_or_media(bytes)) {
    tools_.metrics.dropped(Drop::not_webrtc);
    return;
  }
  if (const auto peer = find_peer(route)) {
    peer->on_packet(bytes, route, arrived);
  } else {
    tools_.metrics.dropped(Drop::unknown_address);
  }
}

void PeerPort::Impl::on_stun(ByteView datagram, const Route& route, MonoTime now) {
  const auto message = stun::parse(datagram);
  if (!message || message->method != stun::kBinding || message->kind != stun::Class::request) {
    // Indications keep NATs open and want no answer (RFC 8445, 11); we ask nothing that could be answered.
    const bool keepalive = message && message->kind == stun::Class::indication;
    if (!keepalive) tools_.metrics.dropped(Drop::bad_stun);
    return;
  }
  const auto found = by_fragment_.find(fragment_of(*message));
  if (found == by_fragment_.end()) {
    tools_.metrics.dropped(Drop::unknown_user);
    return;
  }
  if (!found->second->on_check(datagram, *message, route, now)) {
    tools_.metrics.dropped(Drop::bad_integrity);
    return;
  }
  tools_.metrics.checks.add();
  if (!route.is_tcp()) return;
  if (TcpLink* const link = find_link(route); link != nullptr && !link->is_known()) {
    link->set_known();
    unknown_links_.erase(route.tcp);
  }
}

// ---- ICE-TCP

Task<void> PeerPort::Impl::accept_loop() {
  while (acceptor_.is_open()) {
    auto [error, socket] = co_await acceptor_.async_accept(kNoThrow);
    if (error == asio::error::operation_aborted || error == asio::error::bad_descriptor) co_return;
    if (error) {
      log::warn("webrtc.accept_failed", {{"error", error.message()}});
      asio::steady_timer pause(tools_.reactor.executor(), kAcceptBackoff);
      co_await pause.async_wait(kNoThrow);
      continue;
    }
    take_connection(std::move(socket));
  }
}

void PeerPort::Impl::take_connection(tcp::socket socket) {
  if (links_.size() >= kLinksMax) {
    tools_.metrics.dropped(Drop::tcp_too_many);
    return;
  }
  if (unknown_links_.size() >= kUnknownLinksMax) drop_oldest_unknown();
  auto link = std::make_shared<TcpLink>(std::move(socket), ++last_link_, tools_.clock.monotonic());
  links_.emplace(last_link_, link);
  unknown_links_.emplace(last_link_, link.get());
  tools_.metrics.tcp_connections.add(1);
  scope_.spawn([this, link = std::move(link)] { return serve(link); });
}

Task<void> PeerPort::Impl::serve(std::shared_ptr<TcpLink> link) {
  const Route route = link->route();
  const TcpLink::Ending ending = co_await link->receive([this, &route](std::span<std::uint8_t> frame) {
    on_datagram(frame, route, tools_.clock.monotonic());
    flush();
  });
  if (ending == TcpLink::Ending::garbage) tools_.metrics.dropped(Drop::tcp_garbage);
  if (ending == TcpLink::Ending::silent) tools_.metrics.dropped(Drop::tcp_silent);
  link->close();
  unknown_links_.erase(route.tcp);
  if (const auto peer = find_peer(route)) {
    by_route_.erase(route);
    peer->on_route_lost(route);
  }
  links_.erase(route.tcp);
  tools_.metrics.tcp_connections.add(-1);
}

void PeerPort::Impl::drop_oldest_unknown() {
  tools_.metrics.dropped(Drop::tcp_too_many);
  unknown_links_.begin()->second->close();
  unknown_links_.erase(unknown_links_.begin());
}

TcpLink* PeerPort::Impl::find_link(const Route& route) {
  const auto found = links_.find(route.tcp);
  return found == links_.end() ? nullptr : found->second.get();
}

void PeerPort::Impl::flush_later(TcpLink& link) {
  if (!to_flush_.empty() && to_flush_.back().get() == &link) return;
  to_flush_.push_back(link.shared_from_this());
}

void PeerPort::Impl::flush() {
  if (udp_) udp_->flush();
  for (const auto& link : std::exchange(to_flush_, {})) link->flush();
}

// ---- Time

Task<void> PeerPort::Impl::tick_loop() {
  for (int count = 1;; ++count) {
    timer_.expires_after(kTick);
    const auto [error] = co_await timer_.async_wait(kNoThrow);
    if (error) co_return;
    tick(tools_.clock.monotonic(), count % kTicksPerSweep == 0);
    flush();
  }
}

void PeerPort::Impl::tick(MonoTime now, bool sweep) {
  // A peer that ends tells its listener, who may end others: walk over a copy that keeps them alive.
  std::vector<std::shared_ptr<PeerAgent>> due;
  if (sweep) {
    due.reserve(peers_.size());
    for (const auto& [raw, peer] : peers_) due.push_back(peer);
  } else {
    for (PeerAgent* const peer : connecting_) due.push_back(peer->shared_from_this());
  }
  for (const auto& peer : due) peer->tick(now);
  if (!sweep) return;
  while (!unknown_links_.empty()) {
    TcpLink& oldest = *unknown_links_.begin()->second;
    if (now - oldest.opened() < TcpLink::kUnknownMax) break;
    tools_.metrics.dropped(Drop::tcp_silent);
    oldest.close();
    unknown_links_.erase(unknown_links_.begin());
  }
}

}  // namespace luso::media::webrtc
