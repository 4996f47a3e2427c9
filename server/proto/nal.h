#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/result.h"

// NAL units of H.264 and HEVC as RTMP and MP4 carry them: each behind its own length, big-endian, 1, 2 or 4
// bytes wide (ISO 14496-15, 4.3.2 and 5.3.4.2). Both codecs share this framing and the escaping of their
// payloads.
namespace luso::proto::nal {

inline constexpr unsigned kLengthSize = 4;  // What our own frames and records always use.

// Walks a sample once from front to back. A length that runs past the end stops the walk and latches
// `failed()`.
class Cursor {
 public:
  Cursor(ByteView sample, unsigned length_size) : rest_(sample), length_size_(length_size) {}

  [[nodiscard]] std::optional<ByteView> next();  // Skips empty units.

  [[nodiscard]] bool failed() const { return failed_; }

 private:
  ByteView rest_;
  unsigned length_size_;
  bool failed_ = false;
};

// Start codes where lengths belong: what some encoders send in spite of the container.
[[nodiscard]] bool looks_like_annex_b(ByteView sample);
[[nodiscard]] Bytes annex_b_to_length_prefixed(ByteView stream);

void append_unit(ByteView unit, Bytes& out);  // A 4-byte length and the unit.

// The payload without its emulation prevention bytes (ITU-T H.264, 7.4.1; H.265, 7.4.2). At most `limit`
// bytes of it.
[[nodiscard]] Bytes unescape(ByteView payload, std::size_t limit);

}  // namespace luso::proto::nal
