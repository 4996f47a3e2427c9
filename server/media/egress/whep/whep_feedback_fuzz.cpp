#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>

#include "base/check.h"
#include "base/random.h"
#include "media/egress/whep/peer_testing.h"
#include "media/egress/whep/viewer_sender.h"
#include "media/egress/whep/whep_testing.h"

// What a viewer with the right keys may say to us: whatever it is, it costs a bounded number of packets, and
// those that follow go out as before.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace luso;
  using namespace luso::media::whep;
  using std::chrono::milliseconds;
  constexpr std::size_t kRounds = 20;
  static media::whep::UnitRing* const kRing = [] {
    auto* const ring = new UnitRing;
    media::whep::testing::UnitMaker make;
    make.group(*ring, 30);
    return ring;
  }();

  media::whep::testing::MemoryPeer peer;
  SeededRandom random(1);
  ViewerSender sender(peer, media::whep::testing::browser_plan(), random);
  SendTally tally;
  ViewerSender::Now now{.mono = MonoTime(std::chrono::hours(1)),
                        .wall = WallTime(std::chrono::microseconds(1'790'000'000'000'000))};
  const auto pump = [&] {
    for (std::size_t i = 0; i < kRounds; ++i, now.mono += milliseconds(5)) {
      static_cast<void>(sender.pump(*kRing, now, {}, tally));
    }
  };
  pump();
  const std::size_t before = peer.packets.size();
  const auto feedback = sender.take_rtcp(std::span(data, size), *kRing, now);
  const std::size_t repeated = peer.packets.size() - before;
  LUSO_CHECK(repeated == feedback.resent && repeated <= ResendGuard::kBurst);
  if (feedback.picture_lost) static_cast<void>(sender.replay(*kRing, now.mono));
  pump();
  return 0;
}
