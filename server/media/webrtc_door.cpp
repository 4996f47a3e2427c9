#include "media/webrtc_door.h"

#include <utility>

#include "base/random.h"
#include "media/egress/whep/handler.h"
#include "media/ingest/whip/handler.h"
#include "media/webrtc/dtls_identity.h"

namespace luso::media {
namespace {

webrtc::PeerPortSettings port_settings_of(const WebRtcSettings& settings) {
  webrtc::PeerPortSettings made;
  made.address = settings.address;
  made.port = settings.port;
  made.public_addresses = settings.public_addresses;
  made.offer_loopback = settings.offers_loopback;
  return made;
}

}  // namespace

struct WebRtcDoor::Impl {
  Impl(io::Reactors& reactors, const IngestContext& context, std::vector<std::unique_ptr<HlsShard>>& shards,
       std::shared_ptr<const webrtc::DtlsIdentity> identity)
      : settings(context.settings.webrtc),
        desk(reactors, settings, context.clock),
        ports(reactors, port_settings_of(settings), std::move(identity), context.clock, context.metrics),
        fanout(reactors, ports, context.clock, context.metrics),
        ingest(reactors, context),
        whep({.reactors = reactors,
              .settings = settings,
              .shards = shards,
              .directory = context.directory,
              .ports = ports,
              .fanout = fanout,
              .desk = desk,
              .metrics = context.metrics,
              .random = system_random()}),
        whip({.reactors = reactors,
              .settings = settings,
              .ingest = ingest,
              .ports = ports,
              .desk = desk,
              .metrics = context.metrics,
              .random = system_random()}) {}

  const WebRtcSettings& settings;
  webrtc::JoinDesk desk;
  webrtc::PeerPorts ports;
  whep::Fanout fanout;
  WhipIngest ingest;
  whep::Handler whep;
  WhipHandler whip;
};

WebRtcDoor::WebRtcDoor(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

WebRtcDoor::~WebRtcDoor() = default;

Result<std::unique_ptr<WebRtcDoor>> WebRtcDoor::build(io::Reactors& reactors, const IngestContext& context,
                                                      std::vector<std::unique_ptr<HlsShard>>& shards) {
  TRY(auto identity, webrtc::DtlsIdentity::generate());
  auto impl = std::make_unique<Impl>(reactors, context, shards, std::move(identity));
  return std::unique_ptr<WebRtcDoor>(new WebRtcDoor(std::move(impl)));
}

Result<void> WebRtcDoor::start() {
  return impl_->ports.start();
}

std::uint16_t WebRtcDoor::port() const {
  return impl_->ports.at(0).port();
}

Task<void> WebRtcDoor::stop() {
  co_await impl_->whep.stop();
  co_await impl_->fanout.stop();
  co_await impl_->ingest.stop();
  co_await impl_->ports.stop();
}

Task<io::HttpResponse> WebRtcDoor::handle(io::HttpRequest& request) {
  co_return co_await (request.path.starts_with("/whip/") ? impl_->whip(request) : impl_->whep(request));
}

}  // namespace luso::media
