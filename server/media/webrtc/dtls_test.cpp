#include "media/webrtc/dtls.h"

#include <chrono>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "media/webrtc/dtls_client_test.h"

namespace luso::media::webrtc {
namespace {

using testing::DtlsClient;
using State = Dtls::State;

const std::shared_ptr<const DtlsIdentity>& identity() {
  static const auto kIdentity = DtlsIdentity::generate();
  EXPECT_TRUE(kIdentity);
  return *kIdentity;
}

// Carries datagrams both ways until neither side has more to say.
void exchange(DtlsClient& client, Dtls& server) {
  for (bool moved = true; moved;) {
    moved = false;
    for (const Bytes& datagram : client.take_output()) {
      server.feed(datagram);
      moved = true;
    }
    for (const Bytes& datagram : server.take_output()) {
      EXPECT_LE(datagram.size(), Dtls::kDatagramBytesMax);
      client.feed(datagram);
      moved = true;
    }
  }
}

void wait_for_timeout(const Dtls& dtls) {
  ASSERT_TRUE(dtls.until_timeout());
  for (auto left = dtls.until_timeout(); left && *left > Duration(0); left = dtls.until_timeout())
    std::this_thread::sleep_for(*left);  // OpenSSL's own clock.
}

TEST(Dtls, AHandshakeEndsWithTheSameKeysOnBothSides) {
  DtlsClient client;
  Dtls server(identity(), Dtls::Role::server, {client.fingerprint()});

  client.advance();
  exchange(client, server);

  ASSERT_EQ(server.state(), State::established) << server.failure();
  ASSERT_TRUE(client.established());
  EXPECT_EQ(client.remote_fingerprint(), identity()->fingerprint());
  // The client named SHA1 first; the choice is ours.
  EXPECT_EQ(server.keys()->profile, proto::srtp::Profile::aead_aes_128_gcm);
  EXPECT_EQ(client.profile(), 7U);
  const auto keys = split_keying_material(proto::srtp::Profile::aead_aes_128_gcm, client.keying_material(56));
  EXPECT_EQ(server.keys()->ours.key, keys.server.key);
  EXPECT_EQ(server.keys()->ours.salt, keys.server.salt);
  EXPECT_EQ(server.keys()->theirs.key, keys.client.key);
  EXPECT_EQ(server.until_timeout(), std::nullopt);
}

TEST(Dtls, TheOlderProfileIsTakenFromWhoHasNoOther) {
  DtlsClient client({.srtp_profiles = "SRTP_AES128_CM_SHA1_80"});
  Dtls server(identity(), Dtls::Role::server, {client.fingerprint()});

  client.advance();
  exchange(client, server);

  ASSERT_EQ(server.state(), State::established) << server.failure();
  EXPECT_EQ(server.keys()->profile, proto::srtp::Profile::aes128_cm_sha1_80);
  EXPECT_EQ(
      server.keys()->theirs.key,
      split_keying_material(proto::srtp::Profile::aes128_cm_sha1_80, client.keying_material(60)).client.key);
}

TEST(Dtls, AHelloInSeveralDatagramsIsUnderstood) {
  DtlsClient client({.long_hello = true});
  Dtls server(identity(), Dtls::Role::server, {client.fingerprint()});

  client.advance();
  const auto hello = client.take_output();
  ASSERT_GT(hello.size(), 1U);
  for (const Bytes& datagram : hello) server.feed(datagram);
  exchange(client, server);

  EXPECT_EQ(server.state(), State::established) << server.failure();
}

TEST(Dtls, TwoOfOursUnderstandEachOther) {
  // A publisher that insists on being the server makes us the client.
  Dtls server(identity(), Dtls::Role::server, {identity()->fingerprint()});
  Dtls client(identity(), Dtls::Role::client, {identity()->fingerprint()});

  client.start();
  for (int turn = 0; turn < 10; ++turn) {
    for (const Bytes& datagram : client.take_output()) server.feed(datagram);
    for (const Bytes& datagram : server.take_output()) client.feed(datagram);
  }

  ASSERT_EQ(server.state(), State::established) << server.failure();
  ASSERT_EQ(client.state(), State::established) << client.failure();
  EXPECT_EQ(client.keys()->ours.key, server.keys()->theirs.key);
  EXPECT_EQ(client.keys()->theirs.salt, server.keys()->ours.salt);
}

TEST(Dtls, AnotherCertificateThanTheSignallingNamedIsRefused) {
  const DtlsClient other;
  DtlsClient client;
  Dtls server(identity(), Dtls::Role::server, {other.fingerprint()});

  client.advance();
  exchange(client, server);

  EXPECT_EQ(server.state(), State::wrong_certificate);
  EXPECT_FALSE(server.keys());
  EXPECT_TRUE(client.broken());  // It has been told.
}

TEST(Dtls, ARightDigestUnderAnotherHashIsNoMatch) {
  DtlsClient client;
  auto fingerprint = client.fingerprint();
  fingerprint.hash = "sha-1";
  Dtls server(identity(), Dtls::Role::server, {fingerprint});
  client.advance();
  exchange(client, server);
  EXPECT_EQ(server.state(), State::wrong_certificate);
}

TEST(Dtls, OneOfSeveralFingerprintsIsEnough) {
  const DtlsClient other;
  DtlsClient client;
  Dtls server(identity(), Dtls::Role::server, {other.fingerprint(), client.fingerprint()});
  client.advance();
  exchange(client, server);
  EXPECT_EQ(server.state(), State::established) << server.failure();
}

TEST(Dtls, WhoHasNoCertificateOrNoSrtpIsRefused) {
  DtlsClient bare({.has_certificate = false});
  Dtls server(identity(), Dtls::Role::server, {bare.fingerprint()});
  bare.advance();
  exchange(bare, server);
  EXPECT_EQ(server.state(), State::failed);

  DtlsClient plain({.srtp_profiles = ""});
  Dtls second(identity(), Dtls::Role::server, {plain.fingerprint()});
  plain.advance();
  exchange(plain, second);
  EXPECT_EQ(second.state(), State::failed);
  EXPECT_EQ(second.failure(), "no SRTP profile in common");
}

TEST(Dtls, ALostFlightIsSentAgain) {
  DtlsClient client;
  Dtls server(identity(), Dtls::Role::server, {client.fingerprint()});
  client.advance();
  for (const Bytes& datagram : client.take_output()) server.feed(datagram);
  ASSERT_FALSE(server.take_output().empty());  // And the network loses it.
  server.on_timeout();
  EXPECT_TRUE(server.take_output().empty());  // Not yet.

  wait_for_timeout(server);
  server.on_timeout();
  exchange(client, server);

  EXPECT_EQ(server.state(), State::established) << server.failure();
  EXPECT_TRUE(client.established());
}

TEST(Dtls, OurLastFlightIsRepeatedWhenTheRemoteAsks) {
  DtlsClient client;
  Dtls server(identity(), Dtls::Role::server, {client.fingerprint()});
  client.advance();
  std::vector<Bytes> last;
  while (server.state() == State::handshaking) {
    last = client.take_output();
    for (const Bytes& datagram : last) server.feed(datagram);
    const auto answer = server.take_output();
    if (server.state() == State::established) break;  // And our Finished is lost.
    for (const Bytes& datagram : answer) client.feed(datagram);
  }
  ASSERT_FALSE(client.established());

  for (int waited = 0; waited < 1'000 && !client.established(); ++waited) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    client.on_timeout();  // One second, by OpenSSL's clock.
    exchange(client, server);
  }

  EXPECT_TRUE(client.established());
  EXPECT_EQ(server.state(), State::established);
}

TEST(Dtls, GarbageAndRepetitionsChangeNothing) {
  DtlsClient client;
  Dtls server(identity(), Dtls::Role::server, {client.fingerprint()});
  client.advance();
  const Bytes garbage(200, 0x16);
  for (int turn = 0; turn < 10; ++turn) {
    server.feed(garbage);
    for (const Bytes& datagram : client.take_output()) {
      server.feed(datagram);
      server.feed(datagram);
      server.feed(ByteView(datagram).first(datagram.size() / 2));
    }
    for (const Bytes& datagram : server.take_output()) client.feed(datagram);
  }
  EXPECT_EQ(server.state(), State::established) << server.failure();
  server.feed(garbage);
  EXPECT_EQ(server.state(), State::established);
}

TEST(Dtls, EitherSideMayEndIt) {
  DtlsClient client;
  Dtls server(identity(), Dtls::Role::server, {client.fingerprint()});
  client.advance();
  exchange(client, server);
  DtlsClient second;
  Dtls other(identity(), Dtls::Role::server, {second.fingerprint()});
  second.advance();
  exchange(second, other);

  client.close();
  exchange(client, server);
  other.close();
  exchange(second, other);

  EXPECT_EQ(server.state(), State::closed_by_remote);
  EXPECT_TRUE(second.closed_by_remote());
}

TEST(Dtls, WhatRemainsOfItStillKnowsTheEnd) {
  DtlsClient client;
  Dtls server(identity(), Dtls::Role::server, {client.fingerprint()});
  client.advance();
  exchange(client, server);
  const auto alerts = server.alerts();
  ASSERT_TRUE(alerts);

  client.close();
  const auto goodbye = client.take_output();
  ASSERT_EQ(goodbye.size(), 1U);
  for (std::size_t at = 0; at < goodbye[0].size(); ++at) {
    Bytes changed = goodbye[0];
    changed[at] ^= 0x04;
    EXPECT_FALSE(alerts->ends(changed)) << at;
    EXPECT_FALSE(alerts->ends(ByteView(goodbye[0]).first(at)));
  }
  EXPECT_TRUE(alerts->ends(goodbye[0]));
  Bytes behind_another(20, 0);
  behind_another[12] = 7;  // A record of seven bytes before it.
  behind_another.insert(behind_another.end(), goodbye[0].begin(), goodbye[0].end());
  EXPECT_TRUE(alerts->ends(behind_another));
}

TEST(Dtls, WhatRemainsOfItCanSayTheEnd) {
  DtlsClient client;
  Dtls server(identity(), Dtls::Role::server, {client.fingerprint()});
  client.advance();
  exchange(client, server);

  client.feed(server.alerts()->close_notify());

  EXPECT_TRUE(client.closed_by_remote());
}

TEST(DtlsIdentity, EachHasItsOwnFingerprint) {
  const auto other = DtlsIdentity::generate();
  ASSERT_TRUE(other);
  EXPECT_EQ(identity()->fingerprint().hash, "sha-256");
  EXPECT_EQ(identity()->fingerprint().digest.size(), 32U);
  EXPECT_NE(identity()->fingerprint().digest, (*other)->fingerprint().digest);
}

}  // namespace
}  // namespace luso::media::webrtc
