#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

// The FLV file format (Adobe FLV 10.1, annex E) as a stream of bytes: what an encoder writes to a pipe.
namespace luso::proto::flv {

inline constexpr std::size_t kFileTagBytesMax = 8 << 20;  // A larger tag is no picture; proto.bad_container.

struct FileTag {
  enum class Kind : std::uint8_t { audio, video, other };
  Kind kind = Kind::other;
  std::uint32_t timestamp_ms = 0;
  Bytes body;  // See flv.h.
};

// Takes bytes as they come and gives the tags that are complete. Holds one unfinished tag at most.
class FileReader {
 public:
  // Appends to `out`. Fails for good with "proto.bad_container".
  [[nodiscard]] Result<void> feed(ByteView bytes, std::vector<FileTag>& out);

 private:
  [[nodiscard]] std::size_t needed() const;
  [[nodiscard]] Result<void> take_item(std::vector<FileTag>& out);

  enum class Expecting : std::uint8_t { header, header_rest, tag_header, tag_body };
  Expecting expecting_ = Expecting::header;
  std::size_t body_bytes_ = 0;
  FileTag tag_;
  Bytes held_;
  bool broken_ = false;
};

}  // namespace luso::proto::flv
