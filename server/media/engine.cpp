#include "media/engine.h"

#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "media/directory.h"
#include "media/egress/dvr/dvr_store.h"
#include "media/egress/llhls/hls_handler.h"
#include "media/ingest/rtmp_server.h"
#include "media/metrics.h"

namespace luso::media {

struct Engine::Impl {
  Impl(EngineSettings s, io::Reactors& r, Authority& a, Clock& c, const io::TlsContext* t);

  EngineSettings settings;
  io::Reactors& reactors;
  Authority& authority;
  Clock& clock;
  const io::TlsContext* tls;
  MediaMetrics metrics;
  std::unique_ptr<DvrStore> dvr;
  std::vector<std::unique_ptr<HlsShard>> shards;
  StreamDirectory directory;
  HlsHandler hls;
  RtmpContext rtmp_context;
  std::unique_ptr<RtmpServer> rtmp, rtmps;
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
      shards(shards_for(r)),
      directory({.reactors = r,
                 .settings = settings,
                 .authority = a,
                 .clock = c,
                 .metrics = metrics,
                 .dvr = dvr.get()},
                shards),
      hls(shards, nullptr, metrics),
      rtmp_context{.settings = settings,
                   .directory = directory,
                   .authority = a,
                   .clock = c,
                   .metrics = metrics,
                   .admit = nullptr} {}

Engine::Engine(EngineSettings settings, io::Reactors& reactors, Authority& authority, Clock& clock,
               const io::TlsContext* tls)
    : impl_(std::make_unique<Impl>(std::move(settings), reactors, authority, clock, tls)) {}

Engine::~Engine() = default;

Result<void> Engine::start() {
  Impl& my = *impl_;
  my.rtmp = std::make_unique<RtmpServer>(
      my.reactors, my.rtmp_context,
      RtmpServer::Settings{
          .address = my.settings.rtmp_address, .port = my.settings.rtmp_port, .tls = nullptr});
  TRY_VOID(my.rtmp->start());
  if (my.tls != nullptr && my.settings.rtmps_port) {
    my.rtmps = std::make_unique<RtmpServer>(
        my.reactors, my.rtmp_context,
        RtmpServer::Settings{
            .address = my.settings.rtmp_address, .port = *my.settings.rtmps_port, .tls = my.tls});
    TRY_VOID(my.rtmps->start());
  }
  return {};
}

std::uint16_t Engine::rtmp_port() const {
  return impl_->rtmp ? impl_->rtmp->port() : 0;
}

std::optional<std::uint16_t> Engine::rtmps_port() const {
  return impl_->rtmps ? std::optional(impl_->rtmps->port()) : std::nullopt;
}

Task<void> Engine::stop() {
  Impl& my = *impl_;
  if (my.rtmp) co_await my.rtmp->stop();
  if (my.rtmps) co_await my.rtmps->stop();
  co_await my.directory.stop();
}

Task<io::HttpResponse> Engine::handle(io::HttpRequest& request) {
  co_return co_await impl_->hls(request);
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
