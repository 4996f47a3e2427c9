// Any record and any temporal unit: no crash, and a unit that was accepted is accepted again as it now is.
#include "base/check.h"
#include "proto/av1.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace luso;
  using namespace luso::proto;
  const ByteView input(data, size);
  if (const auto track = av1::parse_av1_config(input)) LUSO_CHECK(track->width > 0 && track->height > 0);
  Bytes once, twice;
  if (!av1::append_temporal_unit(input, once)) {
    LUSO_CHECK(once.empty());
    return 0;
  }
  LUSO_CHECK(av1::append_temporal_unit(once, twice).has_value());
  LUSO_CHECK(once == twice);
  return 0;
}
