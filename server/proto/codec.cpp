#include "proto/codec.h"

#include <string_view>

namespace luso::proto {

std::string_view name_of(Codec codec) {
  switch (codec) {
    case Codec::h264: return "h264";
    case Codec::hevc: return "hevc";
    case Codec::av1: return "av1";
    case Codec::aac: return "aac";
    case Codec::opus: return "opus";
  }
  return "unknown";
}

}  // namespace luso::proto
