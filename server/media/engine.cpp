#include "media/engine.h"

#include <thread>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "media/directory.h"
#include "media/egress/dvr/dvr_catalog.h"
#include "media/egress/dvr/dvr_store.h"
#include "media/egress/llhls/hls_handler.h"
#include "media/ingest/context.h"
#include "media/ingest/rtmp_server.h"
#include "media/metrics.h"
#include "media/realtime/audio_transcoders.h"
#include "media/realtime/cpu_times.h"
#include "media/realtime/reencode_budget.h"
#include "media/webrtc/signal_http.h"
#include "media/webrtc_door.h"

namespace luso::media {
namespace asio = boost::asio;

namespace {

constexpr std::chrono::seconds kSweepInterval{30};
constexpr unsigned kCoresPerAudioThread = 4;  // Opus for a hundred streams takes one.

}  // namespace

struct Engine::Impl {
  Impl(EngineSettings s, io::Reactors& r, Authority& a, Clock& c, const io::TlsContext* t);

  EngineSettings settings;
  io::Reactors& reactors;
  Authority& authority;
  Clock& clock;
  const io::TlsContext* tls;
  MediaMetrics metrics;
  io::Scope scope;  // On the first reactor.
  AudioTranscoders audio;
  ReencodeBudget reencode;
  std::unique_ptr<DvrStore> dvr;
  std::unique_ptr<DvrCatalog> catalog;
  std::vector<std::unique_ptr<HlsShard>> shards;
  StreamDirectory directory;
  HlsHandler hls;
  IngestContext ingest_context;
  std::unique_ptr<RtmpServer> rtmp, rtmps;
  std::unique_ptr<WebRtcDoor> webrtc;  // Null when it is off, and before start().

  [[nodiscard]] std::unique_ptr<DvrStore> make_store();
  [[nodiscard]] std::unique_ptr<DvrCatalog> make_catalog();
  [[nodiscard]] Task<bool> load_cold(StreamId stream_id);
  [[nodiscard]] Task<Result<void>> admit();
  [[nodiscard]] Task<void> keep_house();
  [[nodiscard]] Task<void> watch_processors();
  [[nodiscard]] Result<std::unique_ptr<RtmpServer>> listen(std::uint16_t port,
                                                           const io::TlsContext* with_tls);
};

namespace {

std::vector<std::unique_ptr<HlsShard>> shards_for(io::Reactors& reactors) {
  std::vector<std::unique_ptr<HlsShard>> shards;
  for (std::size_t i = 0; i < reactors.size(); ++i)
    shards.push_back(std::make_unique<HlsShard>(reactors.at(i)));
  return shards;
}

}  // namespace

Engine::Impl::Impl(EngineSettings s, io::Reactors& r, Authority& a, Clock& c, const io::TlsContext* t)
    : settings(std::move(s)),
      reactors(r),
      authority(a),
      clock(c),
      tls(t),
      metrics(metrics::registry()),
      scope(r.home().executor()),
      audio(std::thread::hardware_concurrency() / kCoresPerAudioThread, settings.opus_bitrate_kbps, metrics),
      reencode(settings.reencodes_max, settings.reencode_cpu_percent_max, metrics),
      dvr(make_store()),
      catalog(make_catalog()),
      shards(shards_for(r)),
      directory({.reactors = r,
                 .settings = settings,
                 .authority = a,
                 .clock = c,
                 .metrics = metrics,
                 .audio = audio,
                 .reencode = reencode,
                 .dvr = dvr.get(),
                 .catalog = catalog.get()},
                shards),
      hls(
          shards, [this](StreamId stream_id) { return load_cold(stream_id); }, metrics),
      ingest_context{.settings = settings,
                     .directory = directory,
                     .authority = a,
                     .clock = c,
                     .metrics = metrics,
                     .admit = [this] { return admit(); }} {}

std::unique_ptr<DvrStore> Engine::Impl::make_store() {
  if (settings.data_dir.empty()) return nullptr;
  const DvrStore::Settings where{.directory = settings.data_dir + "/dvr",
                                 .disk_percent_max = settings.disk_percent_max};
  return std::make_unique<DvrStore>(where, reactors, metrics);
}

std::unique_ptr<DvrCatalog> Engine::Impl::make_catalog() {
  if (!dvr) return nullptr;
  DvrCatalog::Hooks hooks{.publish = [this](const HlsSnapshotPtr& snapshot) { directory.publish(snapshot); },
                          .forget = [this](StreamId stream_id) { directory.forget_snapshot(stream_id); },
                          .is_open = [this](StreamId stream_id) { return directory.has_home(stream_id); },
                          .bytes_open = [this] { return directory.stored_bytes(); },
                          .trim_open = [this](double share) { directory.trim_stored(share); }};
  return std::make_unique<DvrCatalog>(*dvr, settings, reactors, clock, metrics, std::move(hooks));
}

Task<bool> Engine::Impl::load_cold(StreamId stream_id) {
  if (!catalog) co_return false;
  co_return co_await catalog->bring_back(stream_id);
}

Task<Result<void>> Engine::Impl::admit() {
  if (metrics.publishers.value() >= settings.publishers_max)
    co_return fail(ErrorKind::unavailable, "media.full");
  if (!dvr) co_return Result<void>();
  const auto full = co_await reactors.run_blocking([this] { return dvr->disk_is_full(); });
  if (full && *full) co_return fail(ErrorKind::unavailable, "media.disk_full");
  co_return Result<void>();
}

// Streams that the end of the last process cut off wait for their encoders, unless that was longer ago than a
// stream ever waits; then the disk is kept in bounds.
Task<void> Engine::Impl::keep_house() {
  const std::vector<DvrStore::Summary> cut_off = co_await catalog->scan();
  for (const DvrStore::Summary& left : cut_off) {
    const bool in_time = clock.now() - left.touched_at <= settings.grace;
    co_await directory.restore(
        left.stream_id, in_time ? StreamDirectory::Restored::waits : StreamDirectory::Restored::is_over);
  }
  asio::steady_timer timer(reactors.home().executor());
  for (;;) {
    co_await catalog->sweep();
    timer.expires_after(kSweepInterval);
    const auto [error] = co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
    if (error) co_return;
  }
}

// Whether the machine has room for encoders.
Task<void> Engine::Impl::watch_processors() {
  asio::steady_timer timer(reactors.home().executor());
  for (;;) {
    if (const auto times = read_cpu_times()) reencode.on_second(*times);
    timer.expires_after(std::chrono::seconds(1));
    const auto [error] = co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
    if (error) co_return;
  }
}

Result<std::unique_ptr<RtmpServer>> Engine::Impl::listen(std::uint16_t port, const io::TlsContext* with_tls) {
  const RtmpServer::Settings where{.address = settings.rtmp_address, .port = port, .tls = with_tls};
  auto server = std::make_unique<RtmpServer>(reactors, ingest_context, where);
  TRY_VOID(server->start());
  return server;
}

Engine::Engine(EngineSettings settings, io::Reactors& reactors, Authority& authority, Clock& clock,
               const io::TlsContext* tls)
    : impl_(std::make_unique<Impl>(std::move(settings), reactors, authority, clock, tls)) {}

Engine::~Engine() = default;

Result<void> Engine::start() {
  Impl& my = *impl_;
  TRY(my.rtmp, my.listen(my.settings.rtmp_port, nullptr));
  if (my.tls != nullptr && my.settings.rtmps_port) {
    TRY(my.rtmps, my.listen(*my.settings.rtmps_port, my.tls));
  }
  if (my.settings.webrtc.is_on) {
    TRY(my.webrtc, WebRtcDoor::build(my.reactors, my.ingest_context, my.shards));
    TRY_VOID(my.webrtc->start());
  }
  if (my.catalog) {
    my.reactors.home().post([&my] { my.scope.spawn([&my] { return my.keep_house(); }); });
  }
  if (my.settings.reencodes_max > 0) {
    my.reactors.home().post([&my] { my.scope.spawn([&my] { return my.watch_processors(); }); });
  }
  return {};
}

std::uint16_t Engine::rtmp_port() const {
  return impl_->rtmp ? impl_->rtmp->port() : 0;
}

std::optional<std::uint16_t> Engine::rtmps_port() const {
  return impl_->rtmps ? std::optional(impl_->rtmps->port()) : std::nullopt;
}

std::optional<std::uint16_t> Engine::webrtc_port() const {
  return impl_->webrtc ? std::optional(impl_->webrtc->port()) : std::nullopt;
}

Task<void> Engine::stop() {
  Impl& my = *impl_;
  if (my.webrtc) co_await my.webrtc->stop();
  if (my.rtmp) co_await my.rtmp->stop();
  if (my.rtmps) co_await my.rtmps->stop();
  co_await my.directory.stop();
  co_await asio::co_spawn(my.reactors.home().executor(), my.scope.close(), asio::use_awaitable);
}

io::HttpAnswer Engine::handle(io::HttpRequest& request) {
  if (request.path.starts_with("/hls/")) return impl_->hls(request);
  if (impl_->webrtc) return impl_->webrtc->handle(request);
  return webrtc::failure(fail(ErrorKind::unavailable, "webrtc.off").value(), request);
}

Task<std::optional<IngestFacts>> Engine::facts(StreamId stream_id) {
  co_return co_await impl_->directory.facts(stream_id);
}

Task<std::optional<StreamState>> Engine::state(StreamId stream_id) {
  co_return co_await impl_->directory.state(stream_id);
}

void Engine::revoke(StreamId stream_id, UnpublishCause cause) {
  impl_->directory.dismiss(stream_id, cause);
}

void Engine::end(StreamId stream_id) {
  impl_->directory.end(stream_id);
}

}  // namespace luso::media
