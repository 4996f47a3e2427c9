#include "live/gate.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/log.h"
#include "base/text.h"
#include "gen/reasons.h"
#include "live/rules.h"
#include "live/tokens.h"

namespace luso::live {
namespace {

using media::UnpublishCause;

constexpr std::size_t kPublishIdBytes = 9;
constexpr std::size_t kStreamKeyLengthMax = 50;  // Of the column: a longer key is in no row.

// A connection's name begins with the id of the key it came with, so that its picture can be told from one
// that a key revoked in between would bring.
std::string new_publish_id(std::int64_t key_id, Random& random) {
  return std::to_string(key_id) + "." + random.token(kPublishIdBytes);
}

std::int64_t key_id_of(std::string_view publish_id) {
  return parse_integer<std::int64_t>(publish_id.substr(0, publish_id.find('.'))).value_or(0);
}

constexpr std::chrono::milliseconds kNewsRetryEvery{1000};

void log_failure(std::string_view event, StreamId id, const Error& error) {
  log::error(event, {{"stream_id", id.value}, {"reason", error.reason}, {"detail", error.detail}});
}

// What the engine reports cannot be refused, and nobody else would notice that a row still says "live": a
// database that is away is waited for. Ends without it when the engine stops; then the next start puts the
// rows right.
template <typename Ask>
std::invoke_result_t<Ask&> until_written(StreamId id, Ask ask) {
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
  for (bool is_first = true;; is_first = false) {
    auto outcome = co_await ask();
    if (outcome || outcome.error().kind != ErrorKind::unavailable) co_return outcome;
    if (is_first) log::warn("live.news_waits", {{"stream_id", id.value}, {"reason", outcome.error().reason}});
    timer.expires_after(kNewsRetryEvery);
    const auto [stopped] = co_await timer.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    if (stopped) co_return outcome;
  }
}

}  // namespace

Gate::Gate(Clock& clock, Random& random, io::Pg& pg, Engine& engine, Broadcasts& broadcasts,
           const Keyring& keyring, const Settings& settings)
    : clock_(clock),
      random_(random),
      pg_(pg),
      engine_(engine),
      broadcasts_(broadcasts),
      keyring_(keyring),
      settings_(settings),
      store_(pg) {}

Task<Result<media::PublishGrant>> Gate::may_publish(media::PublishRequest request) {
  const Result<VerifiedToken> token = verify_token(keyring_, request.token);
  std::optional<PublishStore::StoredKey> key;
  if (!request.stream_key.empty() && request.stream_key.size() <= kStreamKeyLengthMax) {
    CO_TRY(key, co_await store_.find_key(request.stream_key));
  }
  const std::optional<KeyRecord> record = key ? std::optional(key->record) : std::nullopt;
  CO_TRY_VOID(rules::may_publish(record, token, clock_.now()));
  const TokenSubject& subject = record->subject;
  StreamId stream_id = subject.stream_id.value_or(StreamId{});
  if (subject.channel_id) {
    CO_TRY(stream_id, co_await broadcasts_.open_for_channel(subject.user_id));
  }
  CO_TRY_VOID(co_await store_.extend_grace(stream_id, clock_.now() + settings_.grace_window));
  co_return media::PublishGrant{.stream_id = stream_id,
                                .username = key->username,
                                .publish_id = new_publish_id(subject.key_id, random_),
                                .ends_at = std::nullopt};
}

Task<void> Gate::on_live(media::PublishGrant grant) {
  const PublishStore::OnAir on_air{
      .id = grant.stream_id, .publish_id = grant.publish_id, .key_id = key_id_of(grant.publish_id)};
  auto put = [this, on_air] { return put_on_air(on_air); };
  const Result<bool> is_on_air = co_await until_written(grant.stream_id, std::move(put));
  if (is_on_air && *is_on_air) {
    log::info("live.on_air", {{"stream_id", grant.stream_id.value}, {"publish_id", grant.publish_id}});
    co_return;
  }
  if (!is_on_air) log_failure("live.on_air_failed", grant.stream_id, is_on_air.error());
  // The permission went away before the picture came, or another stream of the channel was first.
  co_await engine_.disconnect(grant.stream_id, UnpublishCause::revoked);
}

Task<Result<bool>> Gate::put_on_air(PublishStore::OnAir on_air) {
  std::vector<StreamId> superseded;
  auto body = [this, &superseded, on_air](io::PgSessionPtr session) -> Task<Result<bool>> {
    CO_TRY(const bool may, co_await PublishStore::lock_for_air(session, on_air.id, on_air.key_id));
    if (!may) co_return false;
    CO_TRY(superseded, co_await PublishStore::end_superseded(session, on_air.id, clock_.now()));
    CO_TRY_VOID(co_await PublishStore::set_on_air(session, on_air, clock_.now()));
    co_return true;
  };
  CO_TRY(const bool is_on_air, co_await pg_.transaction<bool>(std::move(body)));
  for (const StreamId id : superseded) {
    log::info("live.ended", {{"stream_id", id.value}, {"by", "next_stream"}});
    co_await engine_.disconnect(id, UnpublishCause::ended);
  }
  co_return is_on_air;
}

Task<void> Gate::on_unpublished(media::PublishGrant grant, UnpublishCause cause) {
  if (cause == UnpublishCause::taken_over) {
    auto forget = [&] { return store_.forget_publisher(grant.stream_id, grant.publish_id); };
    const auto forgotten = co_await until_written(grant.stream_id, std::move(forget));
    if (!forgotten) log_failure("live.unpublish_failed", grant.stream_id, forgotten.error());
    co_return;
  }
  const WallTime now = clock_.now();  // The grace window counts from here, however late the row hears of it.
  auto start = [&] {
    return store_.start_grace(grant.stream_id, grant.publish_id, now, now + settings_.grace_window);
  };
  const auto waits = co_await until_written(grant.stream_id, std::move(start));
  if (!waits) log_failure("live.unpublish_failed", grant.stream_id, waits.error());
  if (waits && *waits) log::info("live.reconnecting", {{"stream_id", grant.stream_id.value}});
}

Task<void> Gate::on_ended(StreamId stream_id) {
  auto end = [this, stream_id, now = clock_.now()] { return store_.end_on_air(stream_id, now); };
  const auto ended = co_await until_written(stream_id, std::move(end));
  if (!ended) log_failure("live.end_failed", stream_id, ended.error());
  if (ended && *ended) log::info("live.ended", {{"stream_id", stream_id.value}, {"by", "engine"}});
}

Task<Result<void>> Gate::resume_after_restart() {
  CO_TRY(const auto resumed, co_await store_.resume_all(clock_.now() + settings_.grace_window));
  for (const StreamId id : resumed) log::info("live.resumed", {{"stream_id", id.value}});
  co_return Result<void>{};
}

Task<Result<void>> Gate::end_overdue() {
  CO_TRY(const auto ended, co_await store_.end_overdue(clock_.now()));
  for (const StreamId id : ended) {
    log::info("live.ended", {{"stream_id", id.value}, {"by", "grace_window"}});
    co_await engine_.disconnect(id, UnpublishCause::ended);
  }
  co_return Result<void>{};
}

}  // namespace luso::live
