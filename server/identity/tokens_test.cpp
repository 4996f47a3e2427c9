#include "identity/tokens.h"

#include <gtest/gtest.h>

namespace luso::identity {
namespace {

io::HttpRequest request_with(std::string header, std::string value, bool secure = false) {
  io::HttpRequest request;
  request.headers.add(std::move(header), std::move(value));
  request.secure = secure;
  return request;
}

TEST(Tokens, CarryTwoHundredAndFiftySixBitsAndAreStoredHashed) {
  SeededRandom random(7);
  const NewToken token = make_token(random, kApiTokenPrefix);

  EXPECT_EQ(token.text.size(), kApiTokenPrefix.size() + 43);
  EXPECT_EQ(token.hash, hash_of_token(token.text));
  EXPECT_EQ(token.hash.size(), 32);
  EXPECT_NE(make_token(random).text, make_token(random).text);
}

TEST(SessionCookies, AreForTheServerAloneAndThisHostAlone) {
  const std::string plain = session_cookie("t", false);
  EXPECT_TRUE(plain.starts_with("luso_session=t; Path=/; HttpOnly; SameSite=Lax"));
  EXPECT_EQ(plain.find("Secure"), std::string::npos);

  const std::string secure = session_cookie("t", true);
  EXPECT_TRUE(secure.starts_with("__Host-luso_session=t; Path=/; HttpOnly; SameSite=Lax"));
  EXPECT_TRUE(secure.ends_with("; Secure"));
  EXPECT_EQ(secure.find("Domain"), std::string::npos);
  EXPECT_NE(cleared_session_cookie(true).find("Max-Age=0"), std::string::npos);
}

TEST(SessionCookies, OverTlsOnlyTheGuardedNameCounts) {
  EXPECT_EQ(session_token_of(request_with("Cookie", "a=b; luso_session=x")), "x");
  EXPECT_EQ(session_token_of(request_with("Cookie", "luso_session=x", true)), std::nullopt);
  EXPECT_EQ(session_token_of(request_with("Cookie", "__Host-luso_session=x", true)), "x");
  EXPECT_EQ(session_token_of(request_with("Cookie", "luso_session=" + std::string(5000, 'x'))), std::nullopt);
}

TEST(ApiTokens, ComeAsBearerTokensWithTheirPrefix) {
  EXPECT_EQ(api_token_of(request_with("Authorization", "Bearer luso_pat_abc")), "luso_pat_abc");
  EXPECT_EQ(api_token_of(request_with("authorization", "bearer  luso_pat_abc ")), "luso_pat_abc");
  EXPECT_EQ(api_token_of(request_with("Authorization", "Bearer eyJhbGciOi")), std::nullopt);
  EXPECT_EQ(api_token_of(request_with("Authorization", "Basic luso_pat_abc")), std::nullopt);
}

}  // namespace
}  // namespace luso::identity
