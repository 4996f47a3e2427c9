#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <unistd.h>

#include <gtest/gtest.h>

#include "io/reactor_testing.h"
#include "io/scope.h"
#include "media/egress/dvr/dvr_store.h"
#include "media/egress/dvr/files.h"
#include "media/egress/llhls/hls_output.h"

namespace luso::media {
namespace {

namespace fs = std::filesystem;
using io::testing::eventually;
using io::testing::on;

constexpr Duration kSegment{2'000'000};
constexpr std::uint64_t kSegmentBytes = 1'000;

// A stream's output over a real folder. The stream lives on the only reactor.
class DvrWindow : public ::testing::Test {
 protected:
  void open(Duration window) {
    reactors_.start();
    on(home(), [&] {
      writer_ = store_.writer(kId, {}, scope_);
      output_ = std::make_unique<HlsOutput>(
          HlsOutput::Identity{.stream_id = kId, .username = "ana"}, writer_.get(), window,
          [this](HlsSnapshotPtr snapshot) { newest_ = std::move(snapshot); }, metrics_);
      output_->set_username("ana");
      output_->on_init(tracks_, share(Bytes(10, 0)));
    });
  }

  ~DvrWindow() override {
    on(home(), [this] {
      output_.reset();
      writer_.reset();
    });
    io::testing::run(home(), scope_.close());
    reactors_.stop();
    reactors_.join();
    fs::remove_all(directory_);
  }

  [[nodiscard]] io::Reactor& home() { return reactors_.home(); }

  // The sixth is marked as a discontinuity.
  void record(int segments) {
    on(home(), [&] {
      for (int i = 0; i < segments; ++i) {
        output_->on_segment_start(
            {.tracks = tracks_, .captured_at = WallTime(i * kSegment), .discontinuity = i == 5});
        output_->on_part(
            {.bytes = share(Bytes(kSegmentBytes, 0x55)), .duration = kSegment, .independent = true});
        output_->on_segment_end(kSegment);
      }
      output_->flush();
    });
    EXPECT_TRUE(is_written());
  }

  void trim(std::uint64_t bytes) {
    on(home(), [&] {
      output_->trim_stored(bytes);
      output_->flush();
    });
    EXPECT_TRUE(is_written());
  }

  [[nodiscard]] bool is_written() {
    return eventually([this] { return on(home(), [this] { return writer_->idle(); }); });
  }

  [[nodiscard]] std::uint64_t stored_bytes() {
    return on(home(), [this] { return output_->stored_bytes(); });
  }

  [[nodiscard]] HlsSnapshotPtr newest() {
    return on(home(), [this] { return newest_; });
  }

  [[nodiscard]] bool is_on_disk(std::uint64_t msn) const {
    return fs::exists(store_.directory_of(kId) + "/" + files::segment_name(msn));
  }

  static constexpr StreamId kId{7};
  std::string directory_ =
      (fs::temp_directory_path() / ("dvr-window-" + std::to_string(::getpid()))).string();
  metrics::Registry registry_;
  MediaMetrics metrics_{registry_};
  io::Reactors reactors_{{.count = 1, .blocking_threads = 1}};
  io::Scope scope_{reactors_.home().executor()};
  DvrStore store_{{.directory = directory_}, reactors_, metrics_};
  TracksPtr tracks_ = std::make_shared<const Tracks>();
  std::unique_ptr<SegmentStore> writer_;
  std::unique_ptr<HlsOutput> output_;
  HlsSnapshotPtr newest_;
};

TEST_F(DvrWindow, TheOldestSegmentsGoFirstAndTheJournalFollows) {
  open(std::chrono::hours(2));
  for (int i = 0; i < 60; i += 30) record(30);  // A queue's worth at a time.
  ASSERT_EQ(stored_bytes(), 60 * kSegmentBytes);

  trim(10 * kSegmentBytes - 1);

  EXPECT_EQ(stored_bytes(), 50 * kSegmentBytes);
  EXPECT_FALSE(is_on_disk(0));
  EXPECT_FALSE(is_on_disk(9));
  EXPECT_TRUE(is_on_disk(10));
  const StoredStream left = store_.load(kId);
  ASSERT_EQ(left.segments.size(), 50U);
  EXPECT_EQ(left.segments.front().msn, 10U);
  EXPECT_EQ(left.next_msn, 60U);
  EXPECT_EQ(left.discontinuities_gone, 1U);
  EXPECT_EQ(newest()->dvr->segments.size(), 50U);
  EXPECT_EQ(newest()->dvr->discontinuity_sequence, 1U);
}

TEST_F(DvrWindow, WhatIsLiveStaysHoweverFullTheDiskIs) {
  open(std::chrono::hours(2));
  for (int i = 0; i < 60; i += 30) record(30);

  trim(UINT64_MAX);

  constexpr auto kLive = static_cast<std::size_t>(HlsOutput::kLiveWindow / kSegment);
  EXPECT_EQ(store_.load(kId).segments.size(), kLive);
  EXPECT_EQ(stored_bytes(), kLive * kSegmentBytes);
}

TEST_F(DvrWindow, SegmentsOlderThanTheWindowLeaveTheDiskByThemselves) {
  open(40 * kSegment);
  for (int i = 0; i < 50; i += 25) record(25);

  EXPECT_EQ(stored_bytes(), 40 * kSegmentBytes);
  EXPECT_FALSE(is_on_disk(9));
  EXPECT_EQ(store_.load(kId).segments.front().msn, 10U);
}

TEST_F(DvrWindow, ATrimmedStreamGoesOnAfterARestartWhereItWas) {
  open(std::chrono::hours(2));
  for (int i = 0; i < 60; i += 30) record(30);
  trim(10 * kSegmentBytes);

  HlsSnapshotPtr restored;
  HlsOutput again(
      {.stream_id = kId, .username = {}}, nullptr, std::chrono::hours(2),
      [&](HlsSnapshotPtr snapshot) { restored = std::move(snapshot); }, metrics_);
  again.restore(store_.load(kId), store_.directory_of(kId));
  again.flush();

  ASSERT_NE(restored, nullptr);
  EXPECT_EQ(restored->username, "ana");
  EXPECT_EQ(restored->open_msn, 60U);
  EXPECT_EQ(restored->dvr->segments.size(), 50U);
  EXPECT_EQ(again.stored_bytes(), 50 * kSegmentBytes);
}

}  // namespace
}  // namespace luso::media
