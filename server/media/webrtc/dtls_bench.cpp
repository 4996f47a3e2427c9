#include <benchmark/benchmark.h>
#include <chrono>
#include <malloc.h>
#include <memory>
#include <optional>
#include <vector>

#include "base/check.h"
#include "media/webrtc/dtls.h"

// What a join costs: the server's side of a handshake, and what a connected peer keeps.
namespace luso::media::webrtc {
namespace {

const std::shared_ptr<const DtlsIdentity>& identity() {
  static const std::shared_ptr<const DtlsIdentity> kIdentity = DtlsIdentity::generate().value();
  return kIdentity;
}

// Runs a handshake to its end; the time that the server spent in it.
std::chrono::nanoseconds shake_hands(Dtls& server) {
  using Clock = std::chrono::steady_clock;
  std::chrono::nanoseconds spent{0};
  Dtls client(identity(), Dtls::Role::client, {identity()->fingerprint()});
  client.start();
  while (client.state() == Dtls::State::handshaking || server.state() == Dtls::State::handshaking) {
    const auto datagrams = client.take_output();
    const auto began = Clock::now();
    for (const Bytes& datagram : datagrams) server.feed(datagram);
    spent += Clock::now() - began;
    for (const Bytes& datagram : server.take_output()) client.feed(datagram);
  }
  LUSO_CHECK(server.state() == Dtls::State::established);
  return spent;
}

void handshake(benchmark::State& state) {
  for (auto _ : state) {
    const auto began = std::chrono::steady_clock::now();
    Dtls server(identity(), Dtls::Role::server, {identity()->fingerprint()});
    const auto made = std::chrono::steady_clock::now() - began;
    state.SetIterationTime(std::chrono::duration<double>(made + shake_hands(server)).count());
  }
}

void memory(benchmark::State& state) {
  constexpr std::size_t kPeers = 200;
  for (auto _ : state) {
    Dtls warm(identity(), Dtls::Role::server, {identity()->fingerprint()});
    static_cast<void>(shake_hands(warm));
    std::vector<std::unique_ptr<Dtls>> servers;
    std::vector<proto::srtp::Sealer> sealers;
    std::vector<proto::srtp::Opener> openers;
    std::vector<std::optional<DtlsAlerts>> alerts;
    const std::size_t before = mallinfo2().uordblks;
    for (std::size_t i = 0; i < kPeers; ++i) {
      servers.push_back(
          std::make_unique<Dtls>(identity(), Dtls::Role::server, std::vector{identity()->fingerprint()}));
      static_cast<void>(shake_hands(*servers.back()));
    }
    const std::size_t shaken = mallinfo2().uordblks;
    for (const auto& server : servers) {
      sealers.emplace_back(server->keys()->profile, server->keys()->ours);
      openers.emplace_back(server->keys()->profile, server->keys()->theirs);
    }
    const std::size_t keyed = mallinfo2().uordblks;
    for (auto& server : servers) {
      alerts.push_back(server->alerts());
      server.reset();
    }
    const std::size_t retired = mallinfo2().uordblks;
    state.counters["retired_bytes"] = static_cast<double>(retired - before) / kPeers;
    state.counters["dtls_bytes"] = static_cast<double>(shaken - before) / kPeers;
    state.counters["srtp_bytes"] = static_cast<double>(keyed - shaken) / kPeers;
  }
}

BENCHMARK(handshake)->UseManualTime()->Unit(benchmark::kMicrosecond);
BENCHMARK(memory)->Iterations(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace luso::media::webrtc
