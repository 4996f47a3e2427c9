#include "media/webrtc/port.h"

#include <algorithm>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "media/metrics.h"
#include "media/webrtc/port_impl.h"

namespace luso::media::webrtc {

PeerPort::PeerPort(io::Reactors& reactors, io::Reactor& reactor, PeerPortSettings settings,
                   std::shared_ptr<const DtlsIdentity> identity, Clock& clock, MediaMetrics& metrics)
    : reactor_(reactor),
      identity_(std::move(identity)),
      impl_(std::make_unique<Impl>(reactors, reactor, std::move(settings), identity_, clock,
                                   metrics.transport, peers_)) {}

PeerPort::~PeerPort() = default;

Result<void> PeerPort::start() {
  TRY_VOID(impl_->bind());
  impl_->run();
  return {};
}

Task<void> PeerPort::stop() {
  static_cast<void>(
      co_await boost::asio::co_spawn(reactor_.executor(), impl_->stop(), boost::asio::use_awaitable));
}

Result<std::shared_ptr<Peer>> PeerPort::open(PeerOptions options, PeerListener& listener) {
  return impl_->open(std::move(options), listener);
}

void PeerPort::flush() {
  impl_->flush();
}

std::uint16_t PeerPort::port() const {
  return impl_->port();
}

const std::vector<proto::sdp::Candidate>& PeerPort::candidates() const {
  return impl_->candidates();
}

const DtlsIdentity& PeerPort::identity() const {
  return *identity_;
}

PeerPorts::PeerPorts(io::Reactors& reactors, const PeerPortSettings& settings,
                     std::shared_ptr<const DtlsIdentity> identity, Clock& clock, MediaMetrics& metrics) {
  for (std::size_t i = 0; i < reactors.size(); ++i) {
    PeerPortSettings own = settings;
    if (own.port != 0) own.port = static_cast<std::uint16_t>(own.port + i);
    ports_.push_back(
        std::make_unique<PeerPort>(reactors, reactors.at(i), std::move(own), identity, clock, metrics));
  }
}

Result<void> PeerPorts::start() {
  for (const auto& port : ports_) TRY_VOID(port->impl_->bind());
  for (const auto& port : ports_) port->impl_->run();
  return {};
}

Task<void> PeerPorts::stop() {
  for (const auto& port : ports_) co_await port->stop();
}

PeerPort& PeerPorts::least_busy() {
  return **std::ranges::min_element(ports_, {}, [](const auto& port) { return port->peers(); });
}

}  // namespace luso::media::webrtc
