#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

// What the tests of this folder share: sample files, bytes as one writes them down, and ffprobe's opinion.
namespace luso::proto::testing {

[[nodiscard]] Bytes hex(std::string_view digits);    // "01 64 00 0a"; spaces do not count.
[[nodiscard]] Bytes fixture(std::string_view name);  // Of testdata/.

struct FlvTag {
  bool is_video = false;
  bool is_config = false;
  std::int64_t dts_ms = 0;
  std::int32_t cts_ms = 0;
  ByteView payload;  // Behind the AVC or AAC tag header.
};

// H.264 and AAC only; metadata is left out.
[[nodiscard]] std::vector<FlvTag> read_flv(ByteView file);

// What ffprobe prints about a file of these bytes, its complaints included. Check have_ffprobe() first.
[[nodiscard]] bool have_ffprobe();
[[nodiscard]] std::string ffprobe(ByteView file, std::string_view arguments);

// Writes bit fields, most significant first: parameter sets that no encoder at hand would send.
class BitWriter {
 public:
  BitWriter& bits(std::uint64_t value, unsigned count);
  BitWriter& ue(std::uint32_t value);
  BitWriter& trailing();  // A one and zeros to the end of the byte.

  [[nodiscard]] const Bytes& bytes() const { return bytes_; }

 private:
  Bytes bytes_;
  unsigned used_ = 0;
};

// With emulation prevention, as in ITU-T H.264, 7.4.1.
[[nodiscard]] Bytes escape(ByteView payload);

}  // namespace luso::proto::testing
