#include "media/egress/whep/viewer_sender.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <variant>
#include <vector>

#include <gtest/gtest.h>

#include "media/egress/whep/peer_testing.h"
#include "media/egress/whep/whep_testing.h"

namespace luso::media::whep {
namespace {
namespace rtcp = proto::rtcp;
using namespace std::chrono_literals;
using testing::browser_plan;
using testing::MemoryPeer;
using testing::UnitMaker;

constexpr MonoTime kStart{std::chrono::hours{1}};
constexpr WallTime kWallStart{std::chrono::microseconds(1'790'000'000'000'000)};

// Keeps what was sent as it left.
class RecordingPeer final : public testing::ReadyPeer {
 public:
  void begin() override {}

  [[nodiscard]] std::span<std::uint8_t> room(std::size_t bytes_max) override {
    room_.resize(bytes_max);
    return room_;
  }

  void add(std::size_t bytes) override {
    if (bytes > 0) sealed.emplace_back(room_.begin(), room_.begin() + static_cast<std::ptrdiff_t>(bytes));
  }

  [[nodiscard]] bool is_congested() const override { return false; }

  bool send_rtcp(ByteView /*packet*/) override { return true; }

  std::vector<Bytes> sealed;

 private:
  Bytes room_;
};

class WhepViewerSender : public ::testing::Test {
 protected:
  // So many rounds of 5 ms.
  bool pump(int rounds = 1) {
    bool more = false;
    for (int i = 0; i < rounds; ++i) {
      more = sender_.pump(ring_, now(), {}, tally_);
      elapsed_ += 5ms;
    }
    return more;
  }

  [[nodiscard]] ViewerSender::Now now() const {
    return {.mono = kStart + elapsed_, .wall = kWallStart + elapsed_};
  }

  [[nodiscard]] std::vector<const MemoryPeer::Received*> of(std::uint32_t ssrc) const {
    std::vector<const MemoryPeer::Received*> found;
    for (const auto& received : peer_.packets) {
      if (received.packet.header.ssrc == ssrc) found.push_back(&received);
    }
    return found;
  }

  ViewerSender::Feedback nack(std::vector<std::uint16_t> sequences) {
    Bytes compound;
    rtcp::append(
        rtcp::Nack{.sender_ssrc = 1, .media_ssrc = testing::kVideoSsrc, .sequences = std::move(sequences)},
        compound);
    return sender_.take_rtcp(compound, ring_, now());
  }

  MemoryPeer peer_;
  SeededRandom random_{7};
  UnitRing ring_;
  UnitMaker make_;
  ViewerSender sender_{peer_, browser_plan(), random_};
  SendTally tally_;
  std::chrono::microseconds elapsed_{0};
};

TEST_F(WhepViewerSender, ANewcomerGetsTheGroupInChunksWithNumbersWithoutHoles) {
  make_.group(ring_, 60);

  EXPECT_TRUE(pump());
  EXPECT_EQ(peer_.packets.size(), static_cast<std::size_t>(Pace::kChunkMin));
  EXPECT_FALSE(pump(20));

  const auto video = of(testing::kVideoSsrc);
  ASSERT_EQ(video.size(), 200U);
  for (std::size_t i = 1; i < video.size(); ++i) {
    const auto& before = video[i - 1]->packet;
    const auto& after = video[i]->packet;
    EXPECT_EQ(after.header.sequence, static_cast<std::uint16_t>(before.header.sequence + 1));
    EXPECT_EQ(before.header.marker, before.header.timestamp != after.header.timestamp);
    const auto number = [](const proto::rtp::Packet& packet) {
      return ByteReader(packet.find_extension(testing::kTransportCcId).value()).u16();
    };
    EXPECT_EQ(number(after), static_cast<std::uint16_t>(number(before) + 1));
  }
  EXPECT_TRUE(video.front()->packet.find_extension(5)) << "keyframes tell the playout delay";
  EXPECT_FALSE(video.back()->packet.find_extension(5));
  EXPECT_EQ(tally_.packets, 200U);
  EXPECT_EQ(tally_.skips, 0U);
}

TEST_F(WhepViewerSender, PacketsAreNumberedForTransportFeedbackOnlyWhereItIsUsed) {
  ViewerPlan plan = browser_plan();
  plan.measures_way = false;
  MemoryPeer peer;
  ViewerSender sender(peer, plan, random_);
  make_.group(ring_, 1);
  static_cast<void>(sender.pump(ring_, now(), {}, tally_));

  ASSERT_FALSE(peer.packets.empty());
  for (const auto& received : peer.packets) {
    EXPECT_FALSE(received.packet.find_extension(testing::kTransportCcId));
  }
}

TEST_F(WhepViewerSender, SoundDoesNotWaitForAPacedKeyframe) {
  ring_.push(make_.video(true, 100));
  pump();
  ring_.push(make_.audio());
  pump();

  EXPECT_EQ(of(testing::kAudioSsrc).size(), 1U);
  EXPECT_LT(of(testing::kVideoSsrc).size(), 100U);
}

TEST_F(WhepViewerSender, AFullWayOutLosesNothing) {
  make_.group(ring_, 5);
  peer_.packets_max = 7;
  EXPECT_TRUE(pump(3));
  EXPECT_EQ(peer_.packets.size(), 7U);

  peer_.packets_max = SIZE_MAX;
  EXPECT_FALSE(pump(10));

  EXPECT_EQ(peer_.packets.size(), 35U);
  EXPECT_GT(tally_.dropped, 0U);
  for (std::size_t i = 1; i < peer_.packets.size(); ++i) {
    EXPECT_EQ(peer_.packets[i].packet.header.sequence,
              static_cast<std::uint16_t>(peer_.packets[i - 1].packet.header.sequence + 1));
  }
}

TEST_F(WhepViewerSender, ACongestedWayOutIsNotFilledFurtherAndAViewerBehindSkips) {
  make_.group(ring_, 5);
  pump(10);
  peer_.congested = true;
  make_.group(ring_, 60);
  EXPECT_TRUE(pump(10));
  const std::size_t before = peer_.packets.size();
  make_.group(ring_, 2);
  peer_.congested = false;

  EXPECT_FALSE(pump(20));

  EXPECT_EQ(peer_.packets.size() - before, 26U);
  EXPECT_EQ(sender_.stats().skips, 1U);
  EXPECT_EQ(tally_.skips, 1U);
}

// Two renditions of one broadcast, in step.
class WhepMove : public WhepViewerSender {
 protected:
  void both(int pictures, bool keyframe = false) {
    for (int i = 0; i < pictures; ++i) {
      ring_.push(make_.video(keyframe, 6));
      less_.push(make_less_.video(keyframe, 2));
      ring_.push(make_.audio());
      less_.push(make_less_.audio());
    }
  }

  void pump_less(int rounds) {
    for (int i = 0; i < rounds; ++i, elapsed_ += 5ms)
      static_cast<void>(sender_.pump(less_, now(), {}, tally_));
  }

  void expect_seamless(std::uint32_t ssrc, std::size_t packets) {
    const auto sent = of(ssrc);
    ASSERT_EQ(sent.size(), packets);
    for (std::size_t i = 1; i < sent.size(); ++i) {
      const auto& before = sent[i - 1]->packet.header;
      const auto& after = sent[i]->packet.header;
      EXPECT_EQ(after.sequence, static_cast<std::uint16_t>(before.sequence + 1));
      const auto step = static_cast<std::int32_t>(after.timestamp - before.timestamp);
      EXPECT_TRUE(before.marker || ssrc == testing::kAudioSsrc ? step > 0 : step == 0) << "at packet " << i;
    }
  }

  UnitRing less_;
  UnitMaker make_less_;
};

TEST_F(WhepMove, AnotherRenditionGoesOnWithNumbersAndTimesWithoutAStep) {
  pump();  // Sound begins with what comes next.
  both(1, true);
  pump();
  both(10);
  pump(20);
  both(1, true);
  pump(5);
  ASSERT_TRUE(sender_.move(less_));
  pump_less(5);
  both(3);
  pump_less(5);

  // Before: 12 pictures of 6; then the smaller keyframe of the same moment and three more, of 2.
  expect_seamless(testing::kVideoSsrc, 12 * 6 + 4 * 2);
  EXPECT_EQ(of(testing::kAudioSsrc).size(), 11U + 3) << "each sound once";
  expect_seamless(testing::kAudioSsrc, 14);
  EXPECT_EQ(sender_.stats().skips, 0U);
  EXPECT_EQ(sender_.stats().moves, 1U);
}

TEST_F(WhepMove, PacketsFromBothSidesOfAMoveAreRepaired) {
  both(1, true);
  pump(5);
  both(2);
  pump(5);
  both(1, true);
  ASSERT_TRUE(sender_.move(less_));
  pump_less(5);
  const auto video = of(testing::kVideoSsrc);
  const auto* old_one = video[7];
  const auto* new_one = video.back();
  Bytes compound;
  rtcp::append(rtcp::Nack{.sender_ssrc = 1,
                          .media_ssrc = testing::kVideoSsrc,
                          .sequences = {old_one->packet.header.sequence, new_one->packet.header.sequence}},
               compound);

  EXPECT_EQ(sender_.take_rtcp(compound, less_, now(), &ring_).resent, 2U);

  const auto repaired = of(testing::kRtxSsrc);
  ASSERT_EQ(repaired.size(), 2U);
  EXPECT_EQ(repaired[0]->packet.header.timestamp, old_one->packet.header.timestamp);
  EXPECT_EQ(repaired[1]->packet.header.timestamp, new_one->packet.header.timestamp);
  elapsed_ += 1s;
  EXPECT_EQ(sender_.take_rtcp(compound, less_, now()).refused, 1U) << "where it was is forgotten";
}

TEST_F(WhepMove, HalfAPictureIsFinishedFirst) {
  ring_.push(make_.video(true, 30));
  less_.push(make_less_.video(true, 2));
  pump();
  EXPECT_FALSE(sender_.move(less_));
  pump(5);
  EXPECT_TRUE(sender_.move(less_));
}

TEST_F(WhepMove, AProbeSendsWhatTheMediaLeavesOfItsRateAndEnds) {
  both(1, true);
  both(30);
  pump(40);
  const std::size_t media = peer_.packets.size();

  sender_.probe(800'000, now().mono, 500ms);
  pump(200);

  std::size_t bytes = 0;
  for (const auto* repeated : of(testing::kRtxSsrc))
    bytes += repeated->bytes.size() + proto::srtp::kRtpOverheadMax;
  EXPECT_NEAR(static_cast<double>(bytes), 50'000, 2'500);
  EXPECT_EQ(of(testing::kRtxSsrc).size(), peer_.packets.size() - media);
  expect_seamless(testing::kVideoSsrc, 31 * 6);
}

TEST_F(WhepViewerSender, ALostPacketComesAgainOnTheRepairStream) {
  make_.group(ring_, 10);
  pump(20);
  const MemoryPeer::Received lost = peer_.packets[25];

  const auto feedback = nack({lost.packet.header.sequence});

  EXPECT_EQ(feedback.resent, 1U);
  const auto repaired = of(testing::kRtxSsrc);
  ASSERT_EQ(repaired.size(), 1U);
  EXPECT_EQ(repaired[0]->packet.header.payload_type, 103);
  EXPECT_EQ(repaired[0]->packet.header.timestamp, lost.packet.header.timestamp);
  EXPECT_EQ(repaired[0]->packet.header.marker, lost.packet.header.marker);
  const auto unwrapped = proto::rtp::unwrap_rtx(repaired[0]->packet).value();
  EXPECT_EQ(unwrapped.original_sequence, lost.packet.header.sequence);
  EXPECT_TRUE(std::ranges::equal(unwrapped.payload, std::span(lost.bytes).subspan(lost.packet.header_bytes)));
}

TEST_F(WhepViewerSender, WithoutARepairStreamALostPacketComesAgainAsItWas) {
  ViewerPlan plan = browser_plan();
  plan.video->rtx_payload_type.reset();
  RecordingPeer peer;
  ViewerSender sender(peer, plan, random_);
  make_.group(ring_, 10);
  for (int i = 0; i < 20; ++i, elapsed_ += 5ms) static_cast<void>(sender.pump(ring_, now(), {}, tally_));
  const std::vector<Bytes> sent = peer.sealed;
  ASSERT_EQ(sent.size(), 50U);

  for (const std::size_t lost : {std::size_t{0}, std::size_t{25}}) {
    Bytes compound;
    rtcp::append(rtcp::Nack{.sender_ssrc = 1,
                            .media_ssrc = testing::kVideoSsrc,
                            .sequences = {proto::rtp::parse(sent[lost]).value().header.sequence}},
                 compound);
    EXPECT_EQ(sender.take_rtcp(compound, ring_, now()).resent, 1U);
    EXPECT_EQ(peer.sealed.back(), sent[lost]);
  }
}

TEST_F(WhepViewerSender, WhatWasNeverSentOrWasJustRepeatedIsRefused) {
  make_.group(ring_, 10);
  pump(20);
  const std::uint16_t last = peer_.packets.back().packet.header.sequence;
  const std::uint16_t next = static_cast<std::uint16_t>(last + 1);

  EXPECT_EQ(nack({last, last, next}).refused, 2U);
  EXPECT_EQ(of(testing::kRtxSsrc).size(), 1U);
  EXPECT_EQ(sender_.stats().nacked, 3U);
  EXPECT_EQ(sender_.stats().nacks_refused, 2U);
}

TEST_F(WhepViewerSender, ReportsPutSoundAndPictureOnTheClockOfTheirCapture) {
  make_.group(ring_, 30);
  pump(40);
  ring_.push(make_.audio());
  elapsed_ = std::chrono::microseconds(ring_.newest().pts_us) + 40ms;  // Captured 40 ms ago.
  pump(220);

  ASSERT_GE(peer_.rtcp.size(), 2U);
  EXPECT_LE(peer_.rtcp.size(), 3U) << "one a second";
  std::map<std::uint32_t, rtcp::SenderReport> reports;
  std::vector<std::string> names;
  rtcp::Reader reader(peer_.rtcp.back());
  while (const auto message = reader.next()) {
    if (const auto* report = std::get_if<rtcp::SenderReport>(&*message))
      reports.emplace(report->ssrc, *report);
    if (const auto* name = std::get_if<rtcp::CanonicalName>(&*message)) names.push_back(name->cname);
  }
  ASSERT_EQ(reports.size(), 2U);
  EXPECT_EQ(names, (std::vector<std::string>{"casa", "casa"}));
  const auto& video = reports.at(testing::kVideoSsrc);
  const auto& audio = reports.at(testing::kAudioSsrc);
  EXPECT_EQ(video.ntp, audio.ntp);
  // What both were told about their newest unit, carried on to the moment of the report.
  const RtpUnit& newest = ring_.newest();
  const std::int64_t since_us =
      rtcp::unix_us_from_ntp(video.ntp) - newest.captured_at.time_since_epoch().count();
  EXPECT_NEAR(
      static_cast<double>(audio.rtp_timestamp - of(testing::kAudioSsrc).back()->packet.header.timestamp),
      static_cast<double>(since_us) * 0.048, 2);
  EXPECT_NEAR(
      static_cast<double>(video.rtp_timestamp - of(testing::kVideoSsrc).back()->packet.header.timestamp),
      static_cast<double>(since_us + UnitMaker::kFrameUs) * 0.09, 4)
      << "the newest picture is one frame older than the newest sound";
  EXPECT_EQ(video.packets, of(testing::kVideoSsrc).size());
}

TEST_F(WhepViewerSender, NoReportIsSentBeforeTheStartIsOver) {
  make_.group(ring_, 60);
  pump(2);
  EXPECT_TRUE(peer_.rtcp.empty());
  pump(30);
  EXPECT_FALSE(peer_.rtcp.empty());
}

TEST_F(WhepViewerSender, LearnsLossAndRoundTripFromReports) {
  make_.group(ring_, 1);
  pump(10);
  const std::uint32_t last_sr =
      rtcp::compact_ntp(rtcp::ntp_from_unix_us((now().wall - 150ms).time_since_epoch().count()));
  Bytes compound;
  rtcp::append(rtcp::ReceiverReport{.ssrc = 1,
                                    .reports = {{.ssrc = testing::kVideoSsrc,
                                                 .fraction_lost = 64,
                                                 .jitter = 900,
                                                 .last_sr = last_sr,
                                                 .delay_since_last_sr = 65'536 / 10}}},
               compound);

  EXPECT_FALSE(sender_.take_rtcp(compound, ring_, now()).malformed);

  EXPECT_DOUBLE_EQ(sender_.stats().loss, 0.25);
  EXPECT_EQ(sender_.stats().jitter, 10ms);
  EXPECT_NEAR(static_cast<double>(sender_.stats().rtt.count()), 50'000, 100);
}

TEST_F(WhepViewerSender, ALostPictureIsReplayedAtMostOnceInAWhile) {
  make_.group(ring_, 30);
  pump(40);
  Bytes compound;
  rtcp::append(rtcp::PictureLoss{.sender_ssrc = 1, .media_ssrc = testing::kVideoSsrc}, compound);

  EXPECT_TRUE(sender_.take_rtcp(compound, ring_, now()).picture_lost);
  EXPECT_TRUE(sender_.replay(ring_, now().mono));
  pump(40);
  EXPECT_EQ(of(testing::kVideoSsrc).size(), 2 * 110U);
  EXPECT_FALSE(sender_.replay(ring_, now().mono));
  elapsed_ += ViewerSender::kReplayInterval;
  EXPECT_TRUE(sender_.replay(ring_, now().mono));
  EXPECT_EQ(sender_.stats().picture_losses, 1U);
}

TEST_F(WhepViewerSender, DamagedFeedbackIsToldAndHarmless) {
  make_.group(ring_, 1);
  pump(10);
  Bytes compound;
  rtcp::append(rtcp::Nack{.sender_ssrc = 1, .media_ssrc = testing::kVideoSsrc, .sequences = {1, 2, 3}},
               compound);
  compound.resize(compound.size() - 3);

  EXPECT_TRUE(sender_.take_rtcp(compound, ring_, now()).malformed);
}

TEST_F(WhepViewerSender, AllOfAViewerFitsIntoAFewKilobytes) {
  EXPECT_LE(sizeof(ViewerSender), 8'192U);
}

}  // namespace
}  // namespace luso::media::whep
