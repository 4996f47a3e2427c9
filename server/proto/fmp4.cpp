#include "proto/fmp4.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/check.h"
#include "proto/codec.h"

namespace luso::proto::fmp4 {
namespace {

// ISO 14496-12, 8.8.3.1: what a decoder may expect of a sample.
constexpr std::uint32_t kSyncSample = 0x0200'0000;     // Depends on no other.
constexpr std::uint32_t kNonSyncSample = 0x0101'0000;  // Depends on others, is not a sync sample.

// Writes a box's header at once and its size when it goes out of scope.
class Box {
 public:
  Box(Bytes& out, std::string_view type) : out_(out), start_(out.size()) {
    ByteWriter writer(out_);
    writer.u32(0);
    writer.text(type);
  }

  Box(Bytes& out, std::string_view type, std::uint8_t version, std::uint32_t flags) : Box(out, type) {
    ByteWriter writer(out_);
    writer.u8(version);
    writer.u24(flags);
  }

  ~Box() { ByteWriter(out_).patch_u32(start_, static_cast<std::uint32_t>(out_.size() - start_)); }

  Box(const Box&) = delete;
  Box& operator=(const Box&) = delete;

 private:
  Bytes& out_;
  std::size_t start_;
};

void zeros(ByteWriter& writer, int count) {
  for (int i = 0; i < count; ++i) writer.u8(0);
}

void write_matrix(ByteWriter& writer) {
  for (const std::uint32_t cell : {0x10000U, 0U, 0U, 0U, 0x10000U, 0U, 0U, 0U, 0x40000000U}) writer.u32(cell);
}

// 4.3. "iso6" promises default-base-is-moof and 'prft'; "cmfc" the CMAF subset of boxes.
void write_ftyp(Bytes& out) {
  const Box box(out, "ftyp");
  ByteWriter writer(out);
  writer.text("iso6");
  writer.u32(0);
  writer.text("iso6cmfcmp41");
}

// 8.2.2. Times are zero: the fragments carry them.
void write_mvhd(Bytes& out) {
  const Box box(out, "mvhd", 0, 0);
  ByteWriter writer(out);
  writer.u32(0);  // Creation, modification.
  writer.u32(0);
  writer.u32(1'000);  // Timescale of a duration that is not known.
  writer.u32(0);
  writer.u32(0x0001'0000);  // Rate 1.0
  writer.u16(0x0100);       // Volume 1.0
  zeros(writer, 10);
  write_matrix(writer);
  zeros(writer, 24);
  writer.u32(kAudioTrackId + 1);  // next_track_ID
}

struct TrackHead {
  std::uint32_t track_id = 0;
  std::uint32_t timescale = 0;
  bool is_video = false;
  int width = 0, height = 0;
};

// 8.3.2; flags: enabled, in movie, in preview.
void write_tkhd(const TrackHead& head, Bytes& out) {
  const Box box(out, "tkhd", 0, 7);
  ByteWriter writer(out);
  writer.u32(0);
  writer.u32(0);
  writer.u32(head.track_id);
  writer.u32(0);
  writer.u32(0);  // Duration
  zeros(writer, 8);
  writer.u16(0);                          // Layer
  writer.u16(head.is_video ? 0 : 1);      // Alternate group
  writer.u16(head.is_video ? 0 : 0x100);  // Volume
  writer.u16(0);
  write_matrix(writer);
  writer.u32(static_cast<std::uint32_t>(head.width) << 16U);
  writer.u32(static_cast<std::uint32_t>(head.height) << 16U);
}

void write_mdhd(const TrackHead& head, Bytes& out) {
  constexpr std::uint16_t kUndetermined = ('u' - 0x60) << 10 | ('n' - 0x60) << 5 | ('d' - 0x60);  // 8.4.2.3
  const Box box(out, "mdhd", 0, 0);
  ByteWriter writer(out);
  writer.u32(0);
  writer.u32(0);
  writer.u32(head.timescale);
  writer.u32(0);
  writer.u16(kUndetermined);
  writer.u16(0);
}

void write_hdlr(const TrackHead& head, Bytes& out) {
  const Box box(out, "hdlr", 0, 0);
  ByteWriter writer(out);
  writer.u32(0);
  writer.text(head.is_video ? "vide" : "soun");
  zeros(writer, 12);
  writer.text(head.is_video ? "video" : "audio");
  writer.u8(0);
}

// 12.1.2, 12.2.2
void write_media_header(const TrackHead& head, Bytes& out) {
  if (head.is_video) {
    const Box box(out, "vmhd", 0, 1);
    ByteWriter writer(out);
    zeros(writer, 8);
  } else {
    const Box box(out, "smhd", 0, 0);
    ByteWriter writer(out);
    zeros(writer, 4);
  }
}

// 8.7.2: the media is in this file.
void write_dinf(Bytes& out) {
  const Box dinf(out, "dinf");
  const Box dref(out, "dref", 0, 0);
  ByteWriter(out).u32(1);
  const Box url(out, "url ", 0, 1);
}

// 12.1.3
void write_visual_entry(const VideoTrack& track, Bytes& out) {
  const bool is_h264 = track.codec == Codec::h264, is_hevc = track.codec == Codec::hevc;
  const Box entry(out, is_h264 ? "avc1" : is_hevc ? "hvc1" : "av01");
  ByteWriter writer(out);
  zeros(writer, 6);
  writer.u16(1);  // data_reference_index
  zeros(writer, 16);
  writer.u16(static_cast<std::uint16_t>(track.width));
  writer.u16(static_cast<std::uint16_t>(track.height));
  writer.u32(0x0048'0000);  // 72 dpi
  writer.u32(0x0048'0000);
  writer.u32(0);
  writer.u16(1);  // frame_count
  zeros(writer, 32);
  writer.u16(0x0018);  // Depth: colour without alpha.
  writer.u16(0xFFFF);
  const Box config(out, is_h264 ? "avcC" : is_hevc ? "hvcC" : "av1C");
  writer.raw(track.config);
}

// ISO 14496-1, 7.2.6: tag and length; four length bytes carry any size.
void write_descriptor_head(ByteWriter& writer, std::uint8_t tag, std::size_t size) {
  writer.u8(tag);
  for (const unsigned shift : {21U, 14U, 7U})
    writer.u8(static_cast<std::uint8_t>(0x80U | (size >> shift & 0x7FU)));
  writer.u8(static_cast<std::uint8_t>(size & 0x7FU));
}

// ISO 14496-14, 5.6: the AudioSpecificConfig in its four wrappings.
void write_esds(const AudioTrack& track, Bytes& out) {
  constexpr std::size_t kHead = 5, kStreamFields = 3, kDecoderFields = 13, kSlFields = 1;
  const std::size_t decoder_size = kDecoderFields + kHead + track.config.size();
  const Box box(out, "esds", 0, 0);
  ByteWriter writer(out);
  write_descriptor_head(writer, 3,
                        kStreamFields + kHead + decoder_size + kHead + kSlFields);  // ES_Descriptor
  writer.u16(static_cast<std::uint16_t>(kAudioTrackId));
  writer.u8(0);
  write_descriptor_head(writer, 4, decoder_size);  // DecoderConfigDescriptor
  writer.u8(0x40);                                 // MPEG-4 audio
  writer.u8(0x15);                                 // An audio stream.
  writer.u24(0);
  writer.u32(0);  // Bit rates: not known.
  writer.u32(0);
  write_descriptor_head(writer, 5, track.config.size());  // DecoderSpecificInfo
  writer.raw(track.config);
  write_descriptor_head(writer, 6, kSlFields);  // SLConfigDescriptor
  writer.u8(2);                                 // MP4
}

// 12.2.3. The sample rate has 16 bits before its point; a rate beyond stays unsaid here and counts in mdhd.
void write_audio_entry(const AudioTrack& track, Bytes& out) {
  const bool is_opus = track.codec == Codec::opus;
  const auto rate = static_cast<std::uint32_t>(track.sample_rate);
  const Box entry(out, is_opus ? "Opus" : "mp4a");
  ByteWriter writer(out);
  zeros(writer, 6);
  writer.u16(1);  // data_reference_index
  zeros(writer, 8);
  writer.u16(static_cast<std::uint16_t>(track.channels));
  writer.u16(16);  // Bits a sample, by convention.
  zeros(writer, 4);
  writer.u32(rate <= 0xFFFF ? rate << 16U : 0);
  if (is_opus) {
    const Box config(out, "dOps");
    writer.raw(track.config);
  } else {
    write_esds(track, out);
  }
}

// 8.5 and 8.6: only stsd says anything, the samples are in fragments.
template <typename WriteEntry>
void write_stbl(WriteEntry write_entry, Bytes& out) {
  const Box stbl(out, "stbl");
  {
    const Box stsd(out, "stsd", 0, 0);
    ByteWriter(out).u32(1);
    write_entry();
  }
  for (const std::string_view type : {"stts", "stsc", "stsz", "stco"}) {
    const Box table(out, type, 0, 0);
    ByteWriter writer(out);
    zeros(writer, type == "stsz" ? 8 : 4);
  }
}

template <typename WriteEntry>
void write_trak(const TrackHead& head, WriteEntry write_entry, Bytes& out) {
  const Box trak(out, "trak");
  write_tkhd(head, out);
  const Box mdia(out, "mdia");
  write_mdhd(head, out);
  write_hdlr(head, out);
  const Box minf(out, "minf");
  write_media_header(head, out);
  write_dinf(out);
  write_stbl(write_entry, out);
}

// 8.8.3: what a sample is unless its run says otherwise.
void write_trex(std::uint32_t track_id, std::uint32_t sample_flags, Bytes& out) {
  const Box box(out, "trex", 0, 0);
  ByteWriter writer(out);
  writer.u32(track_id);
  writer.u32(1);  // Sample description
  writer.u32(0);
  writer.u32(0);
  writer.u32(sample_flags);
}

void write_moov(const VideoTrack* video, const AudioTrack* audio, Bytes& out) {
  const Box moov(out, "moov");
  write_mvhd(out);
  if (video != nullptr) {
    const TrackHead head{.track_id = kVideoTrackId,
                         .timescale = timescale_of(*video),
                         .is_video = true,
                         .width = video->width,
                         .height = video->height};
    write_trak(head, [&] { write_visual_entry(*video, out); }, out);
  }
  if (audio != nullptr) {
    const TrackHead head{.track_id = kAudioTrackId, .timescale = timescale_of(*audio)};
    write_trak(head, [&] { write_audio_entry(*audio, out); }, out);
  }
  const Box mvex(out, "mvex");
  if (video != nullptr) write_trex(kVideoTrackId, kNonSyncSample, out);
  if (audio != nullptr) write_trex(kAudioTrackId, kSyncSample, out);
}

// 8.8.7, 8.8.8
enum TfhdFlag : std::uint32_t { default_duration = 0x8, default_base_is_moof = 0x02'0000 };

enum TrunFlag : std::uint32_t {
  data_offset = 0x1,
  first_sample_flags = 0x4,
  sample_duration = 0x100,
  sample_size = 0x200,
  sample_flags = 0x400,
  sample_cts_offset = 0x800
};

// One track of a fragment, and how little of its samples has to be said one by one.
struct Traf {
  std::uint32_t track_id = 0;
  TrackRun run;
  std::uint32_t trun_flags = data_offset | sample_size;
  std::uint64_t payload_bytes = 0;

  [[nodiscard]] bool same_duration() const { return (trun_flags & sample_duration) == 0; }

  [[nodiscard]] std::size_t size() const {
    if (run.samples.empty()) return 0;
    std::size_t bytes_a_sample = 4;
    for (const TrunFlag flag : {sample_duration, sample_flags, sample_cts_offset})
      if ((trun_flags & flag) != 0) bytes_a_sample += 4;
    const std::size_t tfhd = 16 + (same_duration() ? 4 : 0), tfdt = 20;
    const std::size_t trun = 20 + ((trun_flags & first_sample_flags) != 0 ? 4 : 0);
    return 8 + tfhd + tfdt + trun + bytes_a_sample * run.samples.size();
  }
};

Traf plan_traf(std::uint32_t track_id, const TrackRun& run) {
  Traf traf{.track_id = track_id, .run = run};
  const bool is_video = track_id == kVideoTrackId;
  for (const Sample& sample : run.samples) {
    const bool is_first = &sample == run.samples.data();
    traf.payload_bytes += sample.payload.size();
    if (sample.duration != run.samples.front().duration) traf.trun_flags |= sample_duration;
    if (sample.cts_offset != 0) traf.trun_flags |= sample_cts_offset;
    if (is_video && sample.keyframe) traf.trun_flags |= is_first ? first_sample_flags : sample_flags;
  }
  // The two ways to mark a keyframe exclude each other (8.8.8.1).
  if ((traf.trun_flags & sample_flags) != 0) traf.trun_flags &= ~std::uint32_t{first_sample_flags};
  return traf;
}

void write_trun(const Traf& traf, std::uint32_t offset, Bytes& out) {
  const Box trun(out, "trun", 1, traf.trun_flags);
  ByteWriter writer(out);
  writer.u32(static_cast<std::uint32_t>(traf.run.samples.size()));
  writer.u32(offset);
  if ((traf.trun_flags & first_sample_flags) != 0) writer.u32(kSyncSample);
  for (const Sample& sample : traf.run.samples) {
    if ((traf.trun_flags & sample_duration) != 0) writer.u32(sample.duration);
    writer.u32(static_cast<std::uint32_t>(sample.payload.size()));
    if ((traf.trun_flags & sample_flags) != 0) writer.u32(sample.keyframe ? kSyncSample : kNonSyncSample);
    if ((traf.trun_flags & sample_cts_offset) != 0) writer.u32(static_cast<std::uint32_t>(sample.cts_offset));
  }
}

void write_traf(const Traf& traf, std::uint32_t offset, Bytes& out) {
  if (traf.run.samples.empty()) return;
  const Box box(out, "traf");
  ByteWriter writer(out);
  {
    const Box tfhd(out, "tfhd", 0, default_base_is_moof | (traf.same_duration() ? default_duration : 0U));
    writer.u32(traf.track_id);
    if (traf.same_duration()) writer.u32(traf.run.samples.front().duration);
  }
  {
    const Box tfdt(out, "tfdt", 1, 0);
    writer.u64(traf.run.base_decode_time);
  }
  write_trun(traf, offset, out);
}

constexpr std::size_t kPrftSize = 32;

// 8.16.5, with flags saying the time is the input's.
void write_prft(const Fragment& fragment, Bytes& out) {
  constexpr std::int64_t kNtpToUnixSeconds = 2'208'988'800;
  const std::int64_t us = fragment.produced_at->time_since_epoch().count();
  const auto seconds = static_cast<std::uint64_t>(us / 1'000'000 + kNtpToUnixSeconds);
  const std::uint64_t fraction = (static_cast<std::uint64_t>(us % 1'000'000) << 32U) / 1'000'000;
  const bool by_video = !fragment.video.samples.empty();
  const Box box(out, "prft", 1, 0);
  ByteWriter writer(out);
  writer.u32(by_video ? kVideoTrackId : kAudioTrackId);
  writer.u64(seconds << 32U | fraction);
  writer.u64((by_video ? fragment.video : fragment.audio).base_decode_time);
}

}  // namespace

std::int64_t to_timescale(std::int64_t us, std::uint32_t timescale) {
  constexpr std::int64_t kSecond = 1'000'000;
  std::int64_t seconds = us / kSecond, rest = us % kSecond;
  if (rest < 0) {
    --seconds;
    rest += kSecond;
  }
  return seconds * timescale + (rest * timescale + kSecond / 2) / kSecond;
}

Bytes write_init(const VideoTrack* video, const AudioTrack* audio) {
  LUSO_CHECK(video != nullptr || audio != nullptr);
  Bytes out;
  out.reserve(1'400 + (video != nullptr ? video->config.size() : 0) +
              (audio != nullptr ? audio->config.size() : 0));
  write_ftyp(out);
  write_moov(video, audio, out);
  return out;
}

void append_fragment(const Fragment& fragment, Bytes& out) {
  const std::array trafs{plan_traf(kVideoTrackId, fragment.video), plan_traf(kAudioTrackId, fragment.audio)};
  const std::size_t moof_size = 8 + 16 + trafs[0].size() + trafs[1].size();
  const std::uint64_t mdat_size = 8 + trafs[0].payload_bytes + trafs[1].payload_bytes;
  LUSO_CHECK(mdat_size + moof_size < INT32_MAX);  // trun's offset is signed; a part is never near it.
  const std::size_t before = out.size();
  out.reserve(before + (fragment.produced_at ? kPrftSize : 0) + moof_size +
              static_cast<std::size_t>(mdat_size));

  if (fragment.produced_at) write_prft(fragment, out);
  const std::size_t moof_start = out.size();
  {
    const Box moof(out, "moof");
    {
      const Box mfhd(out, "mfhd", 0, 0);
      ByteWriter(out).u32(fragment.sequence);
    }
    auto offset = static_cast<std::uint32_t>(moof_size + 8);
    for (const Traf& traf : trafs) {
      write_traf(traf, offset, out);
      offset += static_cast<std::uint32_t>(traf.payload_bytes);
    }
  }
  LUSO_CHECK(out.size() - moof_start == moof_size);
  const Box mdat(out, "mdat");
  for (const Traf& traf : trafs)
    for (const Sample& sample : traf.run.samples) ByteWriter(out).raw(sample.payload);
}

Bytes write_fragment(const Fragment& fragment) {
  Bytes out;
  append_fragment(fragment, out);
  return out;
}

}  // namespace luso::proto::fmp4
