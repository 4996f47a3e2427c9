#include "media/egress/whep/shard.h"

#include <array>
#include <deque>
#include <latch>
#include <memory>
#include <optional>
#include <string>
#include <sys/socket.h>
#include <vector>

#include <gtest/gtest.h>

#include "base/metrics.h"
#include "io/reactor_testing.h"
#include "io/scope.h"
#include "io/udp.h"
#include "media/egress/whep/peer_testing.h"
#include "media/egress/whep/unit_source.h"
#include "media/egress/whep/whep_testing.h"
#include "media/stream.h"
#include "proto/rtp.h"

namespace luso::media::whep {
namespace {
namespace asio = boost::asio;
using asio::ip::udp;
using io::testing::on;
using testing::key_of;
using testing::SocketPeer;

constexpr std::int64_t kFrameUs = 33'333;

// A viewer's end of a real socket.
class Receiver {
 public:
  explicit Receiver(std::uint8_t seed)
      : seed_(seed),
        socket_(context_, udp::endpoint(asio::ip::address_v4::loopback(), 0)),
        opener_(proto::srtp::Profile::aead_aes_128_gcm, key_of(seed)) {
    const timeval patience{.tv_sec = 20, .tv_usec = 0};
    ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    const int bytes = 4 << 20;
    ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
  }

  [[nodiscard]] io::UdpPath path() const { return {.remote = socket_.local_endpoint(), .local = {}}; }

  [[nodiscard]] std::uint8_t seed() const { return seed_; }

  // The next packet that opens, RTP only; empty when nothing comes for long.
  [[nodiscard]] std::optional<proto::rtp::Packet> next() {
    for (;;) {
      const ssize_t size = ::recv(socket_.native_handle(), bytes_.data(), bytes_.size(), 0);
      if (size <= 0) return std::nullopt;
      const std::span<std::uint8_t> datagram = std::span(bytes_).first(static_cast<std::size_t>(size));
      if (proto::rtp::is_rtcp(datagram)) continue;
      const auto opened = opener_.open_rtp(datagram);
      if (!opened) return std::nullopt;
      return proto::rtp::parse(*opened).value();
    }
  }

 private:
  std::uint8_t seed_;
  asio::io_context context_;
  udp::socket socket_;
  proto::srtp::Opener opener_;
  std::array<std::uint8_t, 2'048> bytes_{};
};

// A stream at home on one reactor and its viewers on another, over real sockets.
class WhepShard : public ::testing::Test {
 protected:
  WhepShard() {
    reactors_.start();
    on(egress(), [this] {
      socket_ = io::UdpSocket::open(egress(), {asio::ip::address_v4::loopback(), 0}, {}).value();
      shard_ = std::make_shared<Shard>(Shard::Services{.reactor = egress(),
                                                       .clock = clock_,
                                                       .metrics = metrics_,
                                                       .flush = [this] { socket_->flush(); },
                                                       .request_keyframe = nullptr,
                                                       .gone = nullptr});
    });
    on(home(), [this] {
      stream_.set_tracks(proto::VideoTrack{.codec = proto::Codec::h264,
                                           .config = {1, 0x64, 0, 0x1f, 0xff, 0xe0, 0},
                                           .codecs = "avc1.64001f"},
                         proto::AudioTrack{.codec = proto::Codec::opus,
                                           .config = {},
                                           .codecs = "opus",
                                           .sample_rate = 48'000,
                                           .channels = 2});
      source_ = std::make_unique<UnitSource>(
          Source{.stream = &stream_, .home = &home(), .hold = {}, .request_keyframe = {}}, clock_, metrics_);
      source_->add(1, egress(), [shard = std::weak_ptr(shard_)](const RtpUnitPtr& unit) {
        if (const auto target = shard.lock()) target->take(unit);
      });
    });
  }

  ~WhepShard() override {
    on(home(), [this] { source_.reset(); });
    on(egress(), [this] {
      for (const auto& sender : senders_) shard_->remove(*sender);
      senders_.clear();
      peers_.clear();
      shard_.reset();
      socket_->close();
    });
    on(egress(), [this] { socket_.reset(); });
  }

  [[nodiscard]] io::Reactor& home() { return reactors_.at(0); }

  [[nodiscard]] io::Reactor& egress() { return reactors_.at(1); }

  void join(Receiver& receiver) {
    on(egress(), [&] {
      peers_.push_back(std::make_unique<SocketPeer>(*socket_, receiver.path(), receiver.seed()));
      senders_.push_back(
          std::make_unique<ViewerSender>(*peers_.back(), testing::browser_plan(), system_random()));
      shard_->add(*senders_.back());
    });
    on(egress(), [] {});  // Its first round is over: sound that comes now is its own.
  }

  // One picture of 3 kB, a keyframe of 30 kB, or 20 ms of sound.
  void publish(TrackKind kind, bool keyframe) {
    const std::size_t size = kind == TrackKind::audio ? 160 : keyframe ? 30'000 : 3'000;
    Bytes payload(size, 0x55);
    if (kind == TrackKind::video) {
      payload[0] = payload[1] = 0;
      payload[2] = static_cast<std::uint8_t>((size - 4) >> 8U);
      payload[3] = static_cast<std::uint8_t>(size - 4);
      payload[4] = keyframe ? 0x65 : 0x41;
    }
    const std::int64_t pts_us = pictures_ * kFrameUs;
    if (kind == TrackKind::video) ++pictures_;
    on(home(), [&] {
      stream_.publish(std::make_shared<const Frame>(Frame{.kind = kind,
                                                          .keyframe = keyframe,
                                                          .dts_us = pts_us,
                                                          .cts_offset_us = 0,
                                                          .captured_at = clock_.now(),
                                                          .payload = std::move(payload)}));
    });
  }

  void publish_group(int pictures) {
    publish(TrackKind::video, true);
    for (int i = 0; i < pictures; ++i) publish(TrackKind::video, false);
  }

  io::Reactors reactors_{{.count = 2, .blocking_threads = 1}};
  metrics::Registry registry_;
  MediaMetrics metrics_{registry_};
  SystemClock clock_;
  Stream stream_{StreamId{7}};
  std::unique_ptr<UnitSource> source_;
  std::unique_ptr<io::UdpSocket> socket_;
  std::shared_ptr<Shard> shard_;
  std::vector<std::unique_ptr<SocketPeer>> peers_;
  std::vector<std::unique_ptr<ViewerSender>> senders_;
  std::int64_t pictures_ = 0;
};

TEST_F(WhepShard, EveryViewerGetsEveryPictureOverRealSockets) {
  std::vector<std::unique_ptr<Receiver>> receivers;
  for (std::uint8_t seed = 1; seed <= 20; ++seed) receivers.push_back(std::make_unique<Receiver>(seed));
  publish_group(10);
  for (const auto& receiver : receivers) join(*receiver);
  for (int i = 0; i < 10; ++i) publish(TrackKind::video, false);
  publish(TrackKind::audio, false);

  for (const auto& receiver : receivers) {
    int pictures = 0;
    int sounds = 0;
    std::optional<std::uint16_t> last;
    while (pictures < 21 || sounds < 1) {
      const auto packet = receiver->next();
      ASSERT_TRUE(packet) << pictures << " pictures and " << sounds << " sounds came";
      if (packet->header.ssrc == testing::kAudioSsrc) {
        ++sounds;
        continue;
      }
      if (last) {
        EXPECT_EQ(packet->header.sequence, static_cast<std::uint16_t>(*last + 1));
      }
      last = packet->header.sequence;
      if (packet->header.marker) ++pictures;
    }
  }
  EXPECT_EQ(metrics_.whep_skips.value(), 0U);
  EXPECT_EQ(metrics_.whep_units_dropped.value(), 0U);
}

TEST_F(WhepShard, ALongRoundLetsTheReactorsOtherWorkInBetween) {
  constexpr std::size_t kViewers = 150;
  std::deque<testing::MemoryPeer> peers;
  std::deque<ViewerSender> senders;
  const auto sent = [&] {
    std::size_t packets = 0;
    for (const testing::MemoryPeer& peer : peers) packets += peer.packets.size();
    return packets;
  };
  testing::UnitMaker make;
  std::size_t sent_in_between = 0;
  on(egress(), [&] {
    for (std::size_t i = 0; i < kViewers; ++i) {
      senders.emplace_back(peers.emplace_back(), testing::browser_plan(), system_random());
      shard_->add(senders.back());
    }
    shard_->take(make.video(true, Pace::kChunkMin));
    egress().post([&] { sent_in_between = sent(); });
  });
  for (std::size_t total = 0; total < kViewers * Pace::kChunkMin;) on(egress(), [&] { total = sent(); });

  EXPECT_GE(sent_in_between, Shard::kPacketsAtOnceMax);
  EXPECT_LT(sent_in_between, kViewers * Pace::kChunkMin);
  on(egress(), [&] {
    for (ViewerSender& sender : senders) shard_->remove(sender);
  });
}

TEST_F(WhepShard, AStarvedReactorIsBackInRealTimeAtOnce) {
  Receiver receiver(9);
  join(receiver);
  publish_group(2);
  for (int pictures = 0; pictures < 3;) {
    const auto packet = receiver.next();
    ASSERT_TRUE(packet);
    if (packet->header.marker) ++pictures;
  }
  std::latch starved(1);
  egress().post([&] { starved.wait(); });

  for (int i = 0; i < 20; ++i) publish_group(29);
  const std::uint64_t dropped = metrics_.whep_units_dropped.value();
  starved.count_down();
  on(egress(), [] {});
  publish_group(2);

  // 20 s went by; what was kept for the reactor is bounded, and of that the viewer gets the newest only.
  EXPECT_GE(dropped, 20U * 30 - UnitSource::kInFlightMax);
  int pictures = 0;
  for (std::optional<std::uint32_t> first; !first || pictures < 3;) {
    const auto packet = receiver.next();
    ASSERT_TRUE(packet);
    first = first.value_or(packet->header.timestamp);
    if (packet->header.marker) ++pictures;
  }
  EXPECT_LE(pictures, 40);
  EXPECT_EQ(metrics_.whep_skips.value(), 1U);
}

}  // namespace
}  // namespace luso::media::whep
