#include "media/realtime/encoder_command.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>

namespace luso::media {
namespace {

constexpr double kBitsPerPixel = 0.08;  // Of what is seen in a second: enough for games at "superfast".
constexpr int kKbpsMin = 600, kKbpsMax = 8'000;
constexpr double kFrameRateGuess = 30;
constexpr double kStepSlack = 0.05;  // 60.02 frames a second are 60.

// Every n-th picture is left out when there are too many: the others keep their timestamps exactly.
int step_of(const EncoderPlan& plan) {
  return std::max(1, static_cast<int>(std::ceil(plan.frame_rate / plan.fps_max - kStepSlack)));
}

int kbps_max_of(const EncoderPlan& plan) {
  const double rate = (plan.frame_rate > 0 ? plan.frame_rate : kFrameRateGuess) / step_of(plan);
  const double shrink = std::min(1.0, static_cast<double>(plan.height_max) / std::max(1, plan.height));
  const double pixels = plan.width * shrink * plan.height * shrink * rate;
  return std::clamp(static_cast<int>(pixels * kBitsPerPixel / 1'000), kKbpsMin, kKbpsMax);
}

std::string filters_of(const EncoderPlan& plan) {
  std::string start = std::to_string(plan.start_ms % 1'000);
  start.insert(0, 3 - start.size(), '0');
  std::string filters = "select=gte(t\\," + std::to_string(plan.start_ms / 1'000) + "." + start + "-0.0005)";
  if (const int step = step_of(plan); step > 1) filters += ",framestep=" + std::to_string(step);
  if (plan.height > plan.height_max) filters += ",scale=-2:" + std::to_string(plan.height_max);
  return filters;
}

}  // namespace

std::vector<std::string> encoder_command(const EncoderPlan& plan) {
  const std::string kbps = std::to_string(kbps_max_of(plan)) + "k";
  std::vector<std::string> command;
  const auto add = [&command](std::initializer_list<std::string> words) {
    command.insert(command.end(), words);
  };
  if (plan.yields) add({"nice", "-n", "10"});
  add({"ffmpeg", "-hide_banner", "-nostdin", "-loglevel", "error"});
  // The first box says everything: nothing is to be probed.
  add({"-probesize", "32", "-analyzeduration", "0", "-threads", "1", "-f", "mp4", "-i", "pipe:0"});
  add({"-map", "0:v:0", "-an", "-vf", filters_of(plan)});
  // Timestamps stay what they are.
  add({"-copyts", "-fps_mode", "passthrough", "-enc_time_base", "1:1000"});
  // A picture in, a picture out.
  add({"-c:v", "libx264", "-preset", "superfast", "-tune", "zerolatency", "-bf", "0"});
  add({"-profile:v", "main", "-pix_fmt", "yuv420p", "-threads", std::to_string(plan.threads)});
  add({"-crf", "23", "-maxrate", kbps, "-bufsize", kbps});
  // Keyframes by time, whatever the frame rate does.
  const std::string period = std::to_string(kReencodeKeyframeSeconds);
  add({"-g", "600", "-sc_threshold", "0", "-force_key_frames",
       "expr:if(isnan(prev_forced_t),1,gte(t,prev_forced_t+" + period + "))"});
  add({"-flush_packets", "1", "-flvflags", "no_duration_filesize", "-f", "flv", "pipe:1"});
  return command;
}

}  // namespace luso::media
