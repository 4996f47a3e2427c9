#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "io/http.h"

// A response's head as bytes.
namespace luso::io::internal {

// How the end of a body is told.
enum class Framing : std::uint8_t {
  none,     // 204, 304, 101: there is none.
  length,   // Content-Length
  chunked,  // HTTP/1.1, length unknown
  close     // HTTP/1.0, length unknown
};

struct HeadShape {
  bool keep_alive = true;
  bool http_1_0 = false;
  std::string_view request_id;
};

// Which framing the body gets. A handler's own Content-Length stands for a streamed body.
[[nodiscard]] Framing framing_of(const HttpResponse& response, std::optional<std::uint64_t> length,
                                 bool http_1_0);

// Status line and headers, the empty line included, into `out`. Fields that would break the message (line
// ends in a value) or that are the connection's business are left out.
void write_head(std::string& out, const HttpResponse& response, Framing framing,
                std::optional<std::uint64_t> length, const HeadShape& shape);

}  // namespace luso::io::internal
