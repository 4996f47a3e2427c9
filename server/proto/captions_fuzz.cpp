// Any sample: no crash, and what carries no SEI carries no captions.
#include "base/check.h"
#include "proto/captions.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace luso;
  using namespace luso::proto;
  const ByteView input(data, size);
  static_cast<void>(captions::are_in(Codec::h264, input));
  static_cast<void>(captions::are_in(Codec::hevc, input));
  LUSO_CHECK(!captions::are_in(Codec::av1, input));
  return 0;
}
