#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "io/reactor_testing.h"
#include "media/metrics.h"
#include "media/webrtc/port.h"
#include "media/webrtc/rtc_client_test.h"

// A PeerPort with somebody at the other end of it.
namespace luso::media::webrtc::testing {

using Transport = RtcClient::Transport;

inline constexpr std::string_view kGcm = "SRTP_AEAD_AES_128_GCM";
inline constexpr std::string_view kSha1 = "SRTP_AES128_CM_SHA1_80";

inline Bytes rtp_packet(std::uint16_t sequence, std::uint32_t ssrc = 0xCAFE) {
  Bytes out;
  ByteWriter writer(out);
  writer.u16(0x8060);
  writer.u16(sequence);
  writer.u32(90'000);
  writer.u32(ssrc);
  writer.text("a picture of a kind");
  return out;
}

inline Bytes rtcp_packet(std::uint32_t ssrc = 0xCAFE) {
  Bytes out;
  ByteWriter writer(out);
  writer.u32(0x80C90001);
  writer.u32(ssrc);
  return out;
}

// Hears a peer on the reactor, answers a test's questions on its thread.
class Ear final : public PeerListener {
 public:
  void on_ready(Peer& peer) override {
    if (when_ready) when_ready(peer);
    tell([this] { ready_ = true; });
  }

  void on_rtp(ByteView packet, MonoTime /*arrived*/) override {
    tell([&] { rtp_.emplace_back(packet.begin(), packet.end()); });
  }

  void on_rtcp(ByteView packet, MonoTime /*arrived*/) override {
    tell([&] { rtcp_.emplace_back(packet.begin(), packet.end()); });
  }

  void on_ended(PeerEnd end) override {
    tell([&] { end_ = std::string(name_of(end)); });
  }

  [[nodiscard]] bool became_ready() {
    return wait([this] { return ready_; });
  }

  [[nodiscard]] std::vector<Bytes> rtp(std::size_t count) {
    static_cast<void>(wait([&] { return rtp_.size() >= count; }));
    const std::scoped_lock lock(mutex_);
    return rtp_;
  }

  [[nodiscard]] std::vector<Bytes> rtcp(std::size_t count) {
    static_cast<void>(wait([&] { return rtcp_.size() >= count; }));
    const std::scoped_lock lock(mutex_);
    return rtcp_;
  }

  [[nodiscard]] std::string ended() {
    static_cast<void>(wait([this] { return !end_.empty(); }));
    const std::scoped_lock lock(mutex_);
    return end_;
  }

  [[nodiscard]] bool has_ended() {
    const std::scoped_lock lock(mutex_);
    return !end_.empty();
  }

  std::function<void(Peer&)> when_ready;

 private:
  template <typename F>
  void tell(F change) {
    const std::scoped_lock lock(mutex_);
    change();
    changed_.notify_all();
  }

  template <typename F>
  bool wait(F done) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(20), done);
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool ready_ = false;
  std::vector<Bytes> rtp_, rtcp_;
  std::string end_;
};

template <typename F>
PeerPortSettings settings(F change) {
  PeerPortSettings settings;
  change(settings);
  return settings;
}

// A port on free numbers, with a reactor and a thread of the blocking pool.
class World {
 public:
  explicit World(PeerPortSettings settings = PeerPortSettings()) {
    settings.port = 0;
    if (settings.address == "::") settings.address = "127.0.0.1";
    const auto identity = DtlsIdentity::generate();
    EXPECT_TRUE(identity);
    port = std::make_unique<PeerPort>(reactors, reactors.home(), settings, *identity, clock, metrics);
    const auto started = port->start();
    EXPECT_TRUE(started) << started.error().detail;
    reactors.start();
  }

  ~World() {
    stop();
    reactors.stop();
    reactors.join();
  }

  World(const World&) = delete;
  World& operator=(const World&) = delete;

  void stop() {
    if (std::exchange(stopped_, true)) return;
    io::testing::run(reactors.home(), port->stop());
  }

  // Runs on the port's reactor.
  template <typename F>
  auto run(F work) {
    return io::testing::on(reactors.home(), std::move(work));
  }

  std::shared_ptr<Peer> open(Ear& ear, PeerOptions options) {
    auto peer = run([&] { return port->open(std::move(options), ear); });
    EXPECT_TRUE(peer);
    return peer ? *peer : nullptr;
  }

  [[nodiscard]] std::uint64_t dropped(Drop drop) {
    return registry
        .counter("luso_webrtc_dropped_total", "What came by WebRTC's ports and went no further, by reason.",
                 {{"reason", name_of(drop)}})
        .value();
  }

  [[nodiscard]] bool will_drop(Drop drop, std::uint64_t count) {
    return io::testing::eventually([&] { return dropped(drop) >= count; });
  }

  [[nodiscard]] RtcClient::Settings client(Transport transport = Transport::udp,
                                           std::string_view profiles = kGcm) const {
    return {.transport = transport, .port = port->port(), .srtp_profiles = std::string(profiles)};
  }

  metrics::Registry registry;
  MediaMetrics metrics{registry};
  SystemClock clock;
  io::Reactors reactors{{.count = 1, .blocking_threads = 1}};
  std::unique_ptr<PeerPort> port;

 private:
  bool stopped_ = false;
};

// A peer and the client at its other end. They need each other's credentials, so the client's certificate is
// made before the peer.
struct Pair {
  explicit Pair(World& world, RtcClient::Settings settings = {}) : world(world) {
    if (settings.port == 0) settings = world.client();
    client = std::make_unique<RtcClient>(settings, IceCredentials{});
    peer = world.open(
        ear, {.fingerprints = {client->dtls().fingerprint()},
              .setup = settings.dtls_server ? proto::sdp::Setup::passive : proto::sdp::Setup::actpass});
    client->set_remote(world.run([&] { return peer->local_credentials(); }));
  }

  ~Pair() {
    world.run([this] { peer->close(); });
  }

  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;

  bool connect() { return client->connect() && ear.became_ready(); }

  bool send_rtp(const Bytes& packet) {
    return world.run([&] {
      const bool sent = peer->send_rtp(packet);
      world.port->flush();
      return sent;
    });
  }

  World& world;
  Ear ear;
  std::unique_ptr<RtcClient> client;
  std::shared_ptr<Peer> peer;
};

}  // namespace luso::media::webrtc::testing
