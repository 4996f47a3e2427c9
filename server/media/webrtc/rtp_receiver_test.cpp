#include "media/webrtc/rtp_receiver.h"

#include <array>
#include <map>
#include <optional>
#include <random>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include "media/webrtc/arrival_log.h"
#include "media/webrtc/av_sync.h"
#include "media/webrtc/keyframe_requests.h"

namespace luso::media::webrtc {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

MonoTime at(Duration since_start) {
  return MonoTime{} + 1h + since_start;
}

ReorderBuffer::Packet numbered(std::int64_t sequence, Duration arrived = 0ms) {
  return {.sequence = sequence, .arrived = at(arrived), .payload = Bytes(10)};
}

std::vector<std::int64_t> pop_all(ReorderBuffer& buffer, Duration now) {
  std::vector<std::int64_t> sequences;
  while (const auto packet = buffer.pop(at(now)))
    sequences.push_back(packet->after_gap ? -packet->sequence : packet->sequence);
  return sequences;
}

TEST(ReorderBuffer, GivesPacketsInOrderHoweverTheyCome) {
  ReorderBuffer buffer(100ms);
  for (const int sequence : {10, 12, 13, 11})
    EXPECT_EQ(buffer.insert(numbered(sequence)), ReorderBuffer::Verdict::fresh);
  EXPECT_THAT(pop_all(buffer, 0ms), ElementsAre(10, 11, 12, 13));
  EXPECT_EQ(buffer.insert(numbered(12)), ReorderBuffer::Verdict::too_late);
  EXPECT_EQ(buffer.packets_lost(), 0U);
}

TEST(ReorderBuffer, WaitsForWhatIsMissingButNotForever) {
  ReorderBuffer buffer(100ms);
  static_cast<void>(buffer.insert(numbered(10)));
  static_cast<void>(buffer.insert(numbered(13, 5ms)));
  EXPECT_EQ(buffer.insert(numbered(13, 6ms)), ReorderBuffer::Verdict::duplicate);
  EXPECT_THAT(pop_all(buffer, 104ms), ElementsAre(10));
  EXPECT_EQ(buffer.deadline(), at(105ms));
  EXPECT_THAT(pop_all(buffer, 105ms), ElementsAre(-13));  // After a gap.
  EXPECT_EQ(buffer.packets_lost(), 2U);
  EXPECT_EQ(buffer.insert(numbered(11, 106ms)), ReorderBuffer::Verdict::too_late);
}

TEST(ReorderBuffer, AGapIsAsOldAsWhatCameBehindItFirst) {
  ReorderBuffer buffer(100ms);
  static_cast<void>(buffer.insert(numbered(10)));
  static_cast<void>(buffer.insert(numbered(14, 10ms)));
  static_cast<void>(buffer.insert(numbered(12, 90ms)));  // A retransmission: 11 is not waited for anew.
  EXPECT_THAT(pop_all(buffer, 110ms), ElementsAre(10, -12, -14));
}

TEST(ReorderBuffer, HoldsNoMoreThanItMay) {
  ReorderBuffer buffer(1h);
  static_cast<void>(buffer.insert(numbered(10)));
  static_cast<void>(pop_all(buffer, 0ms));
  for (std::size_t i = 0; i < ReorderBuffer::kPacketsMax + 1; ++i)
    static_cast<void>(buffer.insert(numbered(12 + static_cast<std::int64_t>(i))));
  EXPECT_EQ(pop_all(buffer, 0ms).size(), ReorderBuffer::kPacketsMax + 1);
  EXPECT_EQ(buffer.packets_lost(), 1U);

  ReorderBuffer large(1h);
  static_cast<void>(large.insert(numbered(10)));
  static_cast<void>(pop_all(large, 0ms));
  ReorderBuffer::Packet packet = numbered(12);
  packet.payload.resize(ReorderBuffer::kBytesMax + 1);
  static_cast<void>(large.insert(packet));
  EXPECT_THAT(pop_all(large, 0ms), ElementsAre(-12));
}

TEST(ReorderBuffer, ACountThatJumpsStartsAnew) {
  ReorderBuffer buffer(1h);
  static_cast<void>(buffer.insert(numbered(100'000)));
  static_cast<void>(buffer.insert(numbered(100'002)));
  EXPECT_EQ(buffer.insert(numbered(100'000 + ReorderBuffer::kJumpMax)), ReorderBuffer::Verdict::jumped);
  EXPECT_THAT(pop_all(buffer, 0ms), ElementsAre(-(100'000 + ReorderBuffer::kJumpMax)));
  EXPECT_EQ(buffer.insert(numbered(90'000)), ReorderBuffer::Verdict::jumped);
}

TEST(NackList, AsksWhenItIsNotReorderingAnyMoreAndThenOnceARoundTrip) {
  NackList missing;
  static_cast<void>(missing.on_packet(65'534 + 65'536, at(0ms)));
  static_cast<void>(missing.on_packet(65'537 + 65'536, at(0ms)));
  EXPECT_THAT(missing.due(at(4ms), 50ms), ElementsAre());
  EXPECT_EQ(missing.next_due(50ms), at(5ms));
  EXPECT_THAT(missing.due(at(5ms), 50ms), ElementsAre(65'535, 0));
  EXPECT_THAT(missing.due(at(54ms), 50ms), ElementsAre());
  EXPECT_TRUE(missing.on_packet(65'535 + 65'536, at(54ms)).was_missing);
  EXPECT_THAT(missing.due(at(55ms), 50ms), ElementsAre(0));
  EXPECT_EQ(missing.asked(), 3U);
}

TEST(NackList, MeasuresTheRoundTripOnlyWhereTheAnswerIsCertain) {
  NackList missing;
  static_cast<void>(missing.on_packet(1, at(0ms)));
  static_cast<void>(missing.on_packet(4, at(0ms)));
  static_cast<void>(missing.due(at(10ms), 50ms));
  EXPECT_EQ(missing.on_packet(2, at(40ms)).answer_time, Duration(30ms));
  static_cast<void>(missing.due(at(60ms), 50ms));
  EXPECT_FALSE(missing.on_packet(3, at(65ms)).answer_time);  // Of the first or the second time?
}

TEST(NackList, GivesUpAfterSoManyTriesOrWhenTooMuchIsMissing) {
  NackList missing;
  static_cast<void>(missing.on_packet(1, at(0ms)));
  static_cast<void>(missing.on_packet(3, at(0ms)));
  int asks = 0;
  for (Duration now = 0ms; now < 10s; now += 10ms)
    asks += static_cast<int>(missing.due(at(now), 50ms).size());
  EXPECT_EQ(asks, NackList::kAsksMax);
  EXPECT_EQ(missing.missing(), 0U);

  EXPECT_TRUE(missing.on_packet(5 + static_cast<std::int64_t>(NackList::kMissingMax), at(10s)).outage);
  EXPECT_EQ(missing.missing(), 0U);
}

TEST(NackList, WhatNobodyWaitsForIsNotAskedFor) {
  NackList missing;
  static_cast<void>(missing.on_packet(1, at(0ms)));
  static_cast<void>(missing.on_packet(10, at(0ms)));
  missing.forget_before(9);
  EXPECT_THAT(missing.due(at(10ms), 50ms), ElementsAre(9));
}

TEST(ReceiveStats, CountsWhatDidNotComeAndHowUnevenly) {
  ReceiveStats stats(7, 90'000);
  constexpr std::int64_t kLap = 65'536;
  for (const int sequence : {0, 1, 2, 3, 6, 7}) {
    stats.on_packet(kLap + 65'534 + sequence, static_cast<std::uint32_t>(sequence) * 3'000,
                    at(sequence * 33'333us));
  }
  stats.on_sender_report(0x0001'0002'0003'0004, at(0ms));
  const auto block = stats.report(at(1s));
  EXPECT_EQ(block.ssrc, 7U);
  EXPECT_EQ(block.cumulative_lost, 2);
  EXPECT_EQ(block.fraction_lost, 64);            // Two of eight.
  EXPECT_EQ(block.highest_sequence, 0x1'0005U);  // Once round.
  EXPECT_EQ(block.last_sr, 0x0002'0003U);
  EXPECT_EQ(block.delay_since_last_sr, 65'536U);
  EXPECT_LT(block.jitter, 2U);
  EXPECT_EQ(stats.report(at(2s)).fraction_lost, 0);  // Since the last report.

  stats.on_packet(kLap + 65'542, 8 * 3'000, at(8 * 33'333us + 16ms));
  EXPECT_EQ(stats.jitter(), Duration(1'000));  // A sixteenth of it.
}

TEST(ReceiveStats, DuplicatesCountAgainstLoss) {
  ReceiveStats stats(7, 90'000);
  for (const int sequence : {1, 2, 2, 2}) stats.on_packet(sequence, 0, at(0ms));
  EXPECT_EQ(stats.report(at(1s)).cumulative_lost, -2);
}

TEST(ArrivalLog, TellsWhatCameSinceTheLastMessage) {
  ArrivalLog log;
  EXPECT_FALSE(log.take(1, 2));
  log.on_packet(65'534, at(0ms));
  log.on_packet(0, at(10ms));
  const auto first = log.take(1, 2);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->base_sequence, 65'534);
  EXPECT_EQ(first->count, 3);
  ASSERT_EQ(first->arrivals.size(), 2U);
  EXPECT_EQ(first->arrivals[1].at_us - first->arrivals[0].at_us, 10'000);
  EXPECT_FALSE(log.take(1, 2));

  log.on_packet(2, at(60ms));
  const auto second = log.take(1, 2);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->base_sequence, 1);  // Packet 1 has not come: the sender is told.
  EXPECT_EQ(second->count, 2);
  EXPECT_EQ(second->feedback_count, 1);
}

TEST(ArrivalLog, ALateOneIsToldWithThoseAroundIt) {
  ArrivalLog log;
  log.on_packet(10, at(0ms));
  log.on_packet(12, at(1ms));
  static_cast<void>(log.take(1, 2));
  log.on_packet(11, at(40ms));
  const auto feedback = log.take(1, 2);
  ASSERT_TRUE(feedback);
  EXPECT_EQ(feedback->base_sequence, 11);
  EXPECT_EQ(feedback->arrivals.size(), 2U);
}

TEST(ArrivalLog, IsBoundedAndLeavesOutAnOutage) {
  ArrivalLog log;
  for (unsigned i = 0; i < 3 * ArrivalLog::kPacketsMax; ++i)
    log.on_packet(static_cast<std::uint16_t>(i * 9), at(Duration(i)));
  std::size_t told = 0;
  while (const auto feedback = log.take(1, 2)) {
    EXPECT_LE(feedback->count, ArrivalLog::kMessagePacketsMax);
    told += feedback->arrivals.size();
  }
  EXPECT_EQ(told, ArrivalLog::kPacketsMax);
}

constexpr std::uint64_t kNtp = 0xE000'0000'0000'0000;

std::uint64_t ntp_after(Duration passed) {
  return proto::rtcp::ntp_from_unix_us(proto::rtcp::unix_us_from_ntp(kNtp) + passed.count());
}

TEST(AvSync, TheFirstFramesAreWhereTheyCame) {
  AvSync sync;
  EXPECT_EQ(sync.place_us(TrackKind::audio, 5'000, at(0ms)), 0);
  EXPECT_EQ(sync.place_us(TrackKind::video, 0xFFFF'FFF0, at(30ms)), 30'000);
  EXPECT_EQ(sync.place_us(TrackKind::audio, 5'960, at(27ms)), 20'000);
  EXPECT_EQ(sync.place_us(TrackKind::video, 2'984, at(70ms)), 63'333);  // Over the wrap, on its own count.
}

TEST(AvSync, ThePictureGlidesToWhereTheReportsSayItBelongs) {
  AvSync sync;
  static_cast<void>(sync.place_us(TrackKind::audio, 0, at(0ms)));
  std::int64_t last = sync.place_us(TrackKind::video, 0, at(80ms));  // Encoded for so long: it belongs at 0.
  sync.on_sender_report(TrackKind::audio, ntp_after(1s), 48'000);
  EXPECT_EQ(sync.offset(), 0us);
  sync.on_sender_report(TrackKind::video, ntp_after(1s), 90'000);
  EXPECT_EQ(sync.offset(), -80ms);
  for (int frame = 1; frame <= 60; ++frame) {
    const std::int64_t now = sync.place_us(TrackKind::video, static_cast<std::uint32_t>(frame) * 3'000,
                                           at(80ms + frame * 33'333us));
    EXPECT_NEAR(static_cast<double>(now - last), 33'333, 1'700);  // Nobody sees a twentieth.
    last = now;
  }
  EXPECT_EQ(sync.offset(), 0us);
  EXPECT_EQ(last, 60 * 100'000 / 3);
}

TEST(AvSync, ReportsThatCannotBeTrueAreNotBelieved) {
  AvSync sync;
  static_cast<void>(sync.place_us(TrackKind::audio, 0, at(0ms)));
  static_cast<void>(sync.place_us(TrackKind::video, 0, at(0ms)));
  sync.on_sender_report(TrackKind::audio, ntp_after(0s), 0);
  sync.on_sender_report(TrackKind::video, ntp_after(3s), 0);
  EXPECT_EQ(sync.offset(), 0us);
}

TEST(AvSync, ACountThatBreaksGoesOnByTheClock) {
  AvSync sync;
  static_cast<void>(sync.place_us(TrackKind::video, 0, at(0ms)));
  EXPECT_EQ(sync.place_us(TrackKind::video, 900'000'000, at(33ms)), 33'000);
  EXPECT_EQ(sync.place_us(TrackKind::video, 900'003'000, at(66ms)), 66'333);
}

// Chromium's sizes of one picture have RTP counts that start anywhere.
TEST(AvSync, SizesOfOnePictureMeetOnOneClock) {
  for (const bool with_sound : {true, false}) {
    AvSync sync;
    const std::array<std::uint32_t, 3> starts{7, 0x8000'0000, 0xFFFF'FF00};
    const std::array<Duration, 3> delays{40ms, 10ms, 25ms};  // A larger picture takes longer.
    if (with_sound) static_cast<void>(sync.place_us(TrackKind::audio, 0, at(0ms)));
    std::array<std::int64_t, 3> last{};
    for (int frame = 0; frame <= 90; ++frame) {
      const auto ticks = static_cast<std::uint32_t>(frame) * 3'000;
      for (std::size_t layer = 0; layer < 3; ++layer) {
        const Duration arrived = frame * 33'333us + delays.at(layer);
        last.at(layer) = sync.place_us(TrackKind::video, starts.at(layer) + ticks, at(arrived), layer);
      }
      if (frame != 10) continue;
      if (with_sound) sync.on_sender_report(TrackKind::audio, ntp_after(1s), 48'000);
      for (std::size_t layer = 0; layer < 3; ++layer)
        sync.on_sender_report(TrackKind::video, ntp_after(1s), starts.at(layer) + 90'000, layer);
    }
    for (const std::int64_t time : last)
      EXPECT_NEAR(static_cast<double>(time), static_cast<double>(last[0]), 20);
    if (with_sound) {
      EXPECT_EQ(last[0], 3'000'000) << "where the sound is";
    }
  }
}

TEST(KeyframeRequests, AskRegularlyAndAtOnceWhenOneIsNeeded) {
  KeyframeRequests requests(2s);
  EXPECT_TRUE(requests.due(at(0ms)));  // Nothing can be decoded yet.
  EXPECT_FALSE(requests.due(at(499ms)));
  EXPECT_TRUE(requests.due(at(500ms)));  // No answer.
  requests.on_keyframe(at(600ms));
  EXPECT_FALSE(requests.due(at(2'599ms)));
  EXPECT_TRUE(requests.due(at(2'600ms)));
  requests.on_keyframe(at(2'650ms));
  requests.need();
  EXPECT_FALSE(requests.due(at(2'700ms)));  // The last request is too young,
  EXPECT_TRUE(requests.due(at(2'900ms)));
  EXPECT_FALSE(requests.due(at(3'000ms)));  // and so is this one.
}

// One keyframe of each size, though the larger one's last packet comes later.
TEST(KeyframeRequests, SizesAskTogetherAndOnce) {
  std::array<KeyframeRequests, 2> sizes{KeyframeRequests(2s), KeyframeRequests(2s)};
  std::array<int, 2> asked{};
  std::optional<Duration> first_asked;
  for (Duration now = 0ms; now < 10s; now += 20ms) {
    if (first_asked && now == *first_asked + 100ms) sizes[0].on_keyframe(at(now));
    if (first_asked && now == *first_asked + 140ms) {
      sizes[1].on_keyframe(at(now));
      first_asked.reset();
    }
    if (sizes[0].is_stale(at(now)) || sizes[1].is_stale(at(now)))
      for (KeyframeRequests& each : sizes) each.join(at(now));
    for (const std::size_t size : {0U, 1U}) {
      if (!sizes.at(size).due(at(now))) continue;
      ++asked.at(size);
      first_asked = first_asked.value_or(now);
    }
  }
  EXPECT_EQ(asked[0], 5);
  EXPECT_EQ(asked[1], 5);
}

RtpReceiver::Settings video_settings() {
  return {.payload_type = 96,
          .rtx_payload_type = 97,
          .clock_rate = 90'000,
          .ssrc = 0,
          .rtx_ssrc = 0,
          .nack = true};
}

proto::rtp::Packet packet_of(std::uint16_t sequence, ByteView payload, std::uint8_t type = 96,
                             std::uint32_t ssrc = 1) {
  proto::rtp::Packet packet;
  packet.header = {.payload_type = type, .sequence = sequence, .timestamp = sequence * 3'000U, .ssrc = ssrc};
  packet.payload = payload;
  return packet;
}

TEST(RtpReceiver, KnowsItsOwnPackets) {
  RtpReceiver receiver(video_settings());
  const Bytes payload{1};
  EXPECT_EQ(receiver.kind_of({.payload_type = 96, .ssrc = 5}), RtpReceiver::Kind::media);
  EXPECT_TRUE(receiver.take(packet_of(1, payload, 96, 5), at(0ms)));
  EXPECT_EQ(receiver.kind_of({.payload_type = 96, .ssrc = 6}), RtpReceiver::Kind::foreign);
  EXPECT_EQ(receiver.kind_of({.payload_type = 97, .ssrc = 6}), RtpReceiver::Kind::retransmission);
  EXPECT_EQ(receiver.kind_of({.payload_type = 98, .ssrc = 5}), RtpReceiver::Kind::foreign);
}

TEST(RtpReceiver, ARetransmissionFillsItsGapAndMeasuresTheWay) {
  RtpReceiver receiver(video_settings());
  const Bytes payload{1};
  EXPECT_TRUE(receiver.take(packet_of(65'535, payload), at(0ms)));
  EXPECT_TRUE(receiver.take(packet_of(1, payload), at(1ms)));
  EXPECT_THAT(receiver.nacks(at(6ms)), ElementsAre(0));
  EXPECT_EQ(receiver.pop(at(6ms))->sequence, 65'536 + 65'535);
  EXPECT_FALSE(receiver.pop(at(6ms)));

  const Bytes repeated{0, 0, 9};
  EXPECT_TRUE(receiver.take(packet_of(7'000, repeated, 97, 2), at(46ms)));

  const auto packet = receiver.pop(at(46ms));
  EXPECT_EQ(packet->sequence, 65'536 + 65'536);
  EXPECT_EQ(packet->payload, Bytes{9});
  EXPECT_FALSE(packet->after_gap);
  EXPECT_TRUE(receiver.pop(at(46ms)));
  const auto facts = receiver.facts();
  EXPECT_EQ(facts.recovered, 1U);
  EXPECT_EQ(facts.lost, 0U);
  EXPECT_EQ(facts.round_trip, Duration(40ms));
  EXPECT_EQ(receiver.report(at(50ms))->cumulative_lost, 1);  // At the first try.
}

TEST(RtpReceiver, ProbesOfNothingAreNoPackets) {
  RtpReceiver receiver(video_settings());
  EXPECT_FALSE(receiver.take(packet_of(1, Bytes{0, 1, 2}, 97), at(0ms)));  // Before anything was seen.
  EXPECT_FALSE(receiver.take(packet_of(1, {}, 97), at(0ms)));
  EXPECT_FALSE(receiver.pop(at(1s)));
  EXPECT_FALSE(receiver.report(at(1s)));
}

// A link that loses, repeats and reorders; the sender answers what it is asked for half a round trip later,
// over the same link.
struct Link {
  explicit Link(unsigned seed, double loss) : random(seed), loss_share(loss) {}

  void send(const proto::rtp::Packet& packet, Duration now) {
    if (chance() < loss_share) return;
    const Duration delay = 25ms + Duration(static_cast<std::int64_t>(chance() * 4'000));
    flying.emplace(now + delay, packet);
    if (chance() < 0.02) flying.emplace(now + delay + 1ms, packet);
  }

  double chance() { return std::uniform_real_distribution<double>(0, 1)(random); }

  std::mt19937 random;
  double loss_share;
  std::multimap<Duration, proto::rtp::Packet> flying;
};

struct Outcome {
  std::vector<std::int64_t> sequences;
  std::size_t gaps = 0;
  RtpReceiver::Facts facts;
};

Outcome run(unsigned seed, double loss, std::uint16_t first, int packets) {
  RtpReceiver receiver(video_settings());
  Link link(seed, loss);
  std::map<std::uint16_t, Bytes> repeats;  // What keeps retransmissions' payloads alive.
  std::multimap<Duration, std::uint16_t> asked;
  const Bytes payload{1};
  Outcome outcome;
  std::uint16_t rtx_sequence = 0;
  for (Duration now = 0ms; now < packets * 4ms + 2s; now += 1ms) {
    if (now.count() % 4'000 == 0 && now < packets * 4ms)
      link.send(packet_of(static_cast<std::uint16_t>(first + now / 4ms), payload), now);
    for (; !asked.empty() && asked.begin()->first <= now; asked.erase(asked.begin())) {
      const std::uint16_t sequence = asked.begin()->second;
      Bytes& bytes = repeats[sequence];
      bytes = {static_cast<std::uint8_t>(sequence >> 8U), static_cast<std::uint8_t>(sequence), 1};
      proto::rtp::Packet packet = packet_of(rtx_sequence++, bytes, 97, 2);
      link.send(packet, now);
    }
    for (; !link.flying.empty() && link.flying.begin()->first <= now; link.flying.erase(link.flying.begin()))
      static_cast<void>(receiver.take(link.flying.begin()->second, at(now)));
    for (const std::uint16_t sequence : receiver.nacks(at(now))) asked.emplace(now + 25ms, sequence);
    while (const auto packet = receiver.pop(at(now))) {
      outcome.sequences.push_back(packet->sequence);
      outcome.gaps += packet->after_gap ? 1 : 0;
    }
  }
  outcome.facts = receiver.facts();
  return outcome;
}

RC_GTEST_PROP(RtpReceiverProperty, WhatComesOutIsInOrderAndItsGapsAreTold,
              (unsigned seed, std::uint16_t first)) {
  const double loss = *rc::gen::element(0.0, 0.05, 0.3, 0.7);
  const Outcome outcome = run(seed, loss, first, 120);
  std::size_t gaps = 0;
  for (std::size_t i = 1; i < outcome.sequences.size(); ++i) {
    RC_ASSERT(outcome.sequences[i] > outcome.sequences[i - 1]);
    gaps += outcome.sequences[i] != outcome.sequences[i - 1] + 1 ? 1 : 0;
  }
  RC_ASSERT(outcome.gaps == gaps);
}

TEST(RtpReceiver, FivePercentLossAndFiftyMillisecondsAreRepairedWithoutAGap) {
  const Outcome outcome = run(7, 0.05, 65'000, 2'500);  // Ten seconds, over the wrap.
  EXPECT_EQ(outcome.gaps, 0U);
  EXPECT_EQ(outcome.facts.lost, 0U);
  EXPECT_GT(outcome.facts.recovered, 80U);
  EXPECT_NEAR(static_cast<double>(outcome.facts.round_trip->count()), 52'000, 5'000);
  EXPECT_GE(outcome.sequences.size(), 2'490U);
}

}  // namespace
}  // namespace luso::media::webrtc
