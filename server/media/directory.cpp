#include "media/directory.h"

#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/log.h"
#include "media/call_on.h"
#include "media/egress/dvr/dvr_catalog.h"
#include "media/egress/dvr/dvr_store.h"

namespace luso::media {
namespace asio = boost::asio;

namespace {

constexpr std::chrono::seconds kStopPatience{5};  // For the authority and the disk to take the last news.
constexpr std::chrono::milliseconds kStopPoll{20};

}  // namespace

StreamDirectory::StreamDirectory(Services services, std::vector<std::unique_ptr<HlsShard>>& shards)
    : services_(services), shards_(shards) {
  for (std::size_t i = 0; i < services_.reactors.size(); ++i) {
    rooms_.push_back(std::make_unique<Room>(services_.reactors.at(i)));
  }
}

StreamDirectory::~StreamDirectory() = default;

Task<StreamDirectory::Home> StreamDirectory::home_of(StreamId stream_id) {
  auto look = [this, stream_id] {
    const auto known = homes_.find(stream_id);
    return known == homes_.end() ? Home{} : known->second;
  };
  co_return co_await call_on(services_.reactors.home(), look);
}

Task<Result<StreamDirectory::Home>> StreamDirectory::claim(StreamId stream_id, io::Reactor& preferred) {
  auto look = [this, stream_id, &preferred]() -> Result<Home> {
    if (services_.catalog != nullptr && !services_.catalog->claim(stream_id)) {
      return fail(ErrorKind::unavailable, "io.busy", "the stream's recording is being removed");
    }
    Home& home = homes_[stream_id];
    if (home.reactor == nullptr) home.reactor = &preferred;
    ++home.opened;
    return home;
  };
  co_return co_await call_on(services_.reactors.home(), look);
}

// Does something with a stream on its home reactor; a stream that is not in memory comes from the disk, or is
// new.
Task<void> StreamDirectory::with_settled(StreamId stream_id, io::Reactor& home,
                                         std::function<void(Broadcast&)> action) {
  auto act_if_there = [this, stream_id, &home, &action] {
    Room& room = room_of(home);
    const auto found = room.streams.find(stream_id);
    if (found == room.streams.end()) return false;
    action(*found->second);
    return true;
  };
  if (co_await call_on(home, act_if_there)) co_return;
  StoredStream stored;
  if (DvrStore* dvr = services_.dvr) {
    auto loaded = co_await services_.reactors.run_blocking([dvr, stream_id] { return dvr->load(stream_id); });
    if (loaded) stored = *std::move(loaded);
  }
  auto create_and_act = [this, stream_id, &home, &stored, &act_if_there] {
    Room& room = room_of(home);
    if (!room.streams.contains(stream_id)) {
      create(room, stream_id, services_.dvr ? services_.dvr->writer(stream_id, stored, room.scope) : nullptr,
             stored);
    }
    return act_if_there();
  };
  co_await call_on(home, create_and_act);
}

void StreamDirectory::create(Room& room, StreamId stream_id, std::unique_ptr<SegmentStore> store,
                             const StoredStream& stored) {
  Broadcast::Context context{.reactor = room.reactor,
                             .reactors = services_.reactors,
                             .scope = room.scope,
                             .settings = services_.settings,
                             .authority = services_.authority,
                             .clock = services_.clock,
                             .metrics = services_.metrics,
                             .audio = services_.audio,
                             .reencode = services_.reencode,
                             .publish = [this](const HlsSnapshotPtr& snapshot) { publish(snapshot); },
                             .over = [this, &room](StreamId over) { forget(room.reactor, over); }};
  room.streams.emplace(stream_id,
                       std::make_shared<Broadcast>(std::move(context), stream_id, std::move(store), stored));
}

Task<Result<StreamDirectory::Ticket>> StreamDirectory::open(PublishGrant grant,
                                                            std::shared_ptr<PublisherPort> port) {
  io::Reactor* here = io::Reactor::current();
  const StreamId stream_id = grant.stream_id;
  CO_TRY(const Home home, co_await claim(stream_id, here != nullptr ? *here : services_.reactors.home()));
  std::uint64_t publisher = 0;
  auto begin = [&](Broadcast& stream) { publisher = stream.begin(std::move(grant), std::move(port)); };
  co_await with_settled(stream_id, *home.reactor, begin);
  co_return Ticket{.stream_id = stream_id, .home = home.reactor, .publisher = publisher};
}

Task<bool> StreamDirectory::deliver(Ticket ticket, MediaEvents events) {
  auto take = [this, &ticket, &events] {
    Room& room = room_of(*ticket.home);
    const auto stream = room.streams.find(ticket.stream_id);
    return stream != room.streams.end() && stream->second->take(ticket.publisher, std::move(events));
  };
  if (io::Reactor::current() == ticket.home) co_return take();
  co_return co_await call_on(*ticket.home, take);
}

void StreamDirectory::close(Ticket ticket, UnpublishCause cause) {
  ticket.home->post([this, ticket, cause] {
    Room& room = room_of(*ticket.home);
    const auto stream = room.streams.find(ticket.stream_id);
    if (stream != room.streams.end()) stream->second->finish(ticket.publisher, cause);
  });
}

// Does something with a stream on its home reactor, if there is such a stream.
void StreamDirectory::with_stream(StreamId stream_id, std::function<void(Broadcast&)> action) {
  services_.reactors.home().post([this, stream_id, action = std::move(action)] {
    const auto known = homes_.find(stream_id);
    if (known == homes_.end()) return;
    Room& room = room_of(*known->second.reactor);
    room.reactor.post([&room, stream_id, action] {
      const auto stream = room.streams.find(stream_id);
      if (stream != room.streams.end()) action(*stream->second);
    });
  });
}

void StreamDirectory::dismiss(StreamId stream_id, UnpublishCause cause) {
  with_stream(stream_id, [cause](Broadcast& stream) { stream.dismiss(cause); });
}

void StreamDirectory::end(StreamId stream_id) {
  with_stream(stream_id, [](Broadcast& stream) { stream.end(); });
}

// What a stream answers on its home reactor, if there is such a stream.
template <typename F>
Task<std::invoke_result_t<F&, Broadcast&>> StreamDirectory::ask_stream(
    StreamId stream_id, std::invoke_result_t<F&, Broadcast&> if_unknown, F question) {
  using Answer = std::invoke_result_t<F&, Broadcast&>;
  const Home home = co_await home_of(stream_id);
  if (home.reactor == nullptr) co_return if_unknown;
  auto ask = [this, stream_id, &home, &if_unknown, &question]() -> Answer {
    Room& room = room_of(*home.reactor);
    const auto stream = room.streams.find(stream_id);
    return stream == room.streams.end() ? std::move(if_unknown) : question(*stream->second);
  };
  co_return co_await call_on(*home.reactor, ask);
}

Task<std::optional<IngestFacts>> StreamDirectory::facts(StreamId stream_id) {
  return ask_stream(stream_id, std::nullopt, [](Broadcast& stream) { return stream.facts(); });
}

Task<std::optional<StreamState>> StreamDirectory::state(StreamId stream_id) {
  return ask_stream(stream_id, std::nullopt, [](Broadcast& stream) { return std::optional(stream.state()); });
}

Task<Result<StreamDirectory::RealtimePlace>> StreamDirectory::join_realtime(StreamId stream_id,
                                                                            ViewerCodecs codecs,
                                                                            RealtimeFeed::Lost lost) {
  auto join = [codecs, lost = std::move(lost)](Broadcast& stream) mutable -> Result<RealtimePlace> {
    TRY(auto hold, stream.realtime().join(codecs, std::move(lost)));
    RealtimePlace place{.hold = std::move(hold), .rungs = {}, .ladder = stream.renditions().ladder()};
    // The smaller sizes are passed on as they come: only beside a picture that is, too.
    if (stream.realtime().state().mode == RealtimeState::Mode::passing)
      place.rungs = stream.renditions().rungs();
    return place;
  };
  return ask_stream(stream_id, Result<RealtimePlace>(fail(ErrorKind::not_found, "media.not_found")),
                    std::move(join));
}

Task<void> StreamDirectory::restore(StreamId stream_id, Restored how) {
  const auto index = static_cast<std::size_t>(stream_id.value) % services_.reactors.size();
  const Result<Home> home = co_await claim(stream_id, services_.reactors.at(index));
  if (!home) co_return;
  auto settle = [how](Broadcast& stream) {
    if (stream.facts()) return;
    if (how == Restored::is_over) return stream.end();
    stream.wait_for_publisher();
  };
  co_await with_settled(stream_id, *home->reactor, settle);
}

void StreamDirectory::publish(const HlsSnapshotPtr& snapshot) {
  for (std::size_t i = 0; i < shards_.size(); ++i) {
    HlsShard& shard = *shards_[i];
    io::Reactor& reactor = services_.reactors.at(i);
    if (&reactor == io::Reactor::current()) {
      shard.apply(snapshot);
    } else {
      reactor.post([&shard, snapshot] { shard.apply(snapshot); });
    }
  }
}

void StreamDirectory::forget_snapshot(StreamId stream_id) {
  for (std::size_t i = 0; i < shards_.size(); ++i) {
    services_.reactors.at(i).post([&shard = *shards_[i], stream_id] { shard.forget(stream_id); });
  }
}

// The stream has been over for a while. Its home is given up only when nobody has opened it again in between.
void StreamDirectory::forget(io::Reactor& home, StreamId stream_id) {
  services_.reactors.home().post([this, &home, stream_id] {
    const auto known = homes_.find(stream_id);
    if (known == homes_.end()) return;
    home.post([this, &home, stream_id, opened = known->second.opened] {
      Room& room = room_of(home);
      const auto stream = room.streams.find(stream_id);
      if (stream == room.streams.end() || stream->second->state() != StreamState::ended) return;
      const std::uint64_t bytes = stream->second->stored_bytes();
      room.streams.erase(stream);
      services_.reactors.home().post(
          [this, stream_id, opened, bytes] { leave_home(stream_id, opened, bytes); });
    });
  });
}

void StreamDirectory::leave_home(StreamId stream_id, std::uint64_t opened, std::uint64_t stored_bytes) {
  const auto home = homes_.find(stream_id);
  if (home == homes_.end() || home->second.opened != opened) return;
  homes_.erase(home);
  forget_snapshot(stream_id);
  if (services_.catalog != nullptr) services_.catalog->add(stream_id, stored_bytes);
}

Task<std::uint64_t> StreamDirectory::stored_bytes() {
  std::uint64_t bytes = 0;
  for (const auto& room : rooms_) {
    auto sum = [&room] {
      std::uint64_t in_room = 0;
      for (const auto& [id, stream] : room->streams) in_room += stream->stored_bytes();
      return in_room;
    };
    bytes += co_await call_on(room->reactor, sum);
  }
  co_return bytes;
}

void StreamDirectory::trim_stored(double share) {
  for (const auto& room : rooms_) {
    room->reactor.post([&room = *room, share] {
      for (const auto& [id, stream] : room.streams) stream->trim_stored(share);
    });
  }
}

Task<void> StreamDirectory::close_room(Room& room) {
  for (const auto& [id, stream] : room.streams) stream->dismiss(UnpublishCause::server_stopping);
  const auto deadline = std::chrono::steady_clock::now() + kStopPatience;
  asio::steady_timer timer(room.reactor.executor());
  const auto settled = [&room] {
    return std::ranges::all_of(room.streams, [](const auto& each) { return each.second->settled(); });
  };
  while (!settled() && std::chrono::steady_clock::now() < deadline) {
    timer.expires_after(kStopPoll);
    co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
  }
  co_await room.scope.close();
  room.streams.clear();
}

Task<void> StreamDirectory::stop() {
  for (const auto& room : rooms_) {
    co_await asio::co_spawn(room->reactor.executor(), close_room(*room), asio::use_awaitable);
  }
}

}  // namespace luso::media
