#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/ids.h"

namespace luso::media {

struct Thumbnail;

// What the journal says of one segment.
struct StoredSegment {
  std::uint64_t msn = 0;
  std::uint32_t generation = 0;
  Duration duration{};
  WallTime captured_at;
  bool discontinuity = false;
  bool independent = false;
  std::uint64_t bytes = 0;
  friend bool operator==(const StoredSegment&, const StoredSegment&) = default;
};

// What a master playlist says of a generation.
struct StoredVariant {
  std::uint32_t generation = 0;
  std::string codecs;
  int width = 0, height = 0;
  double frame_rate = 0;
  std::int64_t peak_bps = 0, average_bps = 0;
  bool has_video = true;
  friend bool operator==(const StoredVariant&, const StoredVariant&) = default;
};

// A stream as its journal tells it.
struct StoredStream {
  std::string username;
  std::vector<StoredSegment> segments;  // Oldest first, numbers without holes.
  std::uint64_t next_msn = 0;
  std::uint32_t next_generation = 0;
  std::uint64_t discontinuities_gone = 0;  // Of segments before the first.
  StoredVariant variant;                   // Of the newest generation.
  bool ended = false;
  std::shared_ptr<const Thumbnail> thumbnail;  // The newest; null when there is none.
};

// Keeps finished segments of one stream. Calls return at once; the answer comes on the stream's home reactor.
class SegmentStore {
 public:
  virtual ~SegmentStore() = default;
  virtual void add_init(StoredVariant variant, SharedBytes init) = 0;
  virtual void add_segment(StoredSegment segment, std::vector<SharedBytes> parts,
                           std::function<void(bool ok)> done) = 0;
  // Segments before `msn` have left the window; `discontinuities_gone` of them were marked as
  // discontinuities.
  virtual void drop_before(std::uint64_t msn, std::uint64_t discontinuities_gone) = 0;
  virtual void put_file(std::string name, SharedBytes bytes) = 0;  // Replaced as a whole: a thumbnail.
  virtual void set_owner(std::string username) = 0;
  virtual void mark_ended(WallTime at) = 0;  // Undone by the next segment.
  [[nodiscard]] virtual const std::string& directory() const = 0;
  [[nodiscard]] virtual bool idle() const = 0;  // All that was handed over is on the disk, or has failed.
};

}  // namespace luso::media
