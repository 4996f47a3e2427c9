#pragma once

#include <cstdint>

#include "base/result.h"
#include "media/ingest/media_event.h"
#include "proto/rtmp.h"
#include "proto/rtp.h"

namespace luso::media {

// One RTMP publisher's messages as media events: decoder records become tracks, tag bodies become samples in
// the form that frames have.
class FlvFeed {
 public:
  static constexpr std::uint64_t kBrokenFramesMax =
      500;  // In a row; then the encoder is not worth listening to.

  // Fails when nothing useful can come any more: an unsupported codec, or only broken frames.
  [[nodiscard]] Result<void> take(proto::rtmp::VideoMessage message, WallTime at, MediaEvents& out);
  [[nodiscard]] Result<void> take(proto::rtmp::AudioMessage message, WallTime at, MediaEvents& out);
  void take(const proto::rtmp::Metadata& metadata, MediaEvents& out);

 private:
  [[nodiscard]] Result<void> take_video_header(proto::Codec codec, ByteView record, MediaEvents& out);
  [[nodiscard]] Result<void> take_audio_header(proto::Codec codec, ByteView record, MediaEvents& out);
  [[nodiscard]] Result<void> count_broken(const Error& error);

  [[nodiscard]] std::int64_t count_on(std::uint32_t timestamp_ms);

  proto::rtp::TimestampUnwrapper unwrapper_;  // RTMP's milliseconds wrap after 49 days.
  bool has_video_ = false;
  proto::Codec video_codec_ = proto::Codec::h264;
  unsigned nal_length_size_ = 4;
  bool has_audio_ = false;
  proto::Codec audio_codec_ = proto::Codec::aac;
  int samples_per_frame_ = 1024;
  std::uint64_t broken_ = 0;
};

}  // namespace luso::media
