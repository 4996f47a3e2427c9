#pragma once

#include <any>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "gateway/namespace.h"
#include "gateway/settings.h"
#include "proto/engineio.h"

// What is remembered for clients that come back. Every reactor keeps the messages its sockets saw, in the
// order it saw them; each is numbered by whoever sent it first, so that reactors which saw them in another
// order can tell what one has that the other lacks.
namespace luso::gateway::internal {

// Where a message stands: the stream of the reactor it came from (for all, or to one socket alone) and its
// number in it.
struct Offset {
  std::uint32_t stream = 0;
  std::uint64_t number = 0;  // From 1, without gaps.
  friend bool operator==(const Offset&, const Offset&) = default;
};

[[nodiscard]] std::string text_of(const Offset& offset);
[[nodiscard]] std::optional<Offset> offset_of(std::string_view text);

// A message on its way to one reactor's sockets.
struct Broadcast {
  proto::engineio::EncodedPtr packets;
  Audience to;
  std::optional<Offset> offset;  // Of what recovery keeps.
};

using BroadcastPtr = std::shared_ptr<const Broadcast>;

// Would have reached a socket of these rooms. The socket's id is one of them.
[[nodiscard]] bool reaches(const Audience& to, const std::vector<std::string>& rooms);

class RecoveryLog {
 public:
  // The first half of the streams is for all, the second to one socket each.
  RecoveryLog(const RecoverySettings& settings, std::size_t streams)
      : settings_(settings), seen_(streams, 0) {}

  void add(BroadcastPtr message, MonoTime now);

  [[nodiscard]] std::uint64_t end() const {
    return begin_ + entries_.size();
  }  // The place of the next message.

  // The place behind a message; nothing when it is no longer, or never was, remembered.
  [[nodiscard]] std::optional<std::uint64_t> behind(const Offset& offset) const;
  [[nodiscard]] std::optional<std::vector<BroadcastPtr>> since(std::uint64_t place,
                                                               const std::vector<std::string>& rooms) const;
  // Those for all that somebody who has seen up to `seen` of each stream lacks. What was said to one socket
  // alone is known where it was said, and nowhere else.
  [[nodiscard]] std::vector<BroadcastPtr> beyond(const std::vector<std::uint64_t>& seen,
                                                 const std::vector<std::string>& rooms) const;

  [[nodiscard]] const std::vector<std::uint64_t>& seen() const {
    return seen_;
  }  // The last number of each stream.

 private:
  struct Entry {
    BroadcastPtr message;
    MonoTime at;
  };

  const RecoverySettings& settings_;
  std::deque<Entry> entries_;
  std::uint64_t begin_ = 0;  // The place of the first entry.
  std::size_t bytes_ = 0;
  std::vector<std::uint64_t> seen_;
  std::vector<std::deque<std::uint64_t>> places_ =
      std::vector<std::deque<std::uint64_t>>(seen_.size());  // By stream, in order.
};

// What a socket that came back was sent again. Should it be cut off before it has read that, this is what it
// missed, and then what the log has from `place` on.
struct Replay {
  std::string from;  // The offset it came back with.
  std::vector<BroadcastPtr> messages;
  std::uint64_t place = 0;
};

// A client that was cut off, waited for under its pid.
struct LostSession {
  std::string id;
  std::vector<std::string> rooms;
  std::any data;
  std::size_t reactor = 0;  // Whose log has what it misses.
  std::shared_ptr<Replay> replay;
  MonoTime until;
};

// A socket that may yet be lost, and where it lives.
struct Present {
  std::size_t reactor = 0;
  std::weak_ptr<Socket> socket;
};

class LostSessions {
 public:
  explicit LostSessions(const RecoverySettings& settings) : settings_(settings) {}

  // A client may be back before its old connection is known to be dead.
  void arrive(const std::string& pid, Present present) { present_.insert_or_assign(pid, std::move(present)); }

  [[nodiscard]] std::optional<Present> find_present(const std::string& pid) const {
    const auto found = present_.find(pid);
    return found == present_.end() ? std::nullopt : std::optional(found->second);
  }

  void depart(const std::string& pid) { present_.erase(pid); }

  void add(std::string pid, LostSession session, MonoTime now);
  [[nodiscard]] std::optional<LostSession> take(const std::string& pid, MonoTime now);

 private:
  const RecoverySettings& settings_;
  std::unordered_map<std::string, Present> present_;
  std::unordered_map<std::string, LostSession> sessions_;
  std::deque<std::string> order_;  // As they were added, which is as they expire.
};

}  // namespace luso::gateway::internal
