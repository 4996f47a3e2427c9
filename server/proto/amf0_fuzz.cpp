#include <cstdint>

#include "base/check.h"
#include "proto/amf0.h"

using namespace luso;               // NOLINT(google-build-using-namespace): a program of one file.
using namespace luso::proto::amf0;  // NOLINT(google-build-using-namespace)

// Whatever reads must write, and what is written must write the same again (by bytes: NaN equals nothing).
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Result<std::vector<Value>> values = parse_all({data, size});
  if (!values) return 0;
  Bytes once;
  for (const Value& value : *values) write(once, value);
  const Result<std::vector<Value>> again = parse_all(once);
  LUSO_CHECK(again.has_value());
  LUSO_CHECK(again->size() == values->size());
  Bytes twice;
  for (const Value& value : *again) write(twice, value);
  LUSO_CHECK(once == twice);
  return 0;
}
