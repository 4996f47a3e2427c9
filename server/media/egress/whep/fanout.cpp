#include "media/egress/whep/fanout.h"

#include <algorithm>
#include <atomic>
#include <unordered_map>
#include <utility>

#include "base/random.h"
#include "media/call_on.h"
#include "media/egress/whep/session.h"
#include "media/egress/whep/shard.h"
#include "media/egress/whep/unit_source.h"
#include "media/metrics.h"

namespace luso::media::whep {

namespace {

std::uint32_t random_ssrc() {
  return static_cast<std::uint32_t>(system_random().u64()) | 1U;
}

webrtc::Sender make_sender() {
  const std::uint32_t first = random_ssrc();
  return {.video_ssrc = first,
          .video_rtx_ssrc = first + 1,
          .audio_ssrc = first + 2,
          .cname = system_random().token(12)};
}

}  // namespace

// What one reactor has: shards and sessions of the viewers that came through its port, and the sources of the
// streams it is home to. Everything happens there.
class Fanout::Room : public std::enable_shared_from_this<Room> {
 public:
  Room(io::Reactor& reactor, webrtc::PeerPort& port, Clock& clock, MediaMetrics& metrics)
      : reactor_(reactor), port_(port), clock_(clock), metrics_(metrics) {}

  [[nodiscard]] io::Reactor& reactor() const { return reactor_; }

  [[nodiscard]] std::size_t viewers() const { return viewers_.load(std::memory_order_relaxed); }

  // `home` is the room of the source's home reactor.
  [[nodiscard]] Result<std::shared_ptr<Viewer>> open(const std::shared_ptr<Room>& home, Source source,
                                                     ViewerPlan plan, ViewerEnded ended) {
    if (stopped_) return fail(ErrorKind::unavailable, "webrtc.full", "the server is stopping");
    const webrtc::PeerOptions options = plan.peer;
    Session::Rungs rungs = rungs_of(home, source);
    plan.measures_way = plan.measures_way || (rungs.count > 1 && plan.video && plan.video->transport_cc);
    auto session = std::make_shared<Session>(Session::Services{.reactor = reactor_,
                                                               .clock = clock_,
                                                               .metrics = metrics_,
                                                               .left =
                                                                   [room = weak_from_this()](Session& gone) {
                                                                     if (const auto self = room.lock())
                                                                       self->forget(gone);
                                                                   }},
                                             shard_of(home, std::move(source)), std::move(rungs),
                                             std::move(plan), std::move(ended));
    TRY(auto peer, port_.open(options, *session));
    session->attach(std::move(peer));
    sessions_.emplace(session.get(), session);
    viewers_.store(sessions_.size(), std::memory_order_relaxed);
    return session;
  }

  void stop() {
    stopped_ = true;
    while (!sessions_.empty()) {
      const std::shared_ptr<Session> session = sessions_.begin()->second;
      session->close();
    }
  }

 private:
  // Keeps all of the source's streams alive, and finds the shards of those.
  [[nodiscard]] Session::Rungs rungs_of(const std::shared_ptr<Room>& home, const Source& source) {
    Session::Rungs rungs{
        .count = std::max<std::size_t>(1, source.rungs.size()), .ladder = source.ladder, .shard = nullptr};
    rungs.shard = [room = weak_from_this(), home, source](std::size_t rung) -> std::shared_ptr<Shard> {
      const auto self = room.lock();
      return self ? self->shard_of(home, rung == 0 ? source : source.rungs.at(rung)) : nullptr;
    };
    return rungs;
  }

  [[nodiscard]] std::shared_ptr<Shard> shard_of(const std::shared_ptr<Room>& home, Source source) {
    const Stream* key = source.stream;
    if (auto known = shards_[key].lock()) return known;
    const std::uint64_t link = ++links_ * kRoomsMax + reactor_.index();
    auto shard = std::make_shared<Shard>(Shard::Services{
        .reactor = reactor_,
        .clock = clock_,
        .metrics = metrics_,
        .flush = [&port = port_] { port.flush(); },
        .request_keyframe = keyframe_request(home, key),
        .gone =
            [room = weak_from_this(), home, key, link] {
              if (const auto self = room.lock()) self->shards_.erase(key);
              home->reactor_.post([home, key, link] { home->unlink(key, link); });
            },
    });
    shards_[key] = shard;
    home->reactor_.post([home, source = std::move(source), link, &reactor = reactor_,
                         shard = std::weak_ptr(shard)]() mutable {
      home->link(std::move(source), link, reactor, std::move(shard));
    });
    return shard;
  }

  // Asked at home each time: who publishes the stream may change while it is watched.
  [[nodiscard]] std::function<void(Shard::KeyframeAnswer)> keyframe_request(const std::shared_ptr<Room>& home,
                                                                            const Stream* key) {
    return [home, key, &reactor = reactor_](Shard::KeyframeAnswer answer) {
      home->reactor_.post([home, key, &reactor, answer = std::move(answer)]() mutable {
        const auto found = home->sources_.find(key);
        const bool comes = found != home->sources_.end() && found->second->request_keyframe();
        reactor.post([answer = std::move(answer), comes] { answer(comes); });
      });
    };
  }

  void link(Source source, std::uint64_t link, io::Reactor& reactor, std::weak_ptr<Shard> shard) {
    auto& made = sources_[source.stream];
    if (!made) made = std::make_unique<UnitSource>(std::move(source), clock_, metrics_);
    made->add(link, reactor, [shard = std::move(shard)](const RtpUnitPtr& unit) {
      if (const auto target = shard.lock()) target->take(unit);
    });
  }

  void unlink(const Stream* stream, std::uint64_t link) {
    const auto found = sources_.find(stream);
    if (found == sources_.end()) return;
    found->second->remove(link);
    if (found->second->is_unused()) sources_.erase(found);
  }

  void forget(Session& session) {
    sessions_.erase(&session);
    viewers_.store(sessions_.size(), std::memory_order_relaxed);
  }

  static constexpr std::uint64_t kRoomsMax = 1'024;  // Makes a link's number unique in the process.

  io::Reactor& reactor_;
  webrtc::PeerPort& port_;
  Clock& clock_;
  MediaMetrics& metrics_;
  std::unordered_map<const Stream*, std::unique_ptr<UnitSource>> sources_;
  std::unordered_map<const Stream*, std::weak_ptr<Shard>> shards_;
  std::unordered_map<Session*, std::shared_ptr<Session>> sessions_;
  std::atomic<std::size_t> viewers_ = 0;
  std::uint64_t links_ = 0;
  bool stopped_ = false;
};

Fanout::Fanout(io::Reactors& reactors, webrtc::PeerPorts& ports, Clock& clock, MediaMetrics& metrics)
    : reactors_(reactors), ports_(ports), sender_(make_sender()) {
  for (std::size_t i = 0; i < reactors.size(); ++i) {
    rooms_.push_back(std::make_shared<Room>(reactors.at(i), ports.at(i), clock, metrics));
  }
}

Fanout::~Fanout() = default;

Task<Result<std::shared_ptr<Viewer>>> Fanout::open(Source source, ViewerPlan plan, ViewerEnded ended) {
  const auto& room = rooms_.at(ports_.least_busy().reactor().index());
  const auto& home = rooms_.at(source.home->index());
  auto result = co_await call_on(room->reactor(), [&] {
    return room->open(home, std::move(source), std::move(plan), std::move(ended));
  });
  co_return result;
}

Task<void> Fanout::stop() {
  // Sessions end, then their shards, then the sources of those: each lets go of the next by a message.
  constexpr int kRounds = 3;
  for (int round = 0; round < kRounds; ++round) {
    for (const auto& room : rooms_) {
      co_await call_on(room->reactor(), [&room] {
        room->stop();
        return true;
      });
    }
  }
}

std::size_t Fanout::viewers() const {
  std::size_t total = 0;
  for (const auto& room : rooms_) total += room->viewers();
  return total;
}

}  // namespace luso::media::whep
