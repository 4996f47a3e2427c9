#include "io/http_head.h"

#include <gtest/gtest.h>

namespace luso::io {
namespace {
namespace ip = boost::asio::ip;

TEST(HttpHead, PathsAreDecodedOnce) {
  EXPECT_EQ(decode_path("/@jo%C3%A3o/v%20i"), "/@joão/v i");
  EXPECT_EQ(decode_path("/a%252fb"), "/a%2fb");
  EXPECT_EQ(decode_path("/.well-known/x"), "/.well-known/x");
  EXPECT_EQ(decode_path("/a..b/c."), "/a..b/c.");
}

TEST(HttpHead, PathsWithTwoReadingsAreRefused) {
  for (const char* path : {"", "a", "/..", "/.", "/a/./b", "/%2e%2e/b", "/.%2e", "/a%2Fb", "/a%5cb", "/a\\b",
                           "/%00", "/%0a", "/%", "/%4", "/%zz", "/%c0%af", "/%ed%a0%80"}) {
    EXPECT_EQ(decode_path(path), std::nullopt) << path;
  }
}

TEST(HttpHead, TrustIsByNetwork) {
  const auto trusted = TrustedProxies::parse({"10.0.0.0/8", "192.0.2.7", "2001:db8::/33"}).value();

  EXPECT_TRUE(trusted.contains(ip::make_address("10.255.0.1")));
  EXPECT_TRUE(trusted.contains(ip::make_address("::ffff:10.0.0.1")));
  EXPECT_TRUE(trusted.contains(ip::make_address("192.0.2.7")));
  EXPECT_TRUE(trusted.contains(ip::make_address("2001:db8:7fff::1")));
  EXPECT_FALSE(trusted.contains(ip::make_address("192.0.2.8")));
  EXPECT_FALSE(trusted.contains(ip::make_address("11.0.0.1")));
  EXPECT_FALSE(trusted.contains(ip::make_address("2001:db8:8000::1")));
  EXPECT_FALSE(TrustedProxies::parse({"10.0.0.0/33"}));
  EXPECT_FALSE(TrustedProxies::parse({"localhost"}));
}

TEST(HttpHead, TheClientIsTheLastAddressNobodyTrustedWrote) {
  const auto trusted = TrustedProxies::parse({"10.0.0.0/8"}).value();
  const auto client = [&](const char* peer, std::string_view forwarded) {
    return trusted.client_of(ip::make_address(peer), forwarded).to_string();
  };
  EXPECT_EQ(client("10.0.0.1", "1.1.1.1, 2.2.2.2, 10.0.0.9"), "2.2.2.2");
  EXPECT_EQ(client("10.0.0.1", ""), "10.0.0.1");
  EXPECT_EQ(client("10.0.0.1", "nonsense"), "10.0.0.1");
  EXPECT_EQ(client("9.9.9.9", "1.1.1.1"), "9.9.9.9");
  EXPECT_EQ(client("::ffff:10.0.0.1", "2.2.2.2"), "2.2.2.2");
}

TEST(HttpHead, AProxysAbsoluteTargetIsItsPath) {
  HttpRequest request;
  request.method = "GET";
  request.target = "http://luso.test/a?b=c";

  ASSERT_TRUE(complete_head(request, {.peer = ip::make_address("127.0.0.1"), .tls = false}, {}));

  EXPECT_EQ(request.target, "/a?b=c");
  EXPECT_EQ(request.path, "/a");
  EXPECT_EQ(request.query_value("b"), "c");
}

TEST(HttpHead, QueryValuesAndCookiesAreFoundByName) {
  HttpRequest request;
  request.query = "a=1&b=x+y%26z&empty&a=2&bad=%zz";
  request.headers.add("Cookie", "one=1; luso=abc=; two=2");

  EXPECT_EQ(request.query_value("a"), "1");
  EXPECT_EQ(request.query_value("b"), "x y&z");
  EXPECT_EQ(request.query_value("empty"), "");
  EXPECT_EQ(request.query_value("bad"), std::nullopt);
  EXPECT_EQ(request.query_value("c"), std::nullopt);
  EXPECT_EQ(request.cookie("luso"), "abc=");
  EXPECT_EQ(request.cookie("lus"), std::nullopt);
}

TEST(HttpHead, EveryStatusThatReasonsHaveIsNamed) {
  for (const int status : {400, 401, 403, 404, 405, 406, 409, 412, 413, 415, 422, 428, 429, 500, 503})
    EXPECT_NE(status_text(status), "Status") << status;
}

TEST(HttpHead, DatesAreInTheStandardsForm) {
  EXPECT_EQ(http_date(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
}

}  // namespace
}  // namespace luso::io
