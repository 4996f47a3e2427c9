#include "media/realtime/reencoder.h"

#include <algorithm>
#include <array>
#include <csignal>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <variant>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "base/log.h"
#include "io/process.h"
#include "media/gop_cache.h"
#include "media/ingest/flv_feed.h"
#include "media/realtime/encoder_command.h"
#include "proto/flv_file.h"
#include "proto/fmp4.h"

namespace luso::media {
namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t kUsPerMs = 1'000;
constexpr double kUsPerSecond = 1'000'000;
constexpr std::int64_t kTicksPerMs = proto::fmp4::kVideoTimescale / 1'000;
constexpr std::uint32_t kNominalDuration =
    proto::fmp4::kVideoTimescale / 30;  // Decode times say the real one.
constexpr std::chrono::milliseconds kFirstPause = 250ms, kLongestPause = 4s;
constexpr std::chrono::seconds kGoodRun{10};  // Whoever ran so long had not been failing.
constexpr std::size_t kErrorTextMax = 400;
constexpr std::size_t kReadBytes = 64 << 10;
constexpr unsigned kThreadsMax = 4;
constexpr std::size_t kPlacesMax = 4'096;  // Pictures an encoder may hold; it holds one or two.

// Where an encoded picture belongs, by the milliseconds the encoder knows it by.
struct Place {
  std::int64_t pts_us = 0;
  WallTime captured_at;  // Of a picture that is sent when it is shown.
};

double frame_rate_of(const proto::VideoTrack& track, std::span<const FramePtr> frames) {
  if (track.frame_rate > 0) return track.frame_rate;
  if (frames.size() < 2) return 0;
  const auto span_us = static_cast<double>(frames.back()->dts_us - frames.front()->dts_us);
  return span_us > 0 ? static_cast<double>(frames.size() - 1) * kUsPerSecond / span_us : 0;
}

}  // namespace

std::string_view name_of(Reencoder::Failure failure) {
  switch (failure) {
    case Reencoder::Failure::keeps_failing: return "keeps_failing";
    case Reencoder::Failure::too_slow: return "too_slow";
    case Reencoder::Failure::revoked: return "revoked";
  }
  return "keeps_failing";
}

class Reencoder::Worker : public std::enable_shared_from_this<Worker> {
 public:
  Worker(Services services, std::unique_ptr<ReencodeBudget::Permit> permit, proto::VideoTrack source,
         Output output)
      : services_(services),
        permit_(std::move(permit)),
        source_(std::move(source)),
        output_(std::move(output)),
        wake_(services.reactor.executor(), asio::steady_timer::time_point::max()),
        pause_(services.reactor.executor()) {}

  void take(const FramePtr& frame);
  void start();
  void stop();

 private:
  [[nodiscard]] Task<void> supervise();
  [[nodiscard]] Task<void> run_once();
  [[nodiscard]] Task<bool> wait_before_next(MonoTime started);
  [[nodiscard]] Task<void> write_loop();
  [[nodiscard]] Task<void> read_loop();
  [[nodiscard]] Task<void> error_loop();
  [[nodiscard]] EncoderPlan begin_child();
  [[nodiscard]] Bytes next_fragment();
  [[nodiscard]] bool take_output(ByteView bytes);
  void give(Sample sample);
  void give_up(Failure failure);
  void kill();

  Services services_;
  std::unique_ptr<ReencodeBudget::Permit> permit_;
  proto::VideoTrack source_;
  Output output_;
  GopCache gop_;  // For the next process, should this one die.
  asio::steady_timer wake_, pause_;
  bool started_ = false, stopping_ = false;
  int failures_ = 0;
  std::int64_t last_given_us_ = -1;

  // Of the running process.
  std::unique_ptr<io::Process> child_;
  std::deque<FramePtr> waiting_;
  std::uint32_t fragments_ = 0;
  std::int64_t base_us_ = 0, start_us_ = 0;  // Its time 0, and the first picture wanted of it.
  double frame_rate_ = 0;
  std::map<std::int64_t, Place> places_;
  proto::flv::FileReader reader_;
  FlvFeed feed_;
  std::optional<proto::VideoTrack> made_;
  std::string error_text_;
};

void Reencoder::Worker::take(const FramePtr& frame) {
  if (frame->kind != TrackKind::video || stopping_) return;
  gop_.add(frame);
  if (!child_) return;
  waiting_.push_back(frame);
  wake_.cancel();
  // What had to be decoded first does not count against it.
  const std::int64_t lag_us = frame->dts_us - std::max(waiting_.front()->dts_us, start_us_);
  if (permit_->revoked()) return give_up(Failure::revoked);
  if (lag_us > kLagMaxUs) return give_up(Failure::too_slow);
  if (frame->dts_us - std::max(last_given_us_, start_us_) > kSilenceMaxUs) give_up(Failure::keeps_failing);
}

void Reencoder::Worker::start() {
  if (std::exchange(started_, true)) return;
  services_.scope.spawn([self = shared_from_this()] { return self->supervise(); });
}

void Reencoder::Worker::stop() {
  stopping_ = true;
  output_ = {};
  kill();
}

void Reencoder::Worker::kill() {
  if (child_) child_->send_signal(SIGKILL);
  wake_.cancel();
  pause_.cancel();
}

void Reencoder::Worker::give_up(Failure failure) {
  if (std::exchange(stopping_, true)) return;
  services_.metrics.reencode_ended(name_of(failure));
  services_.metrics.reencode_frames_dropped.add(waiting_.size());
  log::warn("media.reencode_given_up", {{"cause", name_of(failure)}, {"detail", error_text_}});
  kill();
  const auto keep_alive = shared_from_this();
  const auto tell = std::move(output_.on_failed);
  output_ = {};
  if (tell) tell(failure);
}

Task<void> Reencoder::Worker::supervise() {
  // The process is to be collected, also when this task itself is asked to stop.
  co_await asio::this_coro::throw_if_cancelled(false);
  while (!stopping_) {
    const MonoTime started = std::chrono::steady_clock::now();
    co_await run_once();
    if (!co_await wait_before_next(started)) break;
  }
  permit_.reset();
}

// False: there is no next one.
Task<bool> Reencoder::Worker::wait_before_next(MonoTime started) {
  const auto state = co_await asio::this_coro::cancellation_state;
  if (stopping_ || state.cancelled() != asio::cancellation_type::none) co_return false;
  services_.metrics.reencode_ended("died");
  log::warn("media.reencode_died", {{"detail", error_text_}});
  failures_ = std::chrono::steady_clock::now() - started > kGoodRun ? 1 : failures_ + 1;
  if (failures_ >= kFailuresMax) {
    give_up(Failure::keeps_failing);
    co_return false;
  }
  pause_.expires_after(std::min(kLongestPause, kFirstPause * (1 << (failures_ - 1))));
  const auto [error] = co_await pause_.async_wait(asio::as_tuple(asio::use_awaitable));
  co_return !error && !stopping_;
}

// From the newest keyframe on; what was given before is only decoded.
EncoderPlan Reencoder::Worker::begin_child() {
  const std::span<const FramePtr> cached = gop_.frames();
  waiting_.assign(cached.begin(), cached.end());
  fragments_ = 0;
  places_.clear();
  reader_ = {};
  feed_ = {};
  made_.reset();
  error_text_.clear();
  base_us_ = cached.empty() ? 0 : cached.front()->dts_us;
  start_us_ = base_us_;
  for (const FramePtr& frame : cached) start_us_ = std::max(start_us_, frame->pts_us());
  start_us_ = std::max(start_us_, last_given_us_ + kUsPerMs);
  frame_rate_ = frame_rate_of(source_, cached);
  return {.width = source_.width,
          .height = source_.height,
          .frame_rate = frame_rate_,
          .fps_max = services_.settings.reencode_fps_max,
          .height_max = services_.settings.reencode_height_max,
          .start_ms = (start_us_ - base_us_) / kUsPerMs,
          .yields = services_.settings.reencode_cpu_percent_max < 100,
          .threads = std::clamp(std::thread::hardware_concurrency(), 1U, kThreadsMax)};
}

Task<void> Reencoder::Worker::run_once() {
  auto child = io::Process::start(services_.reactor, {.command = encoder_command(begin_child()),
                                                      .input = io::Process::Stream::pipe,
                                                      .output = io::Process::Stream::pipe,
                                                      .errors = io::Process::Stream::pipe});
  if (!child) {
    error_text_ = child.error().detail;
    co_return;
  }
  services_.metrics.reencodes_started.add();
  child_ = std::move(*child);
  log::info("media.reencode_started", {{"pid", child_->id()}, {"source", source_.codecs}});
  {
    io::Scope loops(services_.reactor.executor());
    loops.spawn([this] { return write_loop(); });
    loops.spawn([this] { return read_loop(); });
    loops.spawn([this] { return error_loop(); });
    const auto exit = co_await child_->wait();
    co_await loops.close();
    if (error_text_.empty() && exit) error_text_ = exit->text();
  }
  child_.reset();
}

Task<void> Reencoder::Worker::write_loop() {
  Bytes bytes = proto::fmp4::write_init(&source_, nullptr);
  while (true) {
    const auto [error, written] =
        co_await asio::async_write(child_->input(), asio::buffer(bytes), asio::as_tuple(asio::use_awaitable));
    if (error) co_return kill();  // It reads no more.
    while (waiting_.empty()) {
      const auto [woken] = co_await wake_.async_wait(asio::as_tuple(asio::use_awaitable));
      if (stopping_ || !child_->input().is_open()) co_return;
      static_cast<void>(woken);
    }
    bytes = next_fragment();
  }
}

Bytes Reencoder::Worker::next_fragment() {
  const FramePtr frame = std::move(waiting_.front());
  waiting_.pop_front();
  const std::int64_t dts = proto::fmp4::to_timescale(std::max<std::int64_t>(0, frame->dts_us - base_us_),
                                                     proto::fmp4::kVideoTimescale);
  const std::int64_t cts = proto::fmp4::to_timescale(frame->cts_offset_us, proto::fmp4::kVideoTimescale);
  const std::int64_t ms = (dts + cts + kTicksPerMs / 2) / kTicksPerMs;  // As ffmpeg rounds.
  places_.insert_or_assign(ms, Place{.pts_us = frame->pts_us(),
                                     .captured_at = frame->captured_at + Duration(frame->cts_offset_us)});
  if (places_.size() > kPlacesMax) places_.erase(places_.begin());
  const proto::fmp4::Sample sample{.payload = frame->payload,
                                   .duration = kNominalDuration,
                                   .cts_offset = static_cast<std::int32_t>(cts),
                                   .keyframe = frame->keyframe};
  return proto::fmp4::write_fragment(
      {.sequence = ++fragments_,
       .video = {.base_decode_time = static_cast<std::uint64_t>(dts), .samples = {&sample, 1}},
       .audio = {}});
}

Task<void> Reencoder::Worker::read_loop() {
  std::array<std::uint8_t, kReadBytes> chunk{};
  while (true) {
    const auto [error, size] =
        co_await child_->output().async_read_some(asio::buffer(chunk), asio::as_tuple(asio::use_awaitable));
    if (error || stopping_) co_return;
    if (!take_output(ByteView(chunk).first(size))) co_return kill();
  }
}

bool Reencoder::Worker::take_output(ByteView bytes) {
  std::vector<proto::flv::FileTag> tags;
  MediaEvents events;
  if (!reader_.feed(bytes, tags)) return false;
  for (proto::flv::FileTag& tag : tags) {
    if (tag.kind != proto::flv::FileTag::Kind::video) continue;
    proto::rtmp::VideoMessage message{.timestamp = tag.timestamp_ms, .body = std::move(tag.body)};
    if (!feed_.take(std::move(message), {}, events)) return false;
  }
  for (MediaEvent& event : events) {
    if (auto* track = std::get_if<proto::VideoTrack>(&event)) made_ = std::move(*track);
    if (auto* sample = std::get_if<Sample>(&event)) give(std::move(*sample));
  }
  return true;
}

void Reencoder::Worker::give(Sample sample) {
  // The encoder counts in milliseconds; a rounding of its own may be off by one of them.
  const std::int64_t made_ms = sample.timestamp_us / kUsPerMs;
  auto place = places_.lower_bound(made_ms - 1);
  if (place == places_.end() || place->first > made_ms + 1) return;
  if (const auto next = std::next(place); next != places_.end() && next->first == made_ms) place = next;
  const Place at = place->second;
  places_.erase(places_.begin(), std::next(place));
  if (at.pts_us <= last_given_us_) return;
  last_given_us_ = at.pts_us;
  if (made_) {
    proto::VideoTrack track = *std::exchange(made_, std::nullopt);
    track.frame_rate = std::min<double>(frame_rate_, services_.settings.reencode_fps_max);
    if (output_.on_start) output_.on_start(std::move(track));
  }
  if (!output_.on_frame) return;
  output_.on_frame(std::make_shared<const Frame>(Frame{.kind = TrackKind::video,
                                                       .keyframe = sample.keyframe,
                                                       .dts_us = at.pts_us,
                                                       .cts_offset_us = 0,
                                                       .captured_at = at.captured_at,
                                                       .payload = std::move(sample.payload)}));
}

// What it complains of last is what we log when it dies.
Task<void> Reencoder::Worker::error_loop() {
  std::array<char, 1'024> chunk{};
  while (true) {
    const auto [error, size] =
        co_await child_->errors().async_read_some(asio::buffer(chunk), asio::as_tuple(asio::use_awaitable));
    if (error) co_return;
    error_text_.append(chunk.data(), size);
    if (error_text_.size() > kErrorTextMax) error_text_.erase(0, error_text_.size() - kErrorTextMax);
  }
}

Reencoder::Reencoder(Services services, std::unique_ptr<ReencodeBudget::Permit> permit,
                     proto::VideoTrack source, Output output)
    : worker_(std::make_shared<Worker>(services, std::move(permit), std::move(source), std::move(output))) {}

Reencoder::~Reencoder() {
  worker_->stop();
}

void Reencoder::take(const FramePtr& frame) {
  worker_->take(frame);
}

void Reencoder::start() {
  worker_->start();
}

}  // namespace luso::media
