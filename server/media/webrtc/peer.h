#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/prefetch.h"
#include "proto/sdp.h"
#include "proto/srtp.h"

namespace luso::media::webrtc {

class Peer;

// a=ice-ufrag and a=ice-pwd.
struct IceCredentials {
  std::string ufrag;
  std::string password;
};

struct PeerOptions {
  // Of the remote's certificate. Only sha-256 counts; one that matches is enough (RFC 8122, 5).
  std::vector<proto::sdp::Fingerprint> fingerprints;
  // The remote's a=setup (RFC 8842). We are the DTLS server, unless the remote says `passive`.
  proto::sdp::Setup setup = proto::sdp::Setup::actpass;
};

// Why a peer ended.
enum class PeerEnd : std::uint8_t {
  closed_by_remote,   // DTLS close_notify
  never_connected,    // No handshake within the deadline.
  handshake_failed,   // DTLS broke, or we share no SRTP profile.
  wrong_certificate,  // Not the one whose fingerprint the signalling named.
  consent_expired,    // Nothing authentic came for a while (RFC 7675).
  server_stopping
};

[[nodiscard]] std::string_view name_of(PeerEnd end);

// Hears what a peer does, on the peer's reactor. It may close the peer, or any other, from within each call.
class PeerListener {
 public:
  virtual ~PeerListener() = default;
  // The keys are known: media may flow both ways.
  virtual void on_ready(Peer& peer) = 0;
  // Whole packets, authentic and in the clear; the bytes live as long as the call. Called after on_ready().
  virtual void on_rtp(ByteView packet, MonoTime arrived) = 0;
  virtual void on_rtcp(ByteView packet, MonoTime arrived) = 0;
  // The last call. Not made after close().
  virtual void on_ended(PeerEnd end) = 0;
};

struct PeerStats {
  std::uint64_t packets_in = 0;  // Authentic RTP and RTCP
  std::uint64_t bytes_in = 0;
  std::uint64_t packets_out = 0;  // Handed to a socket
  std::uint64_t bytes_out = 0;
  std::uint64_t packets_dropped = 0;  // No way to the peer yet, or its way out was full.
};

// One remote endpoint over WebRTC: ICE-lite, DTLS and SRTP, the same over UDP and TCP. Made by
// PeerPort::open(), lives on that port's reactor; the listener outlives it or closes it.
class Peer {
 public:
  virtual ~Peer() = default;

  // What our description says about this peer.
  [[nodiscard]] virtual IceCredentials local_credentials() const = 0;
  // New credentials for an ICE restart (RFC 8445, 2.4): the old ones hold until a check with the new ones
  // came, and media flows all the while. We are lite and send no checks, so nothing of the remote's
  // credentials is needed.
  virtual IceCredentials restart_ice() = 0;

  [[nodiscard]] virtual bool is_ready() const = 0;
  // "udp 203.0.113.7:50123", for logs and overlays; empty before the first check.
  [[nodiscard]] virtual std::string remote() const = 0;
  [[nodiscard]] virtual bool is_tcp() const = 0;

  // Media out, when ready. For each packet: room(), seal into it with sealer(), add(). Packets leave at the
  // port's flush(), those of one peer that follow each other and are equally long in one system call:
  //   peer.begin();
  //   for (…) {
  //     auto room = peer.room(header.size() + payload.size() + proto::srtp::kRtpOverheadMax);
  //     if (room.empty()) break;                                  // Full: skip to a keyframe.
  //     peer.add(peer.sealer().seal_rtp(header, payload, room));  // add(0) adds nothing.
  //   }
  // room() is empty when the way out is full or unknown; the packet is counted as dropped.
  virtual void begin() = 0;
  [[nodiscard]] virtual std::span<std::uint8_t> room(std::size_t bytes_max) = 0;
  virtual void add(std::size_t bytes) = 0;
  [[nodiscard]] virtual proto::srtp::Sealer& sealer() = 0;
  // What the above touches of this peer's, for whoever serves many in turn and fetches it ahead. When ready;
  // holds until close().
  using WorkingSet = std::array<MemoryPiece, 4>;

  [[nodiscard]] virtual WorkingSet working_set() const { return {}; }

  // The way out is filling up: what can wait should.
  [[nodiscard]] virtual bool is_congested() const = 0;

  // The same for a packet now and then. False when it was dropped.
  virtual bool send_rtp(ByteView packet) = 0;
  virtual bool send_rtcp(ByteView packet) = 0;

  [[nodiscard]] virtual const PeerStats& stats() const = 0;

  // Says close_notify and forgets the peer. The listener is not called again. Harmless when repeated.
  virtual void close() = 0;
};

}  // namespace luso::media::webrtc
