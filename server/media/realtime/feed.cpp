#include "media/realtime/feed.h"

#include <algorithm>
#include <deque>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include <boost/asio/steady_timer.hpp>

#include "base/log.h"
#include "media/realtime/reencode_budget.h"
#include "media/realtime/reencoder.h"
#include "media/realtime/sound.h"

namespace luso::media {
namespace {

constexpr std::chrono::seconds kTick{1};
constexpr std::size_t kSoundWaitingMax = 150;  // Three seconds; an encoder that is later gets no sound kept.

// Where a viewer's picture comes from.
enum class Rung : std::uint8_t { h264, own };

class Collector final : public StreamSink {
 public:
  void on_tracks(const TracksPtr& /*tracks*/) override {}

  void on_frame(const FramePtr& frame) override { frames.push_back(frame); }

  std::vector<FramePtr> frames;
};

std::vector<FramePtr> cached_frames(Stream& source) {
  Collector collector;
  const auto subscription = source.subscribe(collector, Stream::StartAt::newest_keyframe);
  return std::move(collector.frames);
}

// By when they are shown, as an encoder without delay would have sent them: the wall clock moves along, for
// sound and picture are put together by it.
FramePtr as_shown(const FramePtr& frame) {
  if (frame->cts_offset_us == 0) return frame;
  Frame shown = *frame;
  shown.dts_us += frame->cts_offset_us;
  shown.captured_at += Duration(frame->cts_offset_us);
  shown.cts_offset_us = 0;
  return std::make_shared<const Frame>(std::move(shown));
}

std::int64_t dts_of(const FramePtr& frame) {
  return frame->dts_us;
}

std::string_view reason_of(Obstacle obstacle) {
  switch (obstacle) {
    case Obstacle::keyframe_interval: return "media.realtime_keyframe_interval";
    case Obstacle::b_frames: return "media.realtime_b_frames";
    default: return "media.realtime_codec";
  }
}

Error error_of(Obstacle obstacle) {
  return fail(ErrorKind::precondition, reason_of(obstacle)).value();
}

// Worth another try, but not before.
Error later(ErrorKind kind, std::string_view reason, std::chrono::seconds after) {
  Error error = fail(kind, reason).value();
  error.retry_after_s = after.count();
  return error;
}

}  // namespace

std::string_view name_of(RealtimeState::Mode mode) {
  switch (mode) {
    case RealtimeState::Mode::idle: return "idle";
    case RealtimeState::Mode::passing: return "passing";
    case RealtimeState::Mode::starting: return "starting";
    case RealtimeState::Mode::reencoding: return "reencoding";
    case RealtimeState::Mode::unavailable: return "unavailable";
  }
  return "idle";
}

struct RealtimeFeed::Seat {
  Rung rung = Rung::h264;
  Lost lost;  // Empty once it has been called.
};

class RealtimeFeed::Impl final : public StreamSink, public std::enable_shared_from_this<Impl> {
 public:
  Impl(Services services, Stream& source, const FitnessMeter& fitness)
      : services_(std::move(services)),
        source_(&source),
        fitness_(&fitness),
        tick_(services.reactor.executor()) {}

  void open() { subscription_ = source_->subscribe(*this, Stream::StartAt::next_frame); }

  void end();
  void close();
  [[nodiscard]] Result<Hold> join(ViewerCodecs codecs, Lost lost);
  void leave(const std::shared_ptr<Seat>& seat);
  [[nodiscard]] RealtimeState state() const;

  [[nodiscard]] Stream& stream_of(Rung rung) { return rung == Rung::own ? running_->own : running_->h264; }

  [[nodiscard]] io::Reactor& home() { return services_.reactor; }

  [[nodiscard]] bool request_keyframe(Rung rung) {
    if (source_ == nullptr || !running_ || !running_->direct || &stream_of(rung) != &direct_stream())
      return false;
    return services_.request_keyframe && services_.request_keyframe();
  }

  void on_tracks(const TracksPtr& tracks) override;
  void on_frame(const FramePtr& frame) override;
  void on_discontinuity() override;
  void on_pause() override;

 private:
  // What exists while somebody watches.
  struct Running {
    Running(StreamId id, Impl& feed, Services& services)
        : metrics(services.metrics),
          h264(id),
          own(id),
          sound(services.reactor, services.audio,
                [&feed](std::vector<FramePtr> packets) { feed.take_sound(std::move(packets)); }) {
      metrics.realtime_feeds.add(1);
    }

    ~Running() { metrics.realtime_feeds.add(-1); }

    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

    MediaMetrics& metrics;
    Stream h264, own;  // `own`: HEVC or AV1 as the publisher sends it.
    RealtimeSound sound;
    bool begun = false;   // Since the publisher's last change, a picture to start with has come.
    bool direct = false;  // The publisher's picture is passed on.
    // The first pictures wait until the sound that belongs to them is Opus.
    bool priming = false;
    std::vector<FramePtr> held;
    std::unique_ptr<Reencoder> reencoder;
    bool reencoding = false;             // Its first picture has come.
    std::deque<FramePtr> sound_waiting;  // For the re-encoded picture it belongs to.
  };

  [[nodiscard]] const std::optional<proto::VideoTrack>& video() const { return source_->tracks()->video; }

  [[nodiscard]] bool is_h264() const { return !video() || video()->codec == proto::Codec::h264; }

  // Of the publisher's own picture, for whoever has its codec.
  [[nodiscard]] Obstacle own_obstacle() const { return video() ? fitness_->obstacle() : Obstacle::none; }

  [[nodiscard]] Obstacle obstacle() const { return is_h264() ? own_obstacle() : Obstacle::codec; }

  [[nodiscard]] Stream& direct_stream() { return is_h264() ? running_->h264 : running_->own; }

  [[nodiscard]] bool has_codec(const ViewerCodecs& codecs) const;
  [[nodiscard]] bool has_seats(Rung rung) const;
  [[nodiscard]] bool wants_reencode() const;
  [[nodiscard]] Result<void> offer_h264();
  void start();
  void begin();
  void follow(const Frame& frame);
  void release_held(std::vector<FramePtr> packets);
  void take_sound(std::vector<FramePtr> packets);
  void give_sound(const FramePtr& packet);
  bool start_reencoder();
  void stop_reencoder();
  void take_reencoded_track(proto::VideoTrack track);
  void take_reencoded(const FramePtr& frame);
  void reencoder_failed(Reencoder::Failure failure);
  void need_reencode();
  void lose(std::optional<Rung> rung, const Error& why);
  void schedule_tick();
  void tick();

  Services services_;
  Stream* source_;
  const FitnessMeter* fitness_;
  Stream::Subscription subscription_;
  boost::asio::steady_timer tick_;
  bool ticking_ = false, live_ = false, over_ = false;
  std::vector<std::shared_ptr<Seat>> seats_;
  MonoTime keep_until_{}, interest_until_{}, cool_until_{};
  std::unique_ptr<Running> running_;
};

bool RealtimeFeed::Impl::has_codec(const ViewerCodecs& codecs) const {
  if (!video()) return true;
  switch (video()->codec) {
    case proto::Codec::h264: return codecs.h264;
    case proto::Codec::hevc: return codecs.hevc;
    default: return codecs.av1;
  }
}

bool RealtimeFeed::Impl::has_seats(Rung rung) const {
  return std::ranges::any_of(seats_, [rung](const auto& seat) { return seat->lost && seat->rung == rung; });
}

bool RealtimeFeed::Impl::wants_reencode() const {
  return has_seats(Rung::h264) || services_.clock.monotonic() < interest_until_;
}

Result<RealtimeFeed::Hold> RealtimeFeed::Impl::join(ViewerCodecs codecs, Lost lost) {
  if (over_ || source_ == nullptr) return fail(ErrorKind::not_found, "media.not_found");
  if (!live_) return tl::unexpected(later(ErrorKind::unavailable, "media.realtime_not_live", kRetryAfter));
  const bool as_it_comes = own_obstacle() == Obstacle::none && has_codec(codecs);
  if (!as_it_comes && !codecs.h264) return tl::unexpected(error_of(Obstacle::codec));
  start();
  if (!as_it_comes) {
    TRY_VOID(offer_h264());
  } else if (!running_->direct) {
    // A moment ago it did not come as it is to be; it does from its next keyframe on.
    return tl::unexpected(later(ErrorKind::unavailable, "media.realtime_preparing", kRetryAfter));
  }
  auto seat = std::make_shared<Seat>();
  seat->rung = as_it_comes && !is_h264() ? Rung::own : Rung::h264;
  seat->lost = lost ? std::move(lost) : [](const Error&) {};
  seats_.push_back(seat);
  return Hold(shared_from_this(), seat, stream_of(seat->rung).tracks());
}

Result<void> RealtimeFeed::Impl::offer_h264() {
  interest_until_ = services_.clock.monotonic() + kInterest;
  if (running_->reencoding) return {};
  if (running_->reencoder || start_reencoder())
    return tl::unexpected(later(ErrorKind::unavailable, "media.realtime_preparing", kRetryAfter));
  return tl::unexpected(error_of(obstacle()));
}

void RealtimeFeed::Impl::leave(const std::shared_ptr<Seat>& seat) {
  std::erase(seats_, seat);
  if (seats_.empty()) keep_until_ = services_.clock.monotonic() + kLinger;
}

RealtimeState RealtimeFeed::Impl::state() const {
  using Mode = RealtimeState::Mode;
  if (!running_ || source_ == nullptr) return {};
  if (!live_) return {.mode = Mode::starting, .obstacle = Obstacle::none};
  RealtimeState state{.mode = Mode::unavailable, .obstacle = obstacle()};
  if (running_->reencoder) {
    state.mode = running_->reencoding ? Mode::reencoding : Mode::starting;
  } else if (running_->direct) {
    state.mode = Mode::passing;
  }
  return state;
}

// The first viewer is here: everything begins with what the source has in its cache.
void RealtimeFeed::Impl::start() {
  keep_until_ = std::max(keep_until_, services_.clock.monotonic() + kLinger);
  if (running_) return;
  running_ = std::make_unique<Running>(source_->id(), *this, services_);
  schedule_tick();
  begin();
  std::vector<FramePtr> sound;
  for (FramePtr& frame : cached_frames(*source_)) {
    if (frame->kind == TrackKind::audio) {
      sound.push_back(std::move(frame));
    } else if (running_->direct) {
      running_->held.push_back(as_shown(frame));
    }
  }
  running_->priming = true;
  if (sound.empty() || !running_->sound.take(std::move(sound))) release_held({});
}

// A generation of the source starts.
void RealtimeFeed::Impl::begin() {
  running_->begun = true;
  running_->sound.set_source(source_->tracks()->audio);
  running_->direct = own_obstacle() == Obstacle::none;
  if (running_->direct) {
    Stream& stream = direct_stream();
    if (stream.tracks()) stream.discontinuity();
    stream.set_tracks(video(), running_->sound.track());
  }
  need_reencode();
}

// Viewers of H.264 who cannot have the publisher's get one that is made for them, or must go.
void RealtimeFeed::Impl::need_reencode() {
  if (!running_->direct) lose(Rung::own, error_of(own_obstacle()));
  if (obstacle() == Obstacle::none) return lose(Rung::own, error_of(Obstacle::codec));
  if (running_->reencoder || !has_seats(Rung::h264)) return;
  if (!start_reencoder()) lose(Rung::h264, error_of(obstacle()));
}

void RealtimeFeed::Impl::on_tracks(const TracksPtr& /*tracks*/) {
  if (!running_) return;
  release_held({});
  stop_reencoder();
  running_->begun = running_->direct = false;
}

void RealtimeFeed::Impl::on_discontinuity() {
  if (!running_ || !running_->direct) return;
  release_held({});
  direct_stream().discontinuity();
}

void RealtimeFeed::Impl::on_pause() {
  live_ = false;
  if (!running_) return;
  running_->priming = running_->begun = running_->direct = false;
  running_->held.clear();
  running_->sound.set_source(std::nullopt);
  stop_reencoder();
  running_->h264.pause();
  running_->own.pause();
}

void RealtimeFeed::Impl::on_frame(const FramePtr& frame) {
  live_ = true;
  over_ = false;
  if (!running_) return;
  follow(*frame);
  if (!running_->begun) return;
  if (frame->kind == TrackKind::audio) {
    running_->sound.take({frame});
    return;
  }
  if (running_->reencoder) running_->reencoder->take(frame);
  if (!running_->direct) return;
  if (running_->priming && running_->held.size() < GopCache::kFramesMax) {
    running_->held.push_back(as_shown(frame));
    return;
  }
  release_held({});
  direct_stream().publish(as_shown(frame));
}

// What this frame tells of the publisher's settings.
void RealtimeFeed::Impl::follow(const Frame& frame) {
  const bool can_start = !video() || (frame.kind == TrackKind::video && frame.keyframe);
  if (!running_->begun) {
    if (can_start) begin();
    return;
  }
  const bool fit = own_obstacle() == Obstacle::none;
  if (running_->direct && !fit) {
    running_->direct = running_->priming = false;
    running_->held.clear();
    direct_stream().pause();
    need_reencode();
  } else if (!running_->direct && fit && can_start) {
    if (is_h264()) stop_reencoder();
    begin();
  }
}

// Sound and picture of the cached frames go out together, in order.
void RealtimeFeed::Impl::release_held(std::vector<FramePtr> packets) {
  if (!std::exchange(running_->priming, false)) return;
  const std::vector<FramePtr> pictures = std::exchange(running_->held, {});
  if (!running_->direct) {
    for (const FramePtr& packet : packets) give_sound(packet);
    return;
  }
  std::vector<FramePtr> frames;
  std::ranges::merge(pictures, packets, std::back_inserter(frames), {}, dts_of, dts_of);
  for (const FramePtr& frame : frames) {
    if (frame->kind == TrackKind::audio) {
      give_sound(frame);
    } else {
      direct_stream().publish(frame);
    }
  }
}

void RealtimeFeed::Impl::take_sound(std::vector<FramePtr> packets) {
  if (running_->priming) return release_held(std::move(packets));
  for (const FramePtr& packet : packets) give_sound(packet);
}

void RealtimeFeed::Impl::give_sound(const FramePtr& packet) {
  if (running_->direct) direct_stream().publish(packet);
  if (!running_->reencoder) return;
  running_->sound_waiting.push_back(packet);
  if (running_->sound_waiting.size() > kSoundWaitingMax) running_->sound_waiting.pop_front();
}

bool RealtimeFeed::Impl::start_reencoder() {
  if (!video() || services_.clock.monotonic() < cool_until_) return false;
  ReencodeBudget::Refusal why{};
  auto permit = services_.reencode.take(why);
  if (!permit) {
    log::info("media.reencode_refused", {{"stream_id", source_->id().value}, {"cause", name_of(why)}});
    return false;
  }
  log::info("media.reencode", {{"stream_id", source_->id().value}, {"obstacle", name_of(obstacle())}});
  running_->reencoder = std::make_unique<Reencoder>(
      Reencoder::Services{.reactor = services_.reactor,
                          .scope = services_.scope,
                          .settings = services_.settings,
                          .metrics = services_.metrics},
      std::move(permit), *video(),
      Reencoder::Output{
          .on_start = [this](proto::VideoTrack track) { take_reencoded_track(std::move(track)); },
          .on_frame = [this](const FramePtr& frame) { take_reencoded(frame); },
          .on_failed = [this](Reencoder::Failure failure) { reencoder_failed(failure); }});
  for (const FramePtr& frame : cached_frames(*source_)) running_->reencoder->take(frame);
  running_->reencoder->start();
  return true;
}

void RealtimeFeed::Impl::stop_reencoder() {
  if (!running_->reencoder) return;
  services_.metrics.reencode_ended("stopped");
  running_->reencoder.reset();
  running_->reencoding = false;
  running_->sound_waiting.clear();
}

void RealtimeFeed::Impl::take_reencoded_track(proto::VideoTrack track) {
  running_->reencoding = true;
  if (running_->h264.tracks()) running_->h264.discontinuity();
  running_->h264.set_tracks(std::move(track), running_->sound.track());
}

void RealtimeFeed::Impl::take_reencoded(const FramePtr& frame) {
  std::deque<FramePtr>& sound = running_->sound_waiting;
  for (; !sound.empty() && sound.front()->dts_us <= frame->dts_us; sound.pop_front())
    running_->h264.publish(sound.front());
  running_->h264.publish(frame);
}

void RealtimeFeed::Impl::reencoder_failed(Reencoder::Failure /*failure*/) {
  running_->reencoder.reset();
  running_->reencoding = false;
  running_->sound_waiting.clear();
  cool_until_ = services_.clock.monotonic() + kCoolDown;
  running_->h264.pause();
  lose(Rung::h264, error_of(obstacle()));
}

// Whoever hears that it has lost its picture leaves soon; until then it keeps its stream, which is silent.
void RealtimeFeed::Impl::lose(std::optional<Rung> rung, const Error& why) {
  for (const auto& seat : std::vector(seats_)) {
    if (!rung || seat->rung == *rung) {
      if (const Lost lost = std::exchange(seat->lost, nullptr)) lost(why);
    }
  }
}

void RealtimeFeed::Impl::end() {
  over_ = true;
  interest_until_ = {};
  if (running_) stop_reencoder();
  lose(std::nullopt, fail(ErrorKind::not_found, "media.not_found").value());
}

void RealtimeFeed::Impl::close() {
  end();
  subscription_.reset();
  source_ = nullptr;
  fitness_ = nullptr;
  if (running_) running_->sound.set_source(std::nullopt);
  if (seats_.empty()) running_.reset();
}

void RealtimeFeed::Impl::schedule_tick() {
  if (std::exchange(ticking_, true)) return;
  tick_.expires_after(kTick);
  tick_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const std::shared_ptr<Impl> self = weak.lock();
    if (!error && self) self->tick();
  });
}

void RealtimeFeed::Impl::tick() {
  ticking_ = false;
  const MonoTime now = services_.clock.monotonic();
  if (seats_.empty() && now >= keep_until_ && now >= interest_until_) {
    stop_reencoder();
    running_.reset();
    return;
  }
  if (!wants_reencode()) stop_reencoder();
  schedule_tick();
}

RealtimeFeed::Hold::Hold(std::shared_ptr<Impl> feed, std::shared_ptr<Seat> seat, TracksPtr tracks)
    : feed_(std::move(feed)), seat_(std::move(seat)), tracks_(std::move(tracks)) {}

RealtimeFeed::Hold& RealtimeFeed::Hold::operator=(Hold&& other) noexcept {
  Hold taken(std::move(other));
  std::swap(feed_, taken.feed_);
  std::swap(seat_, taken.seat_);
  std::swap(tracks_, taken.tracks_);
  return *this;
}

RealtimeFeed::Hold::~Hold() {
  if (!seat_) return;
  io::Reactor& where = feed_->home();
  auto leave = [feed = std::move(feed_), seat = std::move(seat_)] { feed->leave(seat); };
  if (io::Reactor::current() == &where) {
    leave();
  } else {
    where.post(std::move(leave));
  }
}

Stream& RealtimeFeed::Hold::stream() const {
  return feed_->stream_of(seat_->rung);
}

io::Reactor& RealtimeFeed::Hold::home() const {
  return feed_->home();
}

bool RealtimeFeed::Hold::request_keyframe() const {
  return feed_->request_keyframe(seat_->rung);
}

RealtimeFeed::RealtimeFeed(Services services, Stream& source, const FitnessMeter& fitness)
    : impl_(std::make_shared<Impl>(std::move(services), source, fitness)) {
  impl_->open();
}

RealtimeFeed::~RealtimeFeed() {
  impl_->close();
}

Result<RealtimeFeed::Hold> RealtimeFeed::join(ViewerCodecs codecs, Lost lost) {
  return impl_->join(codecs, std::move(lost));
}

RealtimeState RealtimeFeed::state() const {
  return impl_->state();
}

void RealtimeFeed::end() {
  impl_->end();
}

void RealtimeFeed::close() {
  impl_->close();
}

}  // namespace luso::media
