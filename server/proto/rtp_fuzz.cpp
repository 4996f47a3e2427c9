// Any datagram: no crash; what was read is written again as a packet that reads the same.
#include <vector>

#include "base/check.h"
#include "proto/rtp.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace luso;
  using namespace luso::proto::rtp;
  const ByteView input(data, size);
  static_cast<void>(is_rtcp(input));
  const auto packet = parse(input);
  if (!packet) return 0;
  LUSO_CHECK(header_bytes_of(input) == packet->header_bytes);
  LUSO_CHECK(packet->header_bytes + packet->payload.size() + packet->padding_bytes == size);
  if (const auto repeated = unwrap_rtx(*packet))
    LUSO_CHECK(repeated->payload.size() + 2 == packet->payload.size());

  std::vector<Extension> elements;
  Extensions walk(*packet);
  while (const auto element = walk.next()) elements.push_back(*element);
  Bytes written;
  append_packet(packet->header, elements, packet->payload, written);
  const auto again = parse(written);
  LUSO_CHECK(again && again->header == packet->header);
  LUSO_CHECK(std::ranges::equal(again->payload, packet->payload));
  Extensions walk_again(*again);
  for (const Extension& each : elements) {
    const auto read = walk_again.next();
    LUSO_CHECK(read && read->id == each.id && std::ranges::equal(read->value, each.value));
  }
  return 0;
}
