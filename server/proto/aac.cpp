#include "proto/aac.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "proto/bits.h"
#include "proto/codec.h"

namespace luso::proto::aac {
namespace {

constexpr std::size_t kConfigBytesMax =
    512;  // A program config element with its comment is the longest there is.
constexpr int kSampleRateMax = 192'000;
constexpr int kChannelsMax = 24;  // 22.2, the most that configurations name; elements could add up to more.

// Table 1.17
constexpr unsigned kMain = 1, kLtp = 4, kSbr = 5, kPs = 29;

tl::unexpected<Error> bad_config(const char* detail) {
  return fail(ErrorKind::invalid, "proto.bad_config", std::string("AudioSpecificConfig: ") + detail);
}

unsigned read_object_type(BitReader& reader) {
  const unsigned type = reader.bits(5);
  return type == 31 ? 32 + reader.bits(6) : type;
}

// Table 1.18; 0 for a reserved index.
int read_sample_rate(BitReader& reader) {
  static constexpr std::array kRates{96'000, 88'200, 64'000, 48'000, 44'100, 32'000, 24'000,
                                     22'050, 16'000, 12'000, 11'025, 8'000,  7'350};
  const unsigned index = reader.bits(4);
  if (index == 15) return static_cast<int>(reader.bits(24));
  return index < kRates.size() ? kRates[index] : 0;
}

// Table 1.19; 0 where a program config element tells, -1 when reserved.
int channels_of(unsigned configuration) {
  static constexpr std::array kChannels{0, 1, 2, 3, 4, 5, 6, 8, -1, -1, -1, 7, 8, -1, 8, -1};
  return kChannels[configuration];
}

// 4.4.1.1 of the same document. Returns the channels it declares.
int read_program_config(BitReader& reader) {
  reader.skip(4 + 2 + 4);
  const std::array elements{reader.bits(4), reader.bits(4), reader.bits(4)};  // Front, side, back.
  const unsigned lfe = reader.bits(2), associated = reader.bits(3), coupling = reader.bits(4);
  if (reader.flag()) reader.skip(4);
  if (reader.flag()) reader.skip(4);
  if (reader.flag()) reader.skip(3);
  int channels = static_cast<int>(lfe);
  for (const unsigned count : elements) {
    for (unsigned i = 0; i < count && !reader.failed(); ++i) {
      channels += reader.flag() ? 2 : 1;
      reader.skip(4);
    }
  }
  reader.skip(std::size_t{4} * lfe + std::size_t{4} * associated + std::size_t{5} * coupling);
  reader.align();
  reader.skip(std::size_t{8} * reader.bits(8));
  return channels;
}

struct Extension {
  bool sbr = false, ps = false;
  int sample_rate = 0;
};

// 1.6.5.2: announced behind the config, where decoders that do not know it do not look.
void read_backward_compatible_extension(BitReader& reader, Extension& extension) {
  if (reader.remaining() < 16 || reader.bits(11) != 0x2B7) return;
  if (read_object_type(reader) != kSbr) return;
  extension.sbr = reader.flag();
  if (!extension.sbr) return;
  extension.sample_rate = read_sample_rate(reader);
  if (reader.remaining() >= 12 && reader.bits(11) == 0x548) extension.ps = reader.flag();
}

std::string codecs_of(unsigned object_type, const Extension& extension) {
  const unsigned heard = extension.ps ? kPs : extension.sbr ? kSbr : object_type;
  return "mp4a.40." + std::to_string(heard);
}

}  // namespace

Result<AudioTrack> parse_audio_specific_config(ByteView config) {
  if (config.size() > kConfigBytesMax) return bad_config("too large");
  BitReader reader(config);
  Extension extension;
  unsigned object_type = read_object_type(reader);
  const int core_rate = read_sample_rate(reader);
  const unsigned channel_configuration = reader.bits(4);
  if (object_type == kSbr || object_type == kPs) {
    extension.sbr = true;
    extension.ps = object_type == kPs;
    extension.sample_rate = read_sample_rate(reader);
    object_type = read_object_type(reader);
  }
  if (object_type < kMain || object_type > kLtp) return bad_config("not an object type we carry");

  // GASpecificConfig, 4.4.1
  const bool short_frames = reader.flag();
  if (reader.flag()) reader.skip(14);  // coreCoderDelay
  reader.skip(1);
  int channels = channels_of(channel_configuration);
  if (channels == 0) channels = read_program_config(reader);
  if (reader.failed()) return bad_config("cut short");
  if (!extension.sbr) read_backward_compatible_extension(reader, extension);

  const int sample_rate = extension.sbr ? extension.sample_rate : core_rate;
  if (core_rate <= 0 || sample_rate <= 0 || sample_rate > kSampleRateMax)
    return bad_config("impossible sample rate");
  if (channels < 1 || channels > kChannelsMax) return bad_config("impossible channels");
  // Twice the rate is twice the samples; the same rate (down-sampled SBR) the same.
  const std::int64_t core_samples = short_frames ? 960 : 1024;
  const std::int64_t samples = core_samples * sample_rate / core_rate;
  if (samples < core_samples || samples > 4 * core_samples) return bad_config("impossible extension rate");
  return AudioTrack{.codec = Codec::aac,
                    .config = Bytes(config.begin(), config.end()),
                    .codecs = codecs_of(object_type, extension),
                    .sample_rate = sample_rate,
                    .channels = extension.ps && channels == 1 ? 2 : channels,
                    .samples_per_frame = static_cast<int>(samples)};
}

}  // namespace luso::proto::aac
