#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <vector>

#include "io/udp.h"
#include "media/egress/whep/viewer.h"
#include "media/webrtc/peer.h"
#include "proto/rtp.h"
#include "proto/srtp.h"

namespace luso::media::whep::testing {

inline proto::srtp::MasterKey key_of(std::uint8_t seed) {
  proto::srtp::MasterKey key;
  key.key.fill(seed);
  key.salt.fill(static_cast<std::uint8_t>(seed + 1));
  return key;
}

// A peer that is connected already and has its keys; where its packets go is the subclass's business.
class ReadyPeer : public webrtc::Peer {
 public:
  explicit ReadyPeer(std::uint8_t seed = 1) : sealer_(proto::srtp::Profile::aead_aes_128_gcm, key_of(seed)) {}

  [[nodiscard]] webrtc::IceCredentials local_credentials() const override { return {}; }

  webrtc::IceCredentials restart_ice() override { return {}; }

  [[nodiscard]] bool is_ready() const override { return true; }

  [[nodiscard]] std::string remote() const override { return "udp 127.0.0.1:9"; }

  [[nodiscard]] bool is_tcp() const override { return false; }

  [[nodiscard]] proto::srtp::Sealer& sealer() override { return sealer_; }

  bool send_rtp(ByteView /*packet*/) override { return false; }

  [[nodiscard]] const webrtc::PeerStats& stats() const override { return stats_; }

  void close() override {}

 private:
  proto::srtp::Sealer sealer_;
  webrtc::PeerStats stats_;
};

// Keeps what was sent, as the viewer would read it.
class MemoryPeer final : public ReadyPeer {
 public:
  struct Received {
    Bytes bytes;  // Opened.
    proto::rtp::Packet packet;
  };

  explicit MemoryPeer(std::uint8_t seed = 1)
      : ReadyPeer(seed), opener_(proto::srtp::Profile::aead_aes_128_gcm, key_of(seed)) {}

  void begin() override {}

  [[nodiscard]] std::span<std::uint8_t> room(std::size_t bytes_max) override {
    if (packets.size() >= packets_max) return {};
    room_.resize(bytes_max);
    return room_;
  }

  void add(std::size_t bytes) override {
    const auto opened = opener_.open_rtp(std::span(room_).first(bytes));
    if (!opened) return;
    Received received{.bytes = Bytes(opened->begin(), opened->end()), .packet = {}};
    received.packet = proto::rtp::parse(received.bytes).value();
    packets.push_back(std::move(received));
  }

  [[nodiscard]] bool is_congested() const override { return congested; }

  bool send_rtcp(ByteView packet) override {
    rtcp.emplace_back(packet.begin(), packet.end());
    return true;
  }

  std::deque<Received> packets;
  std::size_t packets_max = SIZE_MAX;  // Then the way out is full.
  bool congested = false;
  std::vector<Bytes> rtcp;

 private:
  proto::srtp::Opener opener_;
  Bytes room_;
};

// Sends over a real socket.
class SocketPeer final : public ReadyPeer {
 public:
  SocketPeer(io::UdpSocket& socket, io::UdpPath path, std::uint8_t seed)
      : ReadyPeer(seed), socket_(socket), path_(std::move(path)) {}

  void begin() override { socket_.begin(path_); }

  [[nodiscard]] std::span<std::uint8_t> room(std::size_t bytes_max) override {
    return socket_.room(bytes_max);
  }

  void add(std::size_t bytes) override {
    if (bytes > 0) socket_.add(bytes);
  }

  [[nodiscard]] bool is_congested() const override { return socket_.is_congested(); }

  bool send_rtcp(ByteView packet) override {
    Bytes sealed(packet.size() + proto::srtp::kRtcpOverheadMax);
    socket_.send(path_, std::span(sealed).first(sealer().seal_rtcp(packet, sealed)));
    return true;
  }

 private:
  io::UdpSocket& socket_;
  io::UdpPath path_;
};

inline constexpr std::uint32_t kVideoSsrc = 0x11111111;
inline constexpr std::uint32_t kRtxSsrc = 0x22222222;
inline constexpr std::uint32_t kAudioSsrc = 0x33333333;
inline constexpr std::uint8_t kTransportCcId = 3;

// What a browser would have agreed on.
inline ViewerPlan browser_plan() {
  return {
      .video = webrtc::MediaPlan{.mid = "0",
                                 .payload_type = 102,
                                 .rtx_payload_type = 103,
                                 .extensions = {.mid = 1, .transport_cc = kTransportCcId, .playout_delay = 5},
                                 .nack = true,
                                 .pli = true,
                                 .ssrc = kVideoSsrc,
                                 .rtx_ssrc = kRtxSsrc,
                                 .rids = {}},
      .audio = webrtc::MediaPlan{.mid = "1",
                                 .codec = proto::Codec::opus,
                                 .clock_rate = 48'000,
                                 .payload_type = 111,
                                 .rtx_payload_type = {},
                                 .extensions = {.mid = 1, .transport_cc = kTransportCcId},
                                 .ssrc = kAudioSsrc,
                                 .rids = {}},
      .cname = "casa",
      .peer = {},
      .playout_delay = {},
      .measures_way = true};
}

}  // namespace luso::media::whep::testing
