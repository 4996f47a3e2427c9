#include "media/ingest/whip/picture_order.h"

#include <algorithm>

namespace luso::media {
namespace {

constexpr std::int64_t kUsualInterval = 3'000;  // Thirty pictures a second.

void insert_sorted(std::vector<std::int64_t>& times, std::int64_t time) {
  times.insert(std::ranges::upper_bound(times, time), time);
}

}  // namespace

void PictureOrder::forget() {
  recent_.clear();
  pending_.clear();
  interval_ = 0;
  depth_ = 0;
}

// A picture is decoded when the one `depth` places before it, by when they are shown, is: with that delay
// every picture is there in time.
std::optional<std::int64_t> PictureOrder::delay_of(std::uint32_t timestamp, bool is_keyframe) {
  const std::int64_t shown = unwrapper_.unwrap(timestamp);
  if (is_keyframe) {
    begin(shown);
  }
  const bool knew = !learn(shown);
  insert_sorted(recent_, shown);
  if (recent_.size() > kDepthMax) recent_.erase(recent_.begin());
  if (!knew) pending_.clear();
  if (depth_ == 0) return 0;
  if (pending_.size() < depth_) return std::nullopt;  // Since it was learnt there was no keyframe.
  insert_sorted(pending_, shown);
  const std::int64_t decoded = pending_.front();
  pending_.erase(pending_.begin());
  return shown - decoded;
}

// What came before a keyframe is shown before it, and the times between them go on, unless there was a break.
void PictureOrder::begin(std::int64_t shown) {
  interval_ = interval();
  recent_.clear();
  const bool goes_on = pending_.size() == depth_ && depth_ > 0 && pending_.back() < shown &&
                       shown - pending_.front() <= static_cast<std::int64_t>(depth_) * kIntervalMax;
  if (goes_on) return;
  pending_.clear();
  for (auto before = static_cast<std::int64_t>(depth_); before > 0; --before)
    pending_.push_back(shown - before * interval_);
}

// Says whether the picture overtakes more of them than was known.
bool PictureOrder::learn(std::int64_t shown) {
  const auto later = std::ranges::upper_bound(recent_, shown);
  const auto overtaken = static_cast<std::size_t>(recent_.end() - later);
  if (overtaken == 0) return false;
  if (recent_.back() - shown > kBackMax) {
    recent_.clear();
    return false;
  }
  ++overtakers_;
  if (overtaken <= depth_) return false;
  depth_ = overtaken;
  return true;
}

std::int64_t PictureOrder::interval() const {
  std::int64_t shortest = kIntervalMax;
  for (std::size_t i = 1; i < recent_.size(); ++i) {
    const std::int64_t step = recent_[i] - recent_[i - 1];
    if (step > 0) shortest = std::min(shortest, step);
  }
  if (shortest < kIntervalMax) return shortest;
  return interval_ > 0 ? interval_ : kUsualInterval;
}

}  // namespace luso::media
