#include "proto/flv_file.h"

#include <algorithm>
#include <utility>

namespace luso::proto::flv {
namespace {

constexpr std::size_t kHeaderBytes = 9, kTagHeaderBytes = 11, kPreviousSizeBytes = 4;  // E.2, E.3, E.4.1
constexpr unsigned kAudio = 8, kVideo = 9, kTypeMask = 0x1F;

tl::unexpected<Error> bad(const char* detail) {
  return fail(ErrorKind::invalid, "proto.bad_container", std::string("FLV: ") + detail);
}

}  // namespace

std::size_t FileReader::needed() const {
  switch (expecting_) {
    case Expecting::header: return kHeaderBytes;
    case Expecting::tag_header: return kTagHeaderBytes;
    default: return body_bytes_ + kPreviousSizeBytes;
  }
}

Result<void> FileReader::take_item(std::vector<FileTag>& out) {
  ByteReader reader(held_);
  switch (expecting_) {
    case Expecting::header: {
      if (as_text(reader.take(3)) != "FLV") return bad("no signature");
      reader.skip(2);
      const std::uint32_t offset = reader.u32();
      if (offset < kHeaderBytes || offset > kFileTagBytesMax) return bad("impossible header");
      body_bytes_ = offset - kHeaderBytes;
      expecting_ = Expecting::header_rest;
      return {};
    }
    case Expecting::tag_header: {
      const unsigned type = reader.u8() & kTypeMask;
      body_bytes_ = reader.u24();
      if (body_bytes_ > kFileTagBytesMax) return bad("a tag that is too large");
      const std::uint32_t low = reader.u24();
      tag_ = {};
      if (type == kAudio) tag_.kind = FileTag::Kind::audio;
      if (type == kVideo) tag_.kind = FileTag::Kind::video;
      tag_.timestamp_ms = std::uint32_t{reader.u8()} << 24U | low;
      expecting_ = Expecting::tag_body;
      return {};
    }
    case Expecting::tag_body: {
      const ByteView body = reader.take(body_bytes_);
      tag_.body.assign(body.begin(), body.end());
      out.push_back(std::move(tag_));
      break;
    }
    default: break;
  }
  expecting_ = Expecting::tag_header;
  return {};
}

Result<void> FileReader::feed(ByteView bytes, std::vector<FileTag>& out) {
  if (broken_) return bad("broken before");
  while (true) {
    const std::size_t take = std::min(bytes.size(), needed() - held_.size());
    held_.insert(held_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(take));
    bytes = bytes.subspan(take);
    if (held_.size() < needed()) return {};
    const Result<void> taken = take_item(out);
    held_.clear();
    if (!taken) {
      broken_ = true;
      return taken;
    }
  }
}

}  // namespace luso::proto::flv
