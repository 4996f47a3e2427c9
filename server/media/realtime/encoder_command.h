#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace luso::media {

// What a picture is made again with.
struct EncoderPlan {
  int width = 0, height = 0;  // Of the source.
  double frame_rate = 0;      // Of the source; 0 when nobody knows.
  int fps_max = 60;
  int height_max = 1'080;
  std::int64_t start_ms = 0;  // Pictures before it are decoded only.
  bool yields = true;         // To everybody else on the machine.
  unsigned threads = 2;
};

inline constexpr int kReencodeKeyframeSeconds = 2;

// Takes fragmented MP4 on its input and gives FLV: H.264 without B-frames, each picture as soon as it is
// made, its timestamps unchanged to the millisecond.
[[nodiscard]] std::vector<std::string> encoder_command(const EncoderPlan& plan);

}  // namespace luso::media
