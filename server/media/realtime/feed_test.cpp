#include "media/realtime/feed.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "io/reactor_testing.h"
#include "media/facts_meter.h"
#include "media/realtime/audio_transcoders.h"
#include "media/realtime/film_test.h"
#include "media/realtime/reencode_budget.h"

namespace luso::media {
namespace {

using namespace std::chrono_literals;
using io::testing::eventually;
using testing::Film;
using Mode = RealtimeState::Mode;

constexpr std::int64_t kAheadUs = 2'000'000;
constexpr int kHesitations = 50;  // A quarter of a second for each frame.

// A viewer's end; filled at home, read from the test.
class Screen final : public StreamSink {
 public:
  void on_tracks(const TracksPtr& tracks) override {
    const std::scoped_lock lock(mutex_);
    tracks_ = tracks;
  }

  void on_frame(const FramePtr& frame) override {
    const std::scoped_lock lock(mutex_);
    frames_.push_back(frame);
  }

  [[nodiscard]] TracksPtr tracks() const {
    const std::scoped_lock lock(mutex_);
    return tracks_;
  }

  [[nodiscard]] std::vector<FramePtr> only(TrackKind kind) const {
    const std::scoped_lock lock(mutex_);
    std::vector<FramePtr> some;
    std::ranges::copy_if(frames_, std::back_inserter(some),
                         [kind](const auto& f) { return f->kind == kind; });
    return some;
  }

  [[nodiscard]] std::int64_t newest_us(TrackKind kind) const {
    const auto frames = only(kind);
    return frames.empty() ? -1 : frames.back()->dts_us;
  }

 private:
  mutable std::mutex mutex_;
  TracksPtr tracks_;
  std::vector<FramePtr> frames_;
};

std::vector<pid_t> ffmpeg_children() {
  std::vector<pid_t> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/task")) {
    std::ifstream list(entry.path() / "children");
    for (pid_t pid = 0; list >> pid;) {
      std::ifstream comm("/proc/" + std::to_string(pid) + "/comm");
      std::string name;
      if (std::getline(comm, name) && name == "ffmpeg") found.push_back(pid);
    }
  }
  return found;
}

class Feeds : public ::testing::Test {
 protected:
  void open(unsigned reencodes_max = 1) {
    settings_.reencodes_max = reencodes_max;
    settings_.reencode_cpu_percent_max = 100;  // The machine that tests is busy testing.
    budget_ = std::make_unique<ReencodeBudget>(reencodes_max, 100, metrics_);
    reactors_.start();
    at_home([this] {
      meter_subscription_ = source_.subscribe(meter_, Stream::StartAt::next_frame);
      feed_ = std::make_unique<RealtimeFeed>(RealtimeFeed::Services{.reactor = reactors_.home(),
                                                                    .scope = scope_,
                                                                    .settings = settings_,
                                                                    .clock = clock_,
                                                                    .metrics = metrics_,
                                                                    .audio = audio_,
                                                                    .reencode = *budget_,
                                                                    .request_keyframe =
                                                                        [this] {
                                                                          ++asked_;
                                                                          return makes_keyframes_;
                                                                        }},
                                             source_, meter_.fitness());
    });
  }

  ~Feeds() override {
    publisher_gone_ = true;
    if (publisher_.joinable()) publisher_.join();
    at_home([this] {
      subscription_.reset();
      hold_ = {};
      feed_.reset();
    });
    io::testing::run(reactors_.home(), scope_.close());
    reactors_.stop();
    reactors_.join();
  }

  template <typename F>
  std::invoke_result_t<F> at_home(F work) {
    return io::testing::on(reactors_.home(), std::move(work));
  }

  void begin(const Film& film) {
    at_home([&] { source_.set_tracks(film.tracks->video, film.tracks->audio); });
  }

  void publish(const Film& film, std::int64_t until_us = INT64_MAX) {
    begin(film);
    at_home([&] {
      for (const FramePtr& frame : film.frames) {
        if (frame->dts_us < until_us) source_.publish(frame);
      }
    });
  }

  [[nodiscard]] bool is_far_ahead(const Frame& frame) const {
    return frame.dts_us > screen_.newest_us(TrackKind::video) + kAheadUs;
  }

  // As an encoder would: each frame when it is due; but slower when the screen is far behind, lest a busy
  // machine pass for one that is too slow.
  void publish_in_real_time(Film film) {
    begin(film);
    publisher_ = std::thread([this, film = std::move(film)] {
      const auto start = std::chrono::steady_clock::now();
      for (const FramePtr& frame : film.frames) {
        std::this_thread::sleep_until(start + Duration(frame->dts_us));
        for (int i = 0; i < kHesitations && is_far_ahead(*frame) && !publisher_gone_; ++i)
          std::this_thread::sleep_for(5ms);
        if (publisher_gone_) return;
        reactors_.home().post([this, frame] { source_.publish(frame); });
      }
    });
  }

  // "" when it may watch, else why not.
  std::string join(ViewerCodecs codecs = {}) {
    return at_home([&]() -> std::string {
      auto hold = feed_->join(codecs, [this](const Error& why) { lost_ = why.reason; });
      if (!hold) return std::string(hold.error().reason);
      hold_ = std::move(*hold);
      EXPECT_NE(hold_.tracks(), nullptr);
      subscription_ = hold_.stream().subscribe(screen_, Stream::StartAt::newest_keyframe);
      return {};
    });
  }

  void leave() {
    at_home([this] {
      subscription_.reset();
      hold_ = {};
    });
  }

  bool keyframe_comes() {
    return at_home([this] { return hold_.request_keyframe(); });
  }

  RealtimeState state() {
    return at_home([this] { return feed_->state(); });
  }

  std::string lost() {
    return at_home([this] { return lost_; });
  }

  EngineSettings settings_;
  ManualClock clock_{WallTime{}};  // Moved at home.
  metrics::Registry registry_;
  MediaMetrics metrics_{registry_};
  std::unique_ptr<ReencodeBudget> budget_;
  io::Reactors reactors_{{.count = 1, .blocking_threads = 1}};
  AudioTranscoders audio_{1, 112, metrics_};
  io::Scope scope_{reactors_.home().executor()};
  Stream source_{StreamId{7}};
  FactsMeter meter_;
  Stream::Subscription meter_subscription_;
  std::unique_ptr<RealtimeFeed> feed_;
  RealtimeFeed::Hold hold_;
  Screen screen_;
  Stream::Subscription subscription_;
  bool makes_keyframes_ = false;  // Both at home.
  int asked_ = 0;
  std::string lost_;
  std::thread publisher_;
  std::atomic<bool> publisher_gone_ = false;
};

// White for 80 ms together with each beep.
testing::FilmSettings flashing(int seconds, std::vector<std::string> video) {
  return {.video = std::move(video),
          .picture = "color=black:s=320x180:r=25,drawbox=c=white:t=fill:enable='lt(mod(t+0.5,1),0.08)'",
          .seconds = seconds};
}

const std::vector<std::string> kPlain = {"-c:v", "libx264", "-preset", "ultrafast", "-bf", "0", "-g", "50"};
const std::vector<std::string> kLikeObs = {"-c:v", "libx264", "-preset", "veryfast",    "-bf",
                                           "2",    "-g",      "50",      "-b_strategy", "0"};

std::vector<std::int64_t> flashes_us(const std::vector<testing::Brightness>& pictures) {
  std::vector<std::int64_t> found;
  bool was_bright = false;
  for (const testing::Brightness& picture : pictures) {
    const bool bright = picture.mean > 128;
    if (bright && !was_bright) found.push_back(picture.pts_us);
    was_bright = bright;
  }
  return found;
}

// Every beep has its flash within 40 ms.
void expect_lip_sync(const Screen& screen) {
  const auto flashes = flashes_us(testing::brightness_of(*screen.tracks(), screen.only(TrackKind::video)));
  const auto beeps = testing::find_beeps_us(screen.only(TrackKind::audio));
  ASSERT_GE(flashes.size(), 2U);
  int matched = 0;
  for (const std::int64_t beep : beeps) {
    for (const std::int64_t flash : flashes) {
      if (std::abs(beep - flash) < 300'000) {
        ++matched;
        EXPECT_LE(std::abs(beep - flash), 40'000);
      }
    }
  }
  EXPECT_GE(matched, 2);
  // Sender reports put them together by the wall clock: it must say the same of both.
  const auto wall = [](const Frame& frame) {
    return (frame.captured_at - Duration(frame.dts_us)).time_since_epoch();
  };
  const auto picture = wall(*screen.only(TrackKind::video).back());
  const auto sound = wall(*screen.only(TrackKind::audio).back());
  EXPECT_LE(std::abs((picture - sound).count()), 10'000);
}

TEST_F(Feeds, APlainPicturePassesAndItsSoundBecomesOpus) {
  open();
  publish(testing::make_film(flashing(4, kPlain)), 3'000'000);

  ASSERT_EQ(join(), "");

  ASSERT_TRUE(eventually([this] { return screen_.newest_us(TrackKind::audio) > 2'900'000; }));
  EXPECT_EQ(state(), (RealtimeState{.mode = Mode::passing, .obstacle = Obstacle::none}));
  EXPECT_EQ(screen_.tracks()->video, source_.tracks()->video);
  EXPECT_EQ(screen_.tracks()->audio->codec, proto::Codec::opus);
  // From the newest keyframe on, with the sound that belongs to it.
  EXPECT_TRUE(screen_.only(TrackKind::video).front()->keyframe);
  EXPECT_NEAR(static_cast<double>(screen_.only(TrackKind::video).front()->dts_us), 2'000'000, 50'000);
  EXPECT_NEAR(static_cast<double>(screen_.only(TrackKind::audio).front()->dts_us), 2'000'000, 50'000);
}

TEST_F(Feeds, WhoJoinsLaterStartsWithPictureAndSoundInOrder) {
  open();
  publish(testing::make_film(flashing(4, kPlain)), 3'000'000);
  ASSERT_EQ(join(), "");
  ASSERT_TRUE(eventually([this] { return screen_.newest_us(TrackKind::audio) > 2'900'000; }));

  Screen second;
  at_home(
      [&] { const auto subscription = hold_.stream().subscribe(second, Stream::StartAt::newest_keyframe); });

  const auto sound = second.only(TrackKind::audio), pictures = second.only(TrackKind::video);
  ASSERT_FALSE(sound.empty() || pictures.empty());
  EXPECT_LE(sound.front()->dts_us, pictures.front()->dts_us + 40'000);
}

TEST_F(Feeds, PictureAndSoundStayTogether) {
  open();
  publish(testing::make_film({.seconds = 1}), 1);
  ASSERT_EQ(join(), "");

  publish(testing::make_film(flashing(5, kPlain)));

  ASSERT_TRUE(eventually([this] { return screen_.newest_us(TrackKind::audio) > 4'700'000; }));
  expect_lip_sync(screen_);
}

TEST_F(Feeds, BFramesAreEncodedAwayForWhoeverAsksAgain) {
  open();
  publish_in_real_time(testing::make_film(flashing(12, kLikeObs)));
  ASSERT_TRUE(eventually([this] { return join() == "media.realtime_preparing"; }));
  EXPECT_EQ(state().mode, Mode::starting);
  EXPECT_EQ(state().obstacle, Obstacle::b_frames);

  ASSERT_TRUE(eventually([this] { return join().empty(); }));

  EXPECT_EQ(state(), (RealtimeState{.mode = Mode::reencoding, .obstacle = Obstacle::b_frames}));
  ASSERT_TRUE(eventually([this] { return screen_.newest_us(TrackKind::video) > 10'000'000; }));
  const auto pictures = screen_.only(TrackKind::video);
  EXPECT_TRUE(pictures.front()->keyframe);
  std::int64_t last_us = -1, keyframe_us = pictures.front()->dts_us;
  for (const FramePtr& picture : pictures) {
    EXPECT_EQ(picture->cts_offset_us, 0);
    EXPECT_GT(picture->dts_us, last_us);
    last_us = picture->dts_us;
    if (!picture->keyframe) continue;
    EXPECT_LE(picture->dts_us - keyframe_us, 2'050'000);
    keyframe_us = picture->dts_us;
  }
  EXPECT_EQ(screen_.tracks()->video->width, 320);
  expect_lip_sync(screen_);
}

TEST_F(Feeds, AnEncoderThatIsKilledComesBack) {
  open();
  publish_in_real_time(testing::make_film(flashing(20, kLikeObs)));
  ASSERT_TRUE(eventually([this] { return join().empty(); }));
  ASSERT_EQ(ffmpeg_children().size(), 1U);
  const pid_t first = ffmpeg_children().front();

  ASSERT_EQ(kill(first, SIGKILL), 0);
  ASSERT_TRUE(
      eventually([first] { return !ffmpeg_children().empty() && ffmpeg_children().front() != first; }));
  const std::int64_t before_us = screen_.newest_us(TrackKind::video);

  ASSERT_TRUE(eventually([&] { return screen_.newest_us(TrackKind::video) > before_us + 1'000'000; }));
  const auto pictures = screen_.only(TrackKind::video);
  EXPECT_TRUE(std::ranges::is_sorted(pictures, {}, [](const FramePtr& frame) { return frame->dts_us; }));
  const auto resumed = std::ranges::find_if(pictures, [&](const auto& f) { return f->dts_us > before_us; });
  EXPECT_TRUE((*resumed)->keyframe);
  EXPECT_EQ(lost(), "");
}

TEST_F(Feeds, TheEncoderStopsWhenNobodyWatches) {
  open();
  publish_in_real_time(testing::make_film(flashing(3, kLikeObs)));
  ASSERT_TRUE(eventually([this] { return join().empty(); }));
  ASSERT_EQ(metrics_.reencodes.value(), 1);

  leave();
  at_home([this] { clock_.advance(RealtimeFeed::kLinger + RealtimeFeed::kInterest); });

  ASSERT_TRUE(eventually([this] { return metrics_.reencodes.value() == 0; }));
  EXPECT_TRUE(ffmpeg_children().empty());
  EXPECT_TRUE(eventually([this] { return metrics_.realtime_feeds.value() == 0; }));
  EXPECT_EQ(state().mode, Mode::idle);
}

TEST_F(Feeds, WithoutABudgetTheViewerHearsWhyAtOnce) {
  open(0);
  publish(testing::make_film(flashing(2, kLikeObs)));

  EXPECT_EQ(join(), "media.realtime_b_frames");

  EXPECT_EQ(state(), (RealtimeState{.mode = Mode::unavailable, .obstacle = Obstacle::b_frames}));
}

TEST_F(Feeds, KeyframesThatAreTooRareAreAnObstacle) {
  open(0);
  publish(
      testing::make_film(flashing(7, {"-c:v", "libx264", "-preset", "ultrafast", "-bf", "0", "-g", "250"})));

  EXPECT_EQ(join(), "media.realtime_keyframe_interval");
}

TEST_F(Feeds, AViewerGetsTheCodecItHas) {
  open(0);
  at_home([this] {
    proto::VideoTrack hevc;
    hevc.codec = proto::Codec::hevc;
    source_.set_tracks(hevc, std::nullopt);
    source_.publish(
        std::make_shared<Frame>(Frame{.keyframe = true, .dts_us = 0, .captured_at = {}, .payload = {1}}));
  });

  EXPECT_EQ(join({.h264 = true, .hevc = false}), "media.realtime_codec");
  EXPECT_EQ(join({.h264 = true, .hevc = true}), "");

  EXPECT_EQ(at_home([this] { return hold_.tracks()->video->codec; }), proto::Codec::hevc);
}

TEST_F(Feeds, WhoWatchesIsLetGoWhenThePublisherTurnsBFramesOn) {
  open(0);
  publish(testing::make_film(flashing(2, kPlain)));
  ASSERT_EQ(join(), "");

  publish(testing::make_film(flashing(2, kLikeObs)));

  EXPECT_EQ(lost(), "media.realtime_b_frames");
}

TEST_F(Feeds, AKeyframeIsAskedOfThePublisherWhoseOwnPictureItIs) {
  open(0);
  publish(testing::make_film(flashing(2, kPlain)));
  ASSERT_EQ(join(), "");

  EXPECT_FALSE(keyframe_comes()) << "by RTMP nobody can be asked";
  makes_keyframes_ = true;
  EXPECT_TRUE(keyframe_comes());
  EXPECT_EQ(asked_, 2);

  publish(testing::make_film(flashing(2, kLikeObs)));  // Not passed on any more.
  EXPECT_FALSE(keyframe_comes());
  EXPECT_EQ(asked_, 2);
}

TEST_F(Feeds, NobodyIsLetInBeforeAPublisherCame) {
  open();

  EXPECT_EQ(join(), "media.realtime_not_live");
}

TEST_F(Feeds, TheEndIsTold) {
  open();
  publish(testing::make_film({.seconds = 1}));
  ASSERT_EQ(join(), "");

  at_home([this] { feed_->end(); });

  EXPECT_EQ(lost(), "media.not_found");
  EXPECT_EQ(join(), "media.not_found");
}

TEST_F(Feeds, OpusPassesUntouched) {
  open();
  Film film = testing::make_film({.seconds = 1});
  at_home([&] {
    proto::AudioTrack opus;
    opus.codec = proto::Codec::opus;
    opus.channels = 2;
    source_.set_tracks(film.tracks->video, opus);
    for (const FramePtr& frame : film.only(TrackKind::video)) source_.publish(frame);
  });
  ASSERT_EQ(join(), "");

  const auto packet = std::make_shared<const Frame>(Frame{.kind = TrackKind::audio,
                                                          .keyframe = true,
                                                          .dts_us = 1'000'000,
                                                          .captured_at = {},
                                                          .payload = {0xFC, 1, 2, 3}});
  at_home([&] { source_.publish(packet); });

  EXPECT_THAT(screen_.only(TrackKind::audio), ::testing::ElementsAre(packet));
}

}  // namespace
}  // namespace luso::media
