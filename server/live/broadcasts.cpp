#include "live/broadcasts.h"

#include <algorithm>

#include "base/log.h"
#include "channels/rules.h"
#include "gen/reasons.h"
#include "live/rules.h"
#include "live/tokens.h"

namespace luso::live {
namespace reasons = gen::reasons;
using channels::Action;
using channels::decode_cursor;
using channels::encode_cursor;

namespace {

// 32 characters, 192 bits: nobody guesses one, and the column takes 50.
constexpr std::size_t kStreamKeyBytes = 24;

// Marks a cursor of the list by beginning, so that none of another list is taken for one.
constexpr std::int64_t kNewestFirst = 1;

// Takes the row too many that a list was asked for off again, and says where the next page begins.
template <typename CursorOf>
StreamPage page_of(std::vector<Stream> streams, int limit, CursorOf cursor_of) {
  StreamPage page;
  if (streams.size() > static_cast<std::size_t>(limit)) {
    streams.resize(static_cast<std::size_t>(limit));
    page.next_cursor = cursor_of(streams.back());
  }
  page.items = std::move(streams);
  return page;
}

std::string id_cursor(const Stream& stream) {
  return encode_cursor<1>({stream.id.value});
}

Result<std::optional<StreamId>> id_after(const std::optional<std::string>& cursor) {
  if (!cursor) return std::nullopt;
  const auto keys = decode_cursor<1>(*cursor);
  if (!keys) return gen::fail(reasons::kApiInvalid, "cursor");
  return StreamId{(*keys)[0]};
}

Result<std::optional<Store::LiveKeys>> live_keys_after(const std::optional<std::string>& cursor) {
  if (!cursor) return std::nullopt;
  const auto keys = decode_cursor<2>(*cursor);
  if (!keys) return gen::fail(reasons::kApiInvalid, "cursor");
  return Store::LiveKeys{.viewer_count = (*keys)[0], .id = StreamId{(*keys)[1]}};
}

Result<std::optional<Store::NewestKeys>> newest_keys_after(const std::optional<std::string>& cursor) {
  if (!cursor) return std::nullopt;
  const auto keys = decode_cursor<3>(*cursor);
  if (!keys || (*keys)[2] != kNewestFirst) return gen::fail(reasons::kApiInvalid, "cursor");
  return Store::NewestKeys{.started_at = WallTime(std::chrono::microseconds((*keys)[0])),
                           .id = StreamId{(*keys)[1]}};
}

std::string newest_cursor(const Stream& stream) {
  const WallTime began = stream.started_at.value_or(stream.created_at);
  return encode_cursor<3>({began.time_since_epoch().count(), stream.id.value, kNewestFirst});
}

// A category is checked where it is stored.
template <typename T>
Result<T> with_category_reason(Result<T> result) {
  if (!result && result.error().field == "streams_category_fkey")
    return gen::fail(reasons::kLiveUnknownCategory);
  return result;
}

}  // namespace

Broadcasts::Broadcasts(Clock& clock, Random& random, io::Pg& pg, Engine& engine, const Keyring& keyring,
                       const Settings& settings)
    : clock_(clock),
      random_(random),
      pg_(pg),
      engine_(engine),
      keyring_(keyring),
      settings_(settings),
      access_(pg),
      store_(pg),
      publish_store_(pg) {}

Task<Result<Stream>> Broadcasts::get(StreamId id) {
  CO_TRY(std::optional<Stream> stream, co_await store_.find(id));
  if (!stream) co_return gen::fail(reasons::kLiveNotFound);
  co_return *std::move(stream);
}

Task<Result<StreamPage>> Broadcasts::list(StreamFilter filter, int limit, std::optional<std::string> cursor) {
  if (!filter.is_live) {
    CO_TRY(const std::optional<StreamId> after, id_after(cursor));
    CO_TRY(std::vector<Stream> ended, co_await store_.list_ended(std::move(filter), after, limit + 1));
    co_return page_of(std::move(ended), limit, id_cursor);
  }
  if (filter.is_newest_first) {
    CO_TRY(const std::optional<Store::NewestKeys> after, newest_keys_after(cursor));
    CO_TRY(std::vector<Stream> newest, co_await store_.list_newest(std::move(filter), after, limit + 1));
    co_return page_of(std::move(newest), limit, newest_cursor);
  }
  CO_TRY(const std::optional<Store::LiveKeys> after, live_keys_after(cursor));
  CO_TRY(std::vector<Stream> live, co_await store_.list_live(std::move(filter), after, limit + 1));
  co_return page_of(std::move(live), limit,
                    [](const Stream& last) { return encode_cursor<2>({last.viewer_count, last.id.value}); });
}

Task<Result<StreamPage>> Broadcasts::list_of_channel(UserId caller, std::optional<std::string> channel,
                                                     int limit, std::optional<std::string> cursor) {
  CO_TRY(const UserId owner, co_await access_.owner_for(caller, std::move(channel), Action::view_studio));
  CO_TRY(const std::optional<StreamId> after, id_after(cursor));
  CO_TRY(std::vector<Stream> streams, co_await store_.list_of_user(owner, after, limit + 1));
  co_return page_of(std::move(streams), limit, id_cursor);
}

Task<Result<CreatedStream>> Broadcasts::create(UserId caller, std::optional<std::string> channel,
                                               NewStream stream) {
  CO_TRY(stream.user_id, co_await access_.owner_for(caller, std::move(channel), Action::run_streams));
  CO_TRY(stream.title, channels::rules::clean_line(stream.title, "title"));
  auto body = [this, stream](io::PgSessionPtr session) -> Task<Result<StreamId>> {
    CO_TRY(const auto defaults, co_await Store::lock_channel(session, stream.user_id));
    if (!defaults) co_return gen::fail(reasons::kChannelsNotFound);
    const auto limit = defaults->streams_per_day.value_or(settings_.streams_per_day);
    co_return co_await insert_within_limit(session, stream, false, static_cast<int>(limit));
  };
  CO_TRY(const StreamId id, with_category_reason(co_await pg_.transaction<StreamId>(std::move(body))));
  CO_TRY(Stream created, co_await get(id));
  log::info("live.created",
            {{"stream_id", id.value}, {"user_id", stream.user_id.value}, {"by", caller.value}});
  CO_TRY(const auto role, co_await access_.role_of(caller, stream.user_id));
  CO_TRY_VOID(co_await access_.note(clock_.now(), caller, stream.user_id, "live.created"));
  if (!channels::can(role, Action::manage_keys))
    co_return CreatedStream{.stream = std::move(created), .publish = std::nullopt};
  CO_TRY(PublishSettings publish, co_await get_stream_key(caller, id));
  co_return CreatedStream{.stream = std::move(created), .publish = std::move(publish)};
}

Task<Result<StreamId>> Broadcasts::open_for_channel(UserId owner) {
  auto body = [this, owner](io::PgSessionPtr session) -> Task<Result<StreamId>> {
    CO_TRY(const auto channel, co_await Store::lock_channel(session, owner));
    if (!channel) co_return gen::fail(reasons::kChannelsNotFound);
    CO_TRY(const std::optional<StreamId> open, co_await PublishStore::find_open_stream(session, owner));
    if (open) co_return *open;
    const auto limit = channel->streams_per_day.value_or(settings_.streams_per_day);
    NewStream stream{.user_id = owner,
                     .title = channel->title,
                     .category = channel->category,
                     .language = channel->language};
    co_return co_await insert_within_limit(session, std::move(stream), true, static_cast<int>(limit));
  };
  return pg_.transaction<StreamId>(std::move(body));
}

// The channel's row is locked: creations of one user come one after the other.
Task<Result<StreamId>> Broadcasts::insert_within_limit(io::PgSessionPtr session, NewStream stream,
                                                       bool by_channel_key, int streams_per_day) {
  const WallTime now = clock_.now();
  CO_TRY(const auto created, co_await Store::list_creations(session, stream.user_id, now - rules::kDay));
  CO_TRY_VOID(rules::may_create(created, now, streams_per_day));
  Store::StreamRow row{.stream = std::move(stream),
                       .stream_key = new_key(),
                       .by_channel_key = by_channel_key,
                       .created_at = now};
  co_return co_await Store::insert(std::move(session), std::move(row));
}

Task<Result<Stream>> Broadcasts::update(UserId caller, StreamId id, StreamChange change) {
  CO_TRY(const Stream stream, co_await get_open_for(caller, Action::run_streams, id));
  if (change.title) {
    CO_TRY(change.title, channels::rules::clean_line(*change.title, "title"));
  }
  CO_TRY(const bool updated, with_category_reason(co_await store_.update(id, std::move(change))));
  if (!updated) co_return gen::fail(reasons::kLiveEnded);
  CO_TRY_VOID(co_await access_.note(clock_.now(), caller, stream.user_id, "live.edited"));
  co_return co_await get(id);
}

Task<Result<Stream>> Broadcasts::end(UserId caller, StreamId id) {
  CO_TRY(const Stream stream, co_await get_for(caller, Action::run_streams, id));
  CO_TRY(const bool ended, co_await store_.end(id, clock_.now()));
  if (ended) {
    const std::string_view by = stream.user_id == caller ? "owner" : "team";
    log::info("live.ended", {{"stream_id", id.value}, {"by", by}, {"user_id", caller.value}});
    co_await engine_.disconnect(id, media::UnpublishCause::ended);
    CO_TRY_VOID(co_await access_.note(clock_.now(), caller, stream.user_id, "live.ended"));
  }
  co_return co_await get(id);
}

Task<Result<void>> Broadcasts::end_all_of(UserId owner) {
  CO_TRY(const std::vector<StreamId> open, co_await store_.end_all_of(owner, clock_.now()));
  for (const StreamId id : open) {
    log::info("live.ended", {{"stream_id", id.value}, {"by", "suspension"}});
    co_await engine_.disconnect(id, media::UnpublishCause::ended);
  }
  co_return Result<void>{};
}

Task<Result<PublishSettings>> Broadcasts::get_stream_key(UserId caller, StreamId id) {
  CO_TRY_VOID(co_await get_open_for(caller, Action::manage_keys, id));
  CO_TRY(const std::optional<KeyRecord> record, co_await publish_store_.find_stream_key(id));
  if (!record) co_return gen::fail(reasons::kLiveNotFound);
  if (record->is_revoked) co_return gen::fail(reasons::kLiveRevoked);
  co_return settings_for(*record);
}

Task<Result<PublishSettings>> Broadcasts::rotate_stream_key(UserId caller, StreamId id) {
  CO_TRY_VOID(co_await get_open_for(caller, Action::manage_keys, id));
  CO_TRY(const bool rotated, co_await publish_store_.rotate_stream_key(id, new_key()));
  if (!rotated) co_return gen::fail(reasons::kLiveEnded);
  log::info("live.key_rotated", {{"stream_id", id.value}});
  co_await engine_.disconnect(id, media::UnpublishCause::revoked);
  co_return co_await get_stream_key(caller, id);
}

Task<Result<void>> Broadcasts::revoke_stream_key(UserId caller, StreamId id) {
  CO_TRY_VOID(co_await get_open_for(caller, Action::manage_keys, id));
  CO_TRY_VOID(co_await publish_store_.revoke_stream_key(id, clock_.now()));
  log::info("live.key_revoked", {{"stream_id", id.value}});
  co_await engine_.disconnect(id, media::UnpublishCause::revoked);
  co_return Result<void>{};
}

Task<Result<PublishSettings>> Broadcasts::get_channel_key(UserId owner) {
  CO_TRY(std::optional<KeyRecord> record, co_await publish_store_.find_channel_key(owner));
  if (!record) {
    CO_TRY_VOID(co_await publish_store_.make_channel_key(owner, new_key(), clock_.now()));
    CO_TRY(record, co_await publish_store_.find_channel_key(owner));
  }
  if (!record) co_return gen::fail(reasons::kChannelsNotFound);
  if (record->is_revoked) co_return gen::fail(reasons::kLiveRevoked);
  co_return settings_for(*record);
}

Task<Result<PublishSettings>> Broadcasts::rotate_channel_key(UserId owner) {
  CO_TRY_VOID(co_await publish_store_.make_channel_key(owner, new_key(), clock_.now()));
  CO_TRY(const auto cut_off, co_await publish_store_.rotate_channel_key(owner, new_key(), clock_.now()));
  log::info("live.channel_key_rotated", {{"user_id", owner.value}});
  for (const StreamId id : cut_off) co_await engine_.disconnect(id, media::UnpublishCause::revoked);
  co_return co_await get_channel_key(owner);
}

Task<Result<void>> Broadcasts::revoke_channel_key(UserId owner) {
  CO_TRY(const auto cut_off, co_await publish_store_.revoke_channel_key(owner, clock_.now()));
  log::info("live.channel_key_revoked", {{"user_id", owner.value}});
  for (const StreamId id : cut_off) co_await engine_.disconnect(id, media::UnpublishCause::revoked);
  co_return Result<void>{};
}

Task<Result<Broadcasts::Health>> Broadcasts::get_health(UserId caller, StreamId id) {
  CO_TRY(Stream stream, co_await get_for(caller, Action::view_studio, id));
  std::optional<media::IngestFacts> facts = co_await engine_.facts_of(id);
  co_return Health{.stream = std::move(stream), .facts = std::move(facts).value_or(media::IngestFacts{})};
}

Task<Result<Curve>> Broadcasts::get_curve(UserId caller, StreamId id) {
  CO_TRY_VOID(co_await get_for(caller, Action::view_studio, id));
  co_return co_await store_.curve_of(id);
}

Task<Result<Stream>> Broadcasts::get_for(UserId caller, Action action, StreamId id) {
  CO_TRY(Stream stream, co_await get(id));
  CO_TRY_VOID(co_await access_.require(caller, stream.user_id, action, reasons::kLiveNotOwner));
  co_return stream;
}

Task<Result<Stream>> Broadcasts::get_open_for(UserId caller, Action action, StreamId id) {
  CO_TRY(Stream stream, co_await get_for(caller, action, id));
  if (stream.state == StreamState::ended) co_return gen::fail(reasons::kLiveEnded);
  co_return stream;
}

PublishSettings Broadcasts::settings_for(const KeyRecord& record) const {
  const WallTime now = clock_.now();
  const Duration ttl = record.subject.channel_id ? settings_.channel_token_ttl : settings_.stream_token_ttl;
  // Tokens count in whole seconds: say what the token says.
  const WallTime expires_at = std::chrono::floor<std::chrono::seconds>(now + ttl);
  const auto whip_url =
      settings_.whip_url ? std::optional(*settings_.whip_url + "/" + record.stream_key) : std::nullopt;
  return {.rtmp_url = settings_.rtmp_url,
          .rtmps_url = settings_.rtmps_url,
          .whip_url = whip_url,
          .stream_key = record.stream_key,
          .token = sign_token(keyring_.newest(), record.subject, now, expires_at),
          .expires_at = expires_at};
}

std::string Broadcasts::new_key() const {
  return random_.token(kStreamKeyBytes);
}

}  // namespace luso::live
