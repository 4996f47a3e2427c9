#include "media/broadcast.h"

#include <utility>

#include "base/log.h"

namespace luso::media {
namespace {

// A stream that has ended stays in memory for players that still read it; after that the disk answers.
constexpr std::chrono::seconds kLinger{60};

}  // namespace

Broadcast::Broadcast(Context context, StreamId id, std::unique_ptr<SegmentStore> store,
                     const StoredStream& stored)
    : context_(std::move(context)),
      stream_(id, stored.next_generation),
      intake_(stream_),
      renditions_(stream_, intake_,
                  [this](std::size_t layer) { return port_ && port_->request_keyframe(layer); }),
      store_(std::move(store)),
      hls_({.stream_id = id, .username = stored.username}, store_.get(), context_.settings.dvr_window,
           context_.publish, context_.metrics),
      sound_hls_({.stream_id = id, .first_msn = stored.next_msn}, context_.publish, context_.metrics),
      thumbnailer_({.reactors = context_.reactors, .scope = context_.scope, .metrics = context_.metrics},
                   context_.settings.thumbnail_interval,
                   [this](std::shared_ptr<const Thumbnail> made) { take_thumbnail(std::move(made)); }),
      meter_subscription_(stream_.subscribe(meter_, Stream::StartAt::next_frame)),
      segmenter_subscription_(stream_.subscribe(segmenter_, Stream::StartAt::next_frame)),
      sound_subscription_(stream_.subscribe(sound_hls_, Stream::StartAt::next_frame)),
      thumbnailer_subscription_(stream_.subscribe(thumbnailer_, Stream::StartAt::next_frame)),
      realtime_({.reactor = context_.reactor,
                 .scope = context_.scope,
                 .settings = context_.settings,
                 .clock = context_.clock,
                 .metrics = context_.metrics,
                 .audio = context_.audio,
                 .reencode = context_.reencode,
                 .request_keyframe = [this] { return renditions_.request_keyframe(); }},
                stream_, meter_.fitness()),
      line_(std::make_shared<AuthorityLine>(context_.scope)),
      grace_timer_(context_.reactor.executor()),
      limit_timer_(context_.reactor.executor()) {
  hls_.restore(stored, store_ ? store_->directory() : std::string());
  hls_.set_state(state_);
  context_.metrics.streams.add(1);
}

Broadcast::~Broadcast() {
  if (state_ == StreamState::live) context_.metrics.live_streams.add(-1);
  context_.metrics.streams.add(-1);
}

void Broadcast::set_state(StreamState state) {
  if (state == state_) return;
  if (state == StreamState::live) context_.metrics.live_streams.add(1);
  if (state_ == StreamState::live) context_.metrics.live_streams.add(-1);
  state_ = state;
  hls_.set_state(state);
}

void Broadcast::start_timer(boost::asio::steady_timer& timer, std::chrono::milliseconds after,
                            void (Broadcast::*action)()) {
  timer.expires_after(after);
  timer.async_wait([weak = weak_from_this(), action](const boost::system::error_code& error) {
    const std::shared_ptr<Broadcast> self = weak.lock();
    if (!error && self) (self.get()->*action)();
  });
}

std::uint64_t Broadcast::begin(PublishGrant grant, std::shared_ptr<PublisherPort> port) {
  if (port_) {
    context_.metrics.takeovers.add();
    port_->dismiss(UnpublishCause::taken_over);
    release_publisher(UnpublishCause::taken_over);
  } else if (publisher_ > 0) {
    context_.metrics.resumes.add();
  }
  grace_timer_.cancel();
  set_state(StreamState::waiting);
  grant_ = std::move(grant);
  port_ = std::move(port);
  told_live_ = false;
  parts_before_ = hls_.parts_made();
  intake_.begin();
  hls_.set_username(grant_.username);
  if (grant_.ends_at) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*grant_.ends_at - context_.clock.now());
    start_timer(limit_timer_, std::max(left, std::chrono::milliseconds(0)), &Broadcast::time_is_up);
  }
  context_.metrics.publishers.add(1);
  log::info("media.published", {{"stream_id", stream_.id().value}, {"publish_id", grant_.publish_id}});
  return ++publisher_;
}

bool Broadcast::take(std::uint64_t publisher, MediaEvents events) {
  if (publisher != publisher_ || !port_) return false;
  context_.metrics.frames_in.add(events.size());
  for (MediaEvent& event : events) renditions_.take(std::move(event));
  renditions_.tell();
  if (intake_.is_live()) set_state(StreamState::live);
  if (intake_.has_captions()) hls_.set_captions();
  context_.metrics.frames_dropped.add(intake_.frames_dropped() -
                                      std::exchange(dropped_seen_, intake_.frames_dropped()));
  context_.metrics.discontinuities.add(intake_.discontinuities() -
                                       std::exchange(discontinuities_seen_, intake_.discontinuities()));
  flush_hls();
  if (!told_live_ && hls_.parts_made() > parts_before_) say_live();
  return true;
}

// Renditions first: the master playlist names them once they have something to play.
void Broadcast::flush_hls() {
  const Renditions::Rungs& rungs = renditions_.rungs();
  renditions_hls_.resize(rungs.size());
  std::vector<proto::hls::Variant> others;
  for (std::size_t rung = 1; rung < rungs.size(); ++rung) {
    std::unique_ptr<RenditionHls>& output = renditions_hls_[rung];
    if (!output && rungs[rung]->is_live()) {
      output = std::make_unique<RenditionHls>(
          RenditionHls::Place{.stream_id = stream_.id(), .rung = rung, .first_msn = hls_.next_msn()},
          rungs[rung], context_.publish, context_.metrics);
    }
    if (!output) continue;
    output->flush(state_ == StreamState::ended);
    if (const auto variant = output->variant()) others.push_back(*variant);
  }
  sound_hls_.flush(state_);
  if (const auto variant = sound_hls_.variant()) others.push_back(*variant);
  hls_.set_others(std::move(others));
  hls_.flush();
}

void Broadcast::say_live() {
  told_live_ = true;
  const Tracks& tracks = *stream_.tracks();
  log::info("media.live", {{"stream_id", stream_.id().value},
                           {"video", tracks.video ? tracks.video->codecs : "none"},
                           {"audio", tracks.audio ? tracks.audio->codecs : "none"},
                           {"encoder", intake_.encoder()}});
  line_->tell([&authority = context_.authority, grant = grant_] { return authority.on_live(grant); });
}

void Broadcast::take_thumbnail(std::shared_ptr<const Thumbnail> thumbnail) {
  line_->tell([&authority = context_.authority, id = stream_.id(), at = thumbnail->taken_at] {
    return authority.on_thumbnail(id, at);
  });
  hls_.set_thumbnail(std::move(thumbnail));
  flush_hls();
}

void Broadcast::finish(std::uint64_t publisher, UnpublishCause cause) {
  if (publisher != publisher_ || !port_) return;
  release_publisher(cause);
  wait_for_publisher();
}

// What the publisher sent becomes whole segments, and the authority hears that it is gone.
void Broadcast::release_publisher(UnpublishCause cause) {
  port_.reset();
  limit_timer_.cancel();
  stream_.pause();
  renditions_.tell();
  set_state(StreamState::waiting);
  flush_hls();
  context_.metrics.publishers.add(-1);
  context_.metrics.unpublished(name_of(cause));
  log::info(
      "media.unpublished",
      {{"stream_id", stream_.id().value}, {"publish_id", grant_.publish_id}, {"cause", name_of(cause)}});
  line_->tell([&authority = context_.authority, grant = grant_, cause] {
    return authority.on_unpublished(grant, cause);
  });
}

void Broadcast::wait_for_publisher() {
  if (state_ == StreamState::ended) return;
  flush_hls();
  start_timer(grace_timer_, context_.settings.grace, &Broadcast::grace_is_over);
}

void Broadcast::dismiss(UnpublishCause cause) {
  if (!port_) return;
  port_->dismiss(cause);
  release_publisher(cause);
  wait_for_publisher();
}

// A timer that was cancelled may have fired already: each action looks at the facts again.
void Broadcast::time_is_up() {
  if (port_ && grant_.ends_at && *grant_.ends_at <= context_.clock.now()) end();
}

void Broadcast::grace_is_over() {
  if (!port_) end();
}

void Broadcast::end() {
  if (state_ == StreamState::ended) return;
  if (port_) {
    port_->dismiss(UnpublishCause::ended);
    release_publisher(UnpublishCause::ended);
  }
  set_state(StreamState::ended);
  realtime_.end();
  flush_hls();
  if (store_) store_->mark_ended(context_.clock.now());
  log::info("media.ended", {{"stream_id", stream_.id().value}});
  line_->tell([&authority = context_.authority, id = stream_.id()] { return authority.on_ended(id); });
  start_timer(grace_timer_, kLinger, &Broadcast::forget);
}

void Broadcast::forget() {
  if (state_ != StreamState::ended) return;
  if (settled()) {
    context_.over(stream_.id());
  } else {
    start_timer(grace_timer_, kLinger, &Broadcast::forget);
  }
}

bool Broadcast::settled() const {
  return line_->idle() && (!store_ || store_->idle());
}

void Broadcast::trim_stored(double share) {
  hls_.trim_stored(static_cast<std::uint64_t>(static_cast<double>(hls_.stored_bytes()) * share));
  flush_hls();
}

std::optional<IngestFacts> Broadcast::facts() const {
  if (!port_) return std::nullopt;
  IngestFacts facts = meter_.facts();
  facts.encoder = intake_.encoder();
  facts.transport = intake_.transport();
  for (const auto& rendition : renditions_.rungs()) {
    if (const auto size = rendition ? rendition->size() : std::nullopt) facts.sizes.push_back(*size);
  }
  if (!facts.sizes.empty()) {
    facts.sizes.insert(facts.sizes.begin(), {.width = facts.width,
                                             .height = facts.height,
                                             .frame_rate = facts.frame_rate,
                                             .bitrate_kbps = facts.video_bitrate_kbps});
  }
  facts.frames_dropped = static_cast<std::int64_t>(intake_.frames_dropped() +
                                                   (facts.transport ? facts.transport->frames_dropped : 0));
  return facts;
}

}  // namespace luso::media
