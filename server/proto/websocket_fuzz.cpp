// The first byte says in steps of what size the rest arrives: the events must be those of the whole.
#include "base/check.h"
#include "base/text.h"
#include "proto/websocket.h"

namespace {

using namespace luso;
using namespace luso::proto::websocket;

constexpr ParserLimits kLimits{.message_bytes_max = 1'000};

void drain(Parser& parser, Bytes& log) {
  while (const auto event = parser.next()) {
    LUSO_CHECK(event->payload.size() <= kLimits.message_bytes_max);
    if (event->kind == Event::Kind::text) LUSO_CHECK(is_utf8(as_text(event->payload)));
    ByteWriter writer(log);
    writer.u8(static_cast<std::uint8_t>(event->kind));
    writer.u16(static_cast<std::uint16_t>(event->code));
    writer.u32(static_cast<std::uint32_t>(event->payload.size()));
    writer.raw(event->payload);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::size_t step = data[0] % 32 + std::size_t{1};
  ByteView rest(data + 1, size - 1);
  Bytes whole_log, pieces_log;
  Parser whole(kLimits), pieces(kLimits);
  whole.feed(rest);
  drain(whole, whole_log);
  while (!rest.empty()) {
    const ByteView piece = rest.first(std::min(step, rest.size()));
    rest = rest.subspan(piece.size());
    pieces.feed(piece);
    drain(pieces, pieces_log);
  }
  LUSO_CHECK(whole_log == pieces_log);
  return 0;
}
