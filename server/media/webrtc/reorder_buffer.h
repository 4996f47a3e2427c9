#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>

#include "base/bytes.h"
#include "base/clock.h"

namespace luso::media::webrtc {

// Puts one RTP stream's packets in order again, and waits for those that may still come: not longer than its
// patience, and never beyond its limits.
class ReorderBuffer {
 public:
  static constexpr std::size_t kPacketsMax = 2'048;                // Beyond either, the oldest gap is given
  static constexpr std::size_t kBytesMax = std::size_t{4} << 20U;  // up at once.
  static constexpr std::int64_t kJumpMax = 4'096;  // Further ahead is another count: the stream starts anew.

  struct Packet {
    std::int64_t sequence = 0;  // Unwrapped.
    std::uint32_t timestamp = 0;
    bool marker = false;
    MonoTime arrived;
    Bytes payload;
    bool after_gap = false;  // Set by pop(): packets before it are missing for good.
  };

  enum class Verdict : std::uint8_t { fresh, duplicate, too_late, jumped };

  explicit ReorderBuffer(Duration patience) : patience_(patience) {}

  void set_patience(Duration patience) { patience_ = patience; }

  Verdict insert(Packet packet);

  // The next packet in order, or the next there is when the one before it has been waited for long enough.
  [[nodiscard]] std::optional<Packet> pop(MonoTime now);

  // When waiting for what is missing now ends; empty when nothing is held.
  [[nodiscard]] std::optional<MonoTime> deadline() const;

  // Everything before this number has been popped or given up.
  [[nodiscard]] std::optional<std::int64_t> next_sequence() const { return next_; }

  [[nodiscard]] std::uint64_t packets_lost() const { return lost_; }  // Given up.

 private:
  Duration patience_;
  std::map<std::int64_t, Packet> held_;
  std::size_t bytes_ = 0;
  std::optional<std::int64_t> next_;
  bool broken_ = false;  // The next packet follows a jump.
  std::uint64_t lost_ = 0;
};

}  // namespace luso::media::webrtc
