// Any AudioSpecificConfig: no crash, and what is accepted can be played.
#include "base/check.h"
#include "proto/aac.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto track = luso::proto::aac::parse_audio_specific_config({data, size});
  if (track) {
    LUSO_CHECK(track->sample_rate > 0 && track->channels > 0 && track->channels <= 24);
    LUSO_CHECK(track->samples_per_frame >= 960);
  }
  return 0;
}
