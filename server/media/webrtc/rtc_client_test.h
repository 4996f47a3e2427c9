#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/ip/address.hpp>

#include "base/bytes.h"
#include "media/webrtc/dtls_client_test.h"
#include "media/webrtc/peer.h"

namespace luso::media::webrtc::testing {

// The other side of a peer, made of other people's parts: a controlling ICE agent with one socket, OpenSSL's
// DTLS client and libsrtp. Blocking; each call waits up to a generous while.
class RtcClient {
 public:
  enum class Transport : std::uint8_t { udp, tcp };

  struct Settings {
    Transport transport = Transport::udp;
    std::uint16_t port = 0;
    boost::asio::ip::address address = boost::asio::ip::address_v4::loopback();
    std::string srtp_profiles = "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80";
    bool dtls_server = false;
  };

  RtcClient(Settings settings, IceCredentials remote);
  ~RtcClient();
  RtcClient(const RtcClient&) = delete;
  RtcClient& operator=(const RtcClient&) = delete;

  [[nodiscard]] DtlsClient& dtls() { return dtls_; }

  void set_remote(IceCredentials remote) { remote_ = std::move(remote); }

  // One binding request; "success", the error's number, or "silence" when no answer came for a while.
  [[nodiscard]] std::string check(bool nominate = true);
  void send_check(bool nominate = true);
  [[nodiscard]] bool handshake();  // Until the keys are known; false when it broke or took too long.

  [[nodiscard]] bool connect() { return check() == "success" && handshake(); }

  // As they go over the wire: for tests that tamper with them.
  [[nodiscard]] Bytes protect(Bytes rtp);
  [[nodiscard]] Bytes protect_rtcp(Bytes rtcp);
  void send(ByteView datagram);

  // The next packet of each kind that came and authenticates; empty after a while.
  [[nodiscard]] Bytes receive_rtp();
  [[nodiscard]] Bytes receive_rtcp();

  void close();  // close_notify
  // Waits for theirs.
  [[nodiscard]] bool was_closed();
  // The server has closed the TCP connection.
  [[nodiscard]] bool was_disconnected();

  // Another local port from now on, as after a NAT's change of mind; the rest stays. UDP only.
  void rebind();
  [[nodiscard]] std::uint16_t local_port() const;

 private:
  struct Srtp;

  void open_socket();
  void flush_dtls();
  // Takes in what comes until `done`, or for so long.
  bool pump(const std::function<bool()>& done, std::chrono::milliseconds patience);
  void take(ByteView datagram);
  void read_socket();

  Settings settings_;
  IceCredentials remote_;
  int socket_ = -1;
  Bytes stream_;  // TCP: what has come of the next frame.
  bool disconnected_ = false;
  DtlsClient dtls_;
  std::unique_ptr<Srtp> srtp_;
  std::string answer_;
  std::uint32_t checks_ = 0;
  std::vector<Bytes> rtp_, rtcp_;
};

}  // namespace luso::media::webrtc::testing
