// Two bytes say how long the init segment is; the rest is fragments. No crash, nothing outside the
// input.
#include "base/check.h"
#include "proto/fmp4_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace luso;
  using namespace luso::proto;
  ByteReader reader({data, size});
  const ByteView init = reader.take(reader.u16());
  const ByteView media = reader.rest();
  const auto tracks = fmp4::read_init(init);
  if (!tracks) return 0;
  const auto fragments = fmp4::read_fragments(media, *tracks);
  if (!fragments) return 0;
  std::size_t samples = 0;
  for (const fmp4::ReadFragment& fragment : *fragments) {
    samples += fragment.samples.size();
    for (const fmp4::ReadSample& sample : fragment.samples) {
      LUSO_CHECK(sample.decode_time >= 0);
      LUSO_CHECK(sample.payload.data() >= media.data());
      LUSO_CHECK(sample.payload.data() + sample.payload.size() <= media.data() + media.size());
    }
  }
  LUSO_CHECK(samples <= fmp4::kReadSamplesMax);
  return 0;
}
