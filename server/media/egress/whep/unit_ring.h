#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "media/egress/whep/rtp_unit.h"

namespace luso::media::whep {

// The newest units of one stream on one reactor: what its viewers still have to be sent, what they may ask
// for again, and the group of pictures a newcomer starts with. The viewers' only queue: each has a place in
// it, so what a slow one costs is bounded here, once.
class UnitRing {
 public:
  static constexpr std::int64_t kHistoryUs = 1'500'000;  // For retransmissions, also across a keyframe.
  // Beyond either the oldest go, though the newest keyframe be among them: whoever needs it waits for the
  // next one.
  static constexpr std::size_t kUnitsMax = 2'400;
  static constexpr std::size_t kBytesMax = std::size_t{24} << 20U;

  void push(RtpUnitPtr unit);  // With the serial that follows, or any after a gap: then it forgets the rest.
  void clear();

  [[nodiscard]] bool empty() const { return units_.empty(); }

  [[nodiscard]] std::size_t size() const { return units_.size(); }

  [[nodiscard]] std::size_t bytes() const { return bytes_; }

  // Serials [begin, end) are here.
  [[nodiscard]] std::uint64_t begin() const { return units_.empty() ? end_ : units_.front()->serial; }

  [[nodiscard]] std::uint64_t end() const { return end_; }

  [[nodiscard]] bool contains(std::uint64_t serial) const { return serial >= begin() && serial < end_; }

  [[nodiscard]] const RtpUnitPtr& at(std::uint64_t serial) const { return units_[serial - begin()]; }

  [[nodiscard]] const RtpUnit& newest() const { return *units_.back(); }

  // The newest time of one kind, ever: sound and picture do not arrive in step.
  [[nodiscard]] std::int64_t newest_pts_us(TrackKind kind) const {
    return newest_pts_us_[static_cast<std::size_t>(kind)];
  }

  // Where a newcomer starts: the newest keyframe, while it is here.
  [[nodiscard]] std::optional<std::uint64_t> newest_keyframe() const;

  // The unit that the source's n-th packet of a kind belongs to, while it is here.
  [[nodiscard]] const RtpUnit* find_packet(TrackKind kind, std::int64_t packet) const;

  // Packets a second of what is here; 0 while that is less than half a second.
  [[nodiscard]] std::int64_t packets_per_second() const;

 private:
  void shrink();
  void pop_oldest();

  std::deque<RtpUnitPtr> units_;
  std::uint64_t end_ = 0;
  std::size_t bytes_ = 0;
  std::array<std::int64_t, 2> newest_pts_us_{};
  std::optional<std::uint64_t> keyframe_;
};

}  // namespace luso::media::whep
