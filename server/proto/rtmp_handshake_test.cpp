#include "proto/rtmp_handshake.h"

#include <gtest/gtest.h>

#include "proto/rtmp_testing.h"

namespace luso::proto::rtmp {
namespace {

using testing::bytes;
using testing::joined;

constexpr std::size_t kReplyBytes = 1 + 2 * kHandshakePartBytes;

HandshakePart part_at(ByteView reply, std::size_t offset) {
  HandshakePart part;
  std::ranges::copy(reply.subspan(offset, kHandshakePartBytes), part.begin());
  return part;
}

Bytes answer_to(const HandshakePart& c1, ServerHandshake& handshake) {
  Bytes out;
  const Bytes hello = joined({bytes("03"), c1});
  ByteView in(hello);
  EXPECT_TRUE(handshake.feed(in, out));
  EXPECT_TRUE(in.empty());
  return out;
}

TEST(RtmpHandshake, APlainHelloIsEchoed) {
  const HandshakePart c1 = make_client_part(7, DigestScheme::plain);
  ServerHandshake handshake(1);

  const Bytes reply = answer_to(c1, handshake);

  ASSERT_EQ(reply.size(), kReplyBytes);
  EXPECT_EQ(reply.front(), 3);
  EXPECT_EQ(part_at(reply, 1 + kHandshakePartBytes), c1);
  EXPECT_EQ(handshake.scheme(), DigestScheme::plain);
  EXPECT_FALSE(handshake.done());
}

TEST(RtmpHandshake, ASignedHelloGetsASignedAnswerInItsOwnScheme) {
  for (const DigestScheme scheme : {DigestScheme::digest_first, DigestScheme::key_first}) {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
      const HandshakePart c1 = make_client_part(seed, scheme);
      ServerHandshake handshake(seed + 1);

      const Bytes reply = answer_to(c1, handshake);

      EXPECT_EQ(handshake.scheme(), scheme);
      EXPECT_TRUE(answers_digest(c1, part_at(reply, 1 + kHandshakePartBytes), scheme));
    }
  }
}

TEST(RtmpHandshake, ABrokenSignatureGetsThePlainAnswer) {
  HandshakePart c1 = make_client_part(7, DigestScheme::digest_first);
  c1.back() ^= 1U;
  ServerHandshake handshake(1);

  const Bytes reply = answer_to(c1, handshake);

  EXPECT_EQ(handshake.scheme(), DigestScheme::plain);
  EXPECT_EQ(part_at(reply, 1 + kHandshakePartBytes), c1);
}

// HMAC-SHA256 of zeros around the digest, reckoned by another implementation.
TEST(RtmpHandshake, TheDigestIsTheOneOfTheFlashPlayer) {
  HandshakePart c1{};
  std::ranges::copy(bytes("09 00 7C 02"), c1.begin() + 4);
  std::ranges::copy(bytes("6b13d867e07634a25928175336026199f9eeab8d0a2b43e6997f760efa98db6f"),
                    c1.begin() + 12);

  EXPECT_EQ(detect_scheme(c1), DigestScheme::digest_first);
}

TEST(RtmpHandshake, OtherVersionsAreRefusedAtTheirFirstByte) {
  for (const char* first : {"06", "00", "'G'"}) {  // RTMPE, nothing, a GET.
    ServerHandshake handshake(1);
    Bytes out;
    const Bytes hello = bytes(first);
    ByteView in(hello);

    const Result<void> fed = handshake.feed(in, out);

    ASSERT_FALSE(fed) << first;
    EXPECT_EQ(fed.error().reason, "rtmp.bad_handshake");
    EXPECT_TRUE(out.empty());
  }
}

TEST(RtmpHandshake, ByteByByteIsTheSameAndWhatFollowsIsLeftAlone) {
  const HandshakePart c1 = make_client_part(7, DigestScheme::key_first);
  const Bytes all = joined({bytes("03"), c1, HandshakePart{}, bytes("C3 C4")});
  ServerHandshake whole(1);
  ServerHandshake bitten(1);
  Bytes whole_out;
  Bytes bitten_out;

  ByteView rest(all);
  ASSERT_TRUE(whole.feed(rest, whole_out));
  std::size_t eaten = 0;
  for (const std::uint8_t& byte : all) {
    ByteView in(&byte, 1);
    ASSERT_TRUE(bitten.feed(in, bitten_out));
    eaten += 1 - in.size();
  }

  EXPECT_TRUE(whole.done());
  EXPECT_TRUE(bitten.done());
  EXPECT_EQ(whole_out, bitten_out);
  EXPECT_EQ(Bytes(rest.begin(), rest.end()), bytes("C3 C4"));
  EXPECT_EQ(eaten, all.size() - 2);
}

}  // namespace
}  // namespace luso::proto::rtmp
