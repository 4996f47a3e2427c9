#include <cstdint>

#include "base/check.h"
#include "proto/image_head.h"

using namespace luso;         // NOLINT(google-build-using-namespace): a program of one file.
using namespace luso::proto;  // NOLINT(google-build-using-namespace)

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView file(data, size);
  const auto head = parse_image_head(file);
  if (!head) {
    LUSO_CHECK(head.error().reason == "pictures.broken" || head.error().reason == "pictures.wrong_type");
    return 0;
  }
  LUSO_CHECK(head->width > 0 && head->height > 0);
  LUSO_CHECK(head->orientation >= Orientation::upright && head->orientation <= Orientation::turned_right);
  const ByteView picture = head->first_frame;
  LUSO_CHECK(picture.empty() || (picture.data() >= data && picture.data() + picture.size() <= data + size));
  return 0;
}
