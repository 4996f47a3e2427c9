#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "media/frame.h"
#include "media/tracks.h"

// What ffmpeg makes on the spot, as a publisher's stream would bring it.
namespace luso::media::testing {

struct Film {
  TracksPtr tracks;  // The first generation's.
  std::vector<FramePtr> frames;

  [[nodiscard]] std::int64_t first_picture_us() const;
  [[nodiscard]] std::vector<FramePtr> only(TrackKind kind) const;
};

struct FilmSettings {
  std::vector<std::string> audio = {"-c:a", "aac", "-ar", "48000", "-ac", "2"};
  // 10 ms of 1 kHz, half a second after every whole one.
  std::string sound = "aevalsrc=if(lt(mod(t+0.5\\,1)\\,0.01)\\,0.8*sin(2000*PI*t)\\,0):s=48000";
  std::vector<std::string> video = {"-c:v", "libx264", "-preset", "ultrafast", "-bf", "0", "-g", "25"};
  std::string picture = "testsrc2=s=320x180:r=25";
  int seconds = 4;
};

// FLV through the same parsers and the same timeline as RTMP.
[[nodiscard]] Film make_film(const FilmSettings& settings);

// Decodes Opus packets, each where its timestamp says, and finds the beeps: when each of them starts.
[[nodiscard]] std::vector<std::int64_t> find_beeps_us(const std::vector<FramePtr>& packets);

// Decodes H.264 and returns the brightness of each picture (0 to 255) by its timestamp.
struct Brightness {
  std::int64_t pts_us = 0;
  double mean = 0;
};

[[nodiscard]] std::vector<Brightness> brightness_of(const Tracks& tracks,
                                                    const std::vector<FramePtr>& frames);

}  // namespace luso::media::testing
