#include "proto/fmp4_reader.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "proto/codec.h"

namespace luso::proto::fmp4 {
namespace {

constexpr std::size_t kConfigBytesMax = 65'536;  // Of a decoder record; larger is refused.

tl::unexpected<Error> bad(std::string_view detail) {
  return fail(ErrorKind::invalid, "proto.bad_container", std::string(detail));
}

struct Box {
  std::string_view type;
  ByteView body;
  std::size_t at = 0, body_at = 0;  // Of its header and of its body, within what was walked.
};

// Takes the boxes of one parent in order. ISO 14496-12, 4.2; a size of 0 (to the end of the file) is refused,
// as a fragment that has no end cannot be served.
class BoxCursor {
 public:
  explicit BoxCursor(ByteView bytes) : reader_(bytes), size_(bytes.size()) {}

  std::optional<Box> next() {
    if (reader_.empty() || failed_) return std::nullopt;
    const std::size_t start = size_ - reader_.remaining();
    std::uint64_t size = reader_.u32();
    const std::string_view type = as_text(reader_.take(4));
    if (size == 1) size = reader_.u64();
    const std::size_t body_at = size_ - reader_.remaining();
    const std::size_t head = body_at - start;
    if (reader_.failed() || size < head || size - head > reader_.remaining()) {
      failed_ = true;
      return std::nullopt;
    }
    return Box{.type = type,
               .body = reader_.take(static_cast<std::size_t>(size) - head),
               .at = start,
               .body_at = body_at};
  }

  [[nodiscard]] bool failed() const { return failed_; }

 private:
  ByteReader reader_;
  std::size_t size_;
  bool failed_ = false;
};

// The first child of a type; an error when the parent is damaged before it or has none.
Result<ByteView> child(ByteView parent, std::string_view type) {
  BoxCursor boxes(parent);
  while (const auto box = boxes.next())
    if (box->type == type) return box->body;
  return bad(std::string("no ") + std::string(type));
}

Result<ByteView> descendant(ByteView parent, std::initializer_list<std::string_view> path) {
  for (const std::string_view type : path) {
    TRY(parent, child(parent, type));
  }
  return parent;
}

struct FullBox {
  std::uint8_t version = 0;
  std::uint32_t flags = 0;
};

FullBox read_full_box(ByteReader& reader) {
  const std::uint8_t version = reader.u8();
  return {.version = version, .flags = reader.u24()};
}

// ISO 14496-1, 7.2.6 and 8.3.3: the tag must be the one expected.
std::optional<ByteView> take_descriptor(ByteReader& reader, std::uint8_t tag) {
  if (reader.u8() != tag) return std::nullopt;
  std::size_t size = 0;
  for (int i = 0; i < 4; ++i) {
    const std::uint8_t byte = reader.u8();
    size = size << 7U | (byte & 0x7FU);
    if ((byte & 0x80U) == 0) break;
  }
  const ByteView body = reader.take(size);
  if (reader.failed()) return std::nullopt;
  return body;
}

Result<Bytes> read_esds(ByteView esds) {
  ByteReader reader(esds);
  read_full_box(reader);
  const auto stream = take_descriptor(reader, 3);
  if (!stream || stream->size() < 3) return bad("esds");
  ByteReader stream_reader(*stream);
  stream_reader.skip(2);
  if (stream_reader.u8() != 0) return bad("esds with optional fields");
  const auto decoder = take_descriptor(stream_reader, 4);
  if (!decoder) return bad("esds");
  ByteReader decoder_reader(*decoder);
  decoder_reader.skip(13);
  const auto specific = take_descriptor(decoder_reader, 5);
  if (!specific) return bad("esds without a decoder config");
  return Bytes(specific->begin(), specific->end());
}

struct EntryKind {
  std::string_view entry, config;
  Codec codec;
};

constexpr EntryKind kEntryKinds[] = {{"avc1", "avcC", Codec::h264}, {"avc3", "avcC", Codec::h264},
                                     {"hvc1", "hvcC", Codec::hevc}, {"hev1", "hvcC", Codec::hevc},
                                     {"av01", "av1C", Codec::av1},  {"mp4a", "esds", Codec::aac},
                                     {"Opus", "dOps", Codec::opus}};

Result<void> read_sample_entry(ByteView stsd, ReadTrack& track) {
  if (stsd.size() < 8) return bad("stsd is cut short");
  BoxCursor entries(stsd.subspan(8));
  const auto entry = entries.next();
  if (!entry) return bad("no sample entry");
  const auto* kind = std::ranges::find(kEntryKinds, entry->type, &EntryKind::entry);
  if (kind == std::end(kEntryKinds)) return bad("a sample entry we do not know");
  track.codec = kind->codec;
  ByteReader reader(entry->body);
  if (is_video(kind->codec)) {
    reader.skip(24);
    track.width = reader.u16();
    track.height = reader.u16();
    reader.skip(50);
  } else {
    reader.skip(16);
    track.channels = reader.u16();
    reader.skip(6);
    track.sample_rate = static_cast<int>(reader.u32() >> 16U);
  }
  if (reader.failed()) return bad("the sample entry is cut short");
  TRY(const ByteView config, child(reader.rest(), kind->config));
  if (config.size() > kConfigBytesMax) return bad("a decoder record that is too large");
  if (kind->codec == Codec::aac) {
    TRY(track.config, read_esds(config));
  } else {
    track.config.assign(config.begin(), config.end());
  }
  return {};
}

Result<ReadTrack> read_trak(ByteView trak) {
  ReadTrack track;
  TRY(const ByteView tkhd, child(trak, "tkhd"));
  ByteReader reader(tkhd);
  reader.skip(read_full_box(reader).version == 1 ? 16 : 8);
  track.track_id = reader.u32();
  if (reader.failed() || track.track_id == 0) return bad("tkhd");

  TRY(const ByteView mdhd, descendant(trak, {"mdia", "mdhd"}));
  reader = ByteReader(mdhd);
  reader.skip(read_full_box(reader).version == 1 ? 16 : 8);
  track.timescale = reader.u32();
  if (reader.failed() || track.timescale == 0) return bad("mdhd");

  TRY(const ByteView stsd, descendant(trak, {"mdia", "minf", "stbl", "stsd"}));
  TRY_VOID(read_sample_entry(stsd, track));
  return track;
}

ReadTrack* find_track(std::vector<ReadTrack>& tracks, std::uint32_t id) {
  const auto found = std::ranges::find(tracks, id, &ReadTrack::track_id);
  return found == tracks.end() ? nullptr : &*found;
}

// 8.8.3
Result<void> read_trex(ByteView trex, std::vector<ReadTrack>& tracks) {
  ByteReader reader(trex);
  read_full_box(reader);
  ReadTrack* track = find_track(tracks, reader.u32());
  reader.skip(4);
  if (track == nullptr) return bad("trex of no track");
  track->default_duration = reader.u32();
  track->default_size = reader.u32();
  track->default_flags = reader.u32();
  if (reader.failed()) return bad("trex is cut short");
  return {};
}

// What one traf adds to its track's defaults, and where its payloads may lie.
struct TrafState {
  const ReadTrack* track = nullptr;
  std::uint32_t duration = 0, size = 0, flags = 0;
  std::int64_t decode_time = 0;
};

// 8.8.7
Result<TrafState> read_tfhd(ByteView tfhd, const std::vector<ReadTrack>& tracks) {
  ByteReader reader(tfhd);
  const std::uint32_t flags = read_full_box(reader).flags;
  const std::uint32_t id = reader.u32();
  const auto track = std::ranges::find(tracks, id, &ReadTrack::track_id);
  if (track == tracks.end()) return bad("traf of no track");
  if ((flags & 0x1U) != 0) return bad("absolute data offsets");
  if ((flags & 0x2U) != 0) reader.skip(4);
  const auto field = [&](std::uint32_t flag, std::uint32_t fallback) {
    return (flags & flag) != 0 ? reader.u32() : fallback;
  };
  TrafState state{.track = &*track};
  state.duration = field(0x8, track->default_duration);
  state.size = field(0x10, track->default_size);
  state.flags = field(0x20, track->default_flags);
  if (reader.failed()) return bad("tfhd is cut short");
  return state;
}

Result<std::int64_t> read_tfdt(ByteView tfdt) {
  ByteReader reader(tfdt);
  const std::uint64_t time = read_full_box(reader).version == 1 ? reader.u64() : reader.u32();
  if (reader.failed() || time > INT64_MAX / 2) return bad("tfdt");
  return static_cast<std::int64_t>(time);
}

// A moof and what follows it up to the end of its mdat. Data offsets count from the start of `bytes`
// (8.8.7.1).
struct FragmentBytes {
  ByteView bytes;
  std::size_t mdat_at = 0;  // Of the mdat's payload.
};

// 8.8.8
Result<void> read_trun(ByteView trun, const FragmentBytes& where, TrafState& state,
                       std::vector<ReadSample>& samples, std::size_t& budget) {
  constexpr std::uint32_t kNonSync = 0x01'0000;
  ByteReader reader(trun);
  const std::uint32_t flags = read_full_box(reader).flags;
  const std::uint32_t count = reader.u32();
  if ((flags & 0x1U) == 0) return bad("trun without a data offset");
  std::uint64_t at = reader.u32();
  const bool has_first_flags = (flags & 0x4U) != 0;
  const std::uint32_t first_flags = has_first_flags ? reader.u32() : 0;
  if (reader.failed() || at < where.mdat_at || at > where.bytes.size()) return bad("trun outside its mdat");
  if (count > budget) return bad("too many samples");
  budget -= count;
  for (std::uint32_t i = 0; i < count; ++i) {
    ReadSample sample;
    sample.track_id = state.track->track_id;
    sample.decode_time = state.decode_time;
    sample.duration = (flags & 0x100U) != 0 ? reader.u32() : state.duration;
    const std::uint32_t size = (flags & 0x200U) != 0 ? reader.u32() : state.size;
    const std::uint32_t own_flags = (flags & 0x400U) != 0 ? reader.u32() : state.flags;
    if ((flags & 0x800U) != 0) sample.cts_offset = static_cast<std::int32_t>(reader.u32());
    if (reader.failed()) return bad("trun is cut short");
    if (size == 0) return bad("an empty sample");
    if (size > where.bytes.size() - at) return bad("a sample outside its mdat");
    sample.keyframe = ((i == 0 && has_first_flags ? first_flags : own_flags) & kNonSync) == 0;
    sample.payload = where.bytes.subspan(static_cast<std::size_t>(at), size);
    at += size;
    state.decode_time += sample.duration;
    samples.push_back(sample);
  }
  return {};
}

Result<void> read_traf(ByteView traf, const FragmentBytes& where, const std::vector<ReadTrack>& tracks,
                       std::vector<ReadSample>& samples, std::size_t& budget) {
  TRY(const ByteView tfhd, child(traf, "tfhd"));
  TRY(TrafState state, read_tfhd(tfhd, tracks));
  TRY(const ByteView tfdt, child(traf, "tfdt"));
  TRY(state.decode_time, read_tfdt(tfdt));
  BoxCursor boxes(traf);
  while (const auto box = boxes.next()) {
    if (box->type != "trun") continue;
    TRY_VOID(read_trun(box->body, where, state, samples, budget));
  }
  if (boxes.failed()) return bad("a box leaves its traf");
  return {};
}

Result<ReadFragment> read_moof(ByteView moof, const FragmentBytes& where,
                               const std::vector<ReadTrack>& tracks, std::size_t& budget) {
  ReadFragment fragment;
  TRY(const ByteView mfhd, child(moof, "mfhd"));
  ByteReader reader(mfhd);
  read_full_box(reader);
  fragment.sequence = reader.u32();
  if (reader.failed()) return bad("mfhd is cut short");
  BoxCursor boxes(moof);
  while (const auto box = boxes.next()) {
    if (box->type != "traf") continue;
    TRY_VOID(read_traf(box->body, where, tracks, fragment.samples, budget));
  }
  if (boxes.failed()) return bad("a box leaves its moof");
  return fragment;
}

}  // namespace

Result<std::vector<ReadTrack>> read_init(ByteView init) {
  TRY(const ByteView moov, child(init, "moov"));
  std::vector<ReadTrack> tracks;
  BoxCursor boxes(moov);
  while (const auto box = boxes.next()) {
    if (box->type != "trak") continue;
    if (tracks.size() == kReadTracksMax) return bad("too many tracks");
    TRY(ReadTrack track, read_trak(box->body));
    if (find_track(tracks, track.track_id) != nullptr) return bad("a track id twice");
    tracks.push_back(std::move(track));
  }
  if (boxes.failed()) return bad("a box leaves its moov");
  if (tracks.empty()) return bad("no tracks");
  TRY(const ByteView mvex, child(moov, "mvex"));
  BoxCursor extensions(mvex);
  while (const auto box = extensions.next()) {
    if (box->type != "trex") continue;
    TRY_VOID(read_trex(box->body, tracks));
  }
  if (extensions.failed()) return bad("a box leaves its mvex");
  return tracks;
}

Result<std::vector<ReadFragment>> read_fragments(ByteView media, const std::vector<ReadTrack>& tracks) {
  std::vector<ReadFragment> fragments;
  std::size_t budget = kReadSamplesMax;
  BoxCursor boxes(media);
  while (const auto moof = boxes.next()) {
    if (moof->type != "moof") continue;
    const auto mdat = boxes.next();
    if (!mdat || mdat->type != "mdat") return bad("a moof without its mdat");
    const std::size_t end = mdat->body_at + mdat->body.size();
    const FragmentBytes where{.bytes = media.subspan(moof->at, end - moof->at),
                              .mdat_at = mdat->body_at - moof->at};
    TRY(ReadFragment fragment, read_moof(moof->body, where, tracks, budget));
    fragments.push_back(std::move(fragment));
  }
  if (boxes.failed()) return bad("a box leaves the file");
  return fragments;
}

}  // namespace luso::proto::fmp4
