#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>

extern "C" {
#include <libavcodec/avcodec.h>
}

// Owners for what FFmpeg's libraries allocate. For .cpp files alone.
namespace luso::media::av {

template <auto Free>
struct Deleter {
  template <typename T>
  void operator()(T* object) const {
    Free(&object);
  }
};

using CodecContext = std::unique_ptr<AVCodecContext, Deleter<&avcodec_free_context>>;
using FrameHolder = std::unique_ptr<AVFrame, Deleter<&av_frame_free>>;
using PacketHolder = std::unique_ptr<AVPacket, Deleter<&av_packet_free>>;

// Gives a context the codec's configuration, which it frees.
inline void set_extradata(AVCodecContext& context, const unsigned char* data, std::size_t size) {
  context.extradata = static_cast<std::uint8_t*>(av_mallocz(size + AV_INPUT_BUFFER_PADDING_SIZE));
  if (size > 0) std::copy_n(data, size, context.extradata);
  context.extradata_size = static_cast<int>(size);
}

}  // namespace luso::media::av
