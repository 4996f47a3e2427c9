#include <algorithm>
#include <cstdint>

#include "base/check.h"
#include "proto/rfc4571.h"

using namespace luso;         // NOLINT(google-build-using-namespace): a program of one file.
using namespace luso::proto;  // NOLINT(google-build-using-namespace)

// The first byte says how many bytes each read brings.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t piece = std::size_t{data[0]} + 1;
  ByteView stream(data + 1, size - 1);
  const std::size_t total = stream.size();
  std::size_t seen = 0;
  rfc4571::Deframer deframer;
  while (!stream.empty() && !deframer.failed()) {
    const auto room = deframer.prepare();
    LUSO_CHECK(!room.empty());
    const std::size_t bytes = std::min({piece, room.size(), stream.size()});
    std::copy_n(stream.begin(), bytes, room.begin());
    deframer.commit(bytes);
    stream = stream.subspan(bytes);
    while (const auto frame = deframer.next()) {
      LUSO_CHECK(frame->size() <= rfc4571::kFrameBytesMax);
      std::ranges::fill(*frame, std::uint8_t{0});  // As decryption in place does.
      seen += rfc4571::kLengthBytes + frame->size();
    }
  }
  LUSO_CHECK(seen <= total);
  return 0;
}
