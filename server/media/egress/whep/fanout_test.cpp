#include "media/egress/whep/fanout.h"

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "io/reactor_testing.h"
#include "media/egress/whep/peer_testing.h"
#include "media/metrics.h"
#include "media/webrtc/dtls_identity.h"
#include "media/webrtc/rtc_client_test.h"
#include "proto/rtcp.h"
#include "proto/rtp.h"

namespace luso::media::whep {
namespace {
using io::testing::eventually;
using io::testing::on;
using webrtc::testing::RtcClient;

// Two reactors with a port each, a stream that lives on the first, and browsers made of other people's parts.
class WhepFanout : public ::testing::Test {
 protected:
  struct Guest {
    std::unique_ptr<RtcClient> client;
    std::shared_ptr<Viewer> viewer;
    std::shared_ptr<std::promise<webrtc::PeerEnd>> ended = std::make_shared<std::promise<webrtc::PeerEnd>>();
  };

  WhepFanout() {
    EXPECT_TRUE(ports_.start());
    reactors_.start();
    on(home(), [this] {
      stream_.set_tracks(proto::VideoTrack{.codec = proto::Codec::h264,
                                           .config = {1, 0x64, 0, 0x1f, 0xff, 0xe0, 0},
                                           .codecs = "avc1.64001f"},
                         std::nullopt);
    });
  }

  ~WhepFanout() override {
    run(fanout_.stop());
    run(ports_.stop());
    reactors_.stop();
    reactors_.join();
  }

  static webrtc::PeerPortSettings port_settings() {
    webrtc::PeerPortSettings settings;
    settings.address = "127.0.0.1";
    settings.port = 0;
    return settings;
  }

  [[nodiscard]] io::Reactor& home() { return reactors_.at(0); }

  template <typename T>
  T run(Task<T> task) {
    return io::testing::run(home(), std::move(task));
  }

  void publish(bool keyframe) { publish_on(stream_, keyframe); }

  void publish_on(Stream& stream, bool keyframe) {
    constexpr std::size_t kSize = 3'000;
    Bytes payload(kSize, 0x55);
    payload[0] = payload[1] = 0;
    payload[2] = (kSize - 4) >> 8U;
    payload[3] = (kSize - 4) & 0xFFU;
    payload[4] = keyframe ? 0x65 : 0x41;
    on(home(), [&] {
      stream.publish(std::make_shared<const Frame>(Frame{.kind = TrackKind::video,
                                                         .keyframe = keyframe,
                                                         .dts_us = pictures_++ * 33'333,
                                                         .cts_offset_us = 0,
                                                         .captured_at = clock_.now(),
                                                         .payload = std::move(payload)}));
    });
  }

  // Signals as WHEP would.
  Guest invite(std::function<bool()> request_keyframe = nullptr) {
    return invite({.stream = &stream_,
                   .home = &home(),
                   .hold = hold_,
                   .request_keyframe = std::move(request_keyframe)});
  }

  Guest invite(Source source) {
    Guest guest;
    const webrtc::PeerPort& port = ports_.least_busy();
    guest.client =
        std::make_unique<RtcClient>(RtcClient::Settings{.port = port.port()}, webrtc::IceCredentials{});
    ViewerPlan plan = testing::browser_plan();
    plan.audio.reset();
    plan.video->ssrc = fanout_.sender().video_ssrc;
    plan.video->rtx_ssrc = fanout_.sender().video_rtx_ssrc;
    plan.peer.fingerprints = {guest.client->dtls().fingerprint()};
    auto opened = run(fanout_.open(std::move(source), std::move(plan),
                                   [ended = guest.ended](webrtc::PeerEnd end) { ended->set_value(end); }));
    EXPECT_TRUE(opened);
    guest.viewer = *opened;
    EXPECT_EQ(&guest.viewer->reactor(), &port.reactor()) << "the port with the fewest peers";
    on(guest.viewer->reactor(), [&] { guest.client->set_remote(guest.viewer->peer().local_credentials()); });
    return guest;
  }

  // So many packets of the picture, in order.
  void expect_picture(Guest& guest, int packets) {
    std::optional<std::uint16_t> last;
    for (int i = 0; i < packets; ++i) {
      const Bytes bytes = guest.client->receive_rtp();
      ASSERT_FALSE(bytes.empty()) << "after " << i << " packets";
      const auto packet = proto::rtp::parse(bytes).value();
      EXPECT_EQ(packet.header.ssrc, fanout_.sender().video_ssrc);
      if (last) {
        EXPECT_EQ(packet.header.sequence, static_cast<std::uint16_t>(*last + 1));
      }
      last = packet.header.sequence;
    }
  }

  void say_picture_lost(Guest& guest) {
    Bytes compound;
    proto::rtcp::append(proto::rtcp::ReceiverReport{.ssrc = 1, .reports = {}}, compound);
    proto::rtcp::append(proto::rtcp::PictureLoss{.sender_ssrc = 1, .media_ssrc = fanout_.sender().video_ssrc},
                        compound);
    guest.client->send(guest.client->protect_rtcp(compound));
  }

  metrics::Registry registry_;
  MediaMetrics metrics_{registry_};
  SystemClock clock_;
  io::Reactors reactors_{{.count = 2, .blocking_threads = 1}};
  webrtc::PeerPorts ports_{reactors_, port_settings(), *webrtc::DtlsIdentity::generate(), clock_, metrics_};
  Fanout fanout_{reactors_, ports_, clock_, metrics_};
  Stream stream_{StreamId{7}};
  std::shared_ptr<int> hold_ = std::make_shared<int>(0);
  std::int64_t pictures_ = 0;
};

TEST_F(WhepFanout, ViewersOnEveryReactorSeeTheStreamFromItsKeyframeOn) {
  publish(true);
  publish(false);
  std::vector<Guest> guests;
  for (int i = 0; i < 4; ++i) guests.push_back(invite());
  std::set<const io::Reactor*> used;
  for (const Guest& guest : guests) used.insert(&guest.viewer->reactor());
  EXPECT_EQ(used.size(), 2U);

  for (Guest& guest : guests) ASSERT_TRUE(guest.client->connect());
  for (Guest& guest : guests) expect_picture(guest, 6);
  publish(false);
  for (Guest& guest : guests) expect_picture(guest, 3);

  EXPECT_EQ(fanout_.viewers(), 4U);
  EXPECT_EQ(metrics_.whep_viewers.value(), 4);
  EXPECT_EQ(metrics_.whep_packets.value(), 4U * 9);
}

TEST_F(WhepFanout, WhoeverLeavesIsForgottenAndTheLastOneLetsTheStreamGo) {
  publish(true);
  Guest stays = invite();
  Guest leaves = invite();
  ASSERT_TRUE(stays.client->connect() && leaves.client->connect());
  expect_picture(stays, 3);
  expect_picture(leaves, 3);

  leaves.client->close();
  EXPECT_EQ(leaves.ended->get_future().get(), webrtc::PeerEnd::closed_by_remote);
  EXPECT_TRUE(eventually([&] { return fanout_.viewers() == 1; }));
  publish(false);
  expect_picture(stays, 3);
  EXPECT_GT(hold_.use_count(), 1);

  on(stays.viewer->reactor(), [&] {
    stays.viewer->close();
    stays.viewer->close();
  });
  EXPECT_TRUE(stays.client->was_closed());
  EXPECT_TRUE(eventually([&] { return hold_.use_count() == 1; }));
  EXPECT_EQ(fanout_.viewers(), 0U);
  EXPECT_EQ(metrics_.whep_viewers.value(), 0);
}

TEST_F(WhepFanout, AViewerThatNeverConnectsCostsNothingWhenItIsClosed) {
  publish(true);
  const Guest guest = invite();

  on(guest.viewer->reactor(), [&] { guest.viewer->close(); });

  EXPECT_TRUE(eventually([&] { return hold_.use_count() == 1; }));
  EXPECT_EQ(metrics_.whep_joins.value(), 0U);
}

TEST_F(WhepFanout, StoppingClosesEveryViewerAndTakesNoMore) {
  publish(true);
  std::vector<Guest> guests;
  for (int i = 0; i < 3; ++i) guests.push_back(invite());
  ASSERT_TRUE(guests[0].client->connect());

  run(fanout_.stop());

  EXPECT_EQ(fanout_.viewers(), 0U);
  EXPECT_EQ(hold_.use_count(), 1) << "nothing is left of the streams";
  EXPECT_FALSE(
      run(fanout_.open({.stream = &stream_, .home = &home(), .hold = hold_, .request_keyframe = nullptr},
                       testing::browser_plan(), nullptr)));
}

TEST_F(WhepFanout, LostPicturesOfManyViewersAskThePublisherOnce) {
  publish(true);
  std::atomic<int> asked = 0;
  const auto request = [&] {
    EXPECT_EQ(io::Reactor::current(), &home());
    ++asked;
    return true;
  };
  std::vector<Guest> guests;
  for (int i = 0; i < 4; ++i) guests.push_back(invite(request));
  for (Guest& guest : guests) {
    ASSERT_TRUE(guest.client->connect());
    expect_picture(guest, 3);
  }

  for (Guest& guest : guests) say_picture_lost(guest);

  EXPECT_TRUE(eventually([&] { return metrics_.whep_picture_losses.value() == 4; }));
  EXPECT_TRUE(eventually([&] { return asked >= 1; }));
  EXPECT_LE(asked, 2) << "half a second may have passed between the first and the last";
}

TEST_F(WhepFanout, AViewerMovesBetweenRenditionsWithoutASeam) {
  Stream less(StreamId{7});
  on(home(), [&] { less.set_tracks(stream_.tracks()->video, std::nullopt); });
  auto ladder = std::make_shared<Ladder>();
  ladder->set(0, {.is_live = true, .bitrate_bps = 2'000'000, .width = 1280, .height = 720});
  ladder->set(1, {.is_live = true, .bitrate_bps = 500'000, .width = 640, .height = 360});
  std::atomic<int> asked_more = 0, asked_less = 0;
  const auto count = [](std::atomic<int>& asked) {
    return [&asked] {
      ++asked;
      return true;
    };
  };
  Source source{.stream = &stream_, .home = &home(), .hold = hold_, .request_keyframe = count(asked_more)};
  source.rungs = {{},
                  {.stream = &less, .home = &home(), .hold = hold_, .request_keyframe = count(asked_less)}};
  source.ladder = ladder;
  publish(true);
  publish_on(less, true);  // Of the past when the viewer moves: it is not gone back to.
  for (int i = 0; i < 10; ++i) publish(false);
  Guest guest = invite(std::move(source));
  ASSERT_TRUE(guest.client->connect());
  std::optional<std::uint16_t> last;
  const auto expect_packets = [&](int packets) {
    for (int i = 0; i < packets; ++i) {
      const Bytes bytes = guest.client->receive_rtp();
      ASSERT_FALSE(bytes.empty()) << "after " << i << " packets";
      const auto header = proto::rtp::parse(bytes).value().header;
      EXPECT_EQ(header.ssrc, fanout_.sender().video_ssrc);
      if (last) {
        EXPECT_EQ(header.sequence, static_cast<std::uint16_t>(*last + 1));
      }
      last = header.sequence;
    }
  };
  expect_packets(33);

  ladder->set(0, {.is_live = false, .bitrate_bps = 0, .width = 1280, .height = 720});
  ASSERT_TRUE(eventually([&] { return asked_less > 0; }));
  publish_on(less, true);
  expect_packets(3);
  publish_on(less, false);
  publish(false);  // Not watched any more.
  expect_packets(3);
  EXPECT_EQ(metrics_.whep_moves_down.value() + metrics_.whep_moves_up.value(), 1U);

  ladder->set(0, {.is_live = true, .bitrate_bps = 2'000'000, .width = 1280, .height = 720});
  ladder->set(1, {.is_live = false, .bitrate_bps = 0, .width = 640, .height = 360});
  ASSERT_TRUE(eventually([&] { return asked_more > 0; }));
  publish(true);
  expect_packets(3);
  on(guest.viewer->reactor(), [&] {
    EXPECT_EQ(guest.viewer->stats().rung, 0U);
    EXPECT_EQ(guest.viewer->stats().moves, 2U);
    guest.viewer->close();
  });
  EXPECT_TRUE(eventually([&] { return hold_.use_count() == 1; }));
}

TEST_F(WhepFanout, WhoeverPublishesNowIsAskedForTheKeyframe) {
  publish(true);
  std::atomic<bool> makes_keyframes = false;
  std::atomic<int> asked = 0;
  Guest guest = invite([&] {
    ++asked;
    return makes_keyframes.load();
  });
  ASSERT_TRUE(guest.client->connect());
  expect_picture(guest, 3);

  say_picture_lost(guest);
  expect_picture(guest, 3);  // The cached keyframe once more: this publisher makes none on demand.
  EXPECT_EQ(asked, 1);

  makes_keyframes = true;  // Another encoder has taken over.
  say_picture_lost(guest);
  EXPECT_TRUE(eventually([&] { return asked == 2; }));
  publish(true);
  expect_picture(guest, 3);
}

}  // namespace
}  // namespace luso::media::whep
