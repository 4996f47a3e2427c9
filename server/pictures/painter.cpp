#include "pictures/painter.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <webp/encode.h>

#include "gen/reasons.h"
#include "proto/image_head.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libswscale/swscale.h>
}

namespace luso::pictures {
namespace {

using proto::ImageHead;
using proto::ImageType;
using proto::Orientation;

constexpr float kWebpQuality = 82.0F;  // Of 100: these are looked at, and kept for long.
constexpr int kWebpMethod = 4;         // Of 6: a fraction of what decoding the photograph took.
constexpr int kPixelBytes = 4;         // RGBA

template <auto Free>
struct Deleter {
  template <typename T>
  void operator()(T* object) const {
    Free(&object);
  }
};

struct ScalerDeleter {
  void operator()(SwsContext* context) const { sws_freeContext(context); }
};

using CodecContext = std::unique_ptr<AVCodecContext, Deleter<&avcodec_free_context>>;
using FrameHolder = std::unique_ptr<AVFrame, Deleter<&av_frame_free>>;
using PacketHolder = std::unique_ptr<AVPacket, Deleter<&av_packet_free>>;
using Scaler = std::unique_ptr<SwsContext, ScalerDeleter>;

// Pixels without gaps between the rows.
struct Canvas {
  Size size;
  Bytes rgba;
};

tl::unexpected<Error> broken(std::string detail) {
  return gen::fail(gen::reasons::kPicturesBroken, std::move(detail));
}

AVCodecID codec_of(ImageType type) {
  switch (type) {
    case ImageType::jpeg: return AV_CODEC_ID_MJPEG;
    case ImageType::png: return AV_CODEC_ID_PNG;
    case ImageType::webp: return AV_CODEC_ID_WEBP;
  }
  return AV_CODEC_ID_NONE;
}

void put_little_endian(Bytes& out, std::uint32_t value, int width) {
  for (int i = 0; i < width; ++i) out.push_back(static_cast<std::uint8_t>(value >> 8U * i));
}

void put_text(Bytes& out, std::string_view text) {
  out.insert(out.end(), text.begin(), text.end());
}

// The decoder knows no animations, so the first frame of one goes to it as the still picture it is.
Bytes still_webp(const ImageHead& head) {
  constexpr std::uint32_t kExtendedBytes = 10;
  constexpr std::uint8_t kAlphaFlag = 0x10;
  Bytes file;
  put_text(file, "RIFF");
  put_little_endian(file, static_cast<std::uint32_t>(head.first_frame.size()) + 4 + 8 + kExtendedBytes, 4);
  put_text(file, "WEBPVP8X");
  put_little_endian(file, kExtendedBytes, 4);
  put_little_endian(file, kAlphaFlag, 4);
  put_little_endian(file, head.width - 1, 3);
  put_little_endian(file, head.height - 1, 3);
  file.insert(file.end(), head.first_frame.begin(), head.first_frame.end());
  return file;
}

Result<FrameHolder> decode(const ImageHead& head) {
  const AVCodec* codec = avcodec_find_decoder(codec_of(head.type));
  if (codec == nullptr) return broken("no decoder");
  const CodecContext context(avcodec_alloc_context3(codec));
  context->thread_count = 1;
  context->max_pixels = kPixelsMax;
  context->err_recognition = AV_EF_CRCCHECK | AV_EF_BITSTREAM | AV_EF_BUFFER | AV_EF_EXPLODE;
  if (avcodec_open2(context.get(), codec, nullptr) < 0) return broken("decoder does not open");
  Bytes still;
  ByteView bytes = head.first_frame;
  if (head.type == ImageType::webp && head.is_animated) bytes = still = still_webp(head);
  const PacketHolder packet(av_packet_alloc());
  if (av_new_packet(packet.get(), static_cast<int>(bytes.size())) < 0) return broken("memory");
  std::ranges::copy(bytes, packet->data);
  FrameHolder frame(av_frame_alloc());
  if (avcodec_send_packet(context.get(), packet.get()) < 0) return broken("not decodable");
  avcodec_send_packet(context.get(), nullptr);
  if (avcodec_receive_frame(context.get(), frame.get()) < 0) return broken("no picture came out");
  const bool as_announced =
      std::cmp_equal(frame->width, head.width) && std::cmp_equal(frame->height, head.height);
  if (!as_announced) return broken("another size than the header says");
  // The decoders do not say it of every file: JFIF 1.02 uses the whole range, VP8 (RFC 6386, 9.2) the narrow.
  frame->color_range = head.type == ImageType::webp ? AVCOL_RANGE_MPEG : AVCOL_RANGE_JPEG;
  return frame;
}

bool swaps_sides(Orientation orientation) {
  return orientation >= Orientation::transposed;
}

// What is left of the picture around its middle in the shape of `target`.
void crop_to_shape(AVFrame& frame, Size target) {
  const std::int64_t width = std::min<std::int64_t>(
      frame.width, std::max<std::int64_t>(1, std::int64_t{frame.height} * target.width / target.height));
  const std::int64_t height = std::min<std::int64_t>(
      frame.height, std::max<std::int64_t>(1, std::int64_t{frame.width} * target.height / target.width));
  const auto spare_width = static_cast<std::size_t>(frame.width - width);
  const auto spare_height = static_cast<std::size_t>(frame.height - height);
  frame.crop_left = spare_width / 2;
  frame.crop_right = spare_width - frame.crop_left;
  frame.crop_top = spare_height / 2;
  frame.crop_bottom = spare_height - frame.crop_top;
  av_frame_apply_cropping(&frame, AV_FRAME_CROP_UNALIGNED);
}

Result<Canvas> scale(const AVFrame& from, Size size) {
  const auto format = static_cast<AVPixelFormat>(from.format);
  const Scaler scaler(sws_getContext(
      from.width, from.height, format, size.width, size.height, AV_PIX_FMT_RGBA,
      SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INP | SWS_FULL_CHR_H_INT, nullptr, nullptr, nullptr));
  if (!scaler) return broken("this pixel format does not scale");
  const int from_full = from.color_range == AVCOL_RANGE_JPEG ? 1 : 0;
  const int* table = sws_getCoefficients(SWS_CS_ITU601);  // JPEG (JFIF 1.02) and WebP both.
  constexpr int kUnity = 1 << 16;
  sws_setColorspaceDetails(scaler.get(), table, from_full, table, 1, 0, kUnity, kUnity);
  const int stride = size.width * kPixelBytes;
  // swscale writes whole vectors: room behind the last row.
  constexpr std::size_t kPadding = 64;
  Canvas canvas{.size = size, .rgba = Bytes(static_cast<std::size_t>(stride * size.height) + kPadding)};
  std::uint8_t* const rows = canvas.rgba.data();
  if (sws_scale(scaler.get(), from.data, from.linesize, 0, from.height, &rows, &stride) != size.height)
    return broken("not scaled");
  return canvas;
}

// Where in the picture as it is stored the pixel of the upright one comes from.
Size source_of(Size upright, Size stored, Orientation orientation) {
  const auto [x, y] = upright;
  const int right = stored.width - 1;
  const int bottom = stored.height - 1;
  switch (orientation) {
    case Orientation::upright: return {x, y};
    case Orientation::mirrored: return {right - x, y};
    case Orientation::upside_down: return {right - x, bottom - y};
    case Orientation::upside_down_mirrored: return {x, bottom - y};
    case Orientation::transposed: return {y, x};
    case Orientation::turned_left: return {y, bottom - x};
    case Orientation::transversed: return {right - y, bottom - x};
    case Orientation::turned_right: return {right - y, x};
  }
  return {x, y};
}

Canvas turn_upright(Canvas stored, Orientation orientation) {
  if (orientation == Orientation::upright) return stored;
  Canvas upright{.size = stored.size, .rgba = Bytes(stored.rgba.size())};
  if (swaps_sides(orientation)) std::swap(upright.size.width, upright.size.height);
  const auto place = [](const Canvas& canvas, Size at) {
    return (static_cast<std::size_t>(at.height) * static_cast<std::size_t>(canvas.size.width) +
            static_cast<std::size_t>(at.width)) *
           kPixelBytes;
  };
  for (int y = 0; y < upright.size.height; ++y) {
    for (int x = 0; x < upright.size.width; ++x) {
      const std::size_t from = place(stored, source_of({x, y}, stored.size, orientation));
      std::copy_n(&stored.rgba[from], kPixelBytes, &upright.rgba[place(upright, {x, y})]);
    }
  }
  return upright;
}

Result<Bytes> encode(const Canvas& canvas) {
  WebPConfig config;
  WebPPicture picture;
  if (WebPConfigInit(&config) == 0 || WebPPictureInit(&picture) == 0)
    return broken("libwebp is another version");
  config.quality = kWebpQuality;
  config.method = kWebpMethod;
  picture.width = canvas.size.width;
  picture.height = canvas.size.height;
  WebPMemoryWriter writer;
  WebPMemoryWriterInit(&writer);
  picture.writer = WebPMemoryWrite;
  picture.custom_ptr = &writer;
  const bool encoded =
      WebPPictureImportRGBA(&picture, canvas.rgba.data(), canvas.size.width * kPixelBytes) != 0 &&
      WebPEncode(&config, &picture) != 0;
  Bytes bytes(writer.mem, writer.mem + writer.size);
  WebPMemoryWriterClear(&writer);
  WebPPictureFree(&picture);
  if (!encoded) return broken("WebP encoder failed");
  return bytes;
}

Result<void> check_size(const ImageHead& head) {
  if (head.width < kSideMin || head.height < kSideMin) return gen::fail(gen::reasons::kPicturesTooSmall);
  const bool fits = head.width <= kSideMax && head.height <= kSideMax &&
                    std::int64_t{head.width} * head.height <= kPixelsMax;
  if (!fits) {
    return gen::fail(gen::reasons::kPicturesTooManyPixels,
                     std::to_string(head.width) + "x" + std::to_string(head.height));
  }
  return {};
}

}  // namespace

std::string_view name_of(Kind kind) {
  return kind == Kind::avatar ? "avatar" : "banner";
}

Result<Renderings> paint(Kind kind, ByteView file) {
  av_log_set_level(AV_LOG_FATAL);  // What a broken file does to the decoder is our caller's to tell.
  TRY(const ImageHead head, proto::parse_image_head(file));
  TRY_VOID(check_size(head));
  TRY(const FrameHolder frame, decode(head));
  const auto as_stored = [&head](Size size) {
    return swaps_sides(head.orientation) ? Size{size.height, size.width} : size;
  };
  crop_to_shape(*frame, as_stored(sizes_of(kind).front()));
  Renderings renderings;
  for (const Size size : sizes_of(kind)) {
    TRY(Canvas stored, scale(*frame, as_stored(size)));
    const Canvas upright = turn_upright(std::move(stored), head.orientation);
    TRY(Bytes webp, encode(upright));
    renderings.push_back({.width = size.width, .webp = std::move(webp)});
  }
  return renderings;
}

}  // namespace luso::pictures
