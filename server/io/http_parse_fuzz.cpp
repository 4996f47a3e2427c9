#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/check.h"
#include "io/http_head.h"
#include "io/http_parse.h"

namespace {

using luso::io::ParseState;

bool is_over(ParseState state) {
  return state == ParseState::bad || state == ParseState::head_too_large ||
         state == ParseState::body_too_large;
}

// Feeds the bytes in pieces of `step`, as a network might, and reads message after message.
template <typename Parser, typename Start, typename AtHead>
void feed_all(Parser& parser, std::string_view bytes, std::size_t step, Start start, AtHead at_head) {
  start();
  std::size_t begin = 0, end = std::min(step, bytes.size());
  for (;;) {
    const auto parsed = parser.feed(bytes.substr(begin, end - begin));
    LUSO_CHECK(parsed.consumed <= end - begin);
    begin += parsed.consumed;
    if (is_over(parsed.state)) return;
    if (parsed.state == ParseState::head_done) at_head();
    if (parsed.state == ParseState::done) {
      if (begin == bytes.size()) return;
      start();
    }
    if (parsed.state != ParseState::need_more) continue;
    if (end == bytes.size()) return;
    end = std::min(end + step, bytes.size());
  }
}

}  // namespace

// Requests and responses, whole and byte by byte: nothing is read twice, a body keeps its limit, a path that
// is accepted has one reading.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const luso::io::RequestParser::Limits limits{.header_bytes_max = 1024, .headers_max = 10};
  constexpr std::size_t kBodyMax = 100;
  for (const std::size_t step : {std::size_t{1}, std::size_t{7}, std::max<std::size_t>(size, 1)}) {
    luso::io::HttpRequest request;
    luso::io::RequestParser requests(limits);
    feed_all(
        requests, bytes, step,
        [&] {
          LUSO_CHECK(request.body.size() <= kBodyMax);
          request = {};
          requests.start(request);
        },
        [&] {
          requests.set_body_limit(kBodyMax);
          LUSO_CHECK(request.headers.size() <= limits.headers_max);
          if (luso::io::complete_head(request, {}, {})) {
            LUSO_CHECK(request.path.find("/../") == std::string::npos);
            LUSO_CHECK(request.path.find('\0') == std::string::npos);
          }
        });
    luso::io::ResponseParser responses(limits);
    feed_all(responses, bytes, step, [&] { responses.start(false); }, [] {});
    static_cast<void>(responses.feed_end());
  }
  return 0;
}
