#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <unordered_map>
#include <vector>

#include "io/reactor.h"
#include "io/scope.h"
#include "media/broadcast.h"
#include "media/egress/llhls/hls_shard.h"

namespace luso::media {

class DvrCatalog;
class DvrStore;

// Where every stream of this node lives. The first publisher's reactor becomes the stream's home; the
// directory itself, which only remembers that, lives on the first reactor. All methods may be called on any
// reactor.
class StreamDirectory {
 public:
  struct Services {
    io::Reactors& reactors;
    const EngineSettings& settings;
    Authority& authority;
    Clock& clock;
    MediaMetrics& metrics;
    AudioTranscoders& audio;
    ReencodeBudget& reencode;
    DvrStore* dvr = nullptr;        // May be null: nothing is stored.
    DvrCatalog* catalog = nullptr;  // With it.
  };

  StreamDirectory(Services services, std::vector<std::unique_ptr<HlsShard>>& shards);
  ~StreamDirectory();

  // What a publisher holds: it names the stream's home and this publisher of it.
  struct Ticket {
    StreamId stream_id;
    io::Reactor* home = nullptr;
    std::uint64_t publisher = 0;
  };

  [[nodiscard]] Task<Result<Ticket>> open(PublishGrant grant, std::shared_ptr<PublisherPort> port);
  // Returns when the stream has taken them: a home that is busy slows its publishers down instead of growing.
  [[nodiscard]] Task<bool> deliver(Ticket ticket, MediaEvents events);
  void close(Ticket ticket, UnpublishCause cause);

  void dismiss(StreamId stream_id, UnpublishCause cause);
  void end(StreamId stream_id);
  [[nodiscard]] Task<std::optional<IngestFacts>> facts(StreamId stream_id);
  [[nodiscard]] Task<std::optional<StreamState>> state(StreamId stream_id);

  // A WebRTC viewer's place, and where it may move to: smaller sizes of the same picture, by rung; [0] is
  // null and stands for the place itself. Empty when there are none.
  struct RealtimePlace {
    RealtimeFeed::Hold hold;
    Renditions::Rungs rungs;
    std::shared_ptr<const Ladder> ladder;
  };

  // RealtimeFeed::join on the stream's home, where `lost` is called. Fails with "media.not_found" too when
  // the engine does not know the stream.
  [[nodiscard]] Task<Result<RealtimePlace>> join_realtime(StreamId stream_id, ViewerCodecs codecs,
                                                          RealtimeFeed::Lost lost);

  // After a restart: the stream waits for its publisher as if it had just gone, or is over. When its
  // publisher was quicker than we, neither.
  enum class Restored : std::uint8_t { waits, is_over };
  [[nodiscard]] Task<void> restore(StreamId stream_id, Restored how);

  // On the first reactor.
  [[nodiscard]] bool has_home(StreamId stream_id) const { return homes_.contains(stream_id); }

  [[nodiscard]] Task<std::uint64_t> stored_bytes();  // Of all streams that have a home.
  void trim_stored(double share);

  // To every reactor.
  void publish(const HlsSnapshotPtr& snapshot);
  void forget_snapshot(StreamId stream_id);

  // Sends every publisher away and waits until everybody who must know of it does.
  [[nodiscard]] Task<void> stop();

 private:
  // The streams of one reactor.
  struct Room {
    explicit Room(io::Reactor& r) : reactor(r), scope(r.executor()) {}

    io::Reactor& reactor;
    io::Scope scope;
    std::unordered_map<StreamId, std::shared_ptr<Broadcast>> streams;
  };

  struct Home {
    io::Reactor* reactor = nullptr;
    std::uint64_t opened = 0;  // Guards against forgetting a stream that was opened again meanwhile.
  };

  [[nodiscard]] Room& room_of(io::Reactor& reactor) { return *rooms_.at(reactor.index()); }

  [[nodiscard]] Task<Home> home_of(StreamId stream_id);
  // The first reactor that asks becomes the home. Fails while the stream's folder is being removed.
  [[nodiscard]] Task<Result<Home>> claim(StreamId stream_id, io::Reactor& preferred);
  [[nodiscard]] Task<void> with_settled(StreamId stream_id, io::Reactor& home,
                                        std::function<void(Broadcast&)> action);
  void create(Room& room, StreamId stream_id, std::unique_ptr<SegmentStore> store,
              const StoredStream& stored);
  void with_stream(StreamId stream_id, std::function<void(Broadcast&)> action);
  template <typename F>
  [[nodiscard]] Task<std::invoke_result_t<F&, Broadcast&>> ask_stream(
      StreamId stream_id, std::invoke_result_t<F&, Broadcast&> if_unknown, F question);
  void forget(io::Reactor& home, StreamId stream_id);
  void leave_home(StreamId stream_id, std::uint64_t opened, std::uint64_t stored_bytes);
  [[nodiscard]] Task<void> close_room(Room& room);

  Services services_;
  std::vector<std::unique_ptr<HlsShard>>& shards_;
  std::vector<std::unique_ptr<Room>> rooms_;
  std::unordered_map<StreamId, Home> homes_;  // On the first reactor.
};

}  // namespace luso::media
