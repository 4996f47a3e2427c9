// Any record and any sample: no crash, and a sample that was accepted is accepted again as it now is.
#include "base/check.h"
#include "proto/hevc.h"
#include "proto/nal.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace luso;
  using namespace luso::proto;
  const ByteView input(data, size);
  if (const auto track = hevc::parse_hevc_config(input)) {
    LUSO_CHECK(track->width > 0 && track->height > 0);
    LUSO_CHECK(hevc::nal_length_size_of(track->config).value() == nal::kLengthSize);
  }
  for (const unsigned width : {1U, 2U, 4U}) {
    Bytes once, twice;
    if (!hevc::append_access_unit(input, width, once)) {
      LUSO_CHECK(once.empty());
      continue;
    }
    LUSO_CHECK(hevc::append_access_unit(once, nal::kLengthSize, twice).has_value());
    LUSO_CHECK(once == twice);
  }
  return 0;
}
