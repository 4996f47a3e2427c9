#include "proto/sdp.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace luso::proto::sdp {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

// What real programs offer, which is the fuzzer's corpus as well: Chromium 156 as captured, the others by
// their own sources.
std::string offer_of(std::string_view program) {
  const auto path =
      std::filesystem::path(LUSO_PROTO_TESTDATA).parent_path() / "corpus/sdp" / std::string(program);
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

Session parsed(std::string_view text) {
  Result<Session> session = parse(text);
  EXPECT_TRUE(session.has_value()) << (session ? "" : session.error().detail);
  return session.value_or(Session{});
}

const Format* format_of(const Media& media, int payload_type) {
  for (const Format& format : media.formats) {
    if (format.payload_type == payload_type) return &format;
  }
  return nullptr;
}

// A description with these lines in its only media.
std::string with_lines(std::string_view lines) {
  return "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\n" +
         std::string(lines);
}

TEST(Sdp, ReadsWhatChromiumOffersToWatch) {
  const Session session = parsed(offer_of("chromium_whep"));

  EXPECT_EQ(session.id, 4497460374667834098U);
  EXPECT_THAT(session.bundle, ElementsAre("0", "1"));
  EXPECT_TRUE(session.trickle);
  EXPECT_FALSE(session.ice_lite);
  ASSERT_THAT(session.media, SizeIs(2));
  const Media& video = session.media[0];
  EXPECT_EQ(video.kind, Kind::video);
  EXPECT_EQ(video.mid, "0");
  EXPECT_EQ(video.direction, Direction::recvonly);
  EXPECT_TRUE(video.rtcp_mux);
  EXPECT_TRUE(video.rtcp_rsize);
  EXPECT_EQ(video.formats.size(), 34U);
  EXPECT_THAT(video.extensions, SizeIs(11));
  EXPECT_EQ(video.transport.ice_ufrag, "chKW");
  EXPECT_EQ(video.transport.setup, Setup::actpass);
  ASSERT_THAT(video.transport.fingerprints, SizeIs(1));
  EXPECT_EQ(video.transport.fingerprints[0].hash, "sha-256");
  EXPECT_THAT(video.transport.fingerprints[0].digest, SizeIs(32));
  ASSERT_THAT(video.transport.candidates, SizeIs(2));
  EXPECT_EQ(video.transport.candidates[0].address, "e6be2039-f4f0-4733-92b0-96557ac46392.local");
  const Format* h264 = format_of(video, 108);
  ASSERT_NE(h264, nullptr);
  EXPECT_TRUE(names_format(*h264, "h264"));
  EXPECT_EQ(h264->clock_rate, 90'000U);
  EXPECT_EQ(parameter_of(*h264, "profile-level-id"), "42e01f");
  EXPECT_EQ(parameter_of(*h264, "Packetization-Mode"), "1");
  EXPECT_EQ(parameter_of(*h264, "level"), std::nullopt);
  EXPECT_THAT(h264->feedback, ElementsAre("goog-remb", "transport-cc", "ccm fir", "nack", "nack pli"));
  const Format* opus = format_of(session.media[1], 111);
  ASSERT_NE(opus, nullptr);
  EXPECT_EQ(opus->channels, 2U);
}

TEST(Sdp, ReadsTheLayersAndSourcesOfAPublisher) {
  const Session layered = parsed(offer_of("chromium_whip_simulcast"));
  const Session plain = parsed(offer_of("chromium_whip"));

  ASSERT_THAT(layered.media, SizeIs(2));
  EXPECT_THAT(layered.media[1].simulcast_send, ElementsAre("h", "m", "l"));
  EXPECT_THAT(layered.media[1].rids, SizeIs(3));
  EXPECT_THAT(layered.media[1].sources, IsEmpty());
  ASSERT_THAT(plain.media, SizeIs(2));
  ASSERT_THAT(plain.media[1].source_groups, SizeIs(1));
  EXPECT_EQ(plain.media[1].source_groups[0].semantics, "FID");
  EXPECT_THAT(plain.media[1].source_groups[0].ssrcs, ElementsAre(3752988047U, 3481181173U));
  ASSERT_THAT(plain.media[1].sources, SizeIs(2));
  EXPECT_EQ(plain.media[1].sources[0].cname, "0GVDoawyvXHI0IvU");
}

TEST(Sdp, WhatTheSessionSaysHoldsForItsMedia) {
  const Session firefox = parsed(offer_of("firefox_whep"));
  const Session obs = parsed(offer_of("obs_whip"));

  ASSERT_THAT(firefox.media, SizeIs(2));
  EXPECT_THAT(firefox.media[1].transport.fingerprints, SizeIs(1));
  EXPECT_EQ(firefox.media[1].direction, Direction::recvonly);
  ASSERT_THAT(obs.media, SizeIs(2));
  EXPECT_THAT(obs.media[1].transport.fingerprints, SizeIs(1));
  EXPECT_TRUE(obs.trickle);
  EXPECT_TRUE(obs.media[0].transport.end_of_candidates);
  EXPECT_EQ(obs.media[0].transport.candidates[0].transport, "udp");
}

TEST(Sdp, ABundledMediaMayHavePortZero) {
  const Session gstreamer = parsed(offer_of("gstreamer_whip"));

  ASSERT_THAT(gstreamer.media, SizeIs(2));
  EXPECT_TRUE(gstreamer.media[1].bundle_only);
  EXPECT_EQ(gstreamer.media[1].port, 0);
  EXPECT_TRUE(names_format(gstreamer.media[1].formats.at(0), "opus"));
}

TEST(Sdp, WhatIsWrittenIsReadAgain) {
  for (const std::string_view program : {"chromium_whep", "chromium_whip", "chromium_whip_simulcast",
                                         "firefox_whep", "safari_whep", "obs_whip", "gstreamer_whip"}) {
    const Session session = parsed(offer_of(program));

    const Session again = parsed(write(session));

    EXPECT_EQ(again, session) << program;
  }
}

TEST(Sdp, TakesLineFeedsAlone) {
  const Session session = parsed("v=0\no=- 1 1 IN IP4 127.0.0.1\nm=audio 9 UDP/TLS/RTP/SAVPF 111\na=mid:x\n");

  ASSERT_THAT(session.media, SizeIs(1));
  EXPECT_EQ(session.media[0].mid, "x");
}

TEST(Sdp, RefusesWhatIsNoDescription) {
  for (const std::string_view text :
       {"", "\r\n", "hello", "v=1\r\n", "o=- 1 1 IN IP4 127.0.0.1\r\n", "v=0\r\nm=video\r\n",
        "v=0\r\nnonsense\r\n", "v=0\r\nm=video x UDP/TLS/RTP/SAVPF 96\r\n",
        "v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 300\r\n"}) {
    const Result<Session> session = parse(text);

    ASSERT_FALSE(session) << text;
    EXPECT_EQ(session.error().reason, "sdp.malformed") << text;
  }
}

TEST(Sdp, RefusesAttributesThatCannotBe) {
  for (const std::string_view line :
       {"a=fingerprint:sha-256 XY", "a=fingerprint:sha-256 ABC", "a=setup:maybe", "a=ssrc:many cname:x",
        "a=rid:h sideways", "a=extmap:x urn:y", "a=rtpmap:96 H264", "a=mid:0\ra=mid:1"}) {
    const Result<Session> session = parse(with_lines(std::string(line) + "\r\n"));

    ASSERT_FALSE(session) << line;
    EXPECT_EQ(session.error().reason, "sdp.malformed") << line;
  }
}

TEST(Sdp, SkipsWhatItDoesNotKnow) {
  const Session session =
      parsed(with_lines("b=AS:500\r\na=new-thing:1 2 3\r\na=candidate:what\r\n"
                        "a=rtpmap:97 rtx/90000\r\na=mid:0\r\n"));

  EXPECT_EQ(session.media[0].mid, "0");
  EXPECT_THAT(session.media[0].formats, SizeIs(1));
  EXPECT_THAT(session.media[0].transport.candidates, IsEmpty());
}

TEST(Sdp, HoldsItsLimits) {
  const auto repeated = [](std::string_view line, std::size_t count) {
    std::string lines;
    for (std::size_t i = 0; i < count; ++i) lines += std::string(line) + std::to_string(i) + "\r\n";
    return lines;
  };
  const std::vector<std::string> giants{
      std::string(kBytesMax + 1, 'a'),
      with_lines(repeated("a=x", kLinesMax)),
      with_lines("a=" + std::string(kLineBytesMax, 'x')),
      with_lines(repeated("m=video 9 UDP/TLS/RTP/SAVPF ", kMediaMax)),
      with_lines(repeated("a=rtcp-fb:96 nack ", kFeedbackMax + 1)),
      with_lines(repeated("a=extmap:1 urn:", kExtensionsMax + 1)),
      with_lines(repeated("a=ssrc:", kSourcesMax + 1)),
      with_lines(repeated("a=candidate:1 1 udp 1 192.0.2.1 9 typ host generation ", kCandidatesMax + 1)),
  };
  for (const std::string& text : giants) {
    const Result<Session> session = parse(text);

    ASSERT_FALSE(session) << text.substr(0, 200);
    EXPECT_EQ(session.error().reason, "sdp.too_large") << text.substr(0, 200);
  }
}

TEST(Sdp, AnAnswerThatRefusesAMediaSaysNoMore) {
  Session session = parsed(offer_of("chromium_whep"));
  session.media[1].port = 0;

  const std::string text = write(session);

  EXPECT_THAT(text, HasSubstr("m=audio 0 UDP/TLS/RTP/SAVPF 111"));
  EXPECT_THAT(text, Not(HasSubstr("opus")));
}

TEST(SdpFragment, ReadsCredentialsAndCandidates) {
  const Result<Fragment> fragment = parse_fragment(offer_of("fragment_restart"));

  ASSERT_TRUE(fragment);
  EXPECT_EQ(fragment->ice_ufrag, "ysXw");
  EXPECT_EQ(fragment->ice_pwd, "vw5LmwG4y/e6dPP/zAP9Gp5k");
  ASSERT_THAT(fragment->candidates, SizeIs(2));
  EXPECT_EQ(fragment->candidates[1].transport, "tcp");
  EXPECT_EQ(fragment->candidates[1].tcp_type, "active");
  EXPECT_TRUE(fragment->end_of_candidates);
  EXPECT_THAT(fragment->mids, ElementsAre("0"));
}

TEST(SdpFragment, WhatIsWrittenIsReadAgain) {
  const Fragment fragment{.ice_ufrag = "abcd",
                          .ice_pwd = "0123456789012345678901",
                          .candidates = {{.foundation = "1",
                                          .component = 1,
                                          .transport = "udp",
                                          .priority = 2'130'706'431,
                                          .address = "2001:db8::1",
                                          .port = 8000,
                                          .type = "host",
                                          .tcp_type = {}}},
                          .end_of_candidates = true,
                          .mids = {"0"}};

  EXPECT_EQ(parse_fragment(write_fragment(fragment)), fragment);
}

TEST(SdpFragment, RefusesGarbage) {
  EXPECT_FALSE(parse_fragment(""));
  EXPECT_FALSE(parse_fragment("{\"candidate\":\"\"}"));
  EXPECT_FALSE(parse_fragment(std::string(kBytesMax + 1, 'a')));
}

}  // namespace
}  // namespace luso::proto::sdp
