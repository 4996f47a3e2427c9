#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "base/clock.h"

namespace luso::media::whep {

// Which of the packets a viewer asks for again it gets. A request costs it a few bytes and us a packet, so it
// is bounded: by a budget a second, and by not repeating what may still be on its way.
class ResendGuard {
 public:
  static constexpr std::int64_t kPerSecond = 400;  // Of ~1'000 packets/s at 10 Mbit/s: loss beyond repair.
  static constexpr std::int64_t kBurst = 400;
  static constexpr std::chrono::microseconds kAgainMin{10'000}, kAgainMax{200'000};

  [[nodiscard]] bool allow(std::uint16_t sequence, MonoTime now, std::chrono::microseconds rtt) {
    refill(now);
    Entry& entry = recent_[sequence % kRemembered];
    const auto again = std::clamp(rtt * 3 / 4, kAgainMin, kAgainMax);
    if (entry.used && entry.sequence == sequence && now - entry.at < again) return false;
    if (tokens_us_ < kTokenUs) return false;
    tokens_us_ -= kTokenUs;
    entry = {.at = now, .sequence = sequence, .used = true};
    return true;
  }

 private:
  static constexpr std::size_t kRemembered = 64;
  static constexpr std::int64_t kTokenUs = 1'000'000 / kPerSecond;

  struct Entry {
    MonoTime at{};
    std::uint16_t sequence = 0;
    bool used = false;
  };

  void refill(MonoTime now) {
    if (last_ == MonoTime{}) last_ = now;
    const auto elapsed = std::chrono::duration_cast<std::chrono::microseconds>(now - last_).count();
    tokens_us_ = std::min(kBurst * kTokenUs, tokens_us_ + elapsed);
    last_ = now;
  }

  std::array<Entry, kRemembered> recent_{};
  MonoTime last_{};
  std::int64_t tokens_us_ = kBurst * kTokenUs;
};

}  // namespace luso::media::whep
