#include "proto/flv.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string_view>

#include "base/text.h"

namespace luso::proto::flv {
namespace {

// FLV 10.1, E.4.3.1 and E.4.2.1.
constexpr unsigned kVideoAvc = 7;
constexpr unsigned kVideoHevc = 12;  // Never standard, widely sent before enhanced RTMP.
constexpr unsigned kAudioAac = 10;
constexpr unsigned kAudioEnhanced = 9;  // E-RTMP v2: reserved before, now "read the enhanced header".
constexpr unsigned kEnhancedVideoBit = 0x80;
constexpr unsigned kFrameKey = 1;
constexpr unsigned kFrameGeneratedKey = 4;
constexpr unsigned kFrameCommand = 5;

// E-RTMP v2, VideoPacketType and AudioPacketType: one numbering but for these names.
enum class PacketType : std::uint8_t {
  sequence_start = 0,
  coded_frames = 1,
  sequence_end = 2,
  coded_frames_x = 3,    // Video: composition time is zero and left out.
  metadata = 4,          // Video: colour. Audio: channel order.
  audio_multitrack = 5,  // Video: MPEG-2 TS sequence start.
  video_multitrack = 6,
  mod_ex = 7,
};

enum class Multitrack : std::uint8_t { one_track = 0, many_tracks = 1, many_tracks_many_codecs = 2 };

struct CodecName {
  std::string_view fourcc;
  Codec codec;
};

constexpr std::array kVideoCodecs{CodecName{.fourcc = "avc1", .codec = Codec::h264},
                                  CodecName{.fourcc = "hvc1", .codec = Codec::hevc},
                                  CodecName{.fourcc = "av01", .codec = Codec::av1}};
constexpr std::array kAudioCodecs{CodecName{.fourcc = "mp4a", .codec = Codec::aac},
                                  CodecName{.fourcc = "Opus", .codec = Codec::opus}};

tl::unexpected<Error> truncated() {
  return fail(ErrorKind::invalid, "flv.truncated");
}

tl::unexpected<Error> unsupported_codec(std::string name) {
  return fail(ErrorKind::invalid, "flv.unsupported_codec", std::move(name));
}

tl::unexpected<Error> unsupported_packet(unsigned type) {
  return fail(ErrorKind::invalid, "flv.unsupported_packet", "packet type " + std::to_string(type));
}

std::int32_t sign_extended_24(std::uint32_t value) {
  return static_cast<std::int32_t>(value << 8U) >> 8;
}

std::string printable(ByteView fourcc) {
  std::string name(as_text(fourcc));
  for (char& c : name) {
    if (c < ' ' || c > '~') c = '.';
  }
  return name;
}

Result<Codec> codec_named(std::span<const CodecName> known, ByteView fourcc) {
  const auto found = std::ranges::find(known, as_text(fourcc), &CodecName::fourcc);
  if (found == known.end()) return unsupported_codec(printable(fourcc));
  return found->codec;
}

// E-RTMP v2, "ModEx": data that modifies the packet, then the packet type again. All of it is skipped; the
// only one defined adds nanoseconds to the timestamp.
PacketType skip_modifiers(ByteReader& in, PacketType type) {
  while (type == PacketType::mod_ex && !in.failed()) {
    std::size_t size = in.u8() + 1U;
    if (size == 256) size = in.u16() + 1U;
    in.skip(size);
    type = static_cast<PacketType>(in.u8() & 0x0FU);
  }
  return type;
}

// The part of an enhanced body that is ours: one track's packet. Empty when no track in it is number 0.
struct Packet {
  PacketType type{};
  ByteView fourcc = {};
  ByteView body = {};
};

// E-RTMP v2, "Multitrack": tracks one after another, each with its number, and its size unless it is alone.
Result<std::optional<Packet>> first_track(ByteReader& in) {
  const unsigned header = in.u8();
  const auto layout = static_cast<Multitrack>(header >> 4U);
  Packet packet{.type = static_cast<PacketType>(header & 0x0FU)};
  if (layout > Multitrack::many_tracks_many_codecs) return unsupported_packet(header);
  if (layout != Multitrack::many_tracks_many_codecs) packet.fourcc = in.take(4);
  while (!in.failed() && !in.empty()) {
    if (layout == Multitrack::many_tracks_many_codecs) packet.fourcc = in.take(4);
    const std::uint8_t track = in.u8();
    const std::size_t size = layout == Multitrack::one_track ? in.remaining() : in.u24();
    packet.body = in.take(size);
    if (!in.failed() && track == 0) return packet;
  }
  if (in.failed()) return truncated();
  return std::nullopt;
}

Result<std::optional<Packet>> enhanced_packet(ByteReader& in, PacketType type, PacketType multitrack) {
  type = skip_modifiers(in, type);
  if (in.failed()) return truncated();
  if (type == multitrack) return first_track(in);
  Packet packet{.type = type, .fourcc = in.take(4)};
  if (in.failed()) return truncated();
  packet.body = in.rest();
  return packet;
}

Result<VideoTag> parse_enhanced_video(ByteReader& in, unsigned first) {
  VideoTag tag;
  const unsigned frame_type = first >> 4U & 0x07U;
  tag.keyframe = frame_type == kFrameKey || frame_type == kFrameGeneratedKey;
  const auto type = static_cast<PacketType>(first & 0x0FU);
  if (frame_type == kFrameCommand && type != PacketType::metadata) return tag;
  TRY(const std::optional<Packet> packet, enhanced_packet(in, type, PacketType::video_multitrack));
  if (!packet) return tag;
  TRY(tag.codec, codec_named(kVideoCodecs, packet->fourcc));
  ByteReader body(packet->body);
  switch (packet->type) {
    case PacketType::sequence_start: tag.kind = TagKind::sequence_header; break;
    case PacketType::sequence_end: tag.kind = TagKind::end; return tag;
    case PacketType::coded_frames:
      // AV1 has no reordering in its container: only the NAL codecs carry an offset.
      if (tag.codec != Codec::av1) tag.cts_offset_ms = sign_extended_24(body.u24());
      tag.kind = TagKind::frame;
      break;
    case PacketType::coded_frames_x: tag.kind = TagKind::frame; break;
    case PacketType::metadata: return tag;
    default: return unsupported_packet(static_cast<unsigned>(packet->type));
  }
  if (body.failed()) return truncated();
  tag.payload = body.rest();
  if (tag.payload.empty()) tag.kind = TagKind::ignored;
  return tag;
}

// E.4.3.1: an AVCPacketType and a composition time. HEVC borrowed both.
Result<VideoTag> parse_legacy_video(ByteReader& in, unsigned first) {
  VideoTag tag;
  const unsigned frame_type = first >> 4U;
  tag.keyframe = frame_type == kFrameKey || frame_type == kFrameGeneratedKey;
  if (frame_type == kFrameCommand) return tag;
  const unsigned codec = first & 0x0FU;
  if (codec != kVideoAvc && codec != kVideoHevc) return unsupported_codec("video " + std::to_string(codec));
  tag.codec = codec == kVideoAvc ? Codec::h264 : Codec::hevc;
  const unsigned type = in.u8();
  const std::int32_t composition_time_ms = sign_extended_24(in.u24());
  if (in.failed()) return truncated();
  tag.payload = in.rest();
  switch (type) {
    case 0: tag.kind = TagKind::sequence_header; break;
    case 1:
      tag.kind = TagKind::frame;
      tag.cts_offset_ms = composition_time_ms;
      break;
    case 2:
      tag.kind = TagKind::end;
      tag.payload = {};
      return tag;
    default: return unsupported_packet(type);
  }
  if (tag.payload.empty()) tag.kind = TagKind::ignored;
  return tag;
}

Result<AudioTag> parse_enhanced_audio(ByteReader& in, unsigned first) {
  AudioTag tag;
  const auto type = static_cast<PacketType>(first & 0x0FU);
  TRY(const std::optional<Packet> packet, enhanced_packet(in, type, PacketType::audio_multitrack));
  if (!packet) return tag;
  TRY(tag.codec, codec_named(kAudioCodecs, packet->fourcc));
  switch (packet->type) {
    case PacketType::sequence_start: tag.kind = TagKind::sequence_header; break;
    case PacketType::coded_frames: tag.kind = TagKind::frame; break;
    case PacketType::sequence_end: tag.kind = TagKind::end; return tag;
    case PacketType::metadata: return tag;
    default: return unsupported_packet(static_cast<unsigned>(packet->type));
  }
  tag.payload = packet->body;
  if (tag.payload.empty()) tag.kind = TagKind::ignored;
  return tag;
}

// Metadata counts in doubles that may be anything; ours are finite and not negative.
double number(const amf0::Value& properties, std::string_view name) {
  const double value = properties.number_of(name);
  return std::isfinite(value) && value > 0 ? value : 0;
}

std::string codec_text(const amf0::Value& properties, std::string_view name) {
  if (const std::string_view text = properties.text_of(name); !text.empty()) {
    return std::string(first_code_points(text, kEncoderNameMax));
  }
  const double id = number(properties, name);
  if (id <= 0 || id > 0xFFFF'FFFF) return {};
  const auto code = static_cast<std::uint32_t>(id);
  if (code <= 0xFF) return std::to_string(code);
  Bytes fourcc;
  ByteWriter(fourcc).u32(code);
  return printable(fourcc);
}

}  // namespace

Result<VideoTag> parse_video(ByteView body) {
  if (body.empty()) return VideoTag{};
  ByteReader in(body);
  const unsigned first = in.u8();
  return (first & kEnhancedVideoBit) != 0 ? parse_enhanced_video(in, first) : parse_legacy_video(in, first);
}

Result<AudioTag> parse_audio(ByteView body) {
  if (body.empty()) return AudioTag{};  // E-RTMP v2: a silence message.
  ByteReader in(body);
  const unsigned first = in.u8();
  const unsigned format = first >> 4U;
  if (format == kAudioEnhanced) return parse_enhanced_audio(in, first);
  if (format != kAudioAac) return unsupported_codec("audio " + std::to_string(format));
  const unsigned type = in.u8();
  if (in.failed()) return truncated();
  if (type > 1) return unsupported_packet(type);
  AudioTag tag{.kind = type == 0 ? TagKind::sequence_header : TagKind::frame, .payload = in.rest()};
  if (tag.payload.empty()) tag.kind = TagKind::ignored;
  return tag;
}

Metadata read_metadata(const amf0::Value& properties) {
  Metadata metadata{.width = number(properties, "width"),
                    .height = number(properties, "height"),
                    .frame_rate = number(properties, "framerate"),
                    .video_bitrate_kbps = number(properties, "videodatarate"),
                    .audio_bitrate_kbps = number(properties, "audiodatarate"),
                    .audio_sample_rate = number(properties, "audiosamplerate"),
                    .encoder = std::string(first_code_points(properties.text_of("encoder"), kEncoderNameMax)),
                    .video_codec = codec_text(properties, "videocodecid"),
                    .audio_codec = codec_text(properties, "audiocodecid")};
  const amf0::Value* stereo = properties.find("stereo");
  metadata.stereo = stereo != nullptr && stereo->boolean() != nullptr && *stereo->boolean();
  return metadata;
}

}  // namespace luso::proto::flv
