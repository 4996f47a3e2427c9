#include "media/egress/llhls/gzip.h"

#include <zlib.h>

#include "base/check.h"

namespace luso::media {
namespace {

constexpr int kLevel = 3;
constexpr int kGzipWindow = 15 + 16;  // zlib writes a gzip wrapper when 16 is added to the window bits.
constexpr int kMemoryLevel = 8;

}  // namespace

Bytes gzip(ByteView bytes) {
  z_stream stream{};
  LUSO_CHECK(deflateInit2(&stream, kLevel, Z_DEFLATED, kGzipWindow, kMemoryLevel, Z_DEFAULT_STRATEGY) ==
             Z_OK);
  Bytes out(deflateBound(&stream, bytes.size()));
  stream.next_in = const_cast<Bytef*>(bytes.data());  // zlib only reads it.
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<uInt>(out.size());
  LUSO_CHECK(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace luso::media
