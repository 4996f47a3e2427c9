#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "io/reactor.h"
#include "io/task.h"
#include "media/webrtc/dtls_identity.h"
#include "media/webrtc/peer.h"
#include "proto/sdp.h"

namespace luso::media {
struct MediaMetrics;
}

namespace luso::media::webrtc {

struct PeerPortSettings {
  std::string address = "::";  // What is bound; "::" takes IPv4 too.
  std::uint16_t port = 8000;   // Of reactor 0; each further reactor has the next one. 0: free ones.
  bool tcp = true;             // ICE-TCP on the same number.
  // Where the world reaches us: IP addresses for the candidates. Empty: this machine's own addresses, and
  // loopback when there is no other.
  std::vector<std::string> public_addresses;
  bool offer_loopback = false;                  // Loopback candidates besides.
  std::chrono::seconds consent{30};             // RFC 7675, 5.1
  std::chrono::seconds handshake_deadline{10};  // From open() to ready.
  std::uint32_t peers_max = 20'000;             // Of one port; the next is refused with "webrtc.full".
};

// One reactor's door for WebRTC: a UDP socket and a TCP listener on one port number, and all peers that came
// through them. Everything happens on its reactor unless it says otherwise.
class PeerPort {
 public:
  PeerPort(io::Reactors& reactors, io::Reactor& reactor, PeerPortSettings settings,
           std::shared_ptr<const DtlsIdentity> identity, Clock& clock, MediaMetrics& metrics);
  ~PeerPort();  // After stop(), when start() succeeded.
  PeerPort(const PeerPort&) = delete;
  PeerPort& operator=(const PeerPort&) = delete;

  // Binds, and works from then on. From any thread but the reactors', or before they start.
  [[nodiscard]] Result<void> start();
  // Ends every peer (server_stopping) and the sockets. From any reactor.
  [[nodiscard]] Task<void> stop();

  // Fails with "webrtc.full". The handshake deadline runs from here.
  [[nodiscard]] Result<std::shared_ptr<Peer>> open(PeerOptions options, PeerListener& listener);
  // Sends what peers have added. At the end of a round of peers, not after each.
  void flush();

  [[nodiscard]] io::Reactor& reactor() const { return reactor_; }

  // The same from start() to stop(), from any thread.
  [[nodiscard]] std::uint16_t port() const;
  // Host candidates for the answer: UDP, and TCP passive (RFC 6544), of each address.
  [[nodiscard]] const std::vector<proto::sdp::Candidate>& candidates() const;
  [[nodiscard]] const DtlsIdentity& identity() const;

  // From any thread; a moment old.
  [[nodiscard]] std::size_t peers() const { return peers_.load(std::memory_order_relaxed); }

 private:
  friend class PeerPorts;  // Binds all of them before any runs.
  class Impl;
  io::Reactor& reactor_;
  std::shared_ptr<const DtlsIdentity> identity_;
  std::atomic<std::size_t> peers_ = 0;
  std::unique_ptr<Impl> impl_;
};

// The ports of all reactors.
class PeerPorts {
 public:
  PeerPorts(io::Reactors& reactors, const PeerPortSettings& settings,
            std::shared_ptr<const DtlsIdentity> identity, Clock& clock, MediaMetrics& metrics);

  // As PeerPort's; when one port cannot be had, none runs.
  [[nodiscard]] Result<void> start();
  [[nodiscard]] Task<void> stop();

  [[nodiscard]] std::size_t size() const { return ports_.size(); }

  [[nodiscard]] PeerPort& at(std::size_t reactor_index) { return *ports_.at(reactor_index); }

  // The port with the fewest peers: where the next one goes. From any thread.
  [[nodiscard]] PeerPort& least_busy();

 private:
  std::vector<std::unique_ptr<PeerPort>> ports_;
};

}  // namespace luso::media::webrtc
