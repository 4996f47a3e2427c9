#include <benchmark/benchmark.h>

#include "base/check.h"
#include "proto/flv.h"
#include "proto/rtmp.h"
#include "proto/rtmp_testing.h"

// One second of one publisher: 1.5 Mbit/s of H.264 at 30 fps with a keyframe at its start, 128 kbit/s of AAC
// at 48 kHz.
namespace luso::proto::rtmp {
namespace {

constexpr std::size_t kKeyframeBytes = 40'000;
constexpr std::size_t kFrameBytes = 5'086;  // (1.5 Mbit/s / 8 - keyframe) / 29.
constexpr std::size_t kSoundBytes = 341;
constexpr int kFrames = 30;
constexpr int kSounds = 47;

void append_second(ClientSession& client, std::uint32_t start_ms) {
  Bytes picture(kKeyframeBytes, 0x65);
  Bytes sound(kSoundBytes, 0x21);
  sound[0] = 0xAF;
  sound[1] = 1;
  int sounds = 0;
  for (int i = 0; i < kFrames; ++i) {
    picture.resize(i == 0 ? kKeyframeBytes : kFrameBytes);
    picture[0] = i == 0 ? 0x17 : 0x27;
    picture[1] = 1;
    client.send_video(start_ms + static_cast<std::uint32_t>(i * 1000 / kFrames), picture);
    for (; sounds < (i + 1) * kSounds / kFrames; ++sounds) {
      client.send_audio(start_ms + static_cast<std::uint32_t>(sounds * 1000 / kSounds), sound);
    }
  }
}

struct Publisher {
  Session server{SessionSettings{}};
  Bytes second;

  explicit Publisher(std::uint32_t chunk_size) {
    ClientSession client(
        {.app = "live", .tc_url = "rtmp://h/live", .stream_name = "k", .chunk_size = chunk_size});
    LUSO_CHECK(testing::exchange(client, server).has_value());
    server.accept_publish();
    LUSO_CHECK(testing::exchange(client, server).has_value());
    static_cast<void>(testing::take_events(server));
    append_second(client, 0);
    LUSO_CHECK(server.feed(client.take_output()).has_value());
    static_cast<void>(testing::take_events(server));
    append_second(client, 1000);
    second = client.take_output();
  }
};

// Arguments: the publisher's chunk size, and how many bytes a read from its socket brings.
void feed_one_second(benchmark::State& state) {
  Publisher publisher(static_cast<std::uint32_t>(state.range(0)));
  const auto read_bytes = static_cast<std::size_t>(state.range(1));
  std::size_t payload = 0;
  for (auto step : state) {
    for (ByteView rest = publisher.second; !rest.empty();) {
      const ByteView piece = rest.first(std::min(read_bytes, rest.size()));
      rest = rest.subspan(piece.size());
      LUSO_CHECK(publisher.server.feed(piece).has_value());
      while (std::optional<Event> event = publisher.server.next_event()) {
        if (const auto* video = std::get_if<VideoMessage>(&*event))
          payload += flv::parse_video(video->body)->payload.size();
        if (const auto* audio = std::get_if<AudioMessage>(&*event))
          payload += flv::parse_audio(audio->body)->payload.size();
      }
    }
    benchmark::DoNotOptimize(publisher.server.take_output());
  }
  benchmark::DoNotOptimize(payload);
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * publisher.second.size()));
}

BENCHMARK(feed_one_second)
    ->ArgNames({"chunk", "read"})
    ->Args({4096, 65'536})
    ->Args({4096, 1448})
    ->Args({128, 65'536})
    ->Args({128, 1448});

// What copying the same bytes once costs: the floor.
void copy_one_second(benchmark::State& state) {
  const Publisher publisher(4096);
  for (auto step : state) {
    Bytes copy(publisher.second);
    benchmark::DoNotOptimize(copy.data());
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * publisher.second.size()));
}

BENCHMARK(copy_one_second);

}  // namespace
}  // namespace luso::proto::rtmp
