#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "gen/live.h"

namespace luso::live {

using gen::StreamState;  // waiting, live, reconnecting, ended

// One broadcast, from its creation to its end.
struct Stream {
  StreamId id;
  UserId user_id;
  std::string username;  // Of its channel
  std::string display_name;
  std::optional<std::string> avatar_url;
  std::optional<std::string> region;  // Of its channel
  std::string title;
  std::string category;  // A category's slug
  std::string language;
  StreamState state{};
  std::int64_t viewer_count = 0;
  std::int64_t total_viewers = 0;
  std::int64_t peak_viewers = 0;
  std::int64_t average_watch_time_s = 0;
  WallTime created_at;
  std::optional<WallTime> started_at;
  std::optional<WallTime> ended_at;
  std::optional<WallTime> grace_ends_at;  // While reconnecting

  [[nodiscard]] bool is_live() const {
    return state == StreamState::live || state == StreamState::reconnecting;
  }
};

struct NewStream {
  UserId user_id;
  std::string title;
  std::string category;
  std::string language;
};

struct StreamChange {
  std::optional<std::string> title;
  std::optional<std::string> category;
  std::optional<std::string> language;
};

struct StreamFilter {
  bool is_live = true;
  std::optional<std::string> category;
  std::optional<std::string> language;
  std::optional<std::string> username;
  std::optional<std::string> region;
  bool is_portuguese_focused = false;  // Of categories that are ours.
  std::optional<UserId> followed_by;
  bool is_newest_first = false;  // Of what is on air; else most viewers first.
};

struct StreamPage {
  std::vector<Stream> items;
  std::optional<std::string> next_cursor;
};

// What a token stands for: one stream, or a channel and whatever it broadcasts.
struct TokenSubject {
  UserId user_id;
  std::optional<StreamId> stream_id;
  std::optional<ChannelId> channel_id;
  std::int64_t key_id = 0;  // The incarnation of the stream key; a rotated key has another.

  friend bool operator==(const TokenSubject&, const TokenSubject&) = default;
};

// A token with our signature on it.
struct VerifiedToken {
  TokenSubject subject;
  WallTime expires_at;
};

// A stream key as it is stored: what it opens, and whether it may be used now.
struct KeyRecord {
  TokenSubject subject;
  std::string stream_key;
  bool is_revoked = false;
  bool is_banned = false;                        // The owner's account
  bool has_ended = false;                        // The stream; never of a channel key
  std::optional<StreamId> other_live_stream_id;  // Of the same channel, with a picture now
};

// What goes into an encoder.
struct PublishSettings {
  std::string rtmp_url;
  std::optional<std::string> rtmps_url;
  std::optional<std::string> whip_url;  // With the key.
  std::string stream_key;
  std::string token;
  WallTime expires_at;

  [[nodiscard]] std::string obs_key() const { return stream_key + "?token=" + token; }
};

struct CreatedStream {
  Stream stream;
  std::optional<PublishSettings> publish;  // Empty for a caller who may not see keys.
};

// Viewers over time; each point is the highest count of its step.
struct Curve {
  struct Point {
    WallTime at;
    std::int64_t viewer_count = 0;
  };

  std::int64_t step_minutes = 1;
  std::vector<Point> points;
};

// A player saying that it is still there.
struct Heartbeat {
  StreamId stream_id;
  UserId user_id;  // 0 for a guest
  std::string session_id;
  double playhead_s = 0;
  std::int64_t stalls = 0;
  std::int64_t stalled_ms = 0;
  bool is_playing = false;
  bool is_visible = true;
  bool is_leaving = false;
  std::optional<std::string> protocol;
  std::optional<std::int64_t> height;
  std::optional<std::int64_t> latency_ms;
};

struct HeartbeatAnswer {
  StreamState state{};
  std::int64_t viewer_count = 0;
  std::string title;
  std::string category;
  std::optional<WallTime> grace_ends_at;
  int next_heartbeat_s = 0;
};

}  // namespace luso::live
