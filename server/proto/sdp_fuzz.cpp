// Any bytes as an offer: no crash, and what was understood is written so that it is understood again.
#include "base/bytes.h"
#include "base/check.h"
#include "proto/sdp.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace sdp = luso::proto::sdp;
  const std::string_view text = luso::as_text({data, size});
  if (const auto fragment = sdp::parse_fragment(text)) {
    const std::string written = sdp::write_fragment(*fragment);
    LUSO_CHECK(written.empty() || sdp::parse_fragment(written) == *fragment);
  }
  const auto session = sdp::parse(text);
  if (!session) return 0;
  const std::string written = sdp::write(*session);
  if (written.size() > sdp::kBytesMax) return 0;  // Attributes of the session stand in every media now.
  const auto again = sdp::parse(written);
  if (again) LUSO_CHECK(sdp::write(*again) == written);
  return 0;
}
