#include <benchmark/benchmark.h>
#include <vector>

#include "proto/srtp.h"

// What one packet costs to seal for one viewer, warm and over 500 viewers in turn. The payload is shared: it
// is read from one place and written, sealed, to another.
namespace luso::proto::srtp {
namespace {

constexpr std::size_t kPacketBytes = 1'200;

MasterKey master(std::size_t seed) {
  MasterKey key;
  key.key.fill(static_cast<std::uint8_t>(seed));
  key.salt.fill(static_cast<std::uint8_t>(seed * 3));
  return key;
}

void seal(benchmark::State& state, Profile profile) {
  std::vector<Sealer> viewers;
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    viewers.emplace_back(profile, master(static_cast<std::size_t>(i)));
  }
  Bytes packet(kPacketBytes, 0x55);
  packet[0] = 0x80;
  Bytes out(kPacketBytes + kRtpOverheadMax);
  std::uint16_t sequence = 0;
  std::size_t viewer = 0;
  for (auto _ : state) {
    packet[2] = static_cast<std::uint8_t>(sequence >> 8U);
    packet[3] = static_cast<std::uint8_t>(sequence);
    const ByteView view(packet);
    benchmark::DoNotOptimize(viewers[viewer].seal_rtp(view.first(12), view.subspan(12), out));
    if (++viewer == viewers.size()) viewer = 0, ++sequence;
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * kPacketBytes));
}

void open(benchmark::State& state, Profile profile) {
  Sealer sealer(profile, master(1));
  Opener opener(profile, master(1));
  Bytes packet(kPacketBytes, 0x55);
  packet[0] = 0x80;
  std::vector<Bytes> sealed;
  std::uint16_t sequence = 0;
  std::size_t next = 0;
  for (auto _ : state) {
    if (next == sealed.size()) {
      state.PauseTiming();
      sealed.assign(1'000, Bytes(kPacketBytes + kRtpOverheadMax));
      for (Bytes& out : sealed) {
        packet[2] = static_cast<std::uint8_t>(sequence >> 8U);
        packet[3] = static_cast<std::uint8_t>(sequence++);
        out.resize(sealer.seal_rtp(ByteView(packet).first(12), ByteView(packet).subspan(12), out));
      }
      next = 0;
      state.ResumeTiming();
    }
    benchmark::DoNotOptimize(opener.open_rtp(sealed[next++]));
  }
}

BENCHMARK_CAPTURE(seal, gcm, Profile::aead_aes_128_gcm)->Arg(1)->Arg(500);
BENCHMARK_CAPTURE(seal, cm_sha1, Profile::aes128_cm_sha1_80)->Arg(1)->Arg(500);
BENCHMARK_CAPTURE(open, gcm, Profile::aead_aes_128_gcm);
BENCHMARK_CAPTURE(open, cm_sha1, Profile::aes128_cm_sha1_80);

}  // namespace
}  // namespace luso::proto::srtp
