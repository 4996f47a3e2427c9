// Any query string: no crash, and a part only of a segment.
#include "base/bytes.h"
#include "base/check.h"
#include "proto/hls.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto request = luso::proto::hls::parse_delivery_directives(luso::as_text({data, size}));
  if (request) LUSO_CHECK(!request->part || request->msn);
  return 0;
}
