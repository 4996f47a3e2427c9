#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/clock.h"
#include "media/frame.h"
#include "media/tracks.h"
#include "proto/rtp.h"

namespace luso::media::webrtc {

// Brings the picture, in all its sizes, and the sound of one sender onto one clock, in microseconds from its
// first packet. RTP timestamps of two streams have nothing in common but the sender reports (RFC
// 3550, 6.4.1), which may come seconds after the first frame. Until then all are placed by when they came;
// afterwards each picture glides to where the reports say it belongs, so that nothing jumps: beside the
// sound, or without sound beside the size that was reported on first.
class AvSync {
 public:
  // A count that is so far from the time that really passed is another count: the lane starts anew.
  static constexpr Duration kBreak{5'000'000};
  static constexpr Duration kOffsetMax{2'000'000};  // Reports that would move the picture further are wrong.
  static constexpr std::int64_t kGlideShare = 20;   // At most a twentieth faster or slower.

  AvSync();

  // `layer` is of a picture.
  [[nodiscard]] std::int64_t place_us(TrackKind kind, std::uint32_t timestamp, MonoTime arrived,
                                      std::size_t layer = 0);
  void on_sender_report(TrackKind kind, std::uint64_t ntp, std::uint32_t timestamp, std::size_t layer = 0);

  // How far a picture still is from where it belongs; 0 while nothing is known.
  [[nodiscard]] Duration offset(std::size_t layer = 0) const {
    return Duration(lanes_.at(layer).target_us - lanes_.at(layer).adjust_us);
  }

 private:
  struct Lane {
    std::int64_t rate = 0;
    proto::rtp::TimestampUnwrapper unwrapper;
    std::optional<std::int64_t> base;             // The first timestamp...
    std::int64_t base_us = 0;                     // ...and where it is.
    std::optional<std::int64_t> report_error_us;  // The lane's time less the sender's, by the last report.
    // Of pictures:
    std::int64_t target_us = 0;
    std::int64_t adjust_us = 0;
    std::optional<std::int64_t> last_us;  // Before its adjustment.

    [[nodiscard]] std::int64_t us_of(std::int64_t timestamp) const;
  };

  static constexpr std::size_t kSound = kLayersMax;  // Its lane stands behind those of the pictures.

  [[nodiscard]] Lane& lane_of(TrackKind kind, std::size_t layer) {
    return lanes_.at(kind == TrackKind::audio ? kSound : layer);
  }

  void retarget();

  std::array<Lane, kLayersMax + 1> lanes_;
  std::optional<MonoTime> epoch_;
  std::size_t first_reported_ = kSound;  // Without sound: what the other sizes are put beside.
};

}  // namespace luso::media::webrtc
