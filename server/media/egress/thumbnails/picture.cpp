#include "media/egress/thumbnails/picture.h"

#include <algorithm>
#include <memory>
#include <webp/encode.h>

#include "media/av.h"

extern "C" {
#include <libavutil/imgutils.h>
#include <libswscale/swscale.h>
}

namespace luso::media {
namespace {

constexpr PictureSize kLarge{.width = 640, .height = 360};
constexpr PictureSize kSmall{.width = 320, .height = 180};
constexpr int kJpegQuantiser = 5;            // 2 is best, 31 worst.
constexpr float kWebpQuality = 72.0F;        // Of 100.
constexpr int kWebpMethod = 0;               // The fastest: a picture a stream every ten seconds adds up.
constexpr std::size_t kAv1cHeaderBytes = 4;  // Before configOBUs.
constexpr std::int64_t kPixelsMax = 8'192 * 4'320;
constexpr int kHdHeight = 720;  // From here on, video that does not say is BT.709.

struct ScalerDeleter {
  void operator()(SwsContext* context) const { sws_freeContext(context); }
};

using Scaler = std::unique_ptr<SwsContext, ScalerDeleter>;

tl::unexpected<Error> no_picture(std::string detail) {
  return fail(ErrorKind::precondition, "media.no_picture", std::move(detail));
}

AVCodecID codec_id_of(proto::Codec codec) {
  switch (codec) {
    case proto::Codec::h264: return AV_CODEC_ID_H264;
    case proto::Codec::hevc: return AV_CODEC_ID_HEVC;
    case proto::Codec::av1: return AV_CODEC_ID_AV1;
    default: return AV_CODEC_ID_NONE;
  }
}

// FFmpeg's own AV1 decoder only drives hardware.
const AVCodec* find_decoder(proto::Codec codec) {
  if (codec == proto::Codec::av1) {
    if (const AVCodec* dav1d = avcodec_find_decoder_by_name("libdav1d")) return dav1d;
    return avcodec_find_decoder_by_name("libaom-av1");
  }
  return avcodec_find_decoder(codec_id_of(codec));
}

Result<av::CodecContext> open_decoder(const proto::VideoTrack& track) {
  const AVCodec* codec = find_decoder(track.codec);
  if (codec == nullptr) return no_picture("no decoder");
  av::CodecContext context(avcodec_alloc_context3(codec));
  context->thread_count = 1;
  context->skip_loop_filter = AVDISCARD_ALL;  // Nobody sees the difference at a quarter of the size.
  context->max_pixels = kPixelsMax;
  if (track.codec != proto::Codec::av1) {
    av::set_extradata(*context, track.config.data(), track.config.size());
  }
  if (avcodec_open2(context.get(), codec, nullptr) < 0) return no_picture("decoder does not open");
  return context;
}

Result<av::PacketHolder> packet_of(const proto::VideoTrack& track, ByteView keyframe) {
  ByteView before;
  if (track.codec == proto::Codec::av1 && track.config.size() > kAv1cHeaderBytes) {
    before = ByteView(track.config).subspan(kAv1cHeaderBytes);
  }
  av::PacketHolder packet(av_packet_alloc());
  if (av_new_packet(packet.get(), static_cast<int>(before.size() + keyframe.size())) < 0)
    return no_picture("memory");
  std::ranges::copy(before, packet->data);
  std::ranges::copy(keyframe, packet->data + before.size());
  packet->flags |= AV_PKT_FLAG_KEY;
  return packet;
}

Result<av::FrameHolder> decode(const proto::VideoTrack& track, ByteView keyframe) {
  TRY(const av::CodecContext context, open_decoder(track));
  TRY(const av::PacketHolder packet, packet_of(track, keyframe));
  av::FrameHolder frame(av_frame_alloc());
  if (avcodec_send_packet(context.get(), packet.get()) < 0) return no_picture("not decodable");
  avcodec_send_packet(context.get(), nullptr);  // No more comes: do not hold the picture back to reorder it.
  if (avcodec_receive_frame(context.get(), frame.get()) < 0) return no_picture("no frame came out");
  return frame;
}

PictureSize shape_of(const AVFrame& frame) {
  const AVRational pixel = frame.sample_aspect_ratio;
  if (pixel.num <= 0 || pixel.den <= 0) return {.width = frame.width, .height = frame.height};
  return {.width = static_cast<int>(av_rescale(frame.width, pixel.num, pixel.den)), .height = frame.height};
}

Result<av::FrameHolder> scale(const AVFrame& from, PictureSize size, AVColorRange range) {
  av::FrameHolder to(av_frame_alloc());
  to->width = size.width;
  to->height = size.height;
  to->format = AV_PIX_FMT_YUV420P;
  if (av_frame_get_buffer(to.get(), 0) < 0) return no_picture("memory");
  const Scaler scaler(sws_getContext(from.width, from.height, static_cast<AVPixelFormat>(from.format),
                                     size.width, size.height, AV_PIX_FMT_YUV420P, SWS_BILINEAR, nullptr,
                                     nullptr, nullptr));
  if (!scaler) return no_picture("this pixel format does not scale");
  const bool is_hd = from.colorspace == AVCOL_SPC_BT709 ||
                     (from.colorspace == AVCOL_SPC_UNSPECIFIED && from.height >= kHdHeight);
  const int* from_table = sws_getCoefficients(is_hd ? SWS_CS_ITU709 : SWS_CS_ITU601);
  const int from_full = from.color_range == AVCOL_RANGE_JPEG ? 1 : 0;
  const int to_full = range == AVCOL_RANGE_JPEG ? 1 : 0;
  constexpr int kUnity = 1 << 16;
  sws_setColorspaceDetails(scaler.get(), from_table, from_full, sws_getCoefficients(SWS_CS_ITU601), to_full,
                           0, kUnity, kUnity);
  sws_scale(scaler.get(), from.data, from.linesize, 0, from.height, to->data, to->linesize);
  to->colorspace = AVCOL_SPC_SMPTE170M;
  to->color_range = range;
  return to;
}

Result<SharedBytes> encode_jpeg(const AVFrame& picture) {
  const AVCodec* codec = avcodec_find_encoder(AV_CODEC_ID_MJPEG);
  if (codec == nullptr) return no_picture("no JPEG encoder");
  const av::CodecContext context(avcodec_alloc_context3(codec));
  context->width = picture.width;
  context->height = picture.height;
  context->pix_fmt = AV_PIX_FMT_YUV420P;
  context->color_range = AVCOL_RANGE_JPEG;
  context->strict_std_compliance =
      FF_COMPLIANCE_UNOFFICIAL;  // Takes full range without the old yuvj formats.
  context->time_base = {1, 1};
  context->sample_aspect_ratio = {1, 1};  // Makes it a JFIF file.
  context->thread_count = 1;
  context->flags |= AV_CODEC_FLAG_QSCALE;
  context->global_quality = FF_QP2LAMBDA * kJpegQuantiser;
  if (avcodec_open2(context.get(), codec, nullptr) < 0) return no_picture("JPEG encoder does not open");
  const av::PacketHolder packet(av_packet_alloc());
  if (avcodec_send_frame(context.get(), &picture) < 0) return no_picture("JPEG encoder refused");
  if (avcodec_receive_packet(context.get(), packet.get()) < 0) return no_picture("JPEG encoder failed");
  return share(Bytes(packet->data, packet->data + packet->size));
}

Result<SharedBytes> encode_webp(const AVFrame& yuv) {
  WebPConfig config;
  WebPPicture picture;
  if (WebPConfigInit(&config) == 0 || WebPPictureInit(&picture) == 0)
    return no_picture("libwebp is another version");
  config.quality = kWebpQuality;
  config.method = kWebpMethod;
  picture.use_argb = 0;
  picture.colorspace = WEBP_YUV420;
  picture.width = yuv.width;
  picture.height = yuv.height;
  picture.y = yuv.data[0];  // Borrowed: libwebp only reads it, and does not free what it did not allocate.
  picture.u = yuv.data[1];
  picture.v = yuv.data[2];
  picture.y_stride = yuv.linesize[0];
  picture.uv_stride = yuv.linesize[1];
  WebPMemoryWriter writer;
  WebPMemoryWriterInit(&writer);
  picture.writer = WebPMemoryWrite;
  picture.custom_ptr = &writer;
  const bool encoded = WebPEncode(&config, &picture) != 0;
  Bytes bytes(writer.mem, writer.mem + writer.size);
  WebPMemoryWriterClear(&writer);
  WebPPictureFree(&picture);
  if (!encoded) return no_picture("WebP encoder failed");
  return share(std::move(bytes));
}

}  // namespace

PictureSize fit_into(PictureSize picture, PictureSize box) {
  if (picture.width <= 0 || picture.height <= 0) return {.width = 2, .height = 2};
  const double scale = std::min({1.0, static_cast<double>(box.width) / picture.width,
                                 static_cast<double>(box.height) / picture.height});
  const auto even = [scale](int length) {
    return std::max(2, static_cast<int>(length * scale + 0.5) / 2 * 2);
  };
  return {.width = even(picture.width), .height = even(picture.height)};
}

Result<Thumbnail> make_thumbnail(const proto::VideoTrack& track, ByteView keyframe, WallTime taken_at) {
  av_log_set_level(AV_LOG_FATAL);  // What a broken stream does to the decoder is our caller's to log.
  TRY(const av::FrameHolder decoded, decode(track, keyframe));
  const PictureSize shape = shape_of(*decoded);
  TRY(const av::FrameHolder large, scale(*decoded, fit_into(shape, kLarge), AVCOL_RANGE_MPEG));
  TRY(const av::FrameHolder full_range,
      scale(*large, {.width = large->width, .height = large->height}, AVCOL_RANGE_JPEG));
  TRY(const av::FrameHolder small, scale(*large, fit_into(shape, kSmall), AVCOL_RANGE_MPEG));
  Thumbnail thumbnail;
  thumbnail.taken_at = taken_at;
  TRY(thumbnail.jpeg, encode_jpeg(*full_range));
  TRY(thumbnail.webp, encode_webp(*large));
  TRY(thumbnail.webp_320, encode_webp(*small));
  return thumbnail;
}

}  // namespace luso::media
