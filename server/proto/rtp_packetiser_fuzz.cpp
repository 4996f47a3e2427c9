// Any access unit of any codec, with any record: no crash, and no payload larger than allowed. The first two
// bytes say which codec and how long the record is.
#include "base/check.h"
#include "proto/rtp_packetiser.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace luso;
  using namespace luso::proto;
  constexpr std::size_t kMax = 64;
  ByteReader reader({data, size});
  const unsigned choice = reader.u8();
  VideoTrack track;
  track.codec = static_cast<Codec>(choice % 3);
  const ByteView record = reader.take(std::min<std::size_t>(reader.u8(), reader.remaining()));
  track.config = Bytes(record.begin(), record.end());
  const auto packetiser = rtp::Packetiser::of(track, kMax);
  if (!packetiser) return 0;
  rtp::Payloads payloads;
  packetiser->packetise(reader.rest(), (choice & 0x80U) != 0, payloads);
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < payloads.size(); ++i) {
    LUSO_CHECK(!payloads[i].empty() && payloads[i].size() <= kMax);
    bytes += payloads[i].size();
  }
  LUSO_CHECK(bytes == payloads.bytes().size());
  return 0;
}
