#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "media/egress/whep/rtp_unit.h"
#include "media/egress/whep/time_warp.h"
#include "media/egress/whep/unit_ring.h"

namespace luso::media::whep {

// Some packets of one unit, as they are numbered for one viewer.
struct PacketRun {
  const RtpUnit* unit = nullptr;
  std::size_t first = 0;       // Of the unit's payloads,
  std::size_t count = 0;       // so many.
  std::uint16_t sequence = 0;  // Of the first.
  std::uint32_t timestamp = 0;
};

// Where one viewer is in one track of a shared ring, and how the source's packets are numbered for it:
// outgoing sequence number = the source's number + an offset that changes wherever the viewer jumps, so that
// it never sees a hole it would ask to be filled. Moving to another source is a jump like any other.
class TrackQueue {
 public:
  static constexpr std::int64_t kLagMaxUs = 500'000;  // Behind by more: go on at a newer keyframe.

  // The first number is below 2^15: a receiver that loses the very first packets must not miss the
  // roll-over of the counter (RFC 3711, 3.3.1).
  struct Start {
    std::uint16_t sequence = 0;
    std::uint32_t timestamp = 0;
  };

  TrackQueue(TrackKind kind, Start start);

  // What is to be sent next, at most so many packets; empty when there is nothing (yet). Decides where to go
  // on when the viewer has just come, has fallen behind or its place is gone.
  [[nodiscard]] std::optional<PacketRun> next(const UnitRing& ring, std::size_t packets_max);
  void sent(const PacketRun& run, std::size_t packets);

  // The viewer's decoder lost the picture, and the publisher cannot make a keyframe: everything from the
  // newest one on again. False when it is being sent already, or there is none.
  bool replay(const UnitRing& ring);

  // Goes on in the ring of another rendition, whose source has numbers of its own: the picture begins with
  // the newest keyframe there, which must exist, and the sound behind what has been told. Not in the middle
  // of a unit.
  void move(const UnitRing& ring);

  [[nodiscard]] bool is_between_units() const { return packet_ == 0; }

  // The packet the viewer knows by this number, if it was sent and is still here. One packet. `before` is the
  // ring that the last move left; may be null.
  [[nodiscard]] std::optional<PacketRun> find(const UnitRing& ring, std::uint16_t sequence,
                                              const UnitRing* before = nullptr) const;

  [[nodiscard]] std::uint16_t next_sequence() const { return static_cast<std::uint16_t>(outgoing_); }

  // There is something that could be sent now.
  [[nodiscard]] bool has_more(const UnitRing& ring) const;

  // All of it up to the live edge has been sent once: the start is over.
  [[nodiscard]] bool has_been_live() const { return has_been_live_; }

  [[nodiscard]] std::uint64_t skips() const { return skips_; }

  // For sender reports: what a presentation time is in this viewer's timestamps, at the live edge.
  [[nodiscard]] std::uint32_t timestamp_of(std::int64_t pts_us) const;

 private:
  static constexpr std::size_t kSpansMax = 4;  // Packets from before more jumps than that are not found.

  // From this outgoing number on.
  struct Span {
    std::int64_t first = 0;
    std::int64_t offset = 0;  // Outgoing less the source's.
    TimeWarp warp;
    std::uint32_t moves = 0;  // Made before: which ring it is of.
  };

  void settle(const UnitRing& ring);
  void settle_video(const UnitRing& ring);
  void start_at(const UnitRing& ring, std::uint64_t serial);
  void lose_place();
  [[nodiscard]] bool is_late(const UnitRing& ring) const;
  void number(const RtpUnit& unit);
  [[nodiscard]] std::uint32_t ticks(std::int64_t us) const;

  [[nodiscard]] const Span& newest_span() const { return spans_[(spans_count_ - 1) % kSpansMax]; }

  TrackKind kind_;
  std::uint32_t timestamp_base_;
  bool placed_ = false;  // next_ means something; otherwise waits for a keyframe.
  bool live_ = false;    // Nothing was left to send since the last jump.
  bool has_been_live_ = false;
  std::uint64_t next_ = 0;  // Serial of the unit,
  std::size_t packet_ = 0;  // and how many of its packets are sent.
  std::int64_t outgoing_;   // The next number.
  std::int64_t told_us_ = TimeWarp::kNothingTold;
  TimeWarp warp_;
  std::array<Span, kSpansMax> spans_;
  std::size_t spans_count_ = 0;  // Ever made; the newest kSpansMax are kept.
  std::uint64_t skips_ = 0;
  std::uint32_t moves_ = 0;
};

}  // namespace luso::media::whep
