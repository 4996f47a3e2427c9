#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace luso::proto::srtp {

// Which packets of one source have been: the newest index and a bit for each of the kBits before it (RFC
// 3711, 3.3.1 and 3.3.2). An index is the roll-over counter and the sequence number together.
template <std::size_t kBits>
class Window {
 public:
  static_assert(kBits % 64 == 0 && kBits > 0);

  // What a sequence number means next to the newest index: the nearest one. Empty when that lies before the
  // first lap.
  [[nodiscard]] std::optional<std::uint64_t> index_of(std::uint16_t sequence) const {
    if (!newest_) return sequence;
    const auto step = static_cast<std::int16_t>(static_cast<std::uint16_t>(sequence - *newest_));
    if (step < 0 && *newest_ < static_cast<std::uint64_t>(-step)) return std::nullopt;
    return *newest_ + static_cast<std::uint64_t>(static_cast<std::int64_t>(step));
  }

  // Not taken yet, and not too old to tell.
  [[nodiscard]] bool is_new(std::uint64_t index) const {
    if (!newest_ || index > *newest_) return true;
    return *newest_ - index < kBits && !bit(index);
  }

  // Call only for what is_new().
  void take(std::uint64_t index) {
    if (!newest_) {
      newest_ = index;
    } else if (index > *newest_) {
      forget(*newest_ + 1, index);
      newest_ = index;
    }
    words_[word(index)] |= mask(index);
  }

 private:
  static constexpr std::size_t kWords = kBits / 64;

  [[nodiscard]] static std::size_t word(std::uint64_t index) { return (index / 64) % kWords; }

  [[nodiscard]] static std::uint64_t mask(std::uint64_t index) { return std::uint64_t{1} << (index % 64); }

  [[nodiscard]] bool bit(std::uint64_t index) const { return (words_[word(index)] & mask(index)) != 0; }

  // The window slides over [first, last]: at most one turn around the ring.
  void forget(std::uint64_t first, std::uint64_t last) {
    if (last - first >= kBits) {
      words_.fill(0);
      return;
    }
    for (std::uint64_t index = first; index <= last; ++index) words_[word(index)] &= ~mask(index);
  }

  std::optional<std::uint64_t> newest_;
  std::array<std::uint64_t, kWords> words_{};
};

using SentWindow = Window<64>;  // We send in order, or nearly so.
// A publisher may repeat a lost packet under its old number: a second at 1 000 packets/s must be told apart.
using ReceivedWindow = Window<1'024>;
using RtcpWindow = Window<128>;

}  // namespace luso::proto::srtp
