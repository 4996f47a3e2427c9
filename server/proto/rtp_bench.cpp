// What a stream pays for each of its frames before any viewer does, and what a publisher's packets cost.
#include <array>
#include <benchmark/benchmark.h>
#include <vector>

#include "proto/nal.h"
#include "proto/rtcp.h"
#include "proto/rtp.h"
#include "proto/rtp_h264.h"

namespace luso::proto::rtp {
namespace {

// 1.5 Mbit/s at 30 fps is 6 KB a frame; a keyframe of it about 40 KB.
Bytes frame_of(std::size_t bytes) {
  Bytes unit(bytes, 0xAB);
  unit[0] = 0x41;
  Bytes frame;
  nal::append_unit(unit, frame);
  return frame;
}

void packetise(benchmark::State& state) {
  const Bytes frame = frame_of(static_cast<std::size_t>(state.range(0)));
  Payloads payloads;
  for (auto _ : state) {
    payloads.clear();
    packetise_h264(frame, {}, payloads);
    benchmark::DoNotOptimize(payloads.size());
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
  state.counters["packets"] = static_cast<double>(payloads.size());
}

BENCHMARK(packetise)->Arg(6'000)->Arg(40'000);

void depacketise(benchmark::State& state) {
  Payloads payloads;
  packetise_h264(frame_of(static_cast<std::size_t>(state.range(0))), {}, payloads);
  H264Depacketiser depacketiser;
  std::vector<H264Depacketiser::AccessUnit> out;
  std::uint32_t timestamp = 0;
  for (auto _ : state) {
    out.clear();
    ++timestamp;
    for (std::size_t i = 0; i < payloads.size(); ++i)
      depacketiser.push({.timestamp = timestamp,
                         .marker = i + 1 == payloads.size(),
                         .after_gap = false,
                         .payload = payloads[i]},
                        out);
    benchmark::DoNotOptimize(out.size());
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}

BENCHMARK(depacketise)->Arg(6'000)->Arg(40'000);

void read_packet(benchmark::State& state) {
  const std::array<std::uint8_t, 2> number{1, 2};
  const std::array elements{Extension{.id = 3, .value = number}};
  Bytes packet;
  append_packet({.marker = true, .payload_type = 96}, elements, Bytes(1'100), packet);
  for (auto _ : state) benchmark::DoNotOptimize(parse(packet)->find_extension(3));
}

BENCHMARK(read_packet);

// A viewer's browser sends one of these every 50 to 100 ms.
void read_transport_feedback(benchmark::State& state) {
  rtcp::TransportFeedback feedback;
  feedback.count = 25;
  for (std::uint16_t i = 0; i < feedback.count; ++i)
    feedback.arrivals.push_back({.sequence = i, .at_us = i * 4'000});
  Bytes packet;
  append(feedback, packet);
  for (auto _ : state) benchmark::DoNotOptimize(rtcp::Reader(packet).next());
}

BENCHMARK(read_transport_feedback);

}  // namespace
}  // namespace luso::proto::rtp
