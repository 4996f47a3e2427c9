#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/ids.h"
#include "media/renditions/ladder.h"
#include "proto/hls.h"

namespace luso::media {

// Beyond the sizes of the picture: the sound alone.
inline constexpr std::size_t kSoundRung = Ladder::kRungsMax;
inline constexpr std::size_t kHlsRungsMax = kSoundRung + 1;

enum class StreamState : std::uint8_t {
  live,
  waiting,
  ended
};  // Waiting: the publisher is gone and may come back.
[[nodiscard]] std::string_view name_of(StreamState state);

// One finished or growing segment in memory: the bytes of its parts in a row are the segment.
struct SegmentMedia {
  std::uint64_t msn = 0;
  std::vector<SharedBytes> parts;
};

struct InitMedia {
  std::uint32_t generation = 0;
  SharedBytes bytes;
};

// A picture of the stream, small enough for a card.
struct Thumbnail {
  SharedBytes jpeg;      // Fits into 640x360.
  SharedBytes webp;      // The same.
  SharedBytes webp_320;  // Fits into 320x180.
  WallTime taken_at;
};

// Finished segments of the DVR window, oldest first, without holes in their numbers.
struct DvrIndex {
  std::string directory;  // Where seg-{msn}.m4s and init-{generation}.mp4 are.
  std::vector<std::shared_ptr<const proto::hls::SegmentLines>> segments;
  std::uint64_t discontinuity_sequence = 0;  // Before the first of them.
  bool independent = true;                   // Each of them starts with a keyframe.
};

// All that HLS viewers of one rendition of a stream can ask for at one moment. Immutable; made on the
// stream's home reactor once a part and handed to every reactor, which then answers its own viewers.
struct HlsSnapshot {
  StreamId stream_id;
  std::size_t rung = 0;  // 0: the stream's own picture, whose master lists the others.
  std::string username;  // Of rung 0.
  StreamState state = StreamState::live;
  std::uint64_t version = 0;
  std::uint64_t open_msn = 0;    // The segment that grows, and how many parts it has:
  std::uint64_t open_parts = 0;  // whatever lies beyond is not there yet.
  SharedBytes master;
  SharedBytes live;
  SharedBytes live_delta;
  std::vector<std::shared_ptr<const SegmentMedia>> memory;  // Newest segments, the growing one included.
  std::shared_ptr<const std::vector<InitMedia>> inits;      // Newest generations.
  std::shared_ptr<const DvrIndex> dvr;
  std::shared_ptr<const Thumbnail> thumbnail;
  bool has_video = true;
};

using HlsSnapshotPtr = std::shared_ptr<const HlsSnapshot>;

}  // namespace luso::media
