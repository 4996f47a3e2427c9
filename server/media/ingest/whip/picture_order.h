#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "proto/rtp.h"

namespace luso::media {

// When pictures are decoded, told from when they are shown. RTP carries them in the order they are decoded in
// but stamps them with the time they are shown at (RFC 6184, 5.1), so B-frames go back in time; everything
// behind the intake wants both times. Pure; in ticks of the RTP clock.
//
// How many pictures a later one may overtake is learnt. Until the first goes back, and for publishers that
// send none, both times are the same.
class PictureOrder {
 public:
  static constexpr std::size_t kDepthMax = 16;          // H.264, A.3.1: what a decoder may hold back.
  static constexpr std::int64_t kBackMax = 90'000;      // Further back is another clock, not an order.
  static constexpr std::int64_t kIntervalMax = 45'000;  // Between pictures: slower ones need no guess.

  // How much later than it is decoded this picture is shown. Empty: it had to be decoded earlier than could
  // be known, so the picture begins again at a keyframe.
  [[nodiscard]] std::optional<std::int64_t> delay_of(std::uint32_t timestamp, bool is_keyframe);

  void forget();  // Another encoder session.

  [[nodiscard]] std::size_t depth() const { return depth_; }  // Pictures overtaken; 0: no B-frames.

  [[nodiscard]] std::uint64_t overtakers() const { return overtakers_; }  // B-frames that have come.

 private:
  void begin(std::int64_t shown);
  [[nodiscard]] bool learn(std::int64_t shown);
  [[nodiscard]] std::int64_t interval() const;

  proto::rtp::TimestampUnwrapper unwrapper_;
  std::vector<std::int64_t> recent_;   // Shown when, since the keyframe: the latest kDepthMax, ascending.
  std::vector<std::int64_t> pending_;  // Times that are no picture's yet to be decoded at, ascending.
  std::int64_t interval_ = 0;
  std::size_t depth_ = 0;
  std::uint64_t overtakers_ = 0;
};

}  // namespace luso::media
