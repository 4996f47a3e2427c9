#include "media/realtime/opus_transcoder.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "base/bytes.h"
#include "media/av.h"
#include "proto/opus.h"

extern "C" {
#include <libavutil/channel_layout.h>
#include <libavutil/opt.h>
#include <libswresample/swresample.h>
}

namespace luso::media {
namespace {

constexpr int kChannels = 2;
constexpr std::int64_t kUsPerMs = 1'000, kSamplesPerMs = OpusTranscoder::kSampleRate / kUsPerMs;
constexpr int kLookaheadSamples =
    312;  // What libopus says at 48 kHz for music; only the track's box names it.
constexpr int kBitsPerKilobit = 1'000;
// Of 10: at 112 kbit/s nobody hears more of it, and it costs half of what 10 does.
constexpr std::int64_t kComplexity = 5;

struct ResamplerDeleter {
  void operator()(SwrContext* context) const { swr_free(&context); }
};

using Resampler = std::unique_ptr<SwrContext, ResamplerDeleter>;

tl::unexpected<Error> no_codec(std::string detail) {
  return fail(ErrorKind::precondition, "media.realtime_codec", std::move(detail));
}

std::int64_t to_samples(std::int64_t us) {
  return av_rescale(us, kSamplesPerMs, kUsPerMs);
}

std::int64_t to_us(std::int64_t samples) {
  return av_rescale(samples, kUsPerMs, kSamplesPerMs);
}

// RFC 7845, 5.1, from the box that MP4 has for it: the one is little-endian, the other is not.
Bytes opus_head_of(ByteView box) {
  ByteReader reader(box);
  reader.skip(1);
  Bytes head(as_bytes("OpusHead").begin(), as_bytes("OpusHead").end());
  ByteWriter writer(head);
  writer.u8(1);
  writer.u8(reader.u8());
  const auto swapped = [&](std::size_t width) {
    const ByteView field = reader.take(width);
    head.insert(head.end(), field.rbegin(), field.rend());
  };
  swapped(2);  // Pre-skip.
  swapped(4);  // Input rate.
  swapped(2);  // Gain.
  writer.raw(reader.rest());
  return head;
}

Result<av::CodecContext> open_decoder(const proto::AudioTrack& source) {
  const bool is_opus = source.codec == proto::Codec::opus;
  const AVCodec* codec = avcodec_find_decoder(is_opus ? AV_CODEC_ID_OPUS : AV_CODEC_ID_AAC);
  if (codec == nullptr) return no_codec("no decoder");
  av::CodecContext context(avcodec_alloc_context3(codec));
  const Bytes config = is_opus ? opus_head_of(source.config) : source.config;
  av::set_extradata(*context, config.data(), config.size());
  context->thread_count = 1;
  if (avcodec_open2(context.get(), codec, nullptr) < 0) return no_codec("decoder does not open");
  return context;
}

Result<av::CodecContext> open_encoder(int bitrate_kbps) {
  const AVCodec* codec = avcodec_find_encoder_by_name("libopus");
  if (codec == nullptr) return no_codec("FFmpeg has no libopus");
  av::CodecContext context(avcodec_alloc_context3(codec));
  context->sample_rate = OpusTranscoder::kSampleRate;
  av_channel_layout_default(&context->ch_layout, kChannels);
  context->sample_fmt = AV_SAMPLE_FMT_FLT;
  context->time_base = {.num = 1, .den = OpusTranscoder::kSampleRate};
  context->bit_rate = std::int64_t{bitrate_kbps} * kBitsPerKilobit;
  context->compression_level = kComplexity;
  av_opt_set(context->priv_data, "application", "audio", 0);
  av_opt_set(context->priv_data, "frame_duration", "20", 0);
  if (avcodec_open2(context.get(), codec, nullptr) < 0) return no_codec("libopus does not open");
  return context;
}

}  // namespace

struct OpusTranscoder::Impl {
  av::CodecContext decoder, encoder;
  av::PacketHolder packet{av_packet_alloc()};
  av::FrameHolder decoded{av_frame_alloc()}, block{av_frame_alloc()};
  Resampler resampler;
  int rate = 0, channels = 0, format = AV_SAMPLE_FMT_NONE;  // What the resampler takes.
  std::vector<float> pending;                               // Interleaved, less than a packet.
  std::optional<std::int64_t>
      pending_at;  // When its first sample is heard, in samples of the stream's clock.

  std::int64_t cut = 0;  // So many samples of the next output were heard already.

  bool take(const Frame& frame, std::vector<FramePtr>& out);

 private:
  bool fit_resampler();
  void start_over();
  void follow_on(std::int64_t at);
  bool resample();
  bool encode(const Frame& source, std::vector<FramePtr>& out);
  void collect(const Frame& source, std::vector<FramePtr>& out);

  // Where the next decoded sample is expected.
  [[nodiscard]] std::int64_t next_at() const {
    return *pending_at + static_cast<std::int64_t>(pending.size()) / kChannels +
           swr_get_delay(resampler.get(), kSampleRate);
  }
};

// A decoder may tell its real rate and channels only with its first frame, and an encoder may change them.
bool OpusTranscoder::Impl::fit_resampler() {
  const AVFrame& from = *decoded;
  if (resampler && rate == from.sample_rate && channels == from.ch_layout.nb_channels &&
      format == from.format)
    return true;
  AVChannelLayout stereo;
  av_channel_layout_default(&stereo, kChannels);
  AVChannelLayout layout{};
  if (from.ch_layout.order == AV_CHANNEL_ORDER_UNSPEC) {
    av_channel_layout_default(&layout, from.ch_layout.nb_channels);
  } else if (av_channel_layout_copy(&layout, &from.ch_layout) < 0) {
    return false;
  }
  SwrContext* made = nullptr;
  const int set = swr_alloc_set_opts2(&made, &stereo, AV_SAMPLE_FMT_FLT, kSampleRate, &layout,
                                      static_cast<AVSampleFormat>(from.format), from.sample_rate, 0, nullptr);
  av_channel_layout_uninit(&layout);
  resampler.reset(made);
  if (set < 0) return false;
  // One microphone sounds as loud on both sides as a browser plays it; FFmpeg's default takes 3 dB away.
  constexpr std::array kBoth{1.0, 1.0};
  if (from.ch_layout.nb_channels == 1 && swr_set_matrix(resampler.get(), kBoth.data(), 1) < 0) return false;
  if (swr_init(resampler.get()) < 0) {
    resampler.reset();
    return false;
  }
  rate = from.sample_rate;
  channels = from.ch_layout.nb_channels;
  format = from.format;
  start_over();
  return true;
}

void OpusTranscoder::Impl::start_over() {
  pending.clear();
  pending_at.reset();
}

// Brings what was heard so far up to (or back to) the time the frame says it starts at.
void OpusTranscoder::Impl::follow_on(std::int64_t at) {
  if (pending_at && std::abs(at - next_at()) > kFillMax) {
    swr_init(resampler.get());
    start_over();
  }
  if (!pending_at) {
    pending_at = at;
    return;
  }
  const std::int64_t error = at - next_at();
  if (std::abs(error) <= kToleranceSamples) return;
  if (error > 0) {
    swr_inject_silence(resampler.get(), static_cast<int>(av_rescale(error, rate, kSampleRate)));
  } else {
    cut = -error;
  }
}

bool OpusTranscoder::Impl::resample() {
  const int space = swr_get_out_samples(resampler.get(), decoded->nb_samples);
  if (space < 0) return false;
  const std::size_t before = pending.size();
  pending.resize(before + static_cast<std::size_t>(space) * kChannels);
  auto* to = reinterpret_cast<std::uint8_t*>(pending.data() + before);
  const int made = swr_convert(resampler.get(), &to, space,
                               const_cast<const std::uint8_t**>(decoded->extended_data),  // NOLINT: C API.
                               decoded->nb_samples);
  if (made < 0) {
    pending.resize(before);
    return false;
  }
  pending.resize(before + static_cast<std::size_t>(made) * kChannels);
  const auto heard = pending.begin() + static_cast<std::ptrdiff_t>(before);
  pending.erase(heard, heard + std::min<std::int64_t>(cut, made) * kChannels);
  cut = 0;
  return true;
}

void OpusTranscoder::Impl::collect(const Frame& source, std::vector<FramePtr>& out) {
  while (avcodec_receive_packet(encoder.get(), packet.get()) == 0) {
    // FFmpeg has taken the encoder's lookahead off: the packet is stamped with when its first sample is
    // heard.
    const std::int64_t dts_us = to_us(packet->pts);
    if (dts_us >= 0) {
      out.push_back(std::make_shared<const Frame>(
          Frame{.kind = TrackKind::audio,
                .keyframe = true,
                .dts_us = dts_us,
                .cts_offset_us = 0,
                .captured_at = source.captured_at + Duration(dts_us - source.dts_us),
                .payload = Bytes(packet->data, packet->data + packet->size)}));
    }
    av_packet_unref(packet.get());
  }
}

bool OpusTranscoder::Impl::encode(const Frame& source, std::vector<FramePtr>& out) {
  constexpr std::size_t kBlock = kPacketSamples * kChannels;
  std::size_t used = 0;
  bool fine = true;
  for (; pending.size() - used >= kBlock; used += kBlock) {
    av_frame_unref(block.get());
    block->nb_samples = kPacketSamples;
    block->format = AV_SAMPLE_FMT_FLT;
    block->sample_rate = kSampleRate;
    av_channel_layout_default(&block->ch_layout, kChannels);
    if (av_frame_get_buffer(block.get(), 0) < 0) return false;
    std::copy_n(pending.data() + used, kBlock, reinterpret_cast<float*>(block->data[0]));
    block->pts = *pending_at;
    *pending_at += kPacketSamples;
    fine &= avcodec_send_frame(encoder.get(), block.get()) == 0;
    collect(source, out);
  }
  pending.erase(pending.begin(), pending.begin() + static_cast<std::ptrdiff_t>(used));
  return fine;
}

bool OpusTranscoder::Impl::take(const Frame& frame, std::vector<FramePtr>& out) {
  if (av_new_packet(packet.get(), static_cast<int>(frame.payload.size())) < 0) return false;
  std::ranges::copy(frame.payload, packet->data);
  const int sent = avcodec_send_packet(decoder.get(), packet.get());
  av_packet_unref(packet.get());
  if (sent < 0) return false;
  std::int64_t at = to_samples(frame.dts_us);
  bool fine = true;
  while (fine && avcodec_receive_frame(decoder.get(), decoded.get()) == 0) {
    if (!fit_resampler()) return false;
    follow_on(at);
    at += av_rescale(decoded->nb_samples, kSampleRate, rate);
    fine = resample() && encode(frame, out);
  }
  return fine;
}

OpusTranscoder::OpusTranscoder(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

OpusTranscoder::OpusTranscoder(OpusTranscoder&& other) noexcept = default;
OpusTranscoder& OpusTranscoder::operator=(OpusTranscoder&& other) noexcept = default;
OpusTranscoder::~OpusTranscoder() = default;

Result<OpusTranscoder> OpusTranscoder::open(const proto::AudioTrack& source, int bitrate_kbps) {
  av_log_set_level(AV_LOG_FATAL);  // What a broken stream does to the decoder is counted.
  auto impl = std::make_unique<Impl>();
  TRY(impl->decoder, open_decoder(source));
  TRY(impl->encoder, open_encoder(bitrate_kbps));
  return OpusTranscoder(std::move(impl));
}

bool OpusTranscoder::take(const Frame& frame, std::vector<FramePtr>& out) {
  return impl_->take(frame, out);
}

proto::AudioTrack OpusTranscoder::track() {
  proto::AudioTrack track{.codec = proto::Codec::opus,
                          .config = {},
                          .codecs = "opus",
                          .sample_rate = proto::opus::kSampleRate,
                          .channels = kChannels,
                          .samples_per_frame = static_cast<int>(kPacketSamples)};
  ByteWriter writer(track.config);  // OpusSpecificBox (Opus in ISOBMFF, 4.3.2).
  writer.u8(0);
  writer.u8(kChannels);
  writer.u16(kLookaheadSamples);
  writer.u32(proto::opus::kSampleRate);
  writer.u16(0);
  writer.u8(0);
  return track;
}

}  // namespace luso::media
