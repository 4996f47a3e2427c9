#include "media/egress/whep/handler.h"

#include <utility>

#include "base/log.h"
#include "base/text.h"
#include "media/call_on.h"

namespace luso::media::whep {
namespace {

using io::HttpRequest;
using io::HttpResponse;

constexpr std::string_view kPrefix = "/whep/";
constexpr std::size_t kIdShownMax = 8, kPathShownMax = 100;  // Of what clients say or must keep, in logs.
constexpr std::uint32_t kPlayoutDelayMsMax = 4'000;  // What stable mode may ask for; more is what HLS is for.
// A player that keeps pictures back may keep them longer when the network asks for it.
constexpr std::chrono::milliseconds kPlayoutDelayLongest{10'000};

PlayoutDelay playout_delay_of(const HttpRequest& request) {
  const auto said = request.query_value("playout_delay_ms");
  const auto milliseconds = said ? parse_integer<std::uint32_t>(*said) : std::nullopt;
  if (!milliseconds || *milliseconds == 0) return {};
  return {.min = std::chrono::milliseconds(std::min(*milliseconds, kPlayoutDelayMsMax)),
          .max = kPlayoutDelayLongest};
}

// The stream's own picture, and the smaller sizes of it when the viewer can take those: they are H.264.
Source source_of(StreamDirectory::RealtimePlace place) {
  auto shared = std::make_shared<RealtimeFeed::Hold>(std::move(place.hold));
  Source source{
      .stream = &shared->stream(), .home = &shared->home(), .hold = shared, .request_keyframe = [shared] {
        return shared->request_keyframe();
      }};
  const auto& video = shared->tracks()->video;
  if (place.rungs.empty() || !video || video->codec != proto::Codec::h264) return source;
  source.ladder = std::move(place.ladder);
  source.rungs.emplace_back();
  for (const auto& rendition : place.rungs) {
    if (!rendition) continue;
    source.rungs.push_back({.stream = &rendition->stream(),
                            .home = source.home,
                            .hold = rendition,
                            .request_keyframe = [rendition] { return rendition->request_keyframe(); }});
  }
  return source;
}

tl::unexpected<Error> not_found() {
  return fail(ErrorKind::not_found, "media.not_found");
}

}  // namespace

// One viewer. Made on the reactor of its HTTP request, at home on the reactor of its peer: `home_` and
// `lost_` belong to the first, everything else to the second.
class Handler::Session final : public webrtc::SignalledSession, public std::enable_shared_from_this<Session> {
 public:
  Session(webrtc::SignalFront& front, StreamId stream_id, io::Reactor& made_on)
      : front_(front), stream_id_(stream_id), made_on_(made_on) {}

  // Called where the stream lives: its picture cannot go on.
  void lose(std::string_view reason);
  // On the request's reactor, before begin(). False: the picture was lost before anybody saw it.
  [[nodiscard]] bool settle(io::Reactor& home);

  // Where the peer lives.
  [[nodiscard]] Result<HttpResponse> begin(std::shared_ptr<Viewer> viewer, const webrtc::Plan& plan);
  void end(std::string_view cause);

  void leave() override { end("left"); }

  [[nodiscard]] webrtc::Peer* peer() override { return viewer_ ? &viewer_->peer() : nullptr; }

 private:
  // The whole id ends the session for whoever has it.
  [[nodiscard]] std::string_view shown_id() const { return std::string_view(url_id_).substr(0, kIdShownMax); }

  webrtc::SignalFront& front_;
  StreamId stream_id_;
  io::Reactor& made_on_;
  io::Reactor* home_ = nullptr;
  bool lost_ = false;
  std::shared_ptr<Viewer> viewer_;
  bool has_ended_ = false;
  std::string url_id_;
};

void Handler::Session::lose(std::string_view reason) {
  made_on_.post([self = shared_from_this(), reason] {
    self->lost_ = true;
    if (self->home_ != nullptr) self->home_->post([self, reason] { self->end(reason); });
  });
}

bool Handler::Session::settle(io::Reactor& home) {
  home_ = &home;
  return !lost_;
}

Result<HttpResponse> Handler::Session::begin(std::shared_ptr<Viewer> viewer, const webrtc::Plan& plan) {
  if (has_ended_) return fail(ErrorKind::unavailable, "webrtc.full");  // The server is stopping.
  viewer_ = std::move(viewer);
  auto [url_id, response] = front_.begin(shared_from_this(), viewer_->peer(), plan);
  url_id_ = std::move(url_id);
  log::info("whep.joined", {{"stream_id", stream_id_.value}, {"session", shown_id()}});
  return std::move(response);
}

void Handler::Session::end(std::string_view cause) {
  if (std::exchange(has_ended_, true) || !viewer_) return;
  const ViewerStats stats = viewer_->stats();
  log::info("whep.left", {{"stream_id", stream_id_.value},
                          {"session", shown_id()},
                          {"cause", cause},
                          {"packets", stats.packets},
                          {"resent", stats.retransmissions},
                          {"skips", stats.skips},
                          {"moves", stats.moves},
                          {"estimate_kbps", stats.estimate_bps / 1'000}});
  const std::shared_ptr<Session> self = shared_from_this();  // The URL's may be the last reference.
  std::exchange(viewer_, nullptr)->close();
  front_.remove(url_id_);
}

Handler::Handler(Services services)
    : services_(services),
      front_({.reactors = services_.reactors,
              .ports = services_.ports,
              .settings = services_.settings,
              .random = services_.random},
             kPrefix, [this](HttpRequest& request) { return join(request); }) {}

Task<Result<HttpResponse>> Handler::join(HttpRequest& request) {
  Result<HttpResponse> response = co_await find_and_answer(request);
  if (response) co_return response;
  const Error& why = response.error();
  services_.metrics.whep_refused(why.reason);
  log::info("whep.refused", {{"path", std::string_view(request.path).substr(0, kPathShownMax)},
                             {"reason", why.reason},
                             {"detail", why.detail},
                             {"request_id", request.request_id}});
  co_return response;
}

Task<Result<HttpResponse>> Handler::find_and_answer(HttpRequest& request) {
  CO_TRY(const proto::sdp::Session offer, co_await services_.desk.admit(request));
  CO_TRY(const StreamId stream_id, find_stream(std::string_view(request.path).substr(kPrefix.size())));
  co_return co_await answer(stream_id, std::move(offer), playout_delay_of(request));
}

Result<StreamId> Handler::find_stream(std::string_view name) const {
  const HlsShard& shard = *services_.shards.at(io::Reactor::current()->index());
  if (name.starts_with('@')) {
    const auto by_name = shard.find(name.substr(1));
    if (by_name) return *by_name;
    return not_found();
  }
  const auto number = parse_integer<std::int64_t>(name);
  if (!number || *number <= 0) return not_found();
  return StreamId{*number};
}

Task<Result<HttpResponse>> Handler::answer(StreamId stream_id, proto::sdp::Session offer,
                                           PlayoutDelay delay) {
  auto session = std::make_shared<Session>(front_, stream_id, *io::Reactor::current());
  const webrtc::OfferedVideo offered = webrtc::video_offered(offer);
  if (offered.is_wanted && !offered.is_playable())
    co_return fail(ErrorKind::invalid, "webrtc.codec_not_offered", "neither H.264, HEVC nor AV1");
  const ViewerCodecs codecs{
      .h264 = offered.h264 || !offered.is_wanted, .hevc = offered.hevc, .av1 = offered.av1};
  RealtimeFeed::Lost on_lost = [session](const Error& why) { session->lose(why.reason); };
  CO_TRY(StreamDirectory::RealtimePlace place,
         co_await services_.directory.join_realtime(stream_id, codecs, std::move(on_lost)));
  const webrtc::Sender& sender = services_.fanout.sender();
  CO_TRY(const webrtc::Plan plan, plan_whep(offer, *place.hold.tracks(), sender));
  ViewerPlan viewer_plan{.video = plan.video,
                         .audio = plan.audio,
                         .cname = sender.cname,
                         .peer = peer_options(plan),
                         .playout_delay = delay};
  ViewerEnded on_ended = [session](webrtc::PeerEnd cause) { session->end(name_of(cause)); };
  Source source = source_of(std::move(place));
  CO_TRY(const std::shared_ptr<Viewer> viewer,
         co_await services_.fanout.open(std::move(source), std::move(viewer_plan), std::move(on_ended)));
  const bool is_settled = session->settle(viewer->reactor());
  auto begin = [is_settled, &session, &viewer, &plan]() -> Result<HttpResponse> {
    if (is_settled) return session->begin(viewer, plan);
    viewer->close();
    return fail(ErrorKind::unavailable, "media.realtime_not_live");
  };
  co_return co_await call_on(viewer->reactor(), std::move(begin));
}

Task<void> Handler::stop() {
  co_await front_.close_all();
}

}  // namespace luso::media::whep
