#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "io/http.h"

// What a handler may do to its answer because of what the client said: not modified, a range, a coding.
namespace luso::io {

// A strong entity tag, quotes included. Costs a pass over the bytes: keep it beside them.
[[nodiscard]] std::string etag_of(ByteView bytes);

// If-None-Match names it, by the weak comparison (RFC 9110, 13.1.2).
[[nodiscard]] bool client_has(const HttpRequest& request, std::string_view etag);

// Adds ETag; a GET or HEAD whose client has it already gets 304 without a body.
void make_conditional(HttpResponse& response, const HttpRequest& request, std::string etag);

// Bytes first..last of a whole, both included.
struct ByteRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  friend bool operator==(const ByteRange&, const ByteRange&) = default;
};
enum class RangeAnswer : std::uint8_t { whole, part, unsatisfiable };
// RFC 9110, 14.2. One range is served; several, or nonsense, count as no range at all.
[[nodiscard]] RangeAnswer parse_range(std::string_view header, std::uint64_t size, ByteRange& range);

// For a 200 with shared pieces or a file: Range becomes 206 or 416; If-Range is compared with the response's
// ETag.
void apply_range(HttpResponse& response, const HttpRequest& request);

// Accept-Encoding lists the coding ("br", "gzip") and not with q=0.
[[nodiscard]] bool accepts_coding(const HttpRequest& request, std::string_view coding);

[[nodiscard]] Bytes gzip(ByteView bytes, int level = 6);

// Compresses a text body the client accepts as gzip, when it is long enough to be worth it. For answers that
// are made once: what is sent often keeps its own compressed form.
void compress_text(HttpResponse& response, const HttpRequest& request);

}  // namespace luso::io
