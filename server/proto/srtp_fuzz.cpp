#include <cstdint>

#include "base/check.h"
#include "proto/srtp.h"

using namespace luso;         // NOLINT(google-build-using-namespace): a program of one file.
using namespace luso::proto;  // NOLINT(google-build-using-namespace)

namespace {

void feed(srtp::Profile profile, ByteView input) {
  srtp::MasterKey key;
  key.key.fill(7);
  srtp::Sealer sealer(profile, key);
  srtp::Opener opener(profile, key);

  Bytes garbage(input.begin(), input.end());
  LUSO_CHECK(!opener.open_rtp(garbage));
  garbage.assign(input.begin(), input.end());
  LUSO_CHECK(!opener.open_rtcp(garbage));

  if (input.size() < 14) return;
  // The input as a packet of our own: what can be sealed opens to itself, and only once.
  Bytes packet(input.begin(), input.end());
  packet[0] = 0x80;
  Bytes sealed(packet.size() + srtp::kRtpOverheadMax);
  sealed.resize(sealer.seal_rtp(ByteView(packet).first(12), ByteView(packet).subspan(12), sealed));
  LUSO_CHECK(!sealed.empty());
  Bytes broken = sealed;
  broken[input[12] % broken.size()] ^= static_cast<std::uint8_t>(1U << (input[13] % 8U));
  LUSO_CHECK(!opener.open_rtp(broken));
  Bytes copy = sealed;
  const auto opened = opener.open_rtp(copy);
  LUSO_CHECK(opened && Bytes(opened->begin(), opened->end()) == packet);
  LUSO_CHECK(!opener.open_rtp(sealed));

  Bytes report(packet.size() + srtp::kRtcpOverheadMax);
  report.resize(sealer.seal_rtcp(packet, report));
  const auto told = opener.open_rtcp(report);
  LUSO_CHECK(told && Bytes(told->begin(), told->end()) == packet);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  feed(srtp::Profile::aead_aes_128_gcm, ByteView(data, size));
  feed(srtp::Profile::aes128_cm_sha1_80, ByteView(data, size));
  return 0;
}
