#include "media/webrtc/reorder_buffer.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace luso::media::webrtc {

ReorderBuffer::Verdict ReorderBuffer::insert(Packet packet) {
  if (!next_) next_ = packet.sequence;
  if (packet.sequence < *next_) {
    if (*next_ - packet.sequence < kJumpMax) return Verdict::too_late;
  } else if (packet.sequence - *next_ < kJumpMax) {
    const std::size_t size = packet.payload.size();
    const bool fresh = held_.try_emplace(packet.sequence, std::move(packet)).second;
    if (fresh) bytes_ += size;
    return fresh ? Verdict::fresh : Verdict::duplicate;
  }
  held_.clear();
  next_ = packet.sequence;
  broken_ = true;
  bytes_ = packet.payload.size();
  held_.emplace(packet.sequence, std::move(packet));
  return Verdict::jumped;
}

std::optional<ReorderBuffer::Packet> ReorderBuffer::pop(MonoTime now) {
  if (held_.empty()) return std::nullopt;
  const auto first = held_.begin();
  const bool in_order = first->first == *next_;
  const bool full = held_.size() > kPacketsMax || bytes_ > kBytesMax;
  if (!in_order && !full && now < *deadline()) return std::nullopt;
  Packet packet = std::move(first->second);
  held_.erase(first);
  bytes_ -= packet.payload.size();
  lost_ += static_cast<std::uint64_t>(packet.sequence - *next_);
  packet.after_gap = !in_order || std::exchange(broken_, false);
  next_ = packet.sequence + 1;
  return packet;
}

// A gap is as old as the first packet behind it that came; what is right behind it may be a late
// retransmission.
std::optional<MonoTime> ReorderBuffer::deadline() const {
  if (held_.empty()) return std::nullopt;
  constexpr std::ptrdiff_t kLookAhead = 16;
  MonoTime oldest = held_.begin()->second.arrived;
  auto each = held_.begin();
  for (std::ptrdiff_t i = 0; i < kLookAhead && each != held_.end(); ++i, ++each)
    oldest = std::min(oldest, each->second.arrived);
  return oldest + patience_;
}

}  // namespace luso::media::webrtc
