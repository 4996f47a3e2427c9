#pragma once

#include <optional>
#include <string>
#include <vector>

#include "io/pg.h"
#include "live/model.h"

namespace luso::live {

// The SQL of stream keys and of what the engine says about publishers.
class PublishStore {
 public:
  explicit PublishStore(io::Pg& pg) : pg_(pg) {}

  // --- Keys.

  struct StoredKey {
    KeyRecord record;
    std::string username;
  };

  // Of a stream or of a channel, by the key an encoder gave.
  [[nodiscard]] Task<Result<std::optional<StoredKey>>> find_key(std::string stream_key);
  [[nodiscard]] Task<Result<std::optional<KeyRecord>>> find_stream_key(StreamId id);
  [[nodiscard]] Task<Result<std::optional<KeyRecord>>> find_channel_key(UserId owner);

  // False when the stream has ended, or is none.
  [[nodiscard]] Task<Result<bool>> rotate_stream_key(StreamId id, std::string stream_key);
  [[nodiscard]] Task<Result<bool>> revoke_stream_key(StreamId id, WallTime now);

  [[nodiscard]] Task<Result<void>> make_channel_key(UserId owner, std::string stream_key, WallTime now);
  // Both answer with the streams that may have an encoder connected by the key that is void now.
  [[nodiscard]] Task<Result<std::vector<StreamId>>> rotate_channel_key(UserId owner, std::string stream_key,
                                                                       WallTime now);
  [[nodiscard]] Task<Result<std::vector<StreamId>>> revoke_channel_key(UserId owner, WallTime now);

  // --- Publishers. A transaction's session where one is given.

  // The stream a channel key continues: what is on air or in its grace window, else one it began that never
  // had a picture.
  [[nodiscard]] static Task<Result<std::optional<StreamId>>> find_open_stream(io::PgSessionPtr session,
                                                                              UserId owner);
  // An encoder has come back and its picture is on the way: the grace window starts anew.
  [[nodiscard]] Task<Result<void>> extend_grace(StreamId id, WallTime grace_ends_at);

  // Whether the key with this id may still put the stream on air. Locks the stream.
  [[nodiscard]] static Task<Result<bool>> lock_for_air(io::PgSessionPtr session, StreamId id,
                                                       std::int64_t key_id);
  // Ends the other streams of the same channel that wait for their encoder; answers with them.
  [[nodiscard]] static Task<Result<std::vector<StreamId>>> end_superseded(io::PgSessionPtr session,
                                                                          StreamId id, WallTime now);

  struct OnAir {
    StreamId id;
    std::string publish_id;
    std::int64_t key_id = 0;
  };

  [[nodiscard]] static Task<Result<void>> set_on_air(io::PgSessionPtr session, OnAir on_air, WallTime now);

  // The next publisher has the stream already.
  [[nodiscard]] Task<Result<void>> forget_publisher(StreamId id, std::string publish_id);
  // False when another connection has the stream, or it is not on air.
  [[nodiscard]] Task<Result<bool>> start_grace(StreamId id, std::string publish_id, WallTime now,
                                               WallTime grace_ends_at);
  // False when the stream was not on air.
  [[nodiscard]] Task<Result<bool>> end_on_air(StreamId id, WallTime now);

  // --- Time passing.

  // Everything on air gets a grace window until then: the server has just started and nobody is connected
  // yet.
  [[nodiscard]] Task<Result<std::vector<StreamId>>> resume_all(WallTime grace_ends_at);
  // Ends the streams whose grace window is over.
  [[nodiscard]] Task<Result<std::vector<StreamId>>> end_overdue(WallTime now);

 private:
  io::Pg& pg_;
};

}  // namespace luso::live
