#include "gateway/internal/recovery.h"

#include <algorithm>

#include "base/check.h"
#include "base/text.h"

namespace luso::gateway::internal {
namespace {

bool share_one(const std::vector<std::string>& some, const std::vector<std::string>& others) {
  return std::ranges::any_of(
      some, [&](const std::string& name) { return std::ranges::find(others, name) != others.end(); });
}

}  // namespace

std::string text_of(const Offset& offset) {
  return std::to_string(offset.stream) + '.' + std::to_string(offset.number);
}

std::optional<Offset> offset_of(std::string_view text) {
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const auto stream = parse_integer<std::uint32_t>(text.substr(0, dot));
  const auto number = parse_integer<std::uint64_t>(text.substr(dot + 1));
  if (!stream || !number) return std::nullopt;
  return Offset{.stream = *stream, .number = *number};
}

bool reaches(const Audience& to, const std::vector<std::string>& rooms) {
  return (to.rooms.empty() || share_one(to.rooms, rooms)) && !share_one(to.except, rooms);
}

void RecoveryLog::add(BroadcastPtr message, MonoTime now) {
  const Offset offset = *message->offset;
  LUSO_CHECK(offset.stream < seen_.size() && offset.number > seen_[offset.stream]);
  seen_[offset.stream] = offset.number;
  places_[offset.stream].push_back(end());
  bytes_ += message->packets->frames.size();
  entries_.push_back({.message = std::move(message), .at = now});
  while (entries_.size() > settings_.messages_max || bytes_ > settings_.bytes_max ||
         entries_.front().at + settings_.disconnection_max < now) {
    const Broadcast& oldest = *entries_.front().message;
    bytes_ -= oldest.packets->frames.size();
    places_[oldest.offset->stream].pop_front();
    entries_.pop_front();
    ++begin_;
  }
}

std::optional<std::uint64_t> RecoveryLog::behind(const Offset& offset) const {
  if (offset.stream >= seen_.size()) return std::nullopt;
  const auto& places = places_[offset.stream];
  const std::uint64_t newest = seen_[offset.stream];
  if (offset.number == 0 || offset.number > newest || newest - offset.number >= places.size())
    return std::nullopt;
  return places[places.size() - 1 - static_cast<std::size_t>(newest - offset.number)] + 1;
}

std::optional<std::vector<BroadcastPtr>> RecoveryLog::since(std::uint64_t place,
                                                            const std::vector<std::string>& rooms) const {
  if (place < begin_) return std::nullopt;
  std::vector<BroadcastPtr> missed;
  for (auto at = static_cast<std::size_t>(place - begin_); at < entries_.size(); ++at) {
    const BroadcastPtr& message = entries_[at].message;
    if (reaches(message->to, rooms)) missed.push_back(message);
  }
  return missed;
}

std::vector<BroadcastPtr> RecoveryLog::beyond(const std::vector<std::uint64_t>& seen,
                                              const std::vector<std::string>& rooms) const {
  std::vector<BroadcastPtr> missed;
  for (const Entry& entry : entries_) {
    const auto [stream, number] = *entry.message->offset;
    const bool is_for_all = stream < seen_.size() / 2;
    if (is_for_all && number > seen.at(stream) && reaches(entry.message->to, rooms))
      missed.push_back(entry.message);
  }
  return missed;
}

void LostSessions::add(std::string pid, LostSession session, MonoTime now) {
  const auto is_past = [&](const std::string& oldest) {
    const auto at = sessions_.find(oldest);
    return at == sessions_.end() || at->second.until < now || sessions_.size() >= settings_.sessions_max;
  };
  while (!order_.empty() && is_past(order_.front())) {
    sessions_.erase(order_.front());
    order_.pop_front();
  }
  session.until = now + settings_.disconnection_max;
  order_.push_back(pid);
  sessions_.insert_or_assign(std::move(pid), std::move(session));
}

std::optional<LostSession> LostSessions::take(const std::string& pid, MonoTime now) {
  auto node = sessions_.extract(pid);
  if (node.empty() || node.mapped().until < now) return std::nullopt;
  return std::move(node.mapped());
}

}  // namespace luso::gateway::internal
