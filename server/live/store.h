#pragma once

#include <optional>
#include <string>
#include <vector>

#include "channels/cursor.h"
#include "io/pg.h"
#include "live/model.h"

namespace luso::live {

// The SQL of broadcasts as their owners and the public see them. Publishing is in publish_store.h, viewers in
// viewer_store.h.
class Store {
 public:
  explicit Store(io::Pg& pg) : pg_(pg) {}

  [[nodiscard]] Task<Result<std::optional<Stream>>> find(StreamId id);

  // Most viewers first.
  struct LiveKeys {
    std::int64_t viewer_count = 0;
    StreamId id;
  };

  [[nodiscard]] Task<Result<std::vector<Stream>>> list_live(StreamFilter filter,
                                                            std::optional<LiveKeys> after, int limit);

  // The last to begin first.
  struct NewestKeys {
    WallTime started_at;
    StreamId id;
  };

  [[nodiscard]] Task<Result<std::vector<Stream>>> list_newest(StreamFilter filter,
                                                              std::optional<NewestKeys> after, int limit);
  // Newest first: those that were on air and are over.
  [[nodiscard]] Task<Result<std::vector<Stream>>> list_ended(StreamFilter filter,
                                                             std::optional<StreamId> after, int limit);
  // Newest first, whatever their state.
  [[nodiscard]] Task<Result<std::vector<Stream>>> list_of_user(UserId owner, std::optional<StreamId> after,
                                                               int limit);

  [[nodiscard]] Task<Result<Curve>> curve_of(StreamId id);

  // Of a stream that has not ended; false when there is none.
  [[nodiscard]] Task<Result<bool>> update(StreamId id, StreamChange change);
  [[nodiscard]] Task<Result<bool>> end(StreamId id, WallTime now);
  // Ends what the user has on air; answers with every stream of theirs an encoder could be connected to.
  [[nodiscard]] Task<Result<std::vector<StreamId>>> end_all_of(UserId owner, WallTime now);

  // --- Creation, inside a transaction.

  // Puts the creations of one channel in line; the defaults are what a persistent key goes live with.
  struct ChannelDefaults {
    ChannelId channel_id;
    std::string title;
    std::string category;
    std::string language;
    std::optional<std::int64_t> streams_per_day;  // Where staff decided otherwise than the house.
  };

  [[nodiscard]] static Task<Result<std::optional<ChannelDefaults>>> lock_channel(io::PgSessionPtr session,
                                                                                 UserId owner);
  // Newest first.
  [[nodiscard]] static Task<Result<std::vector<WallTime>>> list_creations(io::PgSessionPtr session,
                                                                          UserId owner, WallTime since);

  struct StreamRow {
    NewStream stream;
    std::string stream_key;
    bool by_channel_key = false;
    WallTime created_at;
  };

  [[nodiscard]] static Task<Result<StreamId>> insert(io::PgSessionPtr session, StreamRow row);

 private:
  io::Pg& pg_;
};

}  // namespace luso::live
