#pragma once

#include <optional>

#include "base/clock.h"

namespace luso::media::webrtc {

// When to ask a sender for a keyframe: at once when its picture cannot be decoded without one, and otherwise
// so often that segments can begin, because browsers send none by themselves. Many wishes become one request;
// one that is not answered is repeated.
class KeyframeRequests {
 public:
  static constexpr Duration kRepeat{500'000};
  static constexpr Duration kSpacing{300'000};  // Browsers make no more keyframes than this.

  explicit KeyframeRequests(Duration interval) : interval_(interval) {}

  void on_keyframe(MonoTime now) {
    last_keyframe_ = now;
    needed_ = false;
  }

  void need() { needed_ = true; }

  // Another size of the same picture is due: better now than soon, unless this one has just had its own.
  void join(MonoTime now) {
    if (!last_keyframe_ || now - *last_keyframe_ >= interval_ / 2) needed_ = true;
  }

  [[nodiscard]] bool needed() const { return needed_; }

  // It is time for the next one, needed or not.
  [[nodiscard]] bool is_stale(MonoTime now) const {
    return !last_keyframe_ || now - *last_keyframe_ >= interval_;
  }

  // Says whether to ask now, and counts that as asked.
  [[nodiscard]] bool due(MonoTime now) {
    if (!needed_ && !is_stale(now)) return false;
    const bool answered = last_asked_ && last_keyframe_ && *last_keyframe_ >= *last_asked_;
    if (last_asked_ && now - *last_asked_ < (answered ? kSpacing : kRepeat)) return false;
    last_asked_ = now;
    return true;
  }

 private:
  Duration interval_;
  bool needed_ = true;
  std::optional<MonoTime> last_keyframe_, last_asked_;
};

}  // namespace luso::media::webrtc
