#include <benchmark/benchmark.h>

#include "gen/live.h"

namespace luso::gen {
namespace {

StreamList a_page(int count) {
  const WallTime now{std::chrono::seconds(1'700'000'000)};
  StreamList list{.items = {}, .next_cursor = std::nullopt};
  for (int i = 0; i < count; ++i) {
    list.items.push_back({.id = i,
                          .title = "Fado ao vivo do Bairro Alto",
                          .category = "musica",
                          .language = StreamLanguage::pt_pt,
                          .state = StreamState::live,
                          .is_live = true,
                          .viewer_count = 120,
                          .total_viewers = 2000,
                          .peak_viewers = 300,
                          .average_watch_time_s = 640,
                          .created_at = now,
                          .started_at = now,
                          .ended_at = std::nullopt,
                          .grace_ends_at = std::nullopt,
                          .thumbnail_url = "/hls/7/thumbnail.jpg?v=42",
                          .hls_url = "/hls/7/index.m3u8",
                          .channel = {.username = "fado_ao_vivo", .display_name = "Fado ao Vivo"}});
  }
  return list;
}

// The home page's list of 24 streams.
void encode_a_page_of_streams(benchmark::State& state) {
  const StreamList list = a_page(24);
  for (auto _ : state) benchmark::DoNotOptimize(to_json(list));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(to_json(list).size()));
}

BENCHMARK(encode_a_page_of_streams);

// The most frequent request of all.
void decode_a_heartbeat(benchmark::State& state) {
  constexpr std::string_view kBeat =
      R"({"session_id":"0123456789abcdef","playhead_s":12.5,"stalls":0,"stalled_ms":0,"is_playing":true,"is_visible":true,"protocol":"llhls","height":720,"latency_ms":1900})";
  for (auto _ : state) benchmark::DoNotOptimize(from_json<Heartbeat>(kBeat));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(kBeat.size()));
}

BENCHMARK(decode_a_heartbeat);

}  // namespace
}  // namespace luso::gen
