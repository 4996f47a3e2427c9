#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/random.h"
#include "io/udp_send_queue.h"
#include "media/webrtc/peer.h"
#include "proto/stun.h"

namespace luso::media::webrtc {

// One way between a remote and us: two UDP addresses, or an ICE-TCP connection.
struct Route {
  io::UdpPath udp;
  std::uint64_t tcp = 0;  // The connection's number; 0: UDP.

  friend bool operator==(const Route&, const Route&) = default;

  [[nodiscard]] bool is_tcp() const { return tcp != 0; }
};

// ICE-lite for one peer, without sockets or clock (RFC 8445, 2.5): answers the remote's checks, and follows
// it. A full agent on the other side is always the controlling one and decides which route is used.
class IceLite {
 public:
  static constexpr std::size_t kRoutesMax = 8;  // Known ones of a peer; the one unheard for longest goes.
  // A selected route that was silent for so long is left for any route that is alive: browsers check theirs
  // at least every 2.5 s, and not every agent nominates again after its address has changed.
  static constexpr std::chrono::seconds kSilence{4};

  explicit IceLite(Random& random);

  [[nodiscard]] const IceCredentials& credentials() const { return current_; }

  // Those of before a restart, while they hold; empty otherwise.
  [[nodiscard]] const IceCredentials& old_credentials() const { return old_; }

  // An ICE restart. `credentials()` are new, the last ones become the old ones.
  void restart(Random& random);

  struct Outcome {
    bool valid = false;  // Nothing else counts otherwise, and nothing is sent.
    Bytes answer;        // Back on the same route.
    bool route_is_new = false;
    std::optional<Route> route_dropped;  // To keep within kRoutesMax.
    bool moved = false;                  // Another route is selected than before.
    bool restarted = false;              // The first check with new credentials: the old ones are gone.
  };

  // A binding request whose username begins with one of our fragments.
  [[nodiscard]] Outcome check(ByteView datagram, const proto::stun::Message& message, const Route& route,
                              MonoTime now);
  // Authentic media came by this route: as good as a check for the remote's consent (RFC 7675).
  void heard(const Route& route, MonoTime now);
  void forget(const Route& route);

  // Where media goes: what the remote nominated, or, before it did, where it checked last. Null before any
  // check.
  [[nodiscard]] const Route* selected() const;
  [[nodiscard]] std::vector<Route> routes() const;

  // When the remote was heard last; empty before the first check.
  [[nodiscard]] std::optional<MonoTime> last_heard() const { return last_heard_; }

 private:
  struct Known {
    Route route;
    MonoTime heard;
    bool nominated = false;
  };

  [[nodiscard]] Known* find(const Route& route);
  [[nodiscard]] Known& learn(const Route& route, MonoTime now, Outcome& outcome);
  [[nodiscard]] bool prefers(const Known& known, MonoTime now);
  void select(const Known& known, Outcome& outcome);

  IceCredentials current_, old_;
  std::vector<Known> known_;
  std::optional<Route> selected_;
  std::optional<MonoTime> last_heard_;
};

// The address as STUN tells it back; an IPv4 address that came through an IPv6 socket is IPv4 again.
[[nodiscard]] proto::stun::Address stun_address(const io::UdpEndpoint& endpoint);
// "udp 203.0.113.7:50123", "tcp [2001:db8::1]:9"
[[nodiscard]] std::string text_of(const Route& route);

}  // namespace luso::media::webrtc
