#include <cstdint>

#include "base/check.h"
#include "proto/amf0.h"
#include "proto/flv.h"

using namespace luso;         // NOLINT(google-build-using-namespace): a program of one file.
using namespace luso::proto;  // NOLINT(google-build-using-namespace)

namespace {

// A payload lies inside the body it came from, at its very end or before.
void check_inside(ByteView payload, ByteView body) {
  if (payload.empty()) return;
  LUSO_CHECK(payload.data() >= body.data());
  LUSO_CHECK(payload.data() + payload.size() <= body.data() + body.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView body(data, size);
  if (const auto video = flv::parse_video(body)) {
    check_inside(video->payload, body);
    LUSO_CHECK(video->kind != flv::TagKind::frame || !video->payload.empty());
  }
  if (const auto audio = flv::parse_audio(body)) {
    check_inside(audio->payload, body);
    LUSO_CHECK(audio->kind != flv::TagKind::frame || !audio->payload.empty());
  }
  if (const auto value = amf0::Reader(body).next()) {
    const flv::Metadata metadata = flv::read_metadata(*value);
    LUSO_CHECK(metadata.width >= 0 && metadata.frame_rate >= 0);
  }
  return 0;
}
