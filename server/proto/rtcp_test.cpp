#include "proto/rtcp.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include "proto/fixtures_test.h"

namespace luso::proto::rtcp {
namespace {

using testing::hex;

std::vector<Message> read_all(ByteView compound) {
  Reader reader(compound);
  std::vector<Message> messages;
  while (auto message = reader.next()) messages.push_back(*std::move(message));
  return messages;
}

template <typename T>
Bytes written(const T& message) {
  Bytes out;
  append(message, out);
  return out;
}

TEST(Rtcp, ReadsASenderReportWithWhatItsSenderReceives) {
  const auto messages =
      read_all(hex("81 c8 000c 00000001 83aa7e80 80000000 00001000 00000002 00000003"
                   "00000009 40 ffffff 00010002 00000005 aabbccdd 00010000"));

  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(std::get<SenderReport>(messages[0]),
            (SenderReport{.ssrc = 1,
                          .ntp = 0x83aa7e8080000000,
                          .rtp_timestamp = 0x1000,
                          .packets = 2,
                          .bytes = 3,
                          .reports = {{.ssrc = 9,
                                       .fraction_lost = 64,
                                       .cumulative_lost = -1,
                                       .highest_sequence = 0x10002,
                                       .jitter = 5,
                                       .last_sr = 0xaabbccdd,
                                       .delay_since_last_sr = 0x10000}}}));
}

TEST(Rtcp, ACompoundIsWalkedPastWhatIsNotForUs) {
  const auto messages =
      read_all(hex("80 cf 0003 00000001 01000001 aabbccdd"  // Extended report.
                   "80 cc 0002 00000001 41414141"           // Application defined.
                   "82 ce 0002 00000001 00000002"           // Slice loss.
                   "81 ce 0002 00000001 00000002"           // Picture loss.
                   "a1 cb 0002 00000007 00000004"));        // Bye, padded.
  ASSERT_EQ(messages.size(), 2U);
  EXPECT_EQ(std::get<PictureLoss>(messages[0]), (PictureLoss{.sender_ssrc = 1, .media_ssrc = 2}));
  EXPECT_EQ(std::get<Bye>(messages[1]), Bye{.ssrcs = {7}});
}

TEST(Rtcp, DamageStopsTheWalk) {
  for (const char* tail :
       {"80", "80 c9 0009 00000001", "00 c9 0001 00000001", "a0 c9 0001 00000000", "81 c9 0001 00000001"}) {
    Bytes compound = hex("80 c9 0001 00000001");
    const Bytes damage = hex(tail);
    compound.insert(compound.end(), damage.begin(), damage.end());
    Reader reader(compound);
    EXPECT_TRUE(reader.next()) << tail;
    EXPECT_FALSE(reader.next()) << tail;
    EXPECT_TRUE(reader.failed()) << tail;
    EXPECT_FALSE(reader.next());
  }
}

TEST(Rtcp, OneNackAsksForSeventeenPackets) {
  const auto messages = read_all(hex("81 cd 0003 00000001 00000002 ffff 8001"));
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_THAT(std::get<Nack>(messages[0]).sequences, ::testing::ElementsAre(65'535, 0, 15));
}

TEST(Rtcp, NackNumbersShareWordsAcrossTheWrap) {
  EXPECT_EQ(written(Nack{.sender_ssrc = 1, .media_ssrc = 2, .sequences = {65'535, 0, 15, 16}}),
            hex("81 cd 0004 00000001 00000002 ffff 8001 0010 0000"));
}

TEST(Rtcp, AFullIntraRequestCountsItself) {
  const auto messages = read_all(hex("84 ce 0004 00000001 00000000 00000002 05000000"));
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(std::get<FullIntraRequest>(messages[0]),
            (FullIntraRequest{.sender_ssrc = 1, .targets = {{.ssrc = 2, .sequence = 5}}}));
}

TEST(Rtcp, AnEstimateIsAMantissaAndAnExponent) {
  const Bytes bytes = hex("8f ce 0005 00000001 00000000 52454d42 01 0b d090 00000002");  // 118928 << 2.
  const auto messages = read_all(bytes);
  ASSERT_EQ(messages.size(), 1U);
  const auto& estimate = std::get<BitrateEstimate>(messages[0]);
  EXPECT_EQ(estimate.bitrate_bps, 0x3d090U << 2U);
  EXPECT_EQ(written(estimate), hex("8f ce 0005 00000001 00000000 52454d42 01 0b d090 00000002"));
}

TEST(Rtcp, AnImpossibleEstimateIsTheLargest) {
  const auto messages = read_all(hex("8f ce 0004 00000001 00000000 52454d42 00 ff ffff"));
  const auto& estimate = std::get<BitrateEstimate>(messages.at(0));
  EXPECT_EQ(estimate.bitrate_bps, std::uint64_t{0x3FFFF} << 45U);
  EXPECT_EQ(read_all(written(estimate)), messages);
}

TEST(Rtcp, TransportFeedbackRunsAndVectorsAreRead) {
  const auto good =
      read_all(hex("8f cd 0008 00000001 00000002 0005 000c 000002 07"
                   "d2 24"  // 01 00 10 00 10 01 00: small, none, large, none, large, small, none.
                   "20 02"  // A run of two small ones.
                   "0003"   // A run of three missing.
                   "04 ffff 0008 02 01 01 0000"));
  ASSERT_EQ(good.size(), 1U);
  const auto& feedback = std::get<TransportFeedback>(good[0]);
  EXPECT_EQ(feedback.base_sequence, 5);
  EXPECT_EQ(feedback.count, 12);
  EXPECT_EQ(feedback.feedback_count, 7);
  EXPECT_EQ(feedback.reference_us, 128'000);
  EXPECT_THAT(feedback.arrivals,
              ::testing::ElementsAre(
                  TransportFeedback::Arrival{5, 129'000}, TransportFeedback::Arrival{7, 128'750},
                  TransportFeedback::Arrival{9, 130'750}, TransportFeedback::Arrival{10, 131'250},
                  TransportFeedback::Arrival{12, 131'500}, TransportFeedback::Arrival{13, 131'750}));
}

TEST(Rtcp, TransportFeedbackWithAReservedStatusIsDamaged) {
  const auto bytes = hex("8f cd 0004 00000001 00000002 0005 0001 000002 07 f000");
  Reader reader(bytes);
  EXPECT_FALSE(reader.next());
  EXPECT_TRUE(reader.failed());
}

TEST(Rtcp, AShortDatagramCannotClaimManyArrivals) {
  const auto bytes = hex("8f cd 0004 00000001 00000002 0000 ffff 000000 00 3fff");
  Reader reader(bytes);
  EXPECT_FALSE(reader.next());
  EXPECT_TRUE(reader.failed());
}

TEST(Rtcp, ALongRunOfNothingCostsNothing) {
  Bytes bytes = hex("8f cd 0009 00000001 00000002 0000 ffff 000000 00");
  for (int i = 0; i < 8; ++i) bytes.insert(bytes.end(), {0x1f, 0xff});
  bytes.insert(bytes.end(), {0x00, 0x07, 0x00, 0x00});
  const auto messages = read_all(bytes);
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_TRUE(std::get<TransportFeedback>(messages[0]).arrivals.empty());
}

TEST(Rtcp, WhatFeedbackCannotTellIsToldAsMissing) {
  const TransportFeedback told{.base_sequence = 10,
                               .count = 4,
                               .arrivals = {{.sequence = 9, .at_us = 0},  // Before the window.
                                            {.sequence = 11, .at_us = 250},
                                            {.sequence = 11, .at_us = 500},         // Again.
                                            {.sequence = 12, .at_us = 60'000'000},  // A minute later.
                                            {.sequence = 14, .at_us = 500}}};       // After the window.
  const auto messages = read_all(written(told));
  EXPECT_THAT(std::get<TransportFeedback>(messages.at(0)).arrivals,
              ::testing::ElementsAre(TransportFeedback::Arrival{11, 250}));
}

// RFC 3611, 4.4 and 4.5
TEST(Rtcp, ExtendedReportsTellTimeAndDelay) {
  const Bytes bytes =
      hex("80 cf 0008 00000001 04 00 0002 83aa7e80 80000000"
          "05 00 0003 00000009 7e808000 00010000");
  const auto messages = read_all(bytes);
  ASSERT_EQ(messages.size(), 1U);
  const auto& report = std::get<ExtendedReport>(messages[0]);
  EXPECT_EQ(report, (ExtendedReport{.ssrc = 1,
                                    .reference_ntp = 0x83aa7e8080000000,
                                    .delays = {{.ssrc = 9, .last_reference = 0x7e808000, .delay = 65'536}}}));
  EXPECT_EQ(written(report), bytes);
}

TEST(Rtcp, NtpTimeGoesThereAndBack) {
  EXPECT_EQ(ntp_from_unix_us(500'000), 0x83aa7e8080000000);
  EXPECT_EQ(unix_us_from_ntp(0x83aa7e8080000000), 500'000);
  EXPECT_EQ(compact_ntp(0x83aa7e8080000000), 0x7e808000U);
  EXPECT_EQ(unix_us_from_ntp(0), -2'208'988'800'000'000);
}

RC_GTEST_PROP(RtcpProperty, NtpKeepsEveryMicrosecond, ()) {
  const auto us = *rc::gen::inRange<std::int64_t>(0, 2'000'000'000'000'000);
  RC_ASSERT(unix_us_from_ntp(ntp_from_unix_us(us)) == us);
}

std::vector<ReportBlock> arbitrary_reports() {
  std::vector<ReportBlock> reports(*rc::gen::inRange<std::size_t>(0, kReportBlocksMax + 1));
  for (ReportBlock& each : reports) {
    each = {.ssrc = *rc::gen::arbitrary<std::uint32_t>(),
            .fraction_lost = *rc::gen::arbitrary<std::uint8_t>(),
            .cumulative_lost = *rc::gen::inRange(-0x80'0000, 0x80'0000),
            .highest_sequence = *rc::gen::arbitrary<std::uint32_t>(),
            .jitter = *rc::gen::arbitrary<std::uint32_t>(),
            .last_sr = *rc::gen::arbitrary<std::uint32_t>(),
            .delay_since_last_sr = *rc::gen::arbitrary<std::uint32_t>()};
  }
  return reports;
}

RC_GTEST_PROP(RtcpProperty, ACompoundOfReportsIsReadAsWritten, ()) {
  const SenderReport sender{.ssrc = *rc::gen::arbitrary<std::uint32_t>(),
                            .ntp = *rc::gen::arbitrary<std::uint64_t>(),
                            .rtp_timestamp = *rc::gen::arbitrary<std::uint32_t>(),
                            .packets = *rc::gen::arbitrary<std::uint32_t>(),
                            .bytes = *rc::gen::arbitrary<std::uint32_t>(),
                            .reports = arbitrary_reports()};
  const ReceiverReport receiver{.ssrc = *rc::gen::arbitrary<std::uint32_t>(), .reports = arbitrary_reports()};
  const CanonicalName name{.ssrc = *rc::gen::arbitrary<std::uint32_t>(),
                           .cname = *rc::gen::container<std::string>(rc::gen::inRange('a', 'z'))};
  const Bye bye{.ssrcs = {*rc::gen::arbitrary<std::uint32_t>()}};
  Bytes compound;
  append(sender, compound);
  append(receiver, compound);
  append(name, compound);
  append(bye, compound);

  RC_ASSERT(read_all(compound) == (std::vector<Message>{sender, receiver, name, bye}));
}

RC_GTEST_PROP(RtcpProperty, RisingNacksAreReadAsWritten, (std::uint16_t first)) {
  const auto steps = *rc::gen::container<std::vector<std::uint16_t>>(rc::gen::inRange<std::uint16_t>(1, 40));
  Nack nack{.sender_ssrc = 1, .media_ssrc = 2, .sequences = {first}};
  for (const std::uint16_t step : steps)
    nack.sequences.push_back(static_cast<std::uint16_t>(nack.sequences.back() + step));
  RC_ASSERT(read_all(written(nack)) == (std::vector<Message>{nack}));
}

RC_GTEST_PROP(RtcpProperty, NacksOfAnyOrderAskForTheSamePackets, (std::vector<std::uint16_t> sequences)) {
  const auto messages = read_all(written(Nack{.sender_ssrc = 1, .media_ssrc = 2, .sequences = sequences}));
  const auto& read = std::get<Nack>(messages.at(0)).sequences;
  RC_ASSERT(std::set(read.begin(), read.end()) == std::set(sequences.begin(), sequences.end()));
}

RC_GTEST_PROP(RtcpProperty, TransportFeedbackIsReadAsWritten, ()) {
  TransportFeedback feedback{.sender_ssrc = 1,
                             .media_ssrc = 2,
                             .feedback_count = *rc::gen::arbitrary<std::uint8_t>(),
                             .base_sequence = *rc::gen::arbitrary<std::uint16_t>(),
                             .count = *rc::gen::inRange<std::uint16_t>(1, 600),
                             .reference_us = *rc::gen::inRange(0, 1 << 24) * TransportFeedback::kReferenceUs,
                             .arrivals = {}};
  const int loss = *rc::gen::element(0, 1, 10, 50, 99);
  const int large = *rc::gen::element(0, 1, 50, 100);
  std::int64_t at_us = feedback.reference_us;
  for (int i = 0; i < feedback.count; ++i) {
    if (*rc::gen::inRange(0, 100) < loss) continue;
    const bool is_large = *rc::gen::inRange(0, 100) < large;
    at_us += (is_large ? *rc::gen::inRange(-32'768, 32'768) : *rc::gen::inRange(0, 256)) *
             TransportFeedback::kTickUs;
    feedback.arrivals.push_back(
        {.sequence = static_cast<std::uint16_t>(feedback.base_sequence + i), .at_us = at_us});
  }
  RC_ASSERT(read_all(written(feedback)) == (std::vector<Message>{feedback}));
}

}  // namespace
}  // namespace luso::proto::rtcp
