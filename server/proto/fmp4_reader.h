#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "proto/codec.h"

// Reads fragmented MP4 back: init segments and fragments such as ours. Strict about structure (a box never
// leaves its parent, sizes and counts are bounded), indifferent to boxes it does not know. Errors are
// "proto.bad_container".
namespace luso::proto::fmp4 {

inline constexpr std::size_t kReadTracksMax = 8;           // More is refused.
inline constexpr std::size_t kReadSamplesMax = 1'000'000;  // In one call; more is refused.

struct ReadTrack {
  std::uint32_t track_id = 0;
  std::uint32_t timescale = 0;
  Codec codec = Codec::h264;
  Bytes config;  // The decoder record, as in VideoTrack and AudioTrack.
  int width = 0, height = 0;
  int sample_rate = 0, channels = 0;
  std::uint32_t default_duration = 0, default_size = 0, default_flags = 0;  // From trex.
};

struct ReadSample {
  std::uint32_t track_id = 0;
  std::int64_t decode_time = 0;
  std::uint32_t duration = 0;
  std::int32_t cts_offset = 0;
  bool keyframe = false;
  ByteView payload;  // Into the bytes that were handed in.
};

struct ReadFragment {
  std::uint32_t sequence = 0;
  std::vector<ReadSample> samples;  // Track after track, in decode order within each.
};

[[nodiscard]] Result<std::vector<ReadTrack>> read_init(ByteView init);
[[nodiscard]] Result<std::vector<ReadFragment>> read_fragments(ByteView media,
                                                               const std::vector<ReadTrack>& tracks);

}  // namespace luso::proto::fmp4
