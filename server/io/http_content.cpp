#include "io/http_content.h"

#include <algorithm>
#include <cstring>
#include <sys/stat.h>
#include <zlib.h>

#include "base/check.h"
#include "base/text.h"

namespace luso::io {
namespace {

constexpr std::size_t kCompressBytesMin = 1024;  // Less fits one packet anyway.

std::string_view without_weakness(std::string_view etag) {
  return etag.starts_with("W/") ? etag.substr(2) : etag;
}

// The value's parts between commas, trimmed.
std::vector<std::string_view> list_of(std::string_view header) {
  std::vector<std::string_view> parts = split(header, ',');
  for (std::string_view& part : parts) part = trim(part);
  return parts;
}

bool is_compressible(std::string_view type) {
  return type.starts_with("text/") || type.starts_with("application/json") || type.starts_with("image/svg") ||
         type.starts_with("application/javascript") || type.starts_with("application/vnd.apple.mpegurl");
}

// Zero as HTTP writes it: "0", "0.", "0.0"…
bool is_zero_weight(std::string_view parameters) {
  const std::size_t at = parameters.find("q=");
  if (at == std::string_view::npos) return false;
  return trim(parameters.substr(at + 2)).find_first_not_of("0.") == std::string_view::npos;
}

// Pieces wholly inside the range stay shared; the two at its ends are copied.
std::vector<SharedBytes> part_of(const std::vector<SharedBytes>& pieces, ByteRange range) {
  std::vector<SharedBytes> part;
  std::uint64_t begin = 0;
  for (const SharedBytes& piece : pieces) {
    const std::uint64_t end = begin + piece->size();
    const std::uint64_t from = std::max(begin, range.first), to = std::min(end, range.last + 1);
    if (from < to && to - from == piece->size()) {
      part.push_back(piece);
    } else if (from < to) {
      const auto inside = piece->begin() + static_cast<std::ptrdiff_t>(from - begin);
      part.push_back(share(Bytes(inside, inside + static_cast<std::ptrdiff_t>(to - from))));
    }
    begin = end;
  }
  return part;
}

std::optional<std::uint64_t> size_of(const HttpResponse& response) {
  if (const auto* pieces = std::get_if<std::vector<SharedBytes>>(&response.body)) {
    std::uint64_t size = 0;
    for (const SharedBytes& piece : *pieces) size += piece->size();
    return size;
  }
  if (const auto* file = std::get_if<FileBody>(&response.body)) {
    struct stat facts{};
    if (::stat(file->path.c_str(), &facts) != 0) return std::nullopt;
    const auto all = static_cast<std::uint64_t>(facts.st_size);
    return std::min(file->length.value_or(all), all - std::min(all, file->offset));
  }
  return std::nullopt;
}

}  // namespace

std::string etag_of(ByteView bytes) {
  // Eight bytes a step, mixed with a multiply and a fold; not a secret, only unlikely to repeat.
  std::uint64_t hash = 0x9e3779b97f4a7c15 ^ bytes.size();
  const auto mix = [&hash](std::uint64_t word) {
    hash = (hash ^ word) * 0xff51afd7ed558ccd;
    hash ^= hash >> 32U;
  };
  std::size_t at = 0;
  for (; at + 8 <= bytes.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + at, 8);
    mix(word);
  }
  std::uint64_t last = 0;
  if (at < bytes.size()) std::memcpy(&last, bytes.data() + at, bytes.size() - at);
  mix(last);
  std::string tag = "\"0000000000000000\"";
  for (std::size_t i = 16; i >= 1; --i, hash >>= 4U) tag[i] = "0123456789abcdef"[hash & 15U];
  return tag;
}

bool client_has(const HttpRequest& request, std::string_view etag) {
  const std::string_view header = request.headers.get("If-None-Match");
  if (header.empty()) return false;
  const auto parts = list_of(header);
  return std::any_of(parts.begin(), parts.end(), [etag](std::string_view part) {
    return part == "*" || without_weakness(part) == without_weakness(etag);
  });
}

void make_conditional(HttpResponse& response, const HttpRequest& request, std::string etag) {
  const bool has = response.status == 200 && (request.method == "GET" || request.method == "HEAD") &&
                   client_has(request, etag);
  response.headers.set("ETag", std::move(etag));
  if (!has) return;
  response.status = 304;
  response.body = std::string();
  response.headers.remove("Content-Type");
  response.headers.remove("Content-Encoding");
}

RangeAnswer parse_range(std::string_view header, std::uint64_t size, ByteRange& range) {
  constexpr std::string_view kUnit = "bytes=";
  if (!header.starts_with(kUnit)) return RangeAnswer::whole;
  const std::string_view spec = trim(header.substr(kUnit.size()));
  const std::size_t dash = spec.find('-');
  if (dash == std::string_view::npos || spec.find(',') != std::string_view::npos) return RangeAnswer::whole;
  const auto first = parse_integer<std::uint64_t>(spec.substr(0, dash));
  const auto last = parse_integer<std::uint64_t>(spec.substr(dash + 1));
  if (dash == 0) {
    if (!last) return RangeAnswer::whole;
    if (*last == 0 || size == 0) return RangeAnswer::unsatisfiable;
    range = {.first = size - std::min(*last, size), .last = size - 1};
    return RangeAnswer::part;
  }
  const bool is_open = dash + 1 == spec.size();
  if (!first || (!is_open && !last) || (last && *last < *first)) return RangeAnswer::whole;
  if (*first >= size) return RangeAnswer::unsatisfiable;
  range = {.first = *first, .last = std::min(last.value_or(size - 1), size - 1)};
  return RangeAnswer::part;
}

void apply_range(HttpResponse& response, const HttpRequest& request) {
  if (response.status != 200) return;
  response.headers.set("Accept-Ranges", "bytes");
  const std::string_view header = request.headers.get("Range");
  if (header.empty() || request.method != "GET") return;
  const std::string_view condition = request.headers.get("If-Range");
  if (!condition.empty() && condition != response.headers.get("ETag")) return;
  const auto size = size_of(response);
  if (!size) return;
  ByteRange range;
  const RangeAnswer answer = parse_range(header, *size, range);
  if (answer == RangeAnswer::whole) return;
  if (answer == RangeAnswer::unsatisfiable) {
    response.status = 416;
    response.body = std::string();
    response.headers.set("Content-Range", "bytes */" + std::to_string(*size));
    return;
  }
  response.status = 206;
  response.headers.set("Content-Range", "bytes " + std::to_string(range.first) + '-' +
                                            std::to_string(range.last) + '/' + std::to_string(*size));
  if (auto* file = std::get_if<FileBody>(&response.body)) {
    file->offset += range.first;
    file->length = range.last - range.first + 1;
    return;
  }
  response.body = part_of(std::get<std::vector<SharedBytes>>(response.body), range);
}

bool accepts_coding(const HttpRequest& request, std::string_view coding) {
  for (const std::string_view part : list_of(request.headers.get("Accept-Encoding"))) {
    const std::size_t semicolon = part.find(';');
    const std::string_view name = trim(part.substr(0, semicolon));
    if (!equals_ignoring_case(name, coding) && name != "*") continue;
    return semicolon == std::string_view::npos || !is_zero_weight(part.substr(semicolon + 1));
  }
  return false;
}

Bytes gzip(ByteView bytes, int level) {
  constexpr int kGzipWindow = 15 + 16;  // zlib's way to ask for gzip's header and trailer.
  z_stream stream{};
  LUSO_CHECK(deflateInit2(&stream, level, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  Bytes out(deflateBound(&stream, bytes.size()));
  stream.next_in = const_cast<std::uint8_t*>(bytes.data());  // zlib only reads it.
  stream.avail_in = static_cast<unsigned>(bytes.size());
  stream.next_out = out.data();
  stream.avail_out = static_cast<unsigned>(out.size());
  LUSO_CHECK(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

void compress_text(HttpResponse& response, const HttpRequest& request) {
  auto* text = std::get_if<std::string>(&response.body);
  if (text == nullptr || text->size() < kCompressBytesMin || response.headers.has("Content-Encoding")) return;
  if (!is_compressible(response.headers.get("Content-Type"))) return;
  response.headers.add("Vary", "Accept-Encoding");
  if (!accepts_coding(request, "gzip")) return;
  const Bytes packed = gzip(as_bytes(*text));
  text->assign(as_text(packed));
  response.headers.add("Content-Encoding", "gzip");
}

}  // namespace luso::io
