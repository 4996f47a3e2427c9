#include "media/stream.h"

#include <algorithm>
#include <utility>

namespace luso::media {

template <typename Call>
void Stream::tell(Call call) {
  telling_ = true;
  for (StreamSink* sink : sinks_) {
    if (sink != nullptr) call(*sink);
  }
  telling_ = false;
  sinks_.remove(nullptr);
}

bool Stream::set_tracks(std::optional<proto::VideoTrack> video, std::optional<proto::AudioTrack> audio) {
  if (tracks_ && tracks_->video == video && tracks_->audio == audio) return false;
  tracks_ = std::make_shared<const Tracks>(
      Tracks{.generation = generations_++, .video = std::move(video), .audio = std::move(audio)});
  gop_.clear();
  tell([this](StreamSink& sink) { sink.on_tracks(tracks_); });
  return true;
}

void Stream::publish(FramePtr frame) {
  gop_.add(frame);
  tell([&frame](StreamSink& sink) { sink.on_frame(frame); });
}

void Stream::discontinuity() {
  gop_.clear();
  tell([](StreamSink& sink) { sink.on_discontinuity(); });
}

void Stream::pause() {
  gop_.clear();
  tell([](StreamSink& sink) { sink.on_pause(); });
}

Stream::Subscription Stream::subscribe(StreamSink& sink, StartAt start) {
  if (tracks_) sink.on_tracks(tracks_);
  if (start == StartAt::newest_keyframe) {
    for (const FramePtr& frame : gop_.frames()) sink.on_frame(frame);
  }
  sinks_.push_back(&sink);
  return {*this, sink};
}

void Stream::unsubscribe(StreamSink& sink) {
  if (telling_) {
    std::ranges::replace(sinks_, &sink, nullptr);
  } else {
    sinks_.remove(&sink);
  }
}

Stream::Subscription::Subscription(Subscription&& other) noexcept
    : stream_(std::exchange(other.stream_, nullptr)), sink_(std::exchange(other.sink_, nullptr)) {}

Stream::Subscription& Stream::Subscription::operator=(Subscription&& other) noexcept {
  if (this != &other) {
    reset();
    stream_ = std::exchange(other.stream_, nullptr);
    sink_ = std::exchange(other.sink_, nullptr);
  }
  return *this;
}

void Stream::Subscription::reset() {
  if (stream_ != nullptr) stream_->unsubscribe(*sink_);
  stream_ = nullptr;
}

}  // namespace luso::media
