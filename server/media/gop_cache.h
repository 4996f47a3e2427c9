#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "media/frame.h"

namespace luso::media {

// The newest keyframe and everything after it, so that whoever joins sees a picture at once. A stream without
// video keeps nothing: any audio frame is a start.
class GopCache {
 public:
  static constexpr std::size_t kFramesMax = 2'400;  // 20 s of 60 fps and its audio...
  static constexpr std::size_t kBytesMax = std::size_t{24}
                                           << 20U;  // ...or 24 MB; beyond it, none until the next keyframe.

  void add(const FramePtr& frame) {
    if (frame->kind == TrackKind::video && frame->keyframe) {
      clear();
    } else if (frames_.empty()) {
      return;
    }
    if (frames_.size() >= kFramesMax || bytes_ + frame->payload.size() > kBytesMax) {
      clear();
      return;
    }
    bytes_ += frame->payload.size();
    frames_.push_back(frame);
  }

  void clear() {
    frames_.clear();
    bytes_ = 0;
  }

  [[nodiscard]] std::span<const FramePtr> frames() const { return frames_; }

 private:
  std::vector<FramePtr> frames_;
  std::size_t bytes_ = 0;
};

}  // namespace luso::media
