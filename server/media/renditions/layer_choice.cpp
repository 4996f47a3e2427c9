#include "media/renditions/layer_choice.h"

#include <algorithm>

namespace luso::media {

bool LayerChoice::take(std::size_t layer, bool keyframe, std::int64_t timestamp_us) {
  Layer& taken = layers_.at(layer);
  taken.last_us = timestamp_us;
  newest_us_ = std::max(newest_us_, timestamp_us);
  if (chosen_ == layer) return true;
  if (!keyframe) return false;
  const bool is_better = !chosen_ || !is_live(*chosen_) || taken.area > layers_[*chosen_].area;
  if (is_better) chosen_ = layer;
  return is_better;
}

bool LayerChoice::is_live(std::size_t layer) const {
  const std::int64_t last_us = layers_.at(layer).last_us;
  return last_us != kNever && newest_us_ - last_us < kPausedAfterUs;
}

bool LayerChoice::is_smaller(std::size_t layer) const {
  const std::int64_t area = layers_.at(layer).area;
  return area > 0 && std::ranges::any_of(layers_, [area](const Layer& each) { return each.area > area; });
}

std::optional<std::size_t> LayerChoice::wanted() const {
  if (!chosen_ || is_live(*chosen_)) return std::nullopt;
  std::optional<std::size_t> best;
  for (std::size_t layer = 0; layer < layers_.size(); ++layer)
    if (is_live(layer) && (!best || layers_[layer].area > layers_[*best].area)) best = layer;
  return best;
}

}  // namespace luso::media
