#include "proto/opus.h"

#include <array>
#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "proto/codec.h"

namespace luso::proto::opus {
namespace {

tl::unexpected<Error> bad_config(const char* detail) {
  return fail(ErrorKind::invalid, "proto.bad_config", std::string("OpusHead: ") + detail);
}

std::uint16_t little_endian_u16(ByteReader& reader) {
  const unsigned low = reader.u8();
  return static_cast<std::uint16_t>(low | static_cast<unsigned>(reader.u8()) << 8U);
}

std::uint32_t little_endian_u32(ByteReader& reader) {
  const std::uint32_t low = little_endian_u16(reader);
  return low | static_cast<std::uint32_t>(little_endian_u16(reader)) << 16U;
}

// Table 2 of RFC 6716: the duration of one frame by configuration number, at 48 kHz.
int frame_samples(unsigned configuration) {
  static constexpr std::array kSilk{480, 960, 1920, 2880}, kCelt{120, 240, 480, 960};
  if (configuration < 12) return kSilk[configuration % 4];
  if (configuration < 16) return configuration % 2 == 0 ? 480 : 960;
  return kCelt[configuration % 4];
}

}  // namespace

Result<AudioTrack> parse_opus_head(ByteView head) {
  ByteReader reader(head);
  if (as_text(reader.take(8)) != "OpusHead") return bad_config("no magic signature");
  if (const unsigned version = reader.u8(); version >> 4U != 0) return bad_config("unknown version");
  const unsigned channels = reader.u8();
  const std::uint16_t pre_skip = little_endian_u16(reader);
  const std::uint32_t input_rate = little_endian_u32(reader);
  const std::uint16_t gain = little_endian_u16(reader);
  const std::uint8_t family = reader.u8();
  ByteView mapping;
  if (family != 0) mapping = reader.take(2 + channels);
  if (reader.failed()) return bad_config("cut short");
  if (channels == 0 || (family == 0 && channels > 2)) return bad_config("impossible channels");

  AudioTrack track{.codec = Codec::opus,
                   .config = {},
                   .codecs = "opus",
                   .sample_rate = kSampleRate,
                   .channels = static_cast<int>(channels),
                   .samples_per_frame = kSampleRate / 50};
  ByteWriter writer(track.config);
  writer.u8(0);  // The box's version, which is not the head's.
  writer.u8(static_cast<std::uint8_t>(channels));
  writer.u16(pre_skip);
  writer.u32(input_rate);
  writer.u16(gain);
  writer.u8(family);
  writer.raw(mapping);
  return track;
}

Result<int> packet_samples(ByteView packet) {
  const auto bad = [](const char* detail) { return fail(ErrorKind::invalid, "proto.bad_sample", detail); };
  if (packet.empty()) return bad("an empty Opus packet");
  const unsigned code = packet[0] & 3U;
  int frames = code == 0 ? 1 : 2;
  if (code == 3) {
    if (packet.size() < 2) return bad("an Opus packet without its frame count");
    frames = packet[1] & 0x3F;
  }
  const int samples = frames * frame_samples(packet[0] >> 3U);
  if (samples == 0 || samples > kPacketSamplesMax) return bad("an Opus packet of impossible length");
  return samples;
}

}  // namespace luso::proto::opus
