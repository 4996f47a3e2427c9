#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include <boost/asio/steady_timer.hpp>

#include "io/http.h"
#include "io/reactor.h"
#include "media/egress/llhls/snapshot.h"

namespace luso::media {

// What one reactor knows of every stream's HLS, in each of its renditions: the newest snapshot, playlists as
// they go over the wire, and the requests that wait for something that is not there yet. No other reactor
// touches it.
class HlsShard {
 public:
  static constexpr std::size_t kWaitersMax =
      50'000;  // Of one reactor; beyond it a blocking request fails at once.

  // A place in a stream: a part, or with no part the whole segment.
  struct Position {
    std::size_t rung = 0;
    std::uint64_t msn = 0;
    std::optional<std::uint64_t> part;
  };

  enum class Text : std::uint8_t { master, master_by_name, live, live_delta, dvr };

  // As it goes over the wire. Each is null until somebody asks for it; the fields are the handler's.
  struct Playlist {
    SharedBytes bytes;
    std::shared_ptr<const io::PreparedFields> fields;
  };

  explicit HlsShard(io::Reactor& reactor) : reactor_(reactor) {}

  void apply(HlsSnapshotPtr snapshot);  // Wakes whoever waited for what it brings.
  void forget(StreamId stream_id);
  [[nodiscard]] HlsSnapshotPtr find(StreamId stream_id, std::size_t rung = 0) const;
  [[nodiscard]] std::optional<StreamId> find(std::string_view username) const;

  // Waits until the position exists, the publisher goes or the time is up, and returns the newest snapshot
  // either way; null when the stream went away or too many wait.
  [[nodiscard]] Task<HlsSnapshotPtr> wait_for(StreamId stream_id, Position position, Duration timeout);

  // Made once per snapshot and shared by all who ask. Null when the stream is not here.
  [[nodiscard]] Playlist* playlist(StreamId stream_id, Text which, bool gzipped, std::size_t rung = 0);

  [[nodiscard]] static bool has(const HlsSnapshot& snapshot, Position position);

 private:
  struct Key {
    StreamId stream_id;
    std::size_t rung = 0;

    friend bool operator==(const Key&, const Key&) = default;
  };

  struct KeyHash {
    std::size_t operator()(const Key& key) const {
      return std::hash<StreamId>{}(key.stream_id) * kHlsRungsMax + key.rung;
    }
  };

  struct Waiter {
    Position position;
    boost::asio::steady_timer timer;
  };

  struct Entry {
    HlsSnapshotPtr snapshot;
    std::array<std::array<Playlist, 2>, 5> playlists;  // By Text; plain and gzipped.
    std::list<Waiter*> waiters;
  };

  io::Reactor& reactor_;
  void forget(const Key& key);

  std::unordered_map<Key, Entry, KeyHash> entries_;
  std::unordered_map<std::string, StreamId> by_username_;
  std::size_t waiters_ = 0;
};

}  // namespace luso::media
