#include "media/ingest/flv_feed.h"

#include <utility>

#include "proto/aac.h"
#include "proto/av1.h"
#include "proto/flv.h"
#include "proto/h264.h"
#include "proto/hevc.h"
#include "proto/opus.h"

namespace luso::media {
namespace flv = proto::flv;
using proto::Codec;

namespace {

constexpr std::int64_t kUsPerMs = 1'000;

// How a picture begins matters more than what the tag claims: viewers can only start at a real one.
struct Picture {
  bool keyframe = false;
  bool has_picture = false;
};

Result<Picture> append_picture(Codec codec, ByteView payload, unsigned nal_length_size, Bytes& out) {
  switch (codec) {
    case Codec::h264: {
      TRY(const auto unit, proto::h264::append_access_unit(payload, nal_length_size, out));
      return Picture{.keyframe = unit.idr, .has_picture = unit.has_picture};
    }
    case Codec::hevc: {
      TRY(const auto unit, proto::hevc::append_access_unit(payload, nal_length_size, out));
      return Picture{.keyframe = unit.irap, .has_picture = unit.has_picture};
    }
    default: {
      TRY(const auto unit, proto::av1::append_temporal_unit(payload, out));
      return Picture{.keyframe = unit.keyframe, .has_picture = unit.has_picture};
    }
  }
}

Result<proto::VideoTrack> parse_video_record(Codec codec, ByteView record) {
  switch (codec) {
    case Codec::h264: return proto::h264::parse_avc_config(record);
    case Codec::hevc: return proto::hevc::parse_hevc_config(record);
    default: return proto::av1::parse_av1_config(record);
  }
}

Result<unsigned> nal_length_of(Codec codec, ByteView record) {
  switch (codec) {
    case Codec::h264: return proto::h264::nal_length_size_of(record);
    case Codec::hevc: return proto::hevc::nal_length_size_of(record);
    default: return 4U;  // AV1 has no lengths to widen.
  }
}

}  // namespace

std::int64_t FlvFeed::count_on(std::uint32_t timestamp_ms) {
  return (unwrapper_.unwrap(timestamp_ms) - proto::rtp::TimestampUnwrapper::kLap) * kUsPerMs;
}

Result<void> FlvFeed::count_broken(const Error& error) {
  if (++broken_ < kBrokenFramesMax) return {};
  return tl::unexpected(error);
}

Result<void> FlvFeed::take_video_header(Codec codec, ByteView record, MediaEvents& out) {
  const auto track = parse_video_record(codec, record);
  const auto length = nal_length_of(codec, record);
  if (!track) return count_broken(track.error());
  if (!length) return count_broken(length.error());
  has_video_ = true;
  video_codec_ = codec;
  nal_length_size_ = *length;
  out.emplace_back(*track);
  return {};
}

Result<void> FlvFeed::take(proto::rtmp::VideoMessage message, WallTime at, MediaEvents& out) {
  TRY(const flv::VideoTag tag, flv::parse_video(message.body));
  if (tag.kind == flv::TagKind::sequence_header) return take_video_header(tag.codec, tag.payload, out);
  if (tag.kind != flv::TagKind::frame || !has_video_ || tag.codec != video_codec_) return {};
  Sample sample{.kind = TrackKind::video,
                .keyframe = false,
                .timestamp_us = count_on(message.timestamp),
                .cts_offset_us = tag.cts_offset_ms * kUsPerMs,
                .samples = 0,
                .at = at,
                .payload = {}};
  const auto picture = append_picture(tag.codec, tag.payload, nal_length_size_, sample.payload);
  if (!picture) return count_broken(picture.error());
  if (!picture->has_picture) return {};
  broken_ = 0;
  sample.keyframe = picture->keyframe;
  out.emplace_back(std::move(sample));
  return {};
}

Result<void> FlvFeed::take_audio_header(Codec codec, ByteView record, MediaEvents& out) {
  const auto track = codec == Codec::opus ? proto::opus::parse_opus_head(record)
                                          : proto::aac::parse_audio_specific_config(record);
  if (!track) return count_broken(track.error());
  has_audio_ = true;
  audio_codec_ = codec;
  samples_per_frame_ = track->samples_per_frame;
  out.emplace_back(*track);
  return {};
}

Result<void> FlvFeed::take(proto::rtmp::AudioMessage message, WallTime at, MediaEvents& out) {
  TRY(const flv::AudioTag tag, flv::parse_audio(message.body));
  if (tag.kind == flv::TagKind::sequence_header) return take_audio_header(tag.codec, tag.payload, out);
  if (tag.kind != flv::TagKind::frame || !has_audio_ || tag.codec != audio_codec_) return {};
  int samples = samples_per_frame_;
  if (tag.codec == Codec::opus) {
    const auto counted = proto::opus::packet_samples(tag.payload);
    if (!counted) return count_broken(counted.error());
    samples = *counted;
  }
  broken_ = 0;
  out.emplace_back(Sample{.kind = TrackKind::audio,
                          .keyframe = true,
                          .timestamp_us = count_on(message.timestamp),
                          .cts_offset_us = 0,
                          .samples = samples,
                          .at = at,
                          .payload = Bytes(tag.payload.begin(), tag.payload.end())});
  return {};
}

void FlvFeed::take(const proto::rtmp::Metadata& message, MediaEvents& out) {
  const flv::Metadata metadata = flv::read_metadata(message.properties);
  EncoderInfo info{
      .encoder = metadata.encoder, .frame_rate = metadata.frame_rate, .has_video = {}, .has_audio = {}};
  const bool says_codecs = !metadata.video_codec.empty() || !metadata.audio_codec.empty();
  if (says_codecs) {
    info.has_video = !metadata.video_codec.empty();
    info.has_audio = !metadata.audio_codec.empty();
  }
  out.emplace_back(std::move(info));
}

}  // namespace luso::media
