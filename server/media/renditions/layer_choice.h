#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>

#include "media/tracks.h"

namespace luso::media {

// Which of the sizes that a publisher sends side by side is the stream's picture: the largest that flows.
// Browsers begin with the smallest and stop the largest when their uplink gets narrow, so the picture moves,
// always at a keyframe of where it moves to. Pure: its only clock are the pictures' times, which all sizes
// share.
class LayerChoice {
 public:
  static constexpr std::int64_t kPausedAfterUs = 1'000'000;  // Without a picture while another size has some.

  // What is known of a size; the samples that follow are so large.
  void on_size(std::size_t layer, std::int64_t area) { layers_.at(layer).area = area; }

  // A picture in one size. Says whether it is the stream's.
  [[nodiscard]] bool take(std::size_t layer, bool keyframe, std::int64_t timestamp_us);

  [[nodiscard]] std::optional<std::size_t> chosen() const { return chosen_; }

  [[nodiscard]] bool is_live(std::size_t layer) const;

  // Smaller than another size of this publisher: worth being watched for itself.
  [[nodiscard]] bool is_smaller(std::size_t layer) const;

  // The chosen one stopped: the largest that flows, whose next keyframe is waited for.
  [[nodiscard]] std::optional<std::size_t> wanted() const;

 private:
  static constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::min();

  struct Layer {
    std::int64_t area = 0;  // 0: never seen.
    std::int64_t last_us = kNever;
  };

  std::array<Layer, kLayersMax> layers_{};
  std::int64_t newest_us_ = kNever;
  std::optional<std::size_t> chosen_;
};

}  // namespace luso::media
