// What one stream's sound costs: AAC at 44.1 kHz stereo, 128 kbit/s, to Opus at 112. The counter is the share
// of one core that one stream takes.
#include <benchmark/benchmark.h>
#include <cmath>
#include <numbers>

#include "base/check.h"
#include "media/av.h"
#include "media/realtime/opus_transcoder.h"

namespace luso::media {
namespace {

constexpr int kRate = 44'100, kSeconds = 10, kFrame = 1'024;

struct Sound {
  proto::AudioTrack track;
  std::vector<FramePtr> frames;
};

// A chord and some noise: neither silence nor the worst case.
float sample_at(int n) {
  const double t = static_cast<double>(n) / kRate;
  const auto noise =
      static_cast<float>((static_cast<std::uint32_t>(n) * 2'654'435'761U >> 16U) & 0xFFFFU) / 65'536.0F;
  return static_cast<float>(0.2 * std::sin(2 * std::numbers::pi * 220 * t) +
                            0.2 * std::sin(2 * std::numbers::pi * 554 * t)) +
         0.05F * (noise - 0.5F);
}

void collect(AVCodecContext& encoder, AVPacket& packet, Sound& sound) {
  while (avcodec_receive_packet(&encoder, &packet) == 0) {
    const auto index = static_cast<std::int64_t>(sound.frames.size());
    sound.frames.push_back(
        std::make_shared<const Frame>(Frame{.kind = TrackKind::audio,
                                            .keyframe = true,
                                            .dts_us = index * kFrame * 1'000'000 / kRate,
                                            .cts_offset_us = 0,
                                            .captured_at = {},
                                            .payload = Bytes(packet.data, packet.data + packet.size)}));
    av_packet_unref(&packet);
  }
}

Sound make_sound() {
  const av::CodecContext encoder(avcodec_alloc_context3(avcodec_find_encoder(AV_CODEC_ID_AAC)));
  encoder->sample_rate = kRate;
  encoder->sample_fmt = AV_SAMPLE_FMT_FLTP;
  encoder->bit_rate = 128'000;
  encoder->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  av_channel_layout_default(&encoder->ch_layout, 2);
  LUSO_CHECK(avcodec_open2(encoder.get(), nullptr, nullptr) == 0);
  Sound sound;
  sound.track = {.codec = proto::Codec::aac,
                 .config = Bytes(encoder->extradata, encoder->extradata + encoder->extradata_size),
                 .codecs = "mp4a.40.2",
                 .sample_rate = kRate,
                 .channels = 2};
  const av::PacketHolder packet(av_packet_alloc());
  for (int n = 0; n < kRate * kSeconds; n += kFrame) {
    const av::FrameHolder frame(av_frame_alloc());
    frame->nb_samples = kFrame;
    frame->format = AV_SAMPLE_FMT_FLTP;
    frame->sample_rate = kRate;
    av_channel_layout_default(&frame->ch_layout, 2);
    LUSO_CHECK(av_frame_get_buffer(frame.get(), 0) == 0);
    for (int channel = 0; channel < 2; ++channel) {
      auto* to = reinterpret_cast<float*>(frame->data[channel]);
      for (int i = 0; i < kFrame; ++i) to[i] = sample_at(n + i + channel * 7);
    }
    frame->pts = n;
    LUSO_CHECK(avcodec_send_frame(encoder.get(), frame.get()) == 0);
    collect(*encoder, *packet, sound);
  }
  return sound;
}

void transcode_one_stream(benchmark::State& state) {
  const Sound sound = make_sound();
  std::size_t packets = 0;
  for (auto _ : state) {
    auto transcoder = OpusTranscoder::open(sound.track, 112);
    std::vector<FramePtr> out;
    for (const FramePtr& frame : sound.frames) transcoder->take(*frame, out);
    packets += out.size();
  }
  // Seconds of sound a second of this thread's time makes, turned over.
  state.counters["core_percent"] = benchmark::Counter(
      static_cast<double>(packets) * 0.02 / 100, benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

BENCHMARK(transcode_one_stream)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace luso::media
