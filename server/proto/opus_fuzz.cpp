// Any OpusHead and any packet: no crash, and durations within the format's own limit.
#include "base/check.h"
#include "proto/opus.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace luso::proto;
  if (const auto track = opus::parse_opus_head({data, size}))
    LUSO_CHECK(track->channels > 0 && track->config.size() >= 11);
  if (const auto samples = opus::packet_samples({data, size}))
    LUSO_CHECK(*samples > 0 && *samples <= opus::kPacketSamplesMax);
  return 0;
}
