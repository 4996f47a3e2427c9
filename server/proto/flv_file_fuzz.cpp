// Any bytes, however they are cut: no crash, and the same tags as in one piece.
#include "base/check.h"
#include "proto/flv_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace luso;
  using namespace luso::proto;
  const ByteView input(data, size);
  const std::size_t half = size == 0 ? 0 : data[0] % size;
  flv::FileReader one, two;
  std::vector<flv::FileTag> whole, halves;
  const bool fine = one.feed(input, whole).has_value();
  const bool also =
      two.feed(input.first(half), halves).has_value() && two.feed(input.subspan(half), halves).has_value();
  LUSO_CHECK(fine == also);
  LUSO_CHECK(whole.size() == halves.size());
  for (std::size_t i = 0; i < whole.size(); ++i) LUSO_CHECK(whole[i].body == halves[i].body);
  return 0;
}
