#include "media/webrtc/negotiation.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace luso::media::webrtc {
namespace {

namespace sdp = proto::sdp;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr std::uint8_t kBaseline = 66, kMain = 77, kHigh = 100, kHigh10 = 110;

sdp::Session offer_of(std::string_view program) {
  const std::filesystem::path here(LUSO_SDP_CORPUS);
  std::ifstream file(here / std::string(program), std::ios::binary);
  EXPECT_TRUE(file) << program;
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  auto session = sdp::parse(text);
  EXPECT_TRUE(session.has_value()) << program;
  return session.value_or(sdp::Session{});
}

proto::VideoTrack video_of(proto::Codec codec, std::uint8_t profile = kHigh) {
  proto::VideoTrack track;
  track.codec = codec;
  track.config = {1, profile, 0, 31};
  track.codecs = "some codec";
  return track;
}

Tracks tracks_of(proto::VideoTrack video, int channels = 2) {
  Tracks tracks;
  tracks.video = std::move(video);
  tracks.audio.emplace();
  tracks.audio->codec = proto::Codec::opus;
  tracks.audio->channels = channels;
  return tracks;
}

const Sender kSender{.video_ssrc = 11, .video_rtx_ssrc = 12, .audio_ssrc = 13, .cname = "luso"};

LocalTransport local() {
  return {.ice_ufrag = "abcd",
          .ice_pwd = "0123456789012345678901",
          .fingerprint = {.hash = "sha-256", .digest = Bytes(32, 0xab)},
          .candidates = {{.foundation = "1",
                          .component = 1,
                          .transport = "udp",
                          .priority = 2'130'706'431,
                          .address = "192.0.2.1",
                          .port = 8000,
                          .type = "host",
                          .tcp_type = {}}}};
}

TEST(WhepNegotiation, TakesTheProfileThatTheStreamHas) {
  const sdp::Session offer = offer_of("chromium_whep");

  const auto baseline = plan_whep(offer, tracks_of(video_of(proto::Codec::h264, kBaseline)), kSender);
  const auto main = plan_whep(offer, tracks_of(video_of(proto::Codec::h264, kMain)), kSender);
  const auto high = plan_whep(offer, tracks_of(video_of(proto::Codec::h264, kHigh)), kSender);

  EXPECT_EQ(baseline.value().video->payload_type, 102);
  EXPECT_EQ(baseline.value().video->rtx_payload_type, 103);
  EXPECT_EQ(main.value().video->payload_type, 116);
  // Debian's Chromium offers no High but High 4:4:4, which contains it.
  EXPECT_EQ(high.value().video->payload_type, 41);
}

TEST(WhepNegotiation, AHigherProfileFitsAndALowerOneIsTheLastResort) {
  const auto safari =
      plan_whep(offer_of("safari_whep"), tracks_of(video_of(proto::Codec::h264, kMain)), kSender);
  const auto firefox =
      plan_whep(offer_of("firefox_whep"), tracks_of(video_of(proto::Codec::h264, kHigh)), kSender);
  const auto ten_bits =
      plan_whep(offer_of("firefox_whep"), tracks_of(video_of(proto::Codec::h264, kHigh10)), kSender);

  EXPECT_EQ(safari.value().video->payload_type, 96);
  EXPECT_EQ(firefox.value().video->payload_type, 126);
  EXPECT_EQ(firefox.value().video->rtx_payload_type, 127);
  ASSERT_FALSE(ten_bits);
  EXPECT_EQ(ten_bits.error().reason, "webrtc.codec_not_offered");
}

TEST(WhepNegotiation, HevcAndAv1GoWhereTheyAreOffered) {
  const auto hevc = plan_whep(offer_of("safari_whep"), tracks_of(video_of(proto::Codec::hevc)), kSender);
  const auto av1 = plan_whep(offer_of("chromium_whep"), tracks_of(video_of(proto::Codec::av1)), kSender);
  const auto refused = plan_whep(offer_of("chromium_whep"), tracks_of(video_of(proto::Codec::hevc)), kSender);

  EXPECT_EQ(hevc.value().video->payload_type, 100);
  EXPECT_EQ(av1.value().video->payload_type, 45);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "webrtc.codec_not_offered");
}

TEST(WhepNegotiation, KnowsWhichPicturesAnOfferTakes) {
  const OfferedVideo chromium = video_offered(offer_of("chromium_whep"));
  const OfferedVideo safari = video_offered(offer_of("safari_whep"));
  const OfferedVideo publisher = video_offered(offer_of("chromium_whip"));

  EXPECT_TRUE(chromium.h264 && chromium.av1 && !chromium.hevc);
  EXPECT_TRUE(safari.h264 && safari.hevc && !safari.av1);
  EXPECT_FALSE(publisher.h264 || publisher.hevc || publisher.av1);
}

TEST(WhepNegotiation, AgreesOnExtensionsAndFeedbackThatWereOffered) {
  const auto plan = plan_whep(offer_of("chromium_whep"), tracks_of(video_of(proto::Codec::h264)), kSender);

  ASSERT_TRUE(plan);
  const MediaPlan& video = *plan->video;
  EXPECT_EQ(video.mid, "0");
  EXPECT_EQ(video.extensions, (Extensions{.mid = 9, .transport_cc = 4, .playout_delay = 5}));
  EXPECT_TRUE(video.nack && video.pli && video.fir && video.transport_cc);
  EXPECT_EQ(video.ssrc, 11U);
  EXPECT_EQ(video.rtx_ssrc, 12U);
  const MediaPlan& audio = *plan->audio;
  EXPECT_EQ(audio.payload_type, 111);
  EXPECT_EQ(audio.clock_rate, 48'000U);
  EXPECT_FALSE(audio.nack);
  EXPECT_EQ(audio.ssrc, 13U);
  EXPECT_EQ(plan->remote.ice_ufrag, "chKW");
}

TEST(WhepNegotiation, AViewerWithoutTransportCcGetsNone) {
  sdp::Session offer = offer_of("chromium_whep");
  offer.media[0].extensions.clear();

  const auto plan = plan_whep(offer, tracks_of(video_of(proto::Codec::h264)), kSender);

  EXPECT_EQ(plan.value().video->extensions, Extensions{});
  EXPECT_FALSE(plan->video->transport_cc);
  EXPECT_TRUE(plan->video->nack);
}

TEST(WhepNegotiation, TheAnswerIsOneThatTheOfferAllows) {
  const sdp::Session offer = offer_of("chromium_whep");
  const auto plan = plan_whep(offer, tracks_of(video_of(proto::Codec::h264, kBaseline)), kSender);

  const std::string text = write_answer(plan.value(), local());

  const auto answer = sdp::parse(text);
  ASSERT_TRUE(answer) << text;
  EXPECT_TRUE(answer->ice_lite);
  EXPECT_THAT(answer->bundle, ElementsAre("0", "1"));
  ASSERT_THAT(answer->media, SizeIs(2));
  for (const sdp::Media& media : answer->media) {
    EXPECT_EQ(media.direction, sdp::Direction::sendonly);
    EXPECT_EQ(media.transport.setup, sdp::Setup::passive);
    EXPECT_EQ(media.transport.ice_ufrag, "abcd");
    EXPECT_THAT(media.transport.fingerprints, ElementsAre(local().fingerprint));
    EXPECT_TRUE(media.rtcp_mux);
  }
  EXPECT_THAT(answer->media[0].transport.candidates, SizeIs(1));
  EXPECT_THAT(answer->media[1].transport.candidates, IsEmpty());
  ASSERT_THAT(answer->media[0].formats, SizeIs(2));
  EXPECT_EQ(sdp::parameter_of(answer->media[0].formats[0], "profile-level-id"), "42001f");
  EXPECT_EQ(sdp::parameter_of(answer->media[0].formats[1], "apt"), "102");
  EXPECT_THAT(answer->media[0].source_groups,
              ElementsAre(sdp::SourceGroup{.semantics = "FID", .ssrcs = {11, 12}}));
  EXPECT_THAT(text, HasSubstr("a=end-of-candidates\r\n"));
}

TEST(WhepNegotiation, StereoWhereTheViewerAsksForIt) {
  const Tracks stereo = tracks_of(video_of(proto::Codec::h264));
  const Tracks mono = tracks_of(video_of(proto::Codec::h264), 1);
  const auto parameters = [](const Result<Plan>& plan) {
    return plan.value().answer.media.at(1).formats.at(0).parameters;
  };

  EXPECT_THAT(parameters(plan_whep(offer_of("firefox_whep"), stereo, kSender)), HasSubstr("stereo=1"));
  EXPECT_THAT(parameters(plan_whep(offer_of("firefox_whep"), mono, kSender)), Not(HasSubstr("stereo")));
  EXPECT_THAT(parameters(plan_whep(offer_of("chromium_whep"), stereo, kSender)), Not(HasSubstr("stereo")));
}

TEST(WhepNegotiation, WhatTheStreamHasNotIsRefusedInItsPlace) {
  Tracks sound_only = tracks_of(video_of(proto::Codec::h264));
  sound_only.video.reset();

  const auto plan = plan_whep(offer_of("chromium_whep"), sound_only, kSender);

  ASSERT_TRUE(plan);
  EXPECT_FALSE(plan->video);
  EXPECT_TRUE(plan->audio);
  EXPECT_THAT(plan->answer.bundle, ElementsAre("1"));
  ASSERT_THAT(plan->answer.media, SizeIs(2));
  EXPECT_EQ(plan->answer.media[0].port, 0);
  EXPECT_THAT(plan->answer.media[0].formats, SizeIs(1));
}

TEST(WhepNegotiation, AnOfferToSendIsNoWayToWatch) {
  const auto plan = plan_whep(offer_of("chromium_whip"), tracks_of(video_of(proto::Codec::h264)), kSender);

  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().reason, "webrtc.no_media");
}

TEST(WhepNegotiation, RefusesOffersThatCannotBeAnswered) {
  const std::vector<void (*)(sdp::Session&)> spoil{
      [](sdp::Session& offer) { offer.media.clear(); },
      [](sdp::Session& offer) { offer.bundle.clear(); },
      [](sdp::Session& offer) { offer.media[0].mid.clear(); },
      [](sdp::Session& offer) { offer.media[0].mid = std::string(17, 'x'); },
      [](sdp::Session& offer) { offer.media[0].rtcp_mux = false; },
      [](sdp::Session& offer) { offer.media[0].protocol = "RTP/AVP"; },
      [](sdp::Session& offer) { offer.media[0].transport.ice_ufrag = "abc"; },
      [](sdp::Session& offer) { offer.media[0].transport.ice_pwd.clear(); },
      [](sdp::Session& offer) { offer.media[0].transport.fingerprints.clear(); },
      [](sdp::Session& offer) { offer.media[0].transport.setup = sdp::Setup::holdconn; },
  };
  for (const auto& change : spoil) {
    sdp::Session offer = offer_of("chromium_whep");
    change(offer);

    const auto plan = plan_whep(offer, tracks_of(video_of(proto::Codec::h264)), kSender);

    ASSERT_FALSE(plan);
    EXPECT_EQ(plan.error().reason, "webrtc.bad_offer");
  }
}

TEST(WhipNegotiation, TakesH264AndOpusFromEveryPublisher) {
  for (const std::string_view program : {"chromium_whip", "obs_whip", "gstreamer_whip"}) {
    const auto plan = plan_whip(offer_of(program));

    ASSERT_TRUE(plan) << program;
    ASSERT_TRUE(plan->video && plan->audio) << program;
    EXPECT_EQ(plan->video->codec, proto::Codec::h264);
    EXPECT_EQ(plan->audio->codec, proto::Codec::opus);
    EXPECT_TRUE(plan->video->nack && plan->video->pli) << program;
    EXPECT_NE(plan->video->ssrc, 0U) << program;
    for (const sdp::Media& media : plan->answer.media)
      EXPECT_EQ(media.direction, sdp::Direction::recvonly) << program;
  }
}

TEST(WhipNegotiation, ExpectsTheSourcesThatWereAnnounced) {
  const auto plan = plan_whip(offer_of("chromium_whip"));

  EXPECT_EQ(plan.value().video->payload_type, 102);
  EXPECT_EQ(plan->video->rtx_payload_type, 103);
  EXPECT_EQ(plan->video->ssrc, 3752988047U);
  EXPECT_EQ(plan->video->rtx_ssrc, 3481181173U);
  EXPECT_EQ(plan->audio->ssrc, 3026438882U);
  EXPECT_TRUE(plan->video->transport_cc);
  EXPECT_TRUE(plan->audio->transport_cc);
  EXPECT_THAT(plan->video->rids, IsEmpty());
}

TEST(WhipNegotiation, AgreesOnSimulcastLayers) {
  const auto plan = plan_whip(offer_of("chromium_whip_simulcast"));

  ASSERT_TRUE(plan);
  EXPECT_THAT(plan->video->rids, ElementsAre("h", "m", "l"));
  EXPECT_NE(plan->video->extensions.rid, 0);
  EXPECT_NE(plan->video->extensions.repaired_rid, 0);
  const std::string text = write_answer(*plan, local());
  EXPECT_THAT(text, HasSubstr("a=rid:h recv\r\na=rid:m recv\r\na=rid:l recv\r\na=simulcast:recv h;m;l\r\n"));
}

TEST(WhipNegotiation, OneKindOfMediaIsEnough) {
  sdp::Session offer = offer_of("obs_whip");
  offer.media.erase(offer.media.begin());
  offer.bundle = {"1"};

  const auto plan = plan_whip(offer);

  ASSERT_TRUE(plan);
  EXPECT_TRUE(plan->video);
  EXPECT_FALSE(plan->audio);
}

TEST(WhipNegotiation, RefusesAPictureItCannotRead) {
  sdp::Session offer = offer_of("obs_whip");
  offer.media[1].formats[0].name = "VP8";

  const auto plan = plan_whip(offer);

  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().reason, "webrtc.codec_not_offered");
}

TEST(WhipNegotiation, CallsAPublisherThatWaits) {
  sdp::Session offer = offer_of("obs_whip");
  for (sdp::Media& media : offer.media) media.transport.setup = sdp::Setup::passive;

  const auto plan = plan_whip(offer);

  EXPECT_EQ(plan.value().remote.setup, sdp::Setup::passive);
  EXPECT_THAT(write_answer(*plan, local()), HasSubstr("a=setup:active\r\n"));
}

}  // namespace
}  // namespace luso::media::webrtc
