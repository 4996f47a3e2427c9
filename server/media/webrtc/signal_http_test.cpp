#include "media/webrtc/signal_http.h"

#include <gtest/gtest.h>

namespace luso::media::webrtc {
namespace {

io::HttpRequest with(std::string_view name, std::string value) {
  io::HttpRequest request;
  request.headers.set(name, std::move(value));
  return request;
}

int status_of(ErrorKind kind, std::string_view reason) {
  return failure(fail(kind, reason).value(), {}).status;
}

TEST(SignalHttp, ParametersOfTheTypeDoNotCount) {
  EXPECT_TRUE(has_body_of(with("Content-Type", "Application/SDP; charset=utf-8"), kSdpType));
  EXPECT_FALSE(has_body_of(with("Content-Type", "application/sdp-ish"), kSdpType));
  EXPECT_FALSE(has_body_of({}, kSdpType));
}

TEST(SignalHttp, AClientMayLimitWhatItTakes) {
  EXPECT_TRUE(accepts({}, kSdpType));
  EXPECT_TRUE(accepts(with("Accept", "*/*"), kSdpType));
  EXPECT_TRUE(accepts(with("Accept", "text/html, application/sdp;q=0.5"), kSdpType));
  EXPECT_FALSE(accepts(with("Accept", "text/html,application/json"), kSdpType));
}

TEST(SignalHttp, ReasonsHaveTheStatusThatTheRfcWants) {
  EXPECT_EQ(status_of(ErrorKind::invalid, "webrtc.not_sdp"), 415);
  EXPECT_EQ(status_of(ErrorKind::invalid, "webrtc.not_acceptable"), 406);
  EXPECT_EQ(status_of(ErrorKind::precondition, "webrtc.codec_not_offered"), 406);
  EXPECT_EQ(status_of(ErrorKind::precondition, "webrtc.stale"), 412);
  EXPECT_EQ(status_of(ErrorKind::precondition, "webrtc.etag_required"), 428);
  EXPECT_EQ(status_of(ErrorKind::unavailable, "media.realtime_not_live"), 409);
  EXPECT_EQ(status_of(ErrorKind::unavailable, "webrtc.full"), 503);
  EXPECT_EQ(status_of(ErrorKind::invalid, "sdp.malformed"), 400);
}

TEST(SignalHttp, WhoMayComeBackIsToldWhen) {
  const auto full = failure(fail(ErrorKind::unavailable, "webrtc.full").value(), {});
  const auto wrong = failure(fail(ErrorKind::invalid, "sdp.malformed").value(), {});

  EXPECT_EQ(full.headers.get("Retry-After"), "2");
  EXPECT_FALSE(wrong.headers.has("Retry-After"));
}

TEST(SignalHttp, WhoHasNoTokenIsAskedForOne) {
  const auto response = failure(fail(ErrorKind::unauthenticated, "api.unauthenticated").value(), {});

  EXPECT_EQ(response.status, 401);
  EXPECT_TRUE(response.headers.get("WWW-Authenticate").starts_with("Bearer"));
}

TEST(SignalHttp, IceServersAreLinked) {
  const auto response = created({.location = "/whep/session/x", .etag = "\"1\"", .answer = "v=0"},
                                {{.url = "stun:a", .username = {}, .credential = {}},
                                 {.url = "turn:b", .username = "luso", .credential = "se\"cret"}});

  std::vector<std::string> links;
  for (const auto& [name, value] : response.headers.all()) {
    if (name == "Link") links.emplace_back(value);
  }
  EXPECT_EQ(links, (std::vector<std::string>{
                       "<stun:a>; rel=\"ice-server\"",
                       "<turn:b>; rel=\"ice-server\"; username=\"luso\"; credential=\"se\\\"cret\"; "
                       "credential-type=\"password\""}));
  EXPECT_EQ(response.status, 201);
  EXPECT_EQ(response.headers.get("Content-Type"), "application/sdp");
}

}  // namespace
}  // namespace luso::media::webrtc
