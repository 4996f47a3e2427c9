// What the media engine pays for a playlist, a part and a message.
#include <algorithm>
#include <benchmark/benchmark.h>

#include "proto/fmp4.h"
#include "proto/h264.h"
#include "proto/hls.h"
#include "proto/websocket.h"

namespace luso::proto {
namespace {

using namespace std::chrono_literals;

hls::Segment segment(std::uint64_t msn) {
  hls::Segment made{.msn = msn,
                    .uri = "seg-" + std::to_string(msn) + ".m4s",
                    .duration = 2s,
                    .program_date_time = WallTime{1'800'000'000s + 2s * msn},
                    .map_uri = "init-1.mp4",
                    .parts = {}};
  for (int part = 0; part < 6; ++part)
    made.parts.push_back({.uri = "part-" + std::to_string(msn) + '.' + std::to_string(part) + ".m4s",
                          .duration = 333'333us,
                          .independent = part == 0});
  return made;
}

// A window of 30 segments with parts in the newest 3, and a segment that grows.
void live_playlist(benchmark::State& state, bool delta) {
  std::vector<hls::SegmentLines> lines;
  for (std::uint64_t msn = 1'000; msn < 1'030; ++msn) lines.push_back(hls::lines_of(segment(msn)));
  std::vector<const hls::SegmentLines*> view;
  for (const auto& kept : lines) view.push_back(&kept);
  const hls::MediaPlaylist playlist{
      .target_duration = 4s, .part_target = 334ms, .can_block_reload = true, .can_skip_until = 24s};
  hls::OpenSegment open{.msn = 1'030,
                        .program_date_time = WallTime{1'800'000'000s},
                        .map_uri = "init-1.mp4",
                        .parts = {},
                        .preload_hint_uri = "part-1030.1.m4s"};
  hls::append_part_line({.uri = "part-1030.0.m4s", .duration = 333'333us, .independent = true}, open.parts);
  for (auto _ : state) {
    auto text = hls::render_media_playlist(playlist, view, &open, delta);
    benchmark::DoNotOptimize(text);
  }
}

BENCHMARK_CAPTURE(live_playlist, whole, false);
BENCHMARK_CAPTURE(live_playlist, delta, true);

void segment_lines(benchmark::State& state) {
  const hls::Segment made = segment(1'000);
  for (auto _ : state) {
    auto lines = hls::lines_of(made);
    benchmark::DoNotOptimize(lines);
  }
}

BENCHMARK(segment_lines);

// 333 ms of 1.5 Mbit/s at 30 fps with 48 kHz AAC beside it.
void part(benchmark::State& state) {
  const Bytes picture(6'250, 1), sound(340, 2);
  std::vector<fmp4::Sample> video(10, {.payload = picture, .duration = 3'000, .cts_offset = 6'000});
  video.front().keyframe = true;
  const std::vector<fmp4::Sample> audio(16, {.payload = sound, .duration = 1'024});
  for (auto _ : state) {
    auto out =
        fmp4::write_fragment({.sequence = 1, .video = {.samples = video}, .audio = {.samples = audio}});
    benchmark::DoNotOptimize(out);
  }
  state.SetBytesProcessed(state.iterations() *
                          static_cast<std::int64_t>(10 * picture.size() + 16 * sound.size()));
}

BENCHMARK(part);

void access_unit(benchmark::State& state) {
  Bytes sample(6'250, 0x11);
  std::ranges::copy(Bytes{0, 0, 0x18, 0x66, 0x41}, sample.begin());
  for (auto _ : state) {
    Bytes out;
    benchmark::DoNotOptimize(h264::append_access_unit(sample, 4, out));
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(sample.size()));
}

BENCHMARK(access_unit);

void websocket_message(benchmark::State& state) {
  const auto size = static_cast<std::size_t>(state.range(0));
  Bytes frame = websocket::write_frame(websocket::Opcode::text, Bytes(size, 'x'));
  const auto header = static_cast<std::ptrdiff_t>(frame.size() - size);
  frame[1] |= 0x80;
  frame.insert(frame.begin() + header, 4, 0);
  websocket::Parser parser({.message_bytes_max = size});
  for (auto _ : state) {
    parser.feed(frame);
    while (const auto event = parser.next()) benchmark::DoNotOptimize(event->payload.data());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(size));
}

BENCHMARK(websocket_message)->Arg(60)->Arg(1'000)->Arg(60'000);

}  // namespace
}  // namespace luso::proto
