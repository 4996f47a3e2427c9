#include "proto/av1.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "proto/bits.h"
#include "proto/codec.h"
#include "proto/internal/obu.h"

namespace luso::proto::av1 {
namespace {

constexpr std::size_t kConfigBytesMax = 16'384;  // A record larger than this is not a decoder record.
constexpr double kFrameRateMax = 1'000;

tl::unexpected<Error> bad_config(const char* detail) {
  return fail(ErrorKind::invalid, "proto.bad_config", std::string("av1C: ") + detail);
}

struct SequenceHeader {
  int width = 0, height = 0;
  double frame_rate = 0;
};

std::uint32_t read_uvlc(BitReader& reader) {  // 4.10.3 is Exp-Golomb by another name.
  return reader.ue();
}

// 5.5.3
double read_timing(BitReader& reader) {
  const std::uint32_t units_in_tick = reader.bits(32);
  const std::uint32_t time_scale = reader.bits(32);
  const bool equal_interval = reader.flag();
  const double ticks = equal_interval ? read_uvlc(reader) + 1.0 : 0;
  if (reader.failed() || units_in_tick == 0 || ticks == 0) return 0;
  const double rate = time_scale / (units_in_tick * ticks);
  return rate <= kFrameRateMax ? rate : 0;
}

// The operating points of 5.5.1 with the timing before them.
void read_operating_points(BitReader& reader, SequenceHeader& sequence) {
  bool has_decoder_model = false;
  unsigned delay_bits = 0;
  if (reader.flag()) {
    sequence.frame_rate = read_timing(reader);
    has_decoder_model = reader.flag();
    if (has_decoder_model) {
      delay_bits = reader.bits(5) + 1;
      reader.skip(32 + 5 + 5);
    }
  }
  const bool has_display_delay = reader.flag();
  const unsigned count = reader.bits(5) + 1;
  for (unsigned i = 0; i < count && !reader.failed(); ++i) {
    reader.skip(12);
    if (reader.bits(5) > 7) reader.skip(1);
    if (has_decoder_model && reader.flag()) reader.skip(std::size_t{2} * delay_bits + 1);
    if (has_display_delay && reader.flag()) reader.skip(4);
  }
}

// 5.5.1, up to the picture size.
Result<SequenceHeader> parse_sequence_header(ByteView payload) {
  BitReader reader(payload);
  SequenceHeader sequence;
  reader.skip(3 + 1);  // seq_profile, still_picture
  const bool reduced = reader.flag();
  if (reduced) {
    reader.skip(5);
  } else {
    read_operating_points(reader, sequence);
  }
  const unsigned width_bits = reader.bits(4) + 1, height_bits = reader.bits(4) + 1;
  sequence.width = static_cast<int>(reader.bits(width_bits) + 1);
  sequence.height = static_cast<int>(reader.bits(height_bits) + 1);
  if (reader.failed()) return bad_config("the sequence header is cut short");
  return sequence;
}

// AV1-ISOBMFF, 5: av01.P.LLT.DD
std::string codecs_of(unsigned profile, unsigned level, bool high_tier, unsigned bit_depth) {
  std::string text = "av01.";
  text += static_cast<char>('0' + profile);
  text += '.';
  text += static_cast<char>('0' + level / 10);
  text += static_cast<char>('0' + level % 10);
  text += high_tier ? "H." : "M.";
  text += static_cast<char>('0' + bit_depth / 10);
  text += static_cast<char>('0' + bit_depth % 10);
  return text;
}

// 5.9.2: a frame header opens with show_existing_frame, frame_type (0 is a key frame) and show_frame.
bool is_shown_keyframe(ByteView payload) {
  constexpr unsigned kMask = 0b1111'0000, kShownKeyframe = 0b0001'0000;
  return !payload.empty() && (payload[0] & kMask) == kShownKeyframe;
}

}  // namespace

Result<VideoTrack> parse_av1_config(ByteView av1c) {
  if (av1c.size() > kConfigBytesMax) return bad_config("too large");
  BitReader reader(av1c);
  if (reader.bits(8) != 0x81) return bad_config("unknown version");
  const unsigned profile = reader.bits(3), level = reader.bits(5);
  const bool high_tier = reader.flag(), high_bit_depth = reader.flag(), twelve_bit = reader.flag();
  reader.skip(5 + 8);
  if (reader.failed()) return bad_config("cut short");
  const unsigned bit_depth = high_bit_depth ? (twelve_bit ? 12 : 10) : 8;

  ByteView rest = av1c.subspan(4);
  while (!rest.empty()) {
    const auto obu = take_obu(rest);
    if (!obu) return bad_config("an OBU runs past the end");
    if (obu->type != kSequenceHeader) continue;
    TRY(const SequenceHeader sequence, parse_sequence_header(obu->payload));
    return VideoTrack{.codec = Codec::av1,
                      .config = Bytes(av1c.begin(), av1c.end()),
                      .codecs = codecs_of(profile, level, high_tier, bit_depth),
                      .width = sequence.width,
                      .height = sequence.height,
                      .frame_rate = sequence.frame_rate};
  }
  return bad_config("no sequence header");
}

Result<TemporalUnit> append_temporal_unit(ByteView sample, Bytes& out) {
  const std::size_t before = out.size();
  out.reserve(before + sample.size());
  TemporalUnit found;
  while (!sample.empty()) {
    const auto obu = take_obu(sample);
    if (!obu) {
      out.resize(before);
      return fail(ErrorKind::invalid, "proto.bad_sample", "an OBU runs past the end of its temporal unit");
    }
    if (obu->type == kTemporalDelimiter || obu->type == kPadding || obu->type == kTileList) continue;
    found.has_sequence_header |= obu->type == kSequenceHeader;
    if (obu->type == kFrame || obu->type == kFrameHeader) {
      if (!found.has_picture) found.keyframe = is_shown_keyframe(obu->payload);
      found.has_picture = true;
    }
    ByteWriter(out).raw(obu->whole);
  }
  return found;
}

}  // namespace luso::proto::av1
