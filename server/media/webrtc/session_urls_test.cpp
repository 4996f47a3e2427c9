#include "media/webrtc/session_urls.h"

#include <future>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "media/egress/whep/peer_testing.h"

namespace luso::media::webrtc {
namespace {

namespace asio = boost::asio;
namespace sdp = proto::sdp;
using ::testing::HasSubstr;

class RestartablePeer final : public whep::testing::ReadyPeer {
 public:
  IceCredentials restart_ice() override {
    ++restarts;
    return {.ufrag = "newfrag", .password = "a-new-password-of-24-char"};
  }

  void begin() override {}

  [[nodiscard]] std::span<std::uint8_t> room(std::size_t /*bytes_max*/) override { return {}; }

  void add(std::size_t /*bytes*/) override {}

  [[nodiscard]] bool is_congested() const override { return false; }

  bool send_rtcp(ByteView /*packet*/) override { return false; }

  int restarts = 0;
};

struct FakeSession final : SignalledSession {
  [[nodiscard]] Peer* peer() override { return has_peer ? &webrtc_peer : nullptr; }

  void leave() override { ++left; }

  RestartablePeer webrtc_peer;
  bool has_peer = true;
  int left = 0;
};

// One session on the second of two reactors; requests come to the first.
class SessionUrlsTest : public ::testing::Test {
 protected:
  SessionUrlsTest() {
    reactors_.start();
    std::promise<SessionUrls::Url> added;
    reactors_.at(1).post([&] { added.set_value(urls_.add(session_, "theirs")); });
    url_ = added.get_future().get();
  }

  ~SessionUrlsTest() override {
    reactors_.stop();
    reactors_.join();
  }

  io::HttpResponse ask(std::string method, std::string id, std::string if_match = {}, std::string body = {}) {
    io::HttpRequest request;
    request.method = std::move(method);
    request.body = std::move(body);
    request.headers.set("Content-Type", "application/trickle-ice-sdpfrag");
    if (!if_match.empty()) request.headers.set("If-Match", std::move(if_match));
    auto handle = [&]() -> Task<io::HttpResponse> {
      co_return co_await urls_.handle(request, std::move(id));
    };
    return asio::co_spawn(reactors_.at(0).context(), std::move(handle), asio::use_future).get();
  }

  static std::string text_of(const io::HttpResponse& response) {
    return std::get<std::string>(response.body);
  }

  const std::string kTrickle = "a=ice-ufrag:theirs\r\na=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n";
  const std::string kRestart = "a=ice-ufrag:other\r\na=ice-pwd:0123456789012345678901\r\na=mid:0\r\n";

  SeededRandom random_{7};
  io::Reactors reactors_{{.count = 2, .blocking_threads = 1}};
  SessionUrls urls_{reactors_, random_, "/whep/session/", [](std::size_t reactor) {
                      sdp::Candidate candidate;
                      candidate.foundation = "1";
                      candidate.transport = "udp";
                      candidate.address = "192.0.2.9";
                      candidate.port = static_cast<std::uint16_t>(8000 + reactor);
                      candidate.type = "host";
                      return std::vector<sdp::Candidate>{candidate};
                    }};
  std::shared_ptr<FakeSession> session_ = std::make_shared<FakeSession>();
  SessionUrls::Url url_;
};

TEST_F(SessionUrlsTest, AUrlSaysWhichReactorTheSessionLivesOn) {
  EXPECT_TRUE(url_.id.starts_with("1."));
  EXPECT_EQ(url_.id.size(), 22U);
  EXPECT_EQ(url_.location, "/whep/session/" + url_.id);
  EXPECT_EQ(urls_.id_in(url_.location), url_.id);
  EXPECT_EQ(urls_.id_in("/whep/7"), std::nullopt);
  EXPECT_EQ(urls_.size(), 1U);
}

TEST_F(SessionUrlsTest, DeleteEndsTheSessionOnce) {
  EXPECT_EQ(ask("DELETE", url_.id).status, 200);
  EXPECT_EQ(ask("DELETE", url_.id).status, 404);

  EXPECT_EQ(session_->left, 1);
  EXPECT_EQ(urls_.size(), 0U);
}

TEST_F(SessionUrlsTest, AGuessedIdLeadsNowhere) {
  const std::vector<std::string> guesses{
      "", "1.", "1", "2.x", "x.y", "99999999999.x", "-1.x", "0." + url_.id.substr(2)};
  for (const std::string& id : guesses) EXPECT_EQ(ask("DELETE", id).status, 404) << id;
  EXPECT_EQ(session_->left, 0);
}

TEST_F(SessionUrlsTest, TricklingNeedsTheEtagOfTheSession) {
  EXPECT_EQ(ask("PATCH", url_.id, url_.etag, kTrickle).status, 204);
  EXPECT_EQ(ask("PATCH", url_.id, "\"other\", " + url_.etag, kTrickle).status, 204);
  EXPECT_EQ(ask("PATCH", url_.id, "\"other\"", kTrickle).status, 412);
  EXPECT_EQ(ask("PATCH", url_.id, "", kTrickle).status, 428);
  EXPECT_EQ(ask("PATCH", url_.id, "*", "nonsense").status, 400);
  EXPECT_EQ(session_->webrtc_peer.restarts, 0);
}

TEST_F(SessionUrlsTest, OtherCredentialsStartIceOver) {
  const io::HttpResponse response = ask("PATCH", url_.id, "*", kRestart);

  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(session_->webrtc_peer.restarts, 1);
  EXPECT_THAT(text_of(response), HasSubstr("a=ice-ufrag:newfrag\r\n"));
  EXPECT_THAT(text_of(response), HasSubstr(" 192.0.2.9 8001 typ host\r\n"));
  const std::string etag(response.headers.get("ETag"));
  EXPECT_NE(etag, url_.etag);
  EXPECT_EQ(ask("PATCH", url_.id, url_.etag, kRestart).status, 412);
  EXPECT_EQ(ask("PATCH", url_.id, etag, kRestart).status, 204);  // The same once more is no restart.
}

TEST_F(SessionUrlsTest, ARestartWithoutAPasswordIsRefused) {
  EXPECT_EQ(ask("PATCH", url_.id, "*", "a=ice-ufrag:other\r\n").status, 400);
}

TEST_F(SessionUrlsTest, ASessionWhosePeerIsGoneStartsNothingOver) {
  session_->has_peer = false;

  EXPECT_EQ(ask("PATCH", url_.id, "*", kRestart).status, 404);
}

TEST_F(SessionUrlsTest, OtherMethodsAreNotForSessions) {
  const io::HttpResponse got = ask("GET", url_.id);

  EXPECT_EQ(got.status, 405);
  EXPECT_EQ(got.headers.get("Allow"), "PATCH, DELETE, OPTIONS");
  EXPECT_EQ(ask("OPTIONS", url_.id).status, 204);
}

TEST_F(SessionUrlsTest, AllSessionsLeaveWhenTheServerStops) {
  auto close = [&]() -> Task<void> { co_await urls_.close_all(); };
  asio::co_spawn(reactors_.at(0).context(), std::move(close), asio::use_future).get();

  EXPECT_EQ(session_->left, 1);
  EXPECT_EQ(urls_.size(), 0U);
}

}  // namespace
}  // namespace luso::media::webrtc
