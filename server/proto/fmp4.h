#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "proto/codec.h"

// Fragmented MP4 as CMAF and HLS want it (ISO 14496-12, 14496-14, 14496-15, 23000-19). One track of video and
// one of audio at most, in one file. An init segment goes out once per generation of tracks, then one
// fragment (moof and mdat) per LL-HLS part; a segment is its parts in a row.
namespace luso::proto::fmp4 {

inline constexpr std::uint32_t kVideoTrackId = 1;
inline constexpr std::uint32_t kAudioTrackId = 2;
inline constexpr std::uint32_t kVideoTimescale = 90'000;  // Audio counts in its own sample rate.

[[nodiscard]] constexpr std::uint32_t timescale_of(const VideoTrack&) {
  return kVideoTimescale;
}

[[nodiscard]] constexpr std::uint32_t timescale_of(const AudioTrack& track) {
  return static_cast<std::uint32_t>(track.sample_rate);
}

// Microseconds to units of `timescale`, rounded to nearest and exact for years of stream time. Convert each
// sample's decode time and subtract: rounding durations one by one would drift.
[[nodiscard]] std::int64_t to_timescale(std::int64_t us, std::uint32_t timescale);

// ftyp and moov. A null pointer means there is no such track; one of the two must be there.
[[nodiscard]] Bytes write_init(const VideoTrack* video, const AudioTrack* audio);

struct Sample {
  ByteView payload;  // As in media::Frame: 4-byte lengths, an AV1 temporal unit, a raw AAC or Opus packet.
  std::uint32_t duration = 0;   // In the track's timescale.
  std::int32_t cts_offset = 0;  // Presentation less decode time, in the track's timescale.
  bool keyframe = false;        // Every audio sample is one, whatever this says.
};

struct TrackRun {
  std::uint64_t base_decode_time = 0;  // Of the first sample, in the track's timescale.
  std::span<const Sample> samples;     // Empty: the fragment says nothing of this track.
};

struct Fragment {
  std::uint32_t sequence = 1;  // Counts fragments up, from 1.
  TrackRun video;
  TrackRun audio;
  // Wall clock of the first sample's capture; written as a producer reference time box when it is there.
  std::optional<WallTime> produced_at = std::nullopt;
};

// Appends moof and mdat. The size is known before the first byte is written, so `out` grows once and each
// payload is copied once.
void append_fragment(const Fragment& fragment, Bytes& out);
[[nodiscard]] Bytes write_fragment(const Fragment& fragment);

}  // namespace luso::proto::fmp4
