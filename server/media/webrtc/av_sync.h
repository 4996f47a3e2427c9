#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/clock.h"
#include "media/frame.h"
#include "proto/rtp.h"

namespace luso::media::webrtc {

// Brings the picture and the sound of one sender onto one clock, in microseconds from its first packet.
// RTP timestamps of two streams have nothing in common but the sender reports (RFC 3550, 6.4.1), which may
// come seconds after the first frame. Until then both are placed by when they came; afterwards the picture
// glides to where the reports say it belongs, so that nothing jumps.
class AvSync {
 public:
  // A count that is so far from the time that really passed is another count: the lane starts anew.
  static constexpr Duration kBreak{5'000'000};
  static constexpr Duration kOffsetMax{2'000'000};  // Reports that would move the picture further are wrong.
  static constexpr std::int64_t kGlideShare = 20;   // At most a twentieth faster or slower.

  AvSync();

  [[nodiscard]] std::int64_t place_us(TrackKind kind, std::uint32_t timestamp, MonoTime arrived);
  void on_sender_report(TrackKind kind, std::uint64_t ntp, std::uint32_t timestamp);

  // How far the picture still is from where it belongs; 0 while nothing is known.
  [[nodiscard]] Duration offset() const { return Duration(target_us_ - adjust_us_); }

 private:
  struct Lane {
    std::int64_t rate = 0;
    proto::rtp::TimestampUnwrapper unwrapper;
    std::optional<std::int64_t> base;             // The first timestamp...
    std::int64_t base_us = 0;                     // ...and where it is.
    std::optional<std::int64_t> report_error_us;  // The lane's time less the sender's, by the last report.

    [[nodiscard]] std::int64_t us_of(std::int64_t timestamp) const;
  };

  void retarget();

  std::array<Lane, 2> lanes_;
  std::optional<MonoTime> epoch_;
  std::int64_t target_us_ = 0;
  std::int64_t adjust_us_ = 0;
  std::optional<std::int64_t> last_video_us_;  // Before its adjustment.
};

}  // namespace luso::media::webrtc
