#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "channels/access.h"
#include "io/pg.h"
#include "live/engine.h"
#include "live/keyring.h"
#include "live/model.h"
#include "live/publish_store.h"
#include "live/settings.h"
#include "live/store.h"

namespace luso::live {

// What owners and their teams do with broadcasts and keys, and what everybody may read of them. Any reactor
// may call.
class Broadcasts {
 public:
  Broadcasts(Clock& clock, Random& random, io::Pg& pg, Engine& engine, const Keyring& keyring,
             const Settings& settings);

  [[nodiscard]] Task<Result<Stream>> get(StreamId id);
  // On air, most viewers first or the last to begin first; or over, newest first.
  [[nodiscard]] Task<Result<StreamPage>> list(StreamFilter filter, int limit,
                                              std::optional<std::string> cursor);

  // What follows is for the channel's owner and, as far as channels::can() lets them, its team. `channel`
  // names one that is not the caller's own.
  [[nodiscard]] Task<Result<StreamPage>> list_of_channel(UserId caller, std::optional<std::string> channel,
                                                         int limit, std::optional<std::string> cursor);

  // At most Settings::streams_per_day in 24 hours, also when asked twice at the same moment.
  [[nodiscard]] Task<Result<CreatedStream>> create(UserId caller, std::optional<std::string> channel,
                                                   NewStream stream);
  // Also while it is live.
  [[nodiscard]] Task<Result<Stream>> update(UserId caller, StreamId id, StreamChange change);
  // Disconnects the encoder. Ending twice is ending once.
  [[nodiscard]] Task<Result<Stream>> end(UserId caller, StreamId id);
  // Of a suspended account: ends what is on air and disconnects every encoder at once.
  [[nodiscard]] Task<Result<void>> end_all_of(UserId owner);

  // Keys, each with a fresh token. Rotating and revoking disconnect whoever publishes with the old key.
  [[nodiscard]] Task<Result<PublishSettings>> get_stream_key(UserId caller, StreamId id);
  [[nodiscard]] Task<Result<PublishSettings>> rotate_stream_key(UserId caller, StreamId id);
  [[nodiscard]] Task<Result<void>> revoke_stream_key(UserId caller, StreamId id);
  [[nodiscard]] Task<Result<PublishSettings>> get_channel_key(UserId owner);  // Made on first use.
  [[nodiscard]] Task<Result<PublishSettings>> rotate_channel_key(UserId owner);
  [[nodiscard]] Task<Result<void>> revoke_channel_key(UserId owner);

  struct Health {
    Stream stream;
    media::IngestFacts facts;  // Empty while no encoder is connected.
  };

  [[nodiscard]] Task<Result<Health>> get_health(UserId caller, StreamId id);
  [[nodiscard]] Task<Result<Curve>> get_curve(UserId caller, StreamId id);

  // The stream a channel key publishes to: the one on air or waiting for its encoder, else a new one with the
  // channel's defaults. The daily limit holds here too.
  [[nodiscard]] Task<Result<StreamId>> open_for_channel(UserId owner);

 private:
  [[nodiscard]] Task<Result<Stream>> get_for(UserId caller, channels::Action action, StreamId id);
  [[nodiscard]] Task<Result<Stream>> get_open_for(UserId caller, channels::Action action, StreamId id);
  [[nodiscard]] Task<Result<StreamId>> insert_within_limit(io::PgSessionPtr session, NewStream stream,
                                                           bool by_channel_key, int streams_per_day);
  [[nodiscard]] PublishSettings settings_for(const KeyRecord& record) const;
  [[nodiscard]] std::string new_key() const;

  Clock& clock_;
  Random& random_;
  io::Pg& pg_;
  Engine& engine_;
  const Keyring& keyring_;
  const Settings& settings_;
  channels::Access access_;
  Store store_;
  PublishStore publish_store_;
};

}  // namespace luso::live
