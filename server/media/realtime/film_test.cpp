#include "media/realtime/film_test.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <memory>

#include "base/check.h"
#include "media/av.h"
#include "media/ingest/flv_feed.h"
#include "media/ingest/intake.h"
#include "media/stream.h"
#include "proto/flv_file.h"

namespace luso::media::testing {
namespace {

constexpr std::int64_t kOpusRate = 48'000;
constexpr double kBeepSeconds = 0.01;

std::string quoted(const std::string& word) {
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

Bytes output_of(const std::vector<std::string>& command) {
  std::string line;
  for (const std::string& word : command) line += quoted(word) + " ";
  Bytes output;
  FILE* pipe = popen(line.c_str(), "r");
  LUSO_CHECK(pipe != nullptr);
  std::array<std::uint8_t, 65'536> chunk{};
  while (const std::size_t read = std::fread(chunk.data(), 1, chunk.size(), pipe))
    output.insert(output.end(), chunk.begin(), chunk.begin() + static_cast<std::ptrdiff_t>(read));
  LUSO_CHECK(pclose(pipe) == 0);
  return output;
}

class Recorder final : public StreamSink {
 public:
  explicit Recorder(Film& film) : film_(film) {}

  void on_tracks(const TracksPtr& tracks) override {
    if (!film_.tracks) film_.tracks = tracks;
  }

  void on_frame(const FramePtr& frame) override { film_.frames.push_back(frame); }

 private:
  Film& film_;
};

av::CodecContext open_decoder(AVCodecID id, const Bytes& config, int rate) {
  const AVCodec* codec =
      id == AV_CODEC_ID_OPUS ? avcodec_find_decoder_by_name("libopus") : avcodec_find_decoder(id);
  av::CodecContext context(avcodec_alloc_context3(codec));
  av::set_extradata(*context, config.data(), config.size());
  context->sample_rate = rate;
  context->thread_count = 1;
  if (id == AV_CODEC_ID_OPUS) av_channel_layout_default(&context->ch_layout, 2);
  LUSO_CHECK(avcodec_open2(context.get(), codec, nullptr) == 0);
  return context;
}

template <typename OnFrame>
void decode(AVCodecContext& decoder, const std::vector<FramePtr>& frames, OnFrame on_frame) {
  const av::PacketHolder packet(av_packet_alloc());
  const av::FrameHolder decoded(av_frame_alloc());
  const auto drain = [&] {
    while (avcodec_receive_frame(&decoder, decoded.get()) == 0) on_frame(*decoded);
  };
  for (const FramePtr& frame : frames) {
    LUSO_CHECK(av_new_packet(packet.get(), static_cast<int>(frame->payload.size())) == 0);
    std::ranges::copy(frame->payload, packet->data);
    packet->pts = frame->pts_us();
    packet->dts = frame->dts_us;
    LUSO_CHECK(avcodec_send_packet(&decoder, packet.get()) == 0);
    av_packet_unref(packet.get());
    drain();
  }
  avcodec_send_packet(&decoder, nullptr);
  drain();
}

// The first channel, by sample number on the stream's clock.
std::vector<float> waveform_of(const std::vector<FramePtr>& packets) {
  std::vector<float> wave;
  if (packets.empty()) return wave;
  const av::CodecContext decoder = open_decoder(AV_CODEC_ID_OPUS, {}, static_cast<int>(kOpusRate));
  decode(*decoder, packets, [&](const AVFrame& decoded) {
    const auto at = static_cast<std::size_t>(decoded.pts * kOpusRate / 1'000'000);
    const auto count = static_cast<std::size_t>(decoded.nb_samples);
    if (wave.size() < at + count) wave.resize(at + count);
    const bool is_float = decoded.format == AV_SAMPLE_FMT_FLT;
    const auto* floats = reinterpret_cast<const float*>(decoded.data[0]);
    const auto* shorts = reinterpret_cast<const std::int16_t*>(decoded.data[0]);
    for (std::size_t i = 0; i < count; ++i)
      wave[at + i] = is_float ? floats[i * 2] : static_cast<float>(shorts[i * 2]) / 32'768.0F;
  });
  return wave;
}

}  // namespace

std::int64_t Film::first_picture_us() const {
  return only(TrackKind::video).front()->pts_us();
}

std::vector<FramePtr> Film::only(TrackKind kind) const {
  std::vector<FramePtr> some;
  std::ranges::copy_if(frames, std::back_inserter(some), [kind](const auto& f) { return f->kind == kind; });
  return some;
}

Film make_film(const FilmSettings& settings) {
  std::vector<std::string> command = {"ffmpeg",
                                      "-v",
                                      "error",
                                      "-f",
                                      "lavfi",
                                      "-i",
                                      settings.picture,
                                      "-f",
                                      "lavfi",
                                      "-i",
                                      settings.sound,
                                      "-t",
                                      std::to_string(settings.seconds)};
  command.insert(command.end(), settings.video.begin(), settings.video.end());
  command.insert(command.end(), {"-pix_fmt", "yuv420p"});
  command.insert(command.end(), settings.audio.begin(), settings.audio.end());
  command.insert(command.end(), {"-f", "flv", "pipe:1"});
  const Bytes file = output_of(command);

  std::vector<proto::flv::FileTag> tags;
  LUSO_CHECK(proto::flv::FileReader().feed(file, tags).has_value());
  Film film;
  Recorder recorder(film);
  Stream stream(StreamId{1});
  const auto subscription = stream.subscribe(recorder, Stream::StartAt::next_frame);
  Intake intake(stream);
  FlvFeed feed;
  MediaEvents events;
  for (proto::flv::FileTag& tag : tags) {
    const WallTime at(std::chrono::milliseconds(1'700'000'000'000 + tag.timestamp_ms));
    if (tag.kind == proto::flv::FileTag::Kind::video)
      LUSO_CHECK(feed.take(proto::rtmp::VideoMessage{tag.timestamp_ms, std::move(tag.body)}, at, events)
                     .has_value());
    if (tag.kind == proto::flv::FileTag::Kind::audio)
      LUSO_CHECK(feed.take(proto::rtmp::AudioMessage{tag.timestamp_ms, std::move(tag.body)}, at, events)
                     .has_value());
  }
  intake.begin();
  for (MediaEvent& event : events) intake.take(std::move(event));
  return film;
}

std::vector<std::int64_t> find_beeps_us(const std::vector<FramePtr>& packets) {
  constexpr float kLoud = 0.2F;
  constexpr std::size_t kAround = kOpusRate / 50, kApart = kOpusRate / 10;
  const std::vector<float> wave = waveform_of(packets);
  std::vector<std::int64_t> found;
  for (std::size_t i = 0; i < wave.size(); ++i) {
    if (std::abs(wave[i]) < kLoud) continue;
    double energy = 0, moment = 0;
    const std::size_t from = i > kAround ? i - kAround : 0;
    for (std::size_t k = from; k < std::min(wave.size(), i + 2 * kAround); ++k) {
      const double power = static_cast<double>(wave[k]) * wave[k];
      energy += power;
      moment += power * static_cast<double>(k);
    }
    const double centre_s = moment / energy / static_cast<double>(kOpusRate);
    found.push_back(std::llround((centre_s - kBeepSeconds / 2) * 1e6));
    i += kApart;
  }
  return found;
}

std::vector<Brightness> brightness_of(const Tracks& tracks, const std::vector<FramePtr>& frames) {
  const av::CodecContext decoder = open_decoder(AV_CODEC_ID_H264, tracks.video->config, 0);
  std::vector<Brightness> found;
  decode(*decoder, frames, [&](const AVFrame& decoded) {
    double sum = 0;
    for (int y = 0; y < decoded.height; ++y) {
      const std::uint8_t* row = decoded.data[0] + static_cast<std::ptrdiff_t>(y) * decoded.linesize[0];
      for (int x = 0; x < decoded.width; ++x) sum += row[x];
    }
    found.push_back({.pts_us = decoded.pts, .mean = sum / (decoded.width * decoded.height)});
  });
  return found;
}

}  // namespace luso::media::testing
